"""Kazakhstan's foreign economic ties: from raw news texts to a brief whose every number can be traced."""

__version__ = "0.1.0"
