"""Segment raw texts into passages: paragraphs, lists with their lead-in, headlines, items of a digest.

The tiling rule holds for every document: the passages, kept or set aside, meet from 0 to its last character.
"""

import polars as pl

from kzties.cleaning import Furniture, find_furniture
from kzties.dating import find_dates
from kzties.languages import detect_languages
from kzties.tables import PASSAGES

LINE = r"[^\r\n\u{2028}\u{2029}]+|\r\n|\r|\n|\u{2028}|\u{2029}"
BULLET = r"^\s*(?:[-–—•·▪●*]\s*\S|\d{1,2}[.)]\s+\p{L})"
SENTENCE_END = r"[.!?…][\s\p{Pf}\p{Pi}\")\]]*$"
OPENING_QUOTE = r"^\s*[\"“„«‘]"
SENTENCE_BREAK = (r"((?:\w\w|[\d)»”“\"]%?)[.!?…]+[\p{Pf}\"”“»)\]]*\s+)"
                  r"([\p{Lu}\p{Lt}\p{Nd}\p{Pi}\"„“«—–(])")
LOST_SPACE = r"((?:\p{Ll}{3}|\p{Nd}%?|%|[)»”])[.!?…][\p{Pf}”»]?)([\p{Pi}„“«]?\p{Lu}(?:\p{Ll}|\s))"
"""A sentence end with no space behind it; three small letters before it leave out `ул.Абая` and `г.Астана`."""
ABBREVIATION = (r"(\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Sen|Gov|Rep|Mt|St|vs|No|Mrd|Mio|Nr|Hr|Fr|проф|акад|им|ул|пос|св|гр|см|рис|тел"
                r"|обл|просп|mgr|inż|dott|sig)\.)(\s+)\x02")
"""Abbreviations whose full stop ends no sentence though a capital follows."""
JOINER = r"[,;:\-–—]\s*$|[\p{Ll}\p{Nd}]\s*$"


