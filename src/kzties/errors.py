"""What can be the user's mistake: each is said in whole sentences (what is wrong, where, what to do next)."""

from difflib import get_close_matches
from collections.abc import Iterable


class UserError(Exception):
    """The user can mend this; the command line prints the message and leaves with exit code 2."""


class SourceError(UserError):
    """A raw text and its row in `sources.csv` do not fit together."""


class CodebookError(UserError):
    """A codebook file says something that cannot be carried out."""


class ParameterError(UserError):
    """`params.yaml` names an unknown parameter or gives one an impossible value."""


class EvidenceError(UserError):
    """No evidence is known under this key."""


class RenderError(UserError):
    """The brief cannot be rendered as written."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a hint at the nearest valid name, for the end of a message.

    >>> nearest("trad", ["trade", "transport"])
    "Did you mean 'trade'?"
    >>> nearest("xyz", ["trade", "transport"])
    'Valid are: trade, transport.'
    """
    valid = sorted(valid)
    close = get_close_matches(name, valid, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Valid are: {', '.join(valid)}."
