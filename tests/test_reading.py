"""Reading: bytes become characters, files become rows, and nothing that is wrong is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kzties import paths
from kzties.errors import SourceError
from kzties.reading import decode, list_texts, read_documents, read_sources

HEADER = "file,outlet,published,language,encoding,url,rights,attribution,note\n"
RUSSIAN = "Товарооборот Казахстана и Сербии вырос на десять процентов, сообщили в Астане."


def write(folder, sources="", **texts):
    """Write raw texts and the rows of their sources.csv to a folder."""
    for name, content in texts.items():
        (folder / f"{name}.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "sources.csv").write_text(HEADER + sources, encoding="utf-8")
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8_r", "cp866"])
def test_russian_is_read_in_every_encoding_it_is_met_in(encoding):
    assert decode(RUSSIAN.encode(encoding))[0] == RUSSIAN


def test_kazakh_letters_of_the_kazakh_standard_are_told_from_windows_1251():
    kazakh = "Қазақстан мен Сербия арасындағы тауар айналымы артты, деп хабарлады министрлік."
    assert decode(kazakh.encode("kz1048")) == (kazakh, "kz1048")


def test_german_in_windows_1252_is_not_read_as_cyrillic():
    assert decode("Die Außenminister trafen sich in Köln, für Gespräche.".encode("cp1252"))[0].startswith("Die Außen")


def test_a_declared_encoding_wins():
    assert decode("Обмен".encode("koi8_r"), declared="koi8-r") == ("Обмен", "koi8-r")


def test_a_wrongly_declared_encoding_is_named():
    with pytest.raises(ValueError, match="not utf-8, as sources.csv declares"):
        decode(RUSSIAN.encode("cp1251"), declared="utf-8")


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "empty"), (b" \n\t ", "empty"), (bytes(range(256)) * 4, "binary"), (b"\x81\x8d\x8f\x90\x9d" * 50, "no known encoding"),
])
def test_what_is_no_text_is_refused_with_the_reason(content, reason):
    with pytest.raises(ValueError, match=reason):
        decode(content)


@given(some.text(alphabet=some.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_utf_8_is_read_as_it_stands(text):
    if "\0" in text:
        return
    assert decode(text.encode())[0] == text.removeprefix("\ufeff")


def test_bad_files_are_listed_and_the_rest_goes_on(tmp_path):
    write(tmp_path, good="Kazakhstan and Serbia met.", empty=b"", binary=bytes(range(256)), large=b"x" * 3_000_000)
    documents, texts = read_documents(tmp_path, {}, largest_megabytes=2)
    problems = dict(documents.select("document_id", "problem").iter_rows())
    assert "empty" in problems["empty"] and "binary" in problems["binary"] and "larger than 2 MB" in problems["large"]
    assert problems["good"] is None and texts["document_id"].to_list() == ["good"]


def test_every_problem_of_the_sources_is_told_at_once_with_its_line(tmp_path):
    rows = "a.txt,,2026-13-01,en,,,,,\na.txt,,,,,,,,\ngone.txt,,,,,,,,\nb.txt,,,english,,,,,\nc.txt,,,,utf-99,,,,\n"
    write(tmp_path, rows, a="A.", b="B.", c="C.", d="D.")
    problems = "\n".join(read_sources(tmp_path).problems)
    for words in ("line 2: published '2026-13-01' is no date", "line 3: 'a.txt' has a row already, in line 2",
                  "line 4: there is no file 'gone.txt'", "line 5: language 'english'", "line 6: encoding 'utf-99'",
                  "d.txt: the text has no row"):
        assert words in problems


def test_an_unknown_column_is_named_with_the_nearest(tmp_path):
    (tmp_path / "sources.csv").write_text("file,outlets\n", encoding="utf-8")
    assert "Did you mean 'outlet'?" in read_sources(tmp_path).problems[0]


def test_a_missing_table_of_sources_says_what_to_write(tmp_path):
    with pytest.raises(SourceError, match="Write one row a text"):
        read_sources(tmp_path)


def test_the_five_texts_and_their_sources_fit_together():
    sources = read_sources(paths.RAW)
    assert sources.problems == () and len(sources.rows) == len(list_texts(paths.RAW)) >= 5


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.kz/{a}", "ftp://x.kz", "https://x.kz/ a", 'https://x.kz/"a'])
def test_only_an_address_of_a_web_page_can_become_a_link(tmp_path, url):
    quoted = url.replace('"', '""')
    write(tmp_path, f'a.txt,,,,,"{quoted}",,,\n', a="A.")
    sources = read_sources(tmp_path)
    assert any("is no address of a web page" in problem for problem in sources.problems)
    assert read_documents(tmp_path, sources.rows, 1)[0]["url"].to_list() == [None]