def segment(documents: pl.DataFrame, texts: pl.DataFrame, furniture: Furniture,
            params: dict) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `documents` with the days and languages read in the texts, and the `passages` that tile every text.

    Takes the two tables of `reading.read_documents`, the furniture rules and the parameters of stage `passages`.
    """
    set_aside = find_furniture(texts, furniture)
    passages = split_passages(texts, set_aside)
    passages = mark_headlines(passages, params["headline_characters"])
    passages = detect_languages(passages, documents)
    passages = number_items(passages, params["digest_headlines"], params["digest_headline_words"])
    passages = mark_duplicates(passages, params["duplicate_words"])
    passages = passages.with_columns(
        background=pl.col("kept") & pl.col("text").str.contains(furniture.background),
        item=pl.when("kept").then("item"))
    passages = passages.select(*PASSAGES.columns)
    return describe_documents(documents, texts, passages), passages


def split_passages(texts: pl.DataFrame, set_aside: pl.DataFrame) -> pl.DataFrame:
    """Tile every text: one row a paragraph, list, set-aside span or blank stretch between them."""
    pieces = _cut(_split_lines(texts), set_aside)
    text = pl.col("text")
    blank = ~text.str.contains(r"[^\s\u{200b}\u{feff}]")
    # what is left between two set-aside stretches, an arrow or a pictogram, says nothing
    sign = pl.col("reason").is_null() & ~text.str.contains(r"[\p{L}\p{N}]")
    pieces = pieces.with_columns(
        reason=pl.when(blank).then(pl.lit("blank")).when(sign).then(pl.lit("markup")).otherwise("reason"),
        rule=pl.when(~blank).then("rule"),
        bullet=text.str.contains(BULLET) & pl.col("reason").is_null(),
        breaks=pl.when(blank).then(text.str.count_matches(r"\r\n|\r|\n|\u{2028}|\u{2029}")).otherwise(0))
    # the blank stretches between two lines are one piece, so that the line before is two rows up
    blank = pl.col("reason") == "blank"
    pieces = (pieces.with_columns(run=pl.struct("reason", "rule", pl.when(blank).then(0).otherwise("start"))
                                  .rle_id().over("document_id"))
              .group_by("document_id", "run", "reason", "rule", maintain_order=True)
              .agg(pl.col("start").first(), pl.col("end").last(), pl.col("bullet").first(), pl.col("breaks").sum(),
                   text.str.join("")))
    # a line goes on the paragraph before it if one blank stretch with a single line break lies between, and either
    # both are list lines, or the line before leads in a list, or a sentence runs on
    before, gap = (lambda name: pl.col(name).shift(2).over("document_id")), pl.col("breaks").shift(1).over("document_id")
    prose = pl.col("reason").is_null() & before("reason").is_null() & (before("start").is_not_null())
    adjacent = prose & (pl.col("reason").shift(1).over("document_id") == "blank")
    lead_in = before("text").str.contains(r":\s*$") & pl.col("bullet")
    runs_on = (before("text").str.contains(JOINER) & text.str.contains(r"^\s*\p{Ll}") & ~pl.col("bullet"))
    joined = adjacent & (((gap == 1) & ((before("bullet") & pl.col("bullet")) | runs_on)) | ((gap <= 2) & lead_in))
    pieces = pieces.with_columns(joined=joined.fill_null(False))
    pieces = pieces.with_columns(joined=pl.col("joined") | pl.col("joined").shift(-1).over("document_id").fill_null(False)
                                 & (pl.col("reason") == "blank"))
    return (pieces.with_columns(block=(~pl.col("joined")).cum_sum().over("document_id"))
            .group_by("document_id", "block", maintain_order=True)
            .agg(pl.col("reason").first(), pl.col("rule").first(), pl.col("start").first(), pl.col("end").last(),
                 pl.col("bullet").any(), text.str.join(""))
            .with_columns(passage=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("document_id"),
                          kept=pl.col("reason").is_null(),
                          kind=pl.when(pl.col("reason") == "blank").then(pl.lit("blank"))
                          .when(pl.col("reason").is_not_null()).then(pl.lit("furniture"))
                          .when("bullet").then(pl.lit("list"))
                          .when(text.str.contains(OPENING_QUOTE)).then(pl.lit("quote"))
                          .otherwise(pl.lit("body")))
            .drop("block", "bullet"))


def _split_lines(texts: pl.DataFrame) -> pl.DataFrame:
    """Return every line and every line break with its offsets."""
    length = pl.col("text").str.len_chars().cast(pl.Int64)
    return (texts.sort("document_id").with_columns(text=pl.col("text").str.extract_all(LINE)).explode("text")
            .with_columns(end=length.cum_sum().over("document_id"))
            .with_columns(start=pl.col("end") - length)
            .select("document_id", "start", "end", "text"))


def _cut(lines: pl.DataFrame, set_aside: pl.DataFrame) -> pl.DataFrame:
    """Cut lines at the edges of set-aside spans and of the white space around their words; name what lies inside.

    A span that covers several lines becomes one piece again.
    """
    text = pl.col("text")
    pieces = _split_at(lines, pl.concat([set_aside.select("document_id", "start"),
                                         set_aside.select("document_id", start="end")]))
    indent = (text.str.len_chars() - text.str.strip_chars_start().str.len_chars()).cast(pl.Int64)
    tail = text.str.strip_chars_end().str.len_chars().cast(pl.Int64)
    pieces = _split_at(pieces, pl.concat([pieces.select("document_id", start=pl.col("start") + edge) for edge in (indent, tail)]))
    inside = pieces.join_asof(set_aside.sort("document_id", "start").with_columns(span_start="start")
                              .rename({"end": "span_end"}), on="start", by="document_id", check_sortedness=False)
    covered = pl.col("start") < pl.col("span_end")
    return (inside.with_columns(pl.when(covered).then(name).alias(name) for name in ("reason", "rule", "span_start"))
            .with_columns(run=pl.when(pl.col("span_start").is_null()).then("start").otherwise("span_start"))
            .group_by("document_id", "run", maintain_order=True)
            .agg(pl.col("reason").first(), pl.col("rule").first(), pl.col("start").first(), pl.col("end").last(),
                 text.str.join(""))
            .drop("run"))


def _split_at(pieces: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    """Split pieces that tile their documents at further offsets; cuts at an end or behind it do nothing."""
    ends = pieces.group_by("document_id").agg(last=pl.col("end").max())
    cuts = (pl.concat([pieces.select("document_id", "start"), cuts]).unique().join(ends, on="document_id")
            .filter(pl.col("start") < pl.col("last")).sort("document_id", "start")
            .with_columns(end=pl.col("start").shift(-1).over("document_id").fill_null(pl.col("last"))))
    return (cuts.join_asof(pieces.sort("document_id", "start").select("document_id", "text", piece_start="start"),
                           left_on="start", right_on="piece_start", by="document_id", check_sortedness=False)
            .select("document_id", "start", "end",
                    text=pl.col("text").str.slice(pl.col("start") - pl.col("piece_start"), pl.col("end") - pl.col("start"))))


def mark_headlines(passages: pl.DataFrame, longest: int) -> pl.DataFrame:
    """Call a kept line a headline where it can be one: a single line, not long, of several words, with no full stop."""
    text = pl.col("text")
    can_be = (pl.col("kind").is_in(["body", "quote"]) & (text.str.len_chars() <= longest)
              & ~text.str.contains(SENTENCE_END) & ~text.str.contains(r"[:,;]\s*$") & ~text.str.contains(r"[\r\n]")
              & (text.str.count_matches(r"\w+") >= 2)
              # an odd closing quotation mark shows the end of a quoted sentence, not a title
              & ~(text.str.contains(r"[”\"]\s*$") & ~text.str.contains(OPENING_QUOTE))
              # what is left of a sentence when its credit is set aside is no title
              & ~pl.any_horizontal(pl.col("reason").shift(step).over("document_id").eq("credit").fill_null(False)
                                   & (pl.col(far).shift(step).over("document_id") == pl.col(near)).fill_null(False)
                                   for step, far, near in ((-1, "start", "end"), (1, "end", "start"))))
    # a question can be the title, but only as the first line of all
    question = (pl.col("kept") & (pl.col("kept").cum_sum().over("document_id") == 1) & (text.str.len_chars() <= longest)
                & text.str.contains(r"^[^.!?…\r\n]*\?\s*$") & (text.str.count_matches(r"\w+") >= 2))
    return passages.with_columns(kind=pl.when(can_be | question).then(pl.lit("headline")).otherwise("kind"))


def number_items(passages: pl.DataFrame, digest_headlines: int, digest_words: int) -> pl.DataFrame:
    """Number the items: a document with at least `digest_headlines` long headlines after body text is a digest.

    In a digest every headline starts an item; elsewhere only lines before the first body text are headlines. A page that
    tells one story in several languages is no digest, so only headlines in the language of most of its text are counted.
    """
    text = pl.col("text")
    headline = pl.col("kind") == "headline"
    # a stray word above the title, such as the name of a section, is no body
    body = pl.col("kept") & ~headline & (text.str.contains(SENTENCE_END) | (text.str.count_matches(r"\w+") >= 2))
    body_before = body.cum_max().over("document_id").fill_null(False)
    long = text.str.count_matches(r"\w+") >= digest_words
    letters = pl.when("kept").then(text.str.len_chars()).otherwise(0).sum().over("document_id", "language")
    main_language = pl.col("language").sort_by(letters).last().over("document_id")
    passages = passages.with_columns(late=headline & long & body_before)
    counted = pl.col("late") & (pl.col("language") == main_language)
    digest = (counted.sum().over("document_id") >= digest_headlines)
    starts = headline & long & digest
    first = pl.col("kept") & (pl.col("kept").cum_sum().over("document_id") == 1)
    return (passages.with_columns(
        kind=pl.when(headline & ~digest & body_before).then(pl.lit("body")).otherwise("kind"),
        item=(starts | first).cum_sum().over("document_id").cast(pl.Int64))
        .drop("late"))


def mark_duplicates(passages: pl.DataFrame, fewest_words: int) -> pl.DataFrame:
    """Name the earlier passage that says the same word for word; within a document the repetition is set aside.

    Across documents both are kept (`fewest_words` or longer): one statement, two sources.
    """
    words = pl.col("text").str.to_lowercase().str.extract_all(r"\w+")
    name = pl.format("{}/{}", "document_id", "passage")
    kept = (passages.filter("kept").with_columns(says=words.list.join(" "), words=words.list.len(), name=name)
            .sort("document_id", "passage"))
    within = pl.col("name").first().over("document_id", "item", "says")
    across = pl.col("name").first().over("says")
    kept = kept.with_columns(
        duplicate_of=pl.when(pl.col("words") == 0).then(None)
        .when(within != pl.col("name")).then(within)
        .when((pl.col("words") >= fewest_words) & (across != pl.col("name"))).then(across),
        repeats=(within != pl.col("name")) & (pl.col("words") > 0))
    marked = passages.join(kept.select("document_id", "passage", "duplicate_of", "repeats"),
                           on=["document_id", "passage"], how="left", maintain_order="left")
    repeats = pl.col("repeats").fill_null(False)
    return marked.with_columns(
        kept=pl.col("kept") & ~repeats,
        kind=pl.when(repeats).then(pl.lit("furniture")).otherwise("kind"),
        reason=pl.when(repeats).then(pl.lit("duplicate")).otherwise("reason")).drop("repeats")


def split_sentences(passages: pl.DataFrame) -> pl.DataFrame:
    """Return the sentences of passages: `document_id`, `passage`, `sentence` (1..), `sentence_start`, `sentence_text`.

    A sentence ends at a full stop (not after a single letter, as in `U.K.`, nor after a title, as in `Dr. Marsh`) before
    a capital, a digit or a quotation mark, at a semicolon, or at a line end; a space lost behind the full stop
    (`Акорды.Президент`) does not hide it. Sentences tile their passage; offsets are those of the raw text.
    """
    text = (pl.col("text").str.replace_all("\x02", " ", literal=True)
            .str.replace_all(SENTENCE_BREAK, "${1}\x02${2}")
            .str.replace_all(LOST_SPACE, "${1}\x02${2}")
            .str.replace_all(ABBREVIATION, "${1}${2}")
            .str.replace_all(r"([;\n]\s*)(\S)", "${1}\x02${2}"))
    length = pl.col("sentence_text").str.len_chars().cast(pl.Int64)
    group = ["document_id", "passage"]
    return (passages.select(*group, "start", sentence_text=text.str.split("\x02")).explode("sentence_text")
            .with_columns(sentence=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(group),
                          sentence_start=pl.col("start") + length.cum_sum().over(group) - length)
            .select(*group, "sentence", "sentence_start", "sentence_text"))


def describe_documents(documents: pl.DataFrame, texts: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Fill in what the texts themselves say: the day of publication, the language and its share."""
    letters = pl.col("text").str.count_matches(r"\p{L}")
    languages = (passages.filter("kept").group_by("document_id", "language").agg(letters=letters.sum())
                 .with_columns(share=(pl.col("letters") / pl.col("letters").sum().over("document_id")).round(4))
                 .sort("document_id", "letters", "language", descending=[False, True, False])
                 .unique("document_id", keep="first", maintain_order=True)
                 .select("document_id", found_language="language", language_confidence=pl.col("share").fill_nan(0)))
    return (documents.drop("language_confidence")
            .join(languages, on="document_id", how="left", maintain_order="left")
            .join(find_dates(texts, passages), on="document_id", how="left", maintain_order="left")
            .with_columns(
                language=pl.coalesce("found_language", "language"),
                note=pl.when(pl.col("published").is_not_null() | pl.col("conflict").is_null()).then("note")
                .otherwise(pl.concat_str("note", "conflict", separator=" ", ignore_nulls=True)),
                published_from=pl.when(pl.col("published").is_not_null()).then("published_from")
                .when(pl.col("found_from").is_not_null()).then("found_from").otherwise(pl.lit("none")),
                published=pl.coalesce("published", "found"))
            .select(*documents.columns))
