"""The codes for missing values of NACC's UDS and of ADNI, under the studies' names of columns and under ours."""

from __future__ import annotations

import pytest

from adscreen.cohort.cohort import RANGES
from adscreen.cohort.missing_codes import ADNI, NACC, choose_codes, describe_codes
from adscreen.errors import InputError


def test_the_codes_of_nacc() -> None:
    """Researcher's Data Dictionary, version 3.0: EDUC 99; NACCMMSE 88, 95 to 98 and -4."""
    mmse = {"88", "95", "96", "97", "98", "-4"}
    codes, unused = choose_codes("NACC", ["education", "mmse", "NaccMMSE", "age", "sex", "animals"])
    assert {"education": {"99"}, "mmse": mmse, "NaccMMSE": mmse, "animals": mmse - {"88"}} == codes
    assert () == unused


def test_the_codes_of_adni() -> None:
    """Clinical Data FAQ: -1 and -4 in every table."""
    codes, _ = choose_codes("adni", ["PTEDUCAT", "MMSCORE", "age", "site"])
    assert {column: {"-1", "-4"} for column in ("PTEDUCAT", "MMSCORE", "age")} == codes


def test_a_study_and_own_codes_together() -> None:
    """Both count."""
    codes, unused = choose_codes(["nacc", {"Education": [-9]}, {"age": ["-99"]}, "adni"], ["education", "age"])
    assert {"education": {"99", "-9", "-1", "-4"}, "age": {"-99", "-1", "-4"}} == codes
    assert () == unused


@pytest.mark.parametrize("study", [NACC, ADNI])
def test_no_code_is_a_value_that_a_person_may_have(study: object) -> None:
    """A code within the range of a known column would delete true values."""
    assert isinstance(study, type(NACC))
    for column, (low, high) in RANGES.items():
        assert not [code for code in study.codes.get(column, ()) if low <= float(code) <= high]


def test_what_a_user_is_told() -> None:
    """How many cells each code emptied; a study whose columns are not there changed nothing."""
    assert [] == describe_codes({}, ())
    (note,) = describe_codes({"mmse": {"88": 2, "-4": 1}, "age": {"-99": 3}}, ())
    assert "codes for missing values count as empty cells: mmse: -4 in 1, 88 in 2; age: -99 in 3" == note
    _, unused = choose_codes("nacc", ["subject_id"])
    (note,) = describe_codes({}, unused)
    assert (
        "the codes of missing= nacc change nothing: the manifest has none of their columns (education, EDUC, " in note
    )


def test_an_unknown_study_is_refused() -> None:
    """The line names those that are known."""
    with pytest.raises(InputError, match="missing: no study 'oasis' whose codes are known; use adni or nacc, or codes"):
        choose_codes("oasis", ["age"])
