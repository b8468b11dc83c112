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


@pytest.fixture(scope="session")
def brief(tmp_path_factory):
    """A rendered example brief that quotes every hostile text: its source, its rendering and its page."""
    from example_brief import write_example
    from hostile_texts import HOSTILE

    from kzties.publishing import render_brief

    source = write_example(tmp_path_factory.mktemp("brief") / "reports", passages=12, hostile=HOSTILE)
    rendered = render_brief("embedded", source=source)
    return source, rendered, rendered.html.read_text(encoding="utf-8")
