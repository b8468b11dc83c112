"""The charts: what they say, what they print, and that they hold up with any table and any text."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import altair as alt
import polars as pl
import pytest
from example_tables import LABELS, example_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from kzties.arranging import measure_amounts, tick_days
from kzties.charting import draw_all, draw_firmness, draw_partner_events, draw_partner_themes
from kzties.scaling import draw_timeline
from kzties.tables import ACTIONS, TABLES, THEMES
from kzties.theming import FIRMNESS, PAPER, contrast, disarm_formulas, ink_on, shade_count, write_charts
from kzties.typesetting import CUTS, FONTS, clean_text, embed_typeface, measure_text, read_widths, wrap_text

NAMES = ["partner_events", "partner_themes", "firmness", "timeline", "quantities", "languages_outlets"]
PARAMS = {"partners_shown": 12}
HOSTILE = "<script>alert(1)</script> \x07\u202e&amp; \"x\" ' {{< include a >}} #import $x$ =1+1 中"


def make_events(rows: list[tuple[str, list[str], date]]) -> pl.DataFrame:
    """Return events of (id, partners, day)."""
    return pl.DataFrame([{**dict.fromkeys(TABLES["events"].schema), "event_id": name, "title": name,
                          "partners": partners, "first_date": day, "last_date": day}
                         for name, partners, day in rows], schema=TABLES["events"].schema)


def make_ties(rows: list[tuple[str, str, str, str | None]]) -> pl.DataFrame:
    """Return ties of (event, partner, theme, action)."""
    return pl.DataFrame([{**dict.fromkeys(TABLES["ties"].schema), "event_id": event, "partner": partner,
                          "theme": theme, "action": action} for event, partner, theme, action in rows],
                        schema=TABLES["ties"].schema)


def make_many() -> dict[str, pl.DataFrame]:
    """Return tables with 300 events of 200 partners within nine months."""
    days = [date(2024, 1, 3) + timedelta(days=(number * 97) % 260) for number in range(300)]
    parties = [sorted({f"P{number % 200:03d}", f"P{number % 2:03d}"}) for number in range(300)]
    events = [(f"E{number:03d}", parties[number], days[number]) for number in range(300)]
    ties = [(event, partner, THEMES[len(event + partner) * place % 12], [*ACTIONS, None][place % 7])
            for place, (event, partners, _) in enumerate(events) for partner in partners]
    return {**example_tables(), "events": make_events(events), "ties": make_ties(ties)}


def make_hostile() -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Return tables and labels whose every free text is hostile."""
    tables = example_tables()
    tables["documents"] = tables["documents"].with_columns(outlet=pl.lit(HOSTILE * 4))
    tables["quantities"] = tables["quantities"].with_columns(what=pl.lit(HOSTILE * 6))
    tables["events"] = tables["events"].with_columns(title=pl.lit("=HYPERLINK(1)"))
    return tables, {code: f"{name} {HOSTILE} {'Unteilbarkeitswort' * 4}" for code, name in LABELS.items()}


@dataclass(frozen=True)
class Figures:
    """The files of one corpus' charts, whose names start with the corpus."""

    folder: Path
    corpus: str

    def read(self, name: str) -> str:
        """Return what a file holds, named without the corpus."""
        return (self.folder / f"{self.corpus}_{name}").read_text(encoding="utf-8")

    def texts(self, chart: str) -> list[str]:
        """Return the texts that a chart prints, each line by itself and each text as a whole."""
        space = "{http://www.w3.org/2000/svg}"
        nodes = xml.fromstring(self.read(f"{chart}.svg")).iter(f"{space}text")
        return [text for node in nodes for text in (" ".join(node.itertext()), *node.itertext())]

    def described(self, chart: str) -> dict:
        """Return what figures.json says of a chart."""
        rows = json.loads((self.folder / "figures.json").read_text(encoding="utf-8"))
        return next(row for row in rows if row["name"] == f"{self.corpus}_{chart}")

    def paths(self, ending: str) -> list[Path]:
        """Return all files of one kind."""
        return sorted(self.folder.glob(f"{self.corpus}_*.{ending}"))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory) -> dict[str, Figures]:
    """Write the charts of four corpora, once and together: a usual, an empty, a large and a hostile one."""
    empty = {name: table.empty() for name, table in TABLES.items()}
    drawn = {"usual": draw_all(example_tables(), LABELS, PARAMS), "empty": draw_all(empty, {}, {}),
             "large": draw_all(make_many(), {}, PARAMS)[:4], "hostile": draw_all(*make_hostile(), PARAMS)}
    folder = tmp_path_factory.mktemp("figures")
    write_charts([replace(chart, name=f"{corpus}_{chart.name}") for corpus, charts in drawn.items()
                  for chart in charts], folder)
    return {corpus: Figures(folder, corpus) for corpus in drawn}


