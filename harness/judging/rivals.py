"""Two clients of one user: which session another connection of its user came upon."""

from harness.model.session_view import SessionView


class Rivals:
    """Knows the sessions that have a user key, for as long as they last."""

    def __init__(self) -> None:
        self._by_user: dict[str, list[SessionView]] = {}
        self._met: dict[str, SessionView] = {}

    def connecting(self, view: SessionView) -> str | None:
        """Take a client that begins to connect; return the session that it comes upon, if any."""
        if view.user is None:
            return None
        known = self._by_user.setdefault(view.user, [])
        there = [other for other in known if other.is_there and other.rival is None]
        if there:
            there[-1].rival = view.session
            self._met[view.session] = there[-1]
        known.append(view)
        return there[-1].session if there else None

    def connected(self, session: str, at_ns: int) -> None:
        """Take a client that was let in."""
        if session in self._met:
            self._met[session].rival_ns = at_ns

    def over(self, session: str, at_ns: int) -> bool:
        """Take a client that was refused or let go; tell whether it was somebody's rival."""
        for known in self._by_user.values():
            known[:] = [view for view in known if view.session != session]
        other = self._met.get(session)
        if other is not None and other.rival_over_ns is None:
            other.rival_over_ns = at_ns
        return other is not None

    def forget(self, view: SessionView) -> None:
        """Let go of a session that has been judged."""
        self._met.pop(view.rival or "", None)
        known = self._by_user.get(view.user or "", [])
        if view in known:
            known.remove(view)
