"""Agreement: alpha as Krippendorff defines it, with an interval, and null where it has no meaning."""

import krippendorff
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as some

from kzties.agreeing import alpha_interval, alpha_of, count_pairs, read_gold
from kzties.errors import SourceError
from kzties.parameters import read_params

PARAMS = read_params()["agreement"]
steps = some.lists(some.tuples(some.integers(0, 6), some.integers(0, 6)), min_size=2, max_size=60)


def test_the_published_example_of_two_coders_and_binary_data():
    # Krippendorff, Computing Krippendorff's alpha-reliability (2011), section A: ten units, two observers, alpha .095
    first = numpy.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    second = numpy.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0])
    assert alpha_of(count_pairs(first, second, 2)) == pytest.approx(0.095, abs=0.0005)


@pytest.mark.parametrize(("ordinal", "level"), [(False, "nominal"), (True, "ordinal")])
@given(pairs=steps)
def test_alpha_equals_that_of_the_reference_package(ordinal, level, pairs):
    first, second = numpy.array(pairs).T
    if len(set(first) | set(second)) < 2:
        assert alpha_of(count_pairs(first, second, 7), ordinal) is None
        return
    wanted = krippendorff.alpha(reliability_data=[first, second], level_of_measurement=level)
    assert alpha_of(count_pairs(first, second, 7), ordinal) == pytest.approx(wanted)


def test_the_interval_holds_alpha_and_is_the_same_at_every_run():
    random = numpy.random.default_rng(1)
    first = random.integers(0, 2, 80)
    second = numpy.where(random.random(80) < 0.1, 1 - first, first)
    alpha, low, high = alpha_interval(first, second, 2, False, PARAMS)
    assert low < alpha < high
    assert (alpha, low, high) == alpha_interval(first, second, 2, False, PARAMS)


def test_where_nothing_varies_there_is_no_alpha():
    same = numpy.ones(10, dtype=int)
    assert alpha_interval(same, same, 2, False, PARAMS) == (None, None, None)


def test_the_gold_says_who_coded_and_every_cue_stands_in_its_text():
    from kzties import paths

    gold = read_gold()
    assert "language models, not people" in gold.about["coders_in_words"]
    for sheet in (gold.adjudicated, gold.first, gold.second):
        for row in sheet.drop_nulls("cue").iter_rows(named=True):
            raw = (paths.RAW / f"{row['document_id']}.txt").read_text(encoding="utf-8")
            assert row["cue"] in raw[row["start"]:row["end"]]


def test_a_damaged_gold_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="gold.csv cannot be read"):
        read_gold(tmp_path)
