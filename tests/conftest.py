"""What every test may lean on."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples at every run: a test that fails once fails again.
settings.register_profile("kzties", derandomize=True, deadline=None)
settings.load_profile("kzties")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[1]
