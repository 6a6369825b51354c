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
