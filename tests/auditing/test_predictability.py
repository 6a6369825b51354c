"""What a column alone predicts is judged on subjects that the model has not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from adscreen.auditing.predictability import (
    describe_prediction,
    names_classifier,
    numbers_classifier,
    predict,
)
from adscreen.estimator.baseline import words_classifier
from adscreen.extract.feature_table import FeatureTable


def table_of(subjects: int, visits: int = 1) -> FeatureTable:
    """Return subjects, cases and controls in turn, with ``visits`` recordings each."""
    rows = [
        {"recording_id": f"S{n:03d}_{v}", "subject_id": f"S{n:03d}", "label": "case" if n % 2 else "control"}
        for n in range(subjects)
        for v in range(visits)
    ]
    return FeatureTable(pd.DataFrame(rows), pd.DataFrame(index=range(len(rows))), pd.DataFrame({"recording_id": []}))


def test_a_column_that_is_the_label_predicts_it() -> None:
    """Words, names and numbers that each hold the label have AUC 1."""
    table = table_of(30)
    cases = table.cases
    for estimator, inputs in (
        (numbers_classifier(), pd.DataFrame({"age": cases * 10.0})),
        (words_classifier(), pd.Series([["well"] if case else ["fine"] for case in cases])),
        (names_classifier(), pd.Series(["d01" if case else "c01" for case in cases])),
    ):
        area = predict(estimator, inputs, table)
        assert area is not None
        assert (1.0, 1.0) == (area.value, area.high)
        assert 0.749202 == pytest.approx(area.low, abs=1e-6)  # SciPy's root of the score equation, variance doubled


def test_what_only_names_subjects_predicts_nothing() -> None:
    """A column that differs by subject and not by class is learned by heart, and of no use for other subjects."""
    table = table_of(40, visits=4)
    rng = np.random.default_rng(0)
    own = np.repeat(rng.normal(size=(40, 6)), 4, axis=0)
    found = describe_prediction("voice", numbers_classifier(), pd.DataFrame(own), table, where="voice", remedy="none")
    assert "note" == found.level


def test_missing_numbers_are_a_value() -> None:
    """An age that only controls have predicts by its absence."""
    table = table_of(40)
    ages = pd.DataFrame({"age": np.where(table.cases == 1, np.nan, 70.0), "education": np.arange(40.0)})
    area = predict(numbers_classifier(), ages, table)
    assert area is not None
    assert pytest.approx(1.0) == area.value


def test_too_few_subjects_are_said() -> None:
    """Four subjects make no five folds: that is a note, not a failure and not a number."""
    found = describe_prediction(
        "age",
        numbers_classifier(),
        pd.DataFrame({"age": range(4)}),
        table_of(4),
        where="age",
        remedy="",
    )
    assert ("note", None) == (found.level, found.value)
