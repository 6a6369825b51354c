"""Two runs on the same folds, or two methods of one run, are compared measure by measure; anything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adscreen.errors import InputError
from adscreen.evaluation.comparison import auc_gap, compare_methods, compare_runs, read_run
from adscreen.evaluation.frames import predictions_frame
from adscreen.evaluation.results import ADSCREEN, TFIDF, ProtocolEvaluation
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Interval

Draw = Callable[[FeatureTable, Any], ProtocolEvaluation]
Write = Callable[..., Path]


@pytest.mark.parametrize("clusters", [False, True])
def test_two_methods_differ_as_the_run_itself_states(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write, clusters: bool
) -> None:
    """adscreen minus TF-IDF has every value and both intervals of differences.csv, at both levels."""
    if clusters:
        visited.subjects["cluster"] = [f"C{number // 4}" for number in range(48)]
    evaluation = draw(visited, "subject")
    rows = compare_methods(read_run(write_run(tmp_path / "run", visited, [evaluation])), ADSCREEN, TFIDF)
    assert {f"{ADSCREEN} minus {TFIDF}"} == {row.method for row in rows}
    stated = {(row.level, row.measure): astuple(row)[4:] for row in evaluation.differences}
    found = {(row.level, row.measure): astuple(row)[6:] for row in rows}
    assert stated.keys() == found.keys()
    np.testing.assert_allclose([found[key] for key in stated], list(stated.values()), rtol=0, atol=1e-12)
    for row in rows:
        ours, theirs = (
            evaluation.metric(row.measure, method=name, level=row.level)  # type: ignore[arg-type]
            for name in (ADSCREEN, TFIDF)
        )
        np.testing.assert_allclose([row.first, row.second], [ours.value, theirs.value], rtol=1e-12)


def test_the_order_of_the_names_is_that_of_the_difference(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """The second minus the first has the opposite sign, and the interval turned round."""
    run = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    for one, other in zip(
        compare_methods(read_run(run), ADSCREEN, TFIDF), compare_methods(read_run(run), TFIDF, ADSCREEN), strict=True
    ):
        np.testing.assert_allclose([one.difference, one.low, one.high], [-other.difference, -other.high, -other.low])


def test_an_unknown_method_is_answered_with_those_there_are(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """The message names the run's methods, for either name and for two runs."""
    run = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    message = f"no method 'elmo'; found: {ADSCREEN}, {TFIDF}"
    for names in ((ADSCREEN, "elmo"), ("elmo", TFIDF)):
        with pytest.raises(InputError, match=message):
            compare_methods(read_run(run), *names)
    with pytest.raises(InputError, match=message):
        compare_runs(read_run(run), read_run(run), method="elmo")


def test_a_method_is_not_compared_with_itself(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """A difference of nothing would look like a result."""
    run = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    with pytest.raises(InputError, match="'adscreen' is compared with itself"):
        compare_methods(read_run(run), ADSCREEN, ADSCREEN)


def test_two_runs_of_the_same_predictions_do_not_differ(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """Each measure is that of both, the difference 0 without any width."""
    evaluation = draw(visited, "subject")
    runs = [write_run(tmp_path / name, visited, [evaluation]) for name in ("one", "other")]
    for row in compare_runs(*map(read_run, runs)):
        assert pytest.approx(evaluation.metric(row.measure, level=row.level).value) == row.first  # type: ignore[arg-type]
        assert row.first == row.second
        assert (0.0, 0.0, 0.0) == (row.difference, row.low, row.high)


def test_runs_on_other_folds_are_refused(tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write) -> None:
    """One recording in another fold is enough: the difference would be one of folds."""
    evaluation = draw(visited, "subject")
    moved = predictions_frame(visited, evaluation)
    moved.loc[moved["recording_id"] == moved["recording_id"][0], "fold"] = 2
    runs = [
        write_run(tmp_path / "one", visited, [evaluation]),
        write_run(tmp_path / "other", visited, [evaluation], predictions=moved),
    ]
    with pytest.raises(InputError, match="the two were not tested on the same folds under subject"):
        compare_runs(*map(read_run, runs))


def test_the_gap_of_a_protocol_to_itself_is_nothing(visited: FeatureTable, draw: Draw) -> None:
    """The same predictions differ in nothing, whoever is left out."""
    frame = predictions_frame(visited, draw(visited, "subject"))
    ours = frame[frame["method"] == ADSCREEN]
    assert Interval(0.0, 0.0, 0.0) == auc_gap(ours, ours, positive="case")


def test_a_cell_without_a_number_is_refused(
    tmp_path: Path, visited: FeatureTable, draw: Draw, write_run: Write
) -> None:
    """A probability that was lost is no zero, and no reason for a traceback."""
    evaluation = draw(visited, "subject")
    lost = predictions_frame(visited, evaluation)
    lost.loc[0, "probability"] = np.nan
    with pytest.raises(InputError, match="a cell that should hold a number does not"):
        compare_methods(read_run(write_run(tmp_path / "run", visited, [evaluation], predictions=lost)), ADSCREEN, TFIDF)
