"""A condition that lacks quotes -> a line that shows it with them."""

from __future__ import annotations

import shlex

import pandas as pd
import pytest

from adscreen.cohort import read_cohort
from adscreen.errors import InputError

FRAME = pd.DataFrame(
    {
        "subject_id": ["S1", "S2", "S3"],
        "text": ["a", "b", "c"],
        "task": ["cookie", "Démo", "cookie"],
        "label": ["AD", "HC", "AD"],
        "site": ["AD", "x'y", "z"],
    }
)
ABSENT = [("label", "MCI"), ("task", "recall")]


@pytest.mark.parametrize(
    ("where", "corrected"),
    [
        ("task == cookie", 'task == "cookie"'),
        ("Task==COOKIE", 'task == "cookie"'),
        ("task == démo or label != hc", 'task == "Démo" or label != "HC"'),
        ("label in [AD, HC]", 'label in ["AD", "HC"]'),
        ("not (cookie == task)", 'not ("cookie" == task)'),
    ],
)
def test_a_word_without_quotes_is_shown_with_them(where: str, corrected: str) -> None:
    """The corrected condition can be copied into a shell, and it works."""
    with pytest.raises(InputError, match="is no column, but a value of one; put text in quotes: ") as caught:
        read_cohort(FRAME, where=where)
    shown = shlex.split(caught.value.remedy.removeprefix("put text in quotes: "))
    assert [corrected] == shown
    assert read_cohort(FRAME, where=shown[0]).recordings


@pytest.mark.parametrize("where", ["task == cookies", "task == cookie and foo > 2", "cookie", "label == cookie"])
def test_another_word_is_an_unknown_column(where: str) -> None:
    """A word that is no value of the column it is compared with is not corrected."""
    with pytest.raises(InputError, match=r"no column '.*' with values; columns: ") as caught:
        read_cohort(FRAME, where=where)
    assert "correct the name, and put text in quotes" == caught.value.remedy


def test_one_equals_sign_is_no_comparison() -> None:
    """The commonest slip has its own remedy."""
    with pytest.raises(InputError, match="cannot be understood; write == where you compare"):
        read_cohort(FRAME, where="task = 'cookie'")


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("label == 'AD' or 'HC'", "'HC'"),
        ("label == 'AD' or site", "site"),
        ("not task", "task"),
        ("(label == 'AD') & 'x'", "'x'"),
    ],
)
def test_a_value_is_no_condition(where: str, named: str) -> None:
    """`label == 'AD' or 'MCI'` does not choose MCI; pandas may answer it with every row."""
    with pytest.raises(InputError, match=f"need conditions, and {named} is none; write both in full"):
        read_cohort(FRAME, where=where)


@pytest.mark.parametrize("where", ["age > 60 & mmse < 25", "AGE > 60 and MMSE < 25", "(age > 60) & (mmse < 25)"])
def test_the_sign_and_binds_as_the_word_does(where: str) -> None:
    """`&` between comparisons needs no brackets."""
    frame = FRAME.assign(age=[70, 50, 80], mmse=[20, 20, 30])
    assert ["S1"] == [one.subject_id for one in read_cohort(frame, where=where).recordings]


def test_text_is_compared_in_one_form() -> None:
    """A carried value in another Unicode form, or with a no-break space, is the same place."""
    frame = FRAME.assign(clinic=["M\u00e1laga\u00a01", "Ma\u0301laga 1", "Cork"])
    for written in ("M\u00e1laga 1", "Ma\u0301laga\u00a01"):
        chosen = read_cohort(frame, where=f"clinic == '{written}'")
        assert ["S1", "S2"] == [one.subject_id for one in chosen.recordings]


@pytest.mark.parametrize(
    ("where", "remedy"),
    [
        ("clinic == 'ES'", 'clinic in ["ES", "es"]'),
        ("clinic != 'es'", 'clinic in ["ES", "es"]'),
        ("clinic in ['ES', 'fr']", 'clinic in ["ES", "es"]'),
        ("label != 'hc'", 'label in ["HC"]'),
        ("subject_id == 's1'", 'subject_id in ["S1"]'),
    ],
)
def test_another_spelling_of_a_value_is_not_passed_over(where: str, remedy: str) -> None:
    """Rows are neither lost nor kept because a value is in another letter case there; the line shows all spellings."""
    frame = FRAME.assign(clinic=["ES", "es", "fr"])
    with pytest.raises(InputError) as caught:
        read_cohort(frame, where=where)
    assert f"name what the rows hold, such as {remedy}" == caught.value.remedy


def test_every_spelling_may_be_named() -> None:
    """In one list or in several comparisons."""
    frame = FRAME.assign(clinic=["ES", "es", "fr"])
    for where in ("clinic in ['ES', 'es']", "clinic == 'ES' or clinic == 'es'"):
        assert 2 == len(read_cohort(frame, where=where))


def test_a_value_that_no_row_has_is_noted() -> None:
    """`label != 'MCI'` leaves out nothing where no row is MCI."""
    cohort = read_cohort(FRAME, where="label != 'MCI' and task in ['cookie', 'recall', 'Démo']")
    expected = [f"where= names values of {column} that no row has: '{value}'" for column, value in ABSENT]
    assert expected == list(cohort.notes)


def test_a_column_of_several_words_cannot_be_named() -> None:
    """The line says which column it is, and what to do."""
    with pytest.raises(InputError, match="cannot name the column 'MoCA total': call it by one word"):
        read_cohort(FRAME.assign(**{"MoCA total": [20, 21, 22]}), where="MoCA total > 20")
