"""The header of a table -> the column names that adscreen knows."""

from __future__ import annotations

import pytest

from adscreen.cohort.columns import KNOWN, require_columns, standard_columns, standard_name
from adscreen.errors import InputError


def test_known_names_are_their_own() -> None:
    """A name that adscreen knows stands for itself; one that it does not know stays as it is written."""
    assert list(KNOWN) == [standard_name(name) for name in KNOWN]
    assert ["MoCA", "Subject", "ID", "agegroup"] == [standard_name(n) for n in ("MoCA", "Subject", "ID", "agegroup")]


def test_an_exact_name_goes_first() -> None:
    """Beside `age`, a column `Age` is the user's own."""
    assert ("age", "Age") == standard_columns(["age", "Age"], file="m.csv")
    assert ("Age", "age") == standard_columns(["Age", "age"], file="m.csv")


def test_two_that_may_be_one_are_refused() -> None:
    """Neither is written exactly, so which one is meant is not guessed."""
    with pytest.raises(InputError, match="the columns 'Age' and 'AGE' are both `age`"):
        standard_columns(["Age", "AGE"], file="m.csv")


@pytest.mark.parametrize(
    ("columns", "remedy"),
    [
        (
            ["id", "file"],
            "if it is `id`, rename that: adscreen manifest m.csv layout= table rename= id=subject_id does so; else add",
        ),
        (["moca", "Participant ID"], "rename= 'Participant ID=subject_id' does so; else add it"),
        (["subject_id", "filename"], "rename= filename=transcript does so; else add it"),
        (["subject_id moca"], "separate the columns with commas, semicolons or tabs"),
        (["moca"], "rename or add it"),
    ],
)
def test_what_is_missing_is_named_with_what_it_may_be(columns: list[str], remedy: str) -> None:
    """The line lists the columns, and the one that is likely meant."""
    with pytest.raises(InputError) as caught:
        require_columns(columns, ["subject_id", "transcript"], file="m.csv")
    assert remedy in str(caught.value)


def test_a_hidden_character_is_shown() -> None:
    """A column that looks right and is not shows why."""
    with pytest.raises(InputError, match=r"columns found: 'subject\<U\+0301\>_id', transcript"):
        require_columns(["subject\u0301_id", "transcript"], ["subject_id"], file="m.csv")
