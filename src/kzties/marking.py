"""Mark up what the fragments of the brief are made of: figures, tables, and the anchors that links lead to."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from kzties.publishing import escape_markdown
from kzties.theming import Chart

LARGEST_TABLE = 60
"""Rows of a table in the brief; the rest is in the tables themselves and said so below."""


def mark_figure(chart: Chart) -> str:
    """Return a chart as a numbered figure with its alt text, its data one click away."""
    name = chart.name.replace("_", "-")
    return (f"\n\n![{escape_markdown(chart.caption)}](figures/{chart.name}.svg)"
            f'{{#fig-{name} fig-alt="{escape_markdown(chart.alt)}"}}\n\n')


def mark_table(header: Sequence[str], align: str, rows: Iterable[Sequence[str]], caption: str, name: str) -> str:
    """Return a numbered pipe table; `align` has a letter (l or r) and a relative width a column, as in `l3 r1`."""
    rule = "|".join(f"{':' * (column[0] == 'l')}{'-' * (4 * int(column[1:]))}{':' * (column[0] == 'r')}"
                    for column in align.split())
    rows = list(rows)
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows[:LARGEST_TABLE])
    more = f" The first {LARGEST_TABLE} of {len(rows):,} rows." if len(rows) > LARGEST_TABLE else ""
    return f"| {' | '.join(header)} |\n|{rule}|\n{body}\n\n: {escape_markdown(caption + more)} {{#tbl-{name}}}\n\n"


def source_key(document_id: str) -> str:
    """Return the citation key of a document: words joined by single `_` or `-`, and never that of another document.

    >>> source_key("004_6a72"), source_key("новость")
    ('source-004_6a72', 'source-1a35ecfd')
    """
    if re.fullmatch(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", document_id):
        return f"source-{document_id}"
    words = re.findall(r"[A-Za-z0-9]+", document_id)
    mark = hashlib.sha256(document_id.encode(errors="surrogateescape")).hexdigest()[:8]
    return "-".join(("source", *words, mark))


def passage_anchor(document_id: str, passage: int) -> str:
    """Return the anchor of a passage in the evidence annex."""
    return f"ev-{source_key(document_id).removeprefix('source-')}-{passage}"
