"""Which behaviour applies to which text: a default, and rules that match text or identity.

A fault of a behaviour may be limited further, to every n-th stream or by chance, and a request may
ask for faults of its own: see `fake_groq.faults.base`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fake_groq.behaviour import Behaviour, read_behaviour
from fake_groq.identity import Identity
from fake_groq.setting import SettingError, nearest

RULES_MAX: Final = 200_000
_MATCH_KEYS: Final = {"session": int, "message": int, "text": str}
_RULE_KEYS: Final = {"match": None, "behaviour": None}
_BODY_KEYS: Final = {"rules": None, "default": None, "replace": None}

_Partial = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a rule looks at: a message, a whole session (message None), or a part of the text."""

    session: int | None = None
    message: int | None = None
    text: str | None = None


class Rulebook:
    """The default and the rules; later ones are merged in, equal matches replaced.

    For one text everything that matches is laid over the default key by key: rules on its text in
    their order, then the rule of its session, then that of its message.
    """

    def __init__(self, default: Behaviour) -> None:
        self._first = default
        self.default = default
        self._texts: dict[str, _Partial] = {}
        self._identities: dict[tuple[int, int | None], _Partial] = {}

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self._texts) + len(self._identities)

    def update(self, body: object) -> None:
        """Take what was posted: all of it, or nothing where some of it is wrong.

        Raises:
            SettingError: the text says what is wrong.
        """
        if not isinstance(body, Mapping):
            raise SettingError('Expected {"rules": [...], "default": {...}}.')
        _known(body, _BODY_KEYS, "the request")
        anew = body.get("replace", False)
        default = read_behaviour(body.get("default", {}), self._first if anew else self.default)
        listed = body.get("rules", [])
        if not isinstance(listed, list) or len(listed) + (0 if anew else len(self)) > RULES_MAX:
            raise SettingError(f"'rules' is a list, and there are at most {RULES_MAX} of them.")
        rules = [_rule(rule) for rule in listed]
        if anew:
            self._texts.clear()
            self._identities.clear()
        self.default = default
        for match, partial in rules:
            self._put(match, partial)

    def behaviour(self, text: str, identities: tuple[Identity, ...]) -> Behaviour:
        """Return what applies to a text; its first identity decides."""
        behaviour = self.default
        for part, partial in self._texts.items():
            if part in text:
                behaviour = read_behaviour(partial, behaviour)
        if identities and self._identities:
            first = identities[0]
            for key in ((first.session, None), (first.session, first.message)):
                if key in self._identities:
                    behaviour = read_behaviour(self._identities[key], behaviour)
        return behaviour

    def _put(self, match: Match, partial: _Partial) -> None:
        if match.text is not None:
            self._texts.pop(match.text, None)  # the latest comes last, so it wins
            self._texts[match.text] = partial
        if match.session is not None:
            self._identities[match.session, match.message] = partial


def _rule(rule: object) -> tuple[Match, _Partial]:
    if not isinstance(rule, Mapping):
        raise SettingError(f'A rule is written {{"match": ..., "behaviour": ...}}, not {rule!r}.')
    _known(rule, _RULE_KEYS, "a rule")
    partial = rule.get("behaviour", {})
    read_behaviour(partial, Behaviour())  # what is wrong is told now
    return _match(rule.get("match")), partial


def _match(match: object) -> Match:
    if not isinstance(match, Mapping) or not match:
        raise SettingError("'match' needs a session, a session and a message, or a text.")
    _known(match, _MATCH_KEYS, "a match")
    for key, value in match.items():
        if not isinstance(value, _MATCH_KEYS[key]) or isinstance(value, bool):
            raise SettingError(f"{key!r} of a match cannot be {value!r}.")
    if ("text" in match) == ("session" in match):
        raise SettingError("A match holds either a session or a text.")
    if "message" in match and "session" not in match:
        raise SettingError("A match with a message needs its session.")
    return Match(**match)


def _known(found: Mapping[str, object], known: Mapping[str, Any], what: str) -> None:
    for key in found:
        if key not in known:
            raise SettingError(f"Unknown key {key!r} of {what}{nearest(key, known)}")
