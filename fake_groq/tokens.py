"""How secrets are compared: in the same time, whatever is given."""

import hmac


def is_same_token(given: str, token: str) -> bool:
    """Tell whether what was given is the token; bytes that are no text are taken as they are."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