def test_every_chart_is_drawn_in_the_order_of_the_brief():
    assert [chart.name for chart in draw_all(example_tables(), LABELS, PARAMS)] == NAMES


def test_each_chart_is_written_in_four_formats_and_described(corpora):
    usual = corpora["usual"]
    for name in NAMES:
        row = usual.described(name)
        assert row["width"] == 640 and row["height"] > 100
        assert row["title"] in row["alt"] and len(row["alt"]) > 60 and row["caption"].endswith(".")
        assert "n = " in row["subtitle"]
        assert usual.read(f"{name}.csv") and usual.read(f"{name}.svg").startswith('<svg role="img"')
        assert json.loads(usual.read(f"{name}.vl.json"))["description"] == row["alt"]


def test_titles_state_the_finding():
    titles = {chart.name: chart.title for chart in draw_all(example_tables(), LABELS, PARAMS)}
    assert titles["partner_events"] == "United Kingdom appears most often: in 3 of 11 events"
    assert titles["partner_themes"] == "Minerals comes up most: in 6 of 11 events"
    assert titles["firmness"] == "Serbia has come furthest: to “result”"
    assert titles["timeline"] == "11 events were reported between 26 January 2025 and 6 March 2026"
    assert titles["quantities"].replace("\u00a0", " ").endswith(": EUR 150 million, KZT 3.9 trillion and 5,000 km")
    assert titles["languages_outlets"] == "English is the language of 29 of 38 passages"


def test_a_headline_of_the_brief_replaces_the_chart_s_own():
    chart = draw_partner_events(example_tables()["events"], LABELS, PARAMS, headline="Britain leads")
    assert chart.title == "Britain leads" and "Britain leads" in chart.alt


def test_a_tie_for_first_place_is_told():
    day = date(2026, 1, 1)
    events = make_events([("A", ["SRB", "ESP"], day), ("B", ["SRB", "ESP", "CUB"], day)])
    assert draw_partner_events(events, LABELS, {}).title == "Serbia and Spain appear most often: in 2 events each"
    even = make_events([("A", ["SRB", "ESP"], day)])
    assert draw_partner_events(even, LABELS, {}).title == "Each of 2 partners appears in 1 event"


def test_every_number_of_the_matrix_is_printed_in_its_cell(corpora):
    ties = example_tables()["ties"]
    shown = pl.read_csv(corpora["usual"].paths("csv")[3])
    assert shown["events"].sum() == ties.select("event_id", "partner", "theme").unique().height
    texts = corpora["usual"].texts("partner_themes")
    britain = shown.filter(partner="GBR", theme="minerals")["events"].item()
    assert britain == 3 and str(britain) in texts
    assert {"Minerals", "Economy at large", "United Kingdom"} <= set(texts)


def test_the_ladder_counts_each_event_once_at_its_firmest_step():
    ties = make_ties([("A", "SRB", "trade", "talk"), ("A", "SRB", "energy", "agreement"), ("B", "SRB", "trade", None)])
    events = make_events([("A", ["SRB"], date(2026, 1, 1)), ("B", ["SRB"], date(2026, 1, 2))])
    chart = draw_firmness(events, ties, LABELS, PARAMS)
    assert chart.data.select("action", "events").rows() == [("agreement", 1), (None, 1)]
    assert chart.title == "The firmest step with Serbia is “agreement”"


def test_a_partner_without_any_stated_step_stands_apart(corpora):
    assert "Not stated" in corpora["usual"].texts("firmness")
    silent = make_ties([("A", "SRB", "trade", None)])
    chart = draw_firmness(make_events([("A", ["SRB"], date(2026, 1, 1))]), silent, LABELS, PARAMS)
    assert chart.title == "No source states how firm the ties are"


def test_amounts_stand_with_their_partner_and_the_step_of_their_own_passage():
    tables = example_tables()
    amounts = measure_amounts(tables["quantities"], tables["ties"], tables["codes"], LABELS)
    euros = amounts.filter(unit="EUR")
    assert euros.select("value", "partners", "action").rows() == [
        (150e6, "European Union", "intent"), (45e6, "European Union", "intent")]
    transit = amounts.filter(unit="t", value=45e6).row(0, named=True)
    assert transit["value_from"] == 28e6
    assert amounts.filter(pl.col("value").is_in([28e6, 60, 22, 35.3, 3.6e9, 8900])).is_empty()


