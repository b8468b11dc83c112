"""Code the same English texts with newsmap's seed patterns and with this codebook; print both agreements with hand coding.

    .venv/bin/python benchmarks/compare_newsmap.py /path/to/newsmap

Takes a checkout of newsmap (its `dict/english.yml`). Compared is which foreign states a text names (both roles), since
newsmap has neither organisations nor roles; the texts are the English trial texts, development and test half, and both
sides get the same passages with furniture set aside. newsmap's patterns are matched as its users do: words, `*` for any
ending, case ignored, the longest first. Its trained model, which needs a corpus, is not used: the seeds are the dictionary.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import yaml
from babel.core import get_global

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from kzties.agreeing import alpha_of, count_pairs  # noqa: E402
from kzties.codebook import HOME, read_codebook  # noqa: E402
from kzties.parameters import read_params  # noqa: E402
from kzties.trialling import SPLITS, code_trial, read_trial  # noqa: E402


def read_seeds(checkout: Path) -> list[tuple[str, str]]:
    """Return the seed patterns of newsmap's English dictionary: ISO 3166-1 alpha-3 code and pattern."""
    alpha_3 = {two[0]: three for three, two in get_global("territory_aliases").items() if len(three) == 3 and three.isalpha()}

    def walk(node: Mapping) -> Iterator[tuple[str, str]]:
        for key, value in node.items():
            if isinstance(value, dict):
                yield from walk(value)
            else:
                yield from ((alpha_3.get(str(key), str(key)), str(pattern)) for pattern in value)

    return list(walk(yaml.safe_load((checkout / "dict" / "english.yml").read_text(encoding="utf-8"))))


def match_seeds(passages: pl.DataFrame, seeds: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which states newsmap's seeds find in which document."""
    ways = sorted(seeds, key=lambda seed: -len(seed[1]))
    rule = re.compile("|".join(rf"(?P<p{number}>\b{re.escape(pattern).replace(chr(92) + '*', chr(92) + 'w*')}\b)"
                               for number, (_, pattern) in enumerate(ways)), re.IGNORECASE)
    return {(document, ways[int(found.lastgroup[1:])][0])
            for document, text in passages.select("document_id", "text").iter_rows() for found in rule.finditer(text)}


def score(given: set, hand: set, documents: list[str], states: list[str]) -> str:
    """Return precision, recall, F1 and alpha over all pairs of text and state."""
    both = len(given & hand)
    precision, recall = both / max(len(given), 1), both / max(len(hand), 1)
    pairs = [((document, state) in given, (document, state) in hand) for document in documents for state in states]
    one, other = (pl.Series(side).cast(pl.Int64).to_numpy() for side in zip(*pairs, strict=True))
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  alpha {alpha_of(count_pairs(one, other, 2)):.3f}"


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path, help="folder of a newsmap checkout")
    options = parser.parse_args()
    trial, codebook = read_trial(), read_codebook()
    states = {code for code in codebook.partners if len(code) == 3 and code.isalpha() and code.isupper()} - {HOME}
    states -= set("CIS SCO OTS GCC WTO IMF ADB EDB EIB".split())
    for split in SPLITS:
        texts = trial.texts.filter(pl.col("split") == split, pl.col("language") == "en")
        tables = code_trial(texts, read_params(), codebook)
        documents = texts["document_id"].to_list()
        hand = {(document, code) for document, code in trial.adjudicated.filter(pl.col("variable") == "partner").select(
            "document_id", "code").iter_rows() if document in documents and code in states}
        ours = {(document, code) for document, code in tables["codes"].filter(pl.col("variable") == "partner").select(
            "document_id", "code").iter_rows() if code in states}
        kept = tables["passages"].filter("kept")
        theirs = {pair for pair in match_seeds(kept, read_seeds(options.checkout)) if pair[1] in states}
        named = sorted({code for _, code in hand | ours | theirs})
        print(f"{split}: {len(documents)} English texts, {len(hand)} states named by hand")
        print(f"  newsmap's seeds  {score(theirs, hand, documents, named)}")
        print(f"  this codebook    {score(ours, hand, documents, named)}")


if __name__ == "__main__":
    main()
