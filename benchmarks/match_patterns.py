"""How fast the matching step is, against the plain polars pass over the same bytes and against one Python `re` alternation.

    .venv/bin/python benchmarks/match_patterns.py [--texts 120000] [--on-topic 0.1] [--runs 3] [--language en]

The plain pass is lower case, every run of non-word characters to one space, then one Aho-Corasick pass (`extract_many`,
overlapping) with the same anchors: it finds what stands somewhere, with no place, no language, no longest match. The
matching step gives spans and codes. The alternation runs over a sample and is scaled up. Texts are the trial texts' sentences
of one language (`--on-topic` of them) among sentences without any pattern; both shares matter, since the plain pass costs
the same whatever it finds. Prints seconds and ratios; nothing is asserted.
"""

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from kzties.codebook import Codebook, read_codebook  # noqa: E402
from kzties.matching import match_patterns  # noqa: E402
from kzties.trialling import read_trial  # noqa: E402

SEED = 20260306
OFF_TOPIC = {
    "en": "The choir sang two old songs before the rain began and the children ran home across the wet grass.",
    "ru": "Хор спел две старые песни, прежде чем начался дождь, и дети побежали домой по мокрой траве.",
}


def build_texts(language: str, number: int, on_topic: float) -> pl.DataFrame:
    """Return passages: sentences of the trial texts of a language, mixed with a sentence that no pattern is in."""
    sentences = [sentence for text in read_trial().texts.filter(pl.col("language") == language)["text"]
                 for sentence in re.split(r"(?<=[.!?])\s+", text) if 60 < len(sentence) < 400]
    chosen = random.Random(SEED)
    other = OFF_TOPIC[language]
    rows = [(chosen.choice(sentences) if chosen.random() < on_topic else f"{other} {other}") + f" {row}"
            for row in range(number)]
    return pl.DataFrame({"document_id": [f"{row // 20:06}" for row in range(number)],
                         "passage": [row % 20 + 1 for row in range(number)], "language": language, "start": 0, "text": rows},
                        schema_overrides={"passage": pl.Int64, "start": pl.Int64})


def plain_pass(texts: pl.DataFrame, codebook: Codebook) -> int:
    """Return the number of hits of the plain pass."""
    words = pl.format(" {} ", pl.col("text").str.to_lowercase().str.replace_all(r"\W+", " "))
    anchors = codebook.anchors["anchor"].unique().sort().to_list()
    found = words.str.extract_many(anchors, overlapping=True).list.len().sum()
    return texts.lazy().select(found).collect(engine="streaming").item()


def one_alternation(texts: pl.DataFrame, codebook: Codebook, language: str) -> int:
    """Return the number of hits of one Python `re` alternation of all patterns of a language."""
    wanted = codebook.patterns.filter((pl.col("language") == language) | (pl.col("variable") == "partner"))["pattern"].unique()
    ways = sorted((re.escape(pattern).replace(r"\*", r"\w*").replace(r"\ ", r"\W+") for pattern in wanted), key=len, reverse=True)
    rule = re.compile(rf"\b(?:{'|'.join(ways)})\b", re.IGNORECASE)
    return sum(len(rule.findall(text)) for text in texts["text"])


def take_time(work: Callable[[], int], runs: int) -> tuple[float, int]:
    """Return the median seconds of several runs, and what the last one returned."""
    seconds, found = [], 0
    for _ in range(runs):
        started = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), found


def main() -> None:
    """Take the times and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=120_000, help="number of texts (default: 120000)")
    parser.add_argument("--on-topic", type=float, default=0.1, help="share of sentences from the trial texts (default: 0.1)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--language", default="en", choices=sorted(OFF_TOPIC))
    options = parser.parse_args()
    codebook = read_codebook()
    texts = build_texts(options.language, options.texts, options.on_topic)
    size = texts["text"].str.len_bytes().sum() / 1e6
    print(f"{len(texts):,} {options.language} texts, {size:.1f} MB, {options.on_topic:.0%} on topic; "
          f"{len(codebook.patterns):,} patterns")
    plain, hits = take_time(lambda: plain_pass(texts, codebook), options.runs)
    print(f"plain normalise-and-Aho-Corasick pass  {plain:8.2f} s  {hits:,} hits")
    ours, found = take_time(lambda: match_patterns(texts, codebook.anchors).height, options.runs)
    print(f"matching step, spans included          {ours:8.2f} s  {found:,} codes    {ours / plain:.1f} × the plain pass")
    sample = texts.head(max(1, options.texts // 400))
    slow, _ = take_time(lambda: one_alternation(sample, codebook, options.language), 1)
    slow *= len(texts) / len(sample)
    print(f"one Python re alternation (scaled up)  {slow:8.1f} s                   {slow / ours:.0f} × the matching step")


if __name__ == "__main__":
    main()