def test_without_codes_no_step_is_claimed_for_an_amount():
    tables = example_tables()
    assert measure_amounts(tables["quantities"], tables["ties"], None, LABELS)["action"].null_count() == 6


def test_a_change_is_printed_with_both_values(corpora):
    assert "28 million → 45 million" in corpora["usual"].texts("quantities")


def test_empty_tables_give_charts_that_say_so(corpora):
    assert "No events" in corpora["empty"].texts("timeline")
    assert corpora["empty"].described("partner_themes")["title"] == "No events"
    assert corpora["empty"].described("quantities")["title"] == "No amounts of money or volumes"


def test_one_event_makes_a_sentence_in_the_singular():
    ties = make_ties([("E", "SRB", "trade", "talk")])
    events = make_events([("E", ["SRB"], date(2026, 2, 27))])
    assert draw_timeline(events, ties, LABELS, {}).title == "The only event was reported on 27 February 2026"
    assert draw_partner_themes(events, ties, LABELS, {}).title == "Trade is the theme of the only event"
    assert draw_partner_events(events, LABELS, {}).title == "Serbia is the only partner, in 1 event"


def test_of_two_hundred_partners_twelve_are_shown_and_the_rest_is_noted(corpora):
    large = corpora["large"]
    for name in NAMES[:4]:
        assert "12 of 200 partners shown" in large.described(name)["subtitle"]
        assert len({text for text in large.texts(name) if re.fullmatch(r"P\d+", text)}) == 12
    assert large.read("partner_events.csv").count("\n") == 201


def test_a_crowded_timeline_counts_by_period_instead_of_hiding_events(corpora):
    assert re.search("by partner and (month|quarter)", corpora["large"].described("timeline")["subtitle"])


@pytest.mark.parametrize("corpus", ["usual", "empty", "large", "hostile"])
def test_no_chart_is_wider_than_the_page_or_smaller_than_eleven_pixels(corpora, corpus):
    for path in corpora[corpus].paths("svg"):
        svg = path.read_text()
        assert 'width="640"' in svg[:400], path.name
        assert min(map(float, re.findall(r'font-size="([\d.]+)px"', svg))) >= 11, path.name


def test_hostile_labels_are_printed_as_text_and_nothing_else(corpora):
    for path in corpora["hostile"].paths("svg"):
        tags = {node.tag.rpartition("}")[2] for node in xml.parse(path).iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "line", "text", "tspan", "defs"}, tags
    assert "<script>alert(1)</script>" in "".join(corpora["hostile"].texts("partner_events"))


def test_no_csv_cell_is_a_formula(corpora):
    for path in corpora["hostile"].paths("csv"):
        for row in pl.read_csv(path, infer_schema=False).iter_rows():
            assert not any(cell and cell.lstrip()[:1] in "=+-@" for cell in row), path.name
    assert disarm_formulas(pl.DataFrame({"a": ["-1", "a-1"], "b": [-1, 2]})).rows() == [("'-1", -1), ("a-1", 2)]


@pytest.mark.parametrize("corpus", ["usual", "empty", "large", "hostile"])
def test_every_chart_passes_pdf_ua_with_the_bundled_font_alone(corpora, corpus):
    typst = pytest.importorskip("typst")
    figures = "".join(f'#figure(image("{path.name}", alt: "a chart"), caption: [A chart])\n'
                      for path in corpora[corpus].paths("svg"))
    source = f'#set document(title: "Charts")\n#set text(lang: "en", font: "Inter")\n= Charts\n{figures}'
    pdf = typst.compile(source.encode(), root=str(corpora[corpus].folder), font_paths=[str(FONTS)], ignore_system_fonts=True,
                        pdf_standards=["ua-1"])
    assert pdf.startswith(b"%PDF")


def test_charts_are_the_same_whatever_the_order_of_rows():
    tables = example_tables()
    turned = {name: table.reverse() for name, table in tables.items()}
    assert [chart.spec for chart in draw_all(turned, LABELS, PARAMS)] == [
        chart.spec for chart in draw_all(tables, LABELS, PARAMS)]


