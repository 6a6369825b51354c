"""The figures of a run are computed anew from its predictions, and its thresholds looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.auditing.recomputed import check_figures, check_thresholds
from adscreen.evaluation.frames import predictions_frame
from adscreen.evaluation.results import ADSCREEN, ProtocolEvaluation
from adscreen.extract.feature_table import FeatureTable


def folds_of(thresholds: list[float]) -> pd.DataFrame:
    """Return folds of two cases and two controls each, 0.2 to 0.8, that 0.5 parts as well as can be, not perfectly."""
    rows = [
        {
            "protocol": "subject",
            "method": ADSCREEN,
            "repeat": "0",
            "fold": str(fold),
            "label": label,
            "probability": probability,
            "threshold": threshold,
        }
        for fold, threshold in enumerate(thresholds)
        for label, probability in (("case", 0.8), ("case", 0.2), ("control", 0.4), ("control", 0.3))
    ]
    return pd.DataFrame(rows)


def test_a_figure_that_was_touched_up_is_named(
    tmp_path: Path,
    visited: FeatureTable,
    draw: Callable[[FeatureTable, Any], ProtocolEvaluation],
    write_run: Callable[..., Path],
) -> None:
    """One AUC raised by a thousandth is an error that names protocol, method, level and measure."""
    evaluation = draw(visited, "subject")
    folder = write_run(tmp_path / "run", visited, [evaluation])
    stated = pd.read_csv(folder / "metrics.csv")
    stated["value"] += 0.001 * (stated.index == 0)  # the first row is adscreen's AUC by recording
    stated.to_csv(folder / "metrics.csv", index=False)
    (found,) = check_figures(folder, predictions_frame(visited, evaluation), positive="case")
    assert ("error", 1.0) == (found.level, found.value)
    assert f"metrics.csv: subject, {ADSCREEN}, recording, auc" == found.where


def test_a_figure_that_is_missing_is_an_error(
    tmp_path: Path,
    visited: FeatureTable,
    draw: Callable[[FeatureTable, Any], ProtocolEvaluation],
    write_run: Callable[..., Path],
) -> None:
    """A measure that was left out is one that does not agree."""
    evaluation = draw(visited, "subject")
    folder = write_run(tmp_path / "run", visited, [evaluation])
    pd.read_csv(folder / "metrics.csv").iloc[1:].to_csv(folder / "metrics.csv", index=False)
    (found,) = check_figures(folder, predictions_frame(visited, evaluation), positive="case")
    assert ("error", 1.0) == (found.level, found.value)


def test_thresholds_that_are_all_the_best_in_test_are_doubted() -> None:
    """In four folds of four the threshold could not be better for the test rows: it may come from them."""
    (found,) = check_thresholds(folds_of([0.5, 0.5, 0.6, 0.7]), positive="case")
    assert "warning" == found.level
    assert found.what.startswith("in all of 4 folds the threshold is the best possible one for the test rows")


def test_thresholds_that_miss_are_not_doubted() -> None:
    """One fold in which another threshold would have done better shows that it was not chosen there."""
    assert [] == list(check_thresholds(folds_of([0.5, 0.5, 0.6, 0.35]), positive="case"))
    assert [] == list(check_thresholds(folds_of([0.5, 0.5, 0.6]), positive="case"))  # too few to say


def test_two_thresholds_in_one_fold_are_an_error() -> None:
    """A threshold that follows the recording is no threshold."""
    folds = folds_of([0.35, 0.35])
    folds.loc[0, "threshold"] = 0.9
    (found,) = check_thresholds(folds, positive="case")
    assert ("error", "1 fold with more than one threshold") == (found.level, found.what)
