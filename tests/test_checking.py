"""Bad input: everything that is wrong is told at once, with file, place and what to do; exit code 2, no traceback."""

import shutil

import pytest

from kzties import paths
from kzties.checking import check_project
from kzties.correcting import correct_documents, read_corrections
from kzties.errors import CodebookError, ParameterError
from kzties.parameters import read_params


@pytest.fixture
def project(tmp_path):
    """A copy of all that people write by hand."""
    for name in ("codebook", "data/raw", "data/gold"):
        shutil.copytree(paths.ROOT / name, tmp_path / name)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(paths.ROOT / name, tmp_path / name)
    return tmp_path


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_project_as_it_stands_is_in_order(project):
    assert check_project(project) == []


def test_problems_of_several_files_are_told_together(project):
    edit(project / "params.yaml", "days_apart", "days_appart")
    edit(project / "codebook" / "themes.yaml", "  trade:", "  trad:")
    (project / "data" / "raw" / "new.txt").write_text("Kazakhstan.", encoding="utf-8")
    told = "\n".join(check_project(project))
    assert "unknown parameter 'ties.days_appart'. Did you mean 'days_apart'?" in told
    assert "themes.yaml: unknown theme 'trad'. Did you mean 'trade'?" in told
    assert "new.txt: the text has no row" in told


@pytest.mark.parametrize(("old", "new", "words"), [
    ("days_apart: 10", "days_apart: ten", "'ties.days_apart' is 'ten', but must be a whole number from 0 to 36500"),
    ("engine: auto", "engine: quatro", "Did you mean 'quarto'?"),
    ("legacy_encoding: windows-1251", "legacy_encoding: windows-9", "must be an encoding"),
    ("confidence: 0.95", "confidence: 95", "must be a number from 0 to 1"),
    ("ties:", "tyes:", "unknown stage 'tyes'. Did you mean 'ties'?"),
    ("  shared_figures: 1 ", "  days_apart: 1 ", "stands twice"),
])
def test_a_parameter_that_cannot_be_is_named(project, old, new, words):
    edit(project / "params.yaml", old, new)
    with pytest.raises(ParameterError) as error:
        read_params(project / "params.yaml")
    assert words in str(error.value) and "params.yaml" in str(error.value)


CORRECTION = "corrections:\n  - {{document: {0}, column: {1}, expected: {2}, value: {3}, reason: {4}}}\n"


@pytest.mark.parametrize(("entry", "words"), [
    (("003_29f0606a007628fx", "outlet", "", "MFA", "x"), "Did you mean '003_29f0606a007628fd'?"),
    (("003_29f0606a007628fd", "outlett", "", "MFA", "x"), "unknown column 'outlett'. Did you mean 'outlet'?"),
    (("003_29f0606a007628fd", "published", "2025-12-03", "2025-12-01", "x"), "is '2025-12-02', not '2025-12-03'"),
    (("003_29f0606a007628fd", "outlet", "", "MFA", "''"), "the reason is empty"),
    (("003_29f0606a007628fd", "published", "2025-12-02", "soon", "x"), "is no date"),
])
def test_a_correction_that_matches_nothing_stops_the_run(project, entry, words):
    (project / "codebook" / "corrections.yaml").write_text(CORRECTION.format(*entry), encoding="utf-8")
    assert words in "\n".join(check_project(project))


def test_a_correction_mends_the_table_and_never_the_text(project):
    (project / "codebook" / "corrections.yaml").write_text(
        CORRECTION.format("003_29f0606a007628fd", "published", "2025-12-02", "2025-12-01", "day before"), encoding="utf-8")
    from kzties.staging import make_passages

    documents, _ = make_passages(project / "data" / "raw", read_params()["passages"], project / "codebook")
    assert str(documents.filter(document_id="003_29f0606a007628fd")["published"].item()) == "2025-12-01"
    with pytest.raises(CodebookError, match="matches nothing"):
        correct_documents(documents, read_corrections(project / "codebook"))


def test_malformed_yaml_is_named_with_its_line(project):
    edit(project / "codebook" / "roles.yaml", "\nrules:", "\nrules: [")
    assert any("roles.yaml, line" in problem for problem in check_project(project))


@pytest.mark.parametrize(("file", "old", "new", "words"), [
    ("themes.yaml", "\nthemes:", "\nthemess:", "unknown key 'themess' at the top. Did you mean 'themes'?"),
    ("partners.yaml", "partners:\n", "partner:\n", "unknown key 'partner' at the top. Did you mean 'partners'?"),
    ("furniture.yaml", "rules:", "rule:", "unknown key 'rule' at the top. Did you mean 'rules'?"),
    ("roles.yaml", "\nrules:", "\nrule:", "unknown key 'rule' at the top. Did you mean 'rules'?"),
    ("roles.yaml", "b<than>", "b<thann>", "no language has words 'thann'. Did you mean 'than'?"),
    ("languages/en.yaml", "  trade:", "  trad:", "languages/en.yaml, themes: unknown code 'trad'. Did you mean 'trade'?"),
    ("languages/en.yaml", "    exclude:", "    exclud:", "unknown key 'exclud'. Did you mean 'exclude'?"),
    ("corrections.yaml", "corrections:", "correction:", "Did you mean 'corrections'?"),
    ("roles.yaml", "\nrules:", "\nrules:\n  - hello", "do not have the shape that is wanted"),
])
def test_a_codebook_of_another_shape_is_named(project, file, old, new, words):
    edit(project / "codebook" / file, old, new)
    told = "\n".join(check_project(project))
    assert words in told and "Traceback" not in told


def test_a_test_text_that_was_changed_after_freezing_is_found(project):
    texts = project / "data" / "gold" / "trial" / "texts.csv"
    edit(texts, ",test,", ",development,")
    assert any("not the one that was frozen" in problem for problem in check_project(project))


def test_a_broken_hand_coding_is_found_before_the_first_stage(project):
    (project / "data" / "gold" / "gold.csv").write_text("", encoding="utf-8")
    assert any("gold.csv cannot be read" in problem for problem in check_project(project))