def test_charts_are_the_same_bytes_in_another_time_zone_locale_and_hash_seed(corpora, tmp_path):
    code = ("import sys; from pathlib import Path; from example_tables import LABELS, example_tables; "
            "from kzties.charting import draw_all; from kzties.theming import write_charts; "
            f"write_charts(draw_all(example_tables(), LABELS, {PARAMS}), Path(sys.argv[1]))")
    tests = Path(__file__).parent
    elsewhere = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C",
                 "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent / "src")])}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=elsewhere, check=True)
    for path in sorted(tmp_path.glob("*.*")):
        here = corpora["usual"].folder / f"usual_{path.name}"
        assert path.name == "figures.json" or path.read_bytes() == here.read_bytes(), path.name


def test_every_specification_is_valid_vega_lite():
    tables = example_tables()
    for chart in draw_all(tables, LABELS, PARAMS):
        alt.LayerChart.validate({**chart.spec})
    assert alt.Chart.from_dict(draw_partner_events(tables["events"], LABELS, PARAMS).spec).to_dict()


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from(sorted(LABELS)[:20]), max_size=4, unique=True),
                          st.dates(date(2000, 1, 1), date(2030, 1, 1)),
                          st.sampled_from([*ACTIONS, None])), max_size=30))
def test_no_title_contradicts_its_table(rows):
    events = make_events([(f"E{number}", partners, day) for number, (partners, day, _) in enumerate(rows)])
    ties = make_ties([(f"E{number}", partner, "trade", action)
                      for number, (partners, _, action) in enumerate(rows) for partner in partners])
    named = sum(bool(partners) for partners, _, _ in rows)
    chart = draw_partner_events(events, LABELS, PARAMS)
    assert chart.data["events"].sum() == sum(len(partners) for partners, _, _ in rows)
    assert (chart.title == "No events") == (named == 0)
    ladder, timeline = draw_firmness(events, ties, LABELS, PARAMS), draw_timeline(events, ties, LABELS, PARAMS)
    if named:
        assert f"n = {named} event" in chart.subtitle
        assert ladder.data["events"].sum() == chart.data["events"].sum() == timeline.data.height
        steps = [ACTIONS.index(action) for partners, _, action in rows if partners and action]
        firmest = LABELS[ACTIONS[max(steps)]].lower() if steps else "No source states"
        assert firmest in ladder.title


def test_a_firmer_step_is_darker_and_every_number_on_a_shade_can_be_read():
    shades = list(FIRMNESS.values())
    against_paper = [contrast(shade, PAPER) for shade in shades]
    assert against_paper == sorted(against_paper)
    assert all(later / earlier > 1.2 for earlier, later in zip(against_paper, against_paper[1:]))
    counts = [shade_count(share / 100) for share in range(101)]
    assert all(contrast(ink_on(shade), shade) >= 4.5 for shade in [*shades, *counts])


def test_the_typeface_holds_every_letter_of_the_sources():
    letters = ("áǵıńóúÁǴIŃÓÚäğñöūşÄĞÑÖŪŞčćžšđčíýřůěĚЂђ" "әғқңөұүһіӘҒҚҢӨҰҮҺІёйъьЪѝѐўҳʻ" "€$£₸₽¥→←–—…„“”‘’«»№−×≈≤≥%·•")
    for weight in ("Regular", "Bold", "Italic"):
        assert not set(letters) - set(read_widths(weight)), weight


def test_the_small_cuts_of_the_typeface_hold_what_they_promise():
    assert not [part for ranges in CUTS.values() for part in ranges.split(",") if not part.startswith("U+")]
    latin, mixed = (embed_typeface(f"<svg><text>{text}</text></svg>") for text in ("Serbia", "Қазақстан, 2026"))
    assert latin.count("@font-face") == 1 and mixed.count("@font-face") == 2
    assert "unicode-range" not in embed_typeface("<svg><text>Việt Nam</text></svg>")


def test_labels_break_between_words_and_never_run_out_of_their_column():
    assert wrap_text("Organization of Turkic States", 110, 13) == ["Organization of", "Turkic States"]
    for text in ("Eurasian Economic Union", "x" * 90, HOSTILE, "中文" * 40, ""):
        lines = wrap_text(text, 100, 13)
        assert 1 <= len(lines) <= 3 and all(measure_text(line, 13) <= 100 for line in lines)
    assert clean_text("a\x00b\u202ec\u0438\u0306") == "a□b□cй"


def test_the_time_axis_names_at_most_seven_days():
    for days in (1, 40, 400, 4000, 20000):
        ticks = tick_days(date(2001, 3, 5), date(2001, 3, 5) + timedelta(days=days))
        assert len(ticks) <= 8 and all(later > earlier for (earlier, _), (later, _) in zip(ticks, ticks[1:]))
