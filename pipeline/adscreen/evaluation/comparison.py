"""Two evaluations on the same folds, or two methods of one -> the difference of every measure, with its interval.

Read from predictions.csv and run.json alone. The same recordings, labels and folds are needed, or the difference is one
of folds and not of methods: what differs there is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.errors import InputError
from adscreen.evaluation.intervals import CohortGroups
from adscreen.evaluation.out_of_fold import OutOfFold
from adscreen.metrics import Groups, Interval, jackknife, measure_auc
from adscreen.writing import defuse

REMEDY = "give a folder that `adscreen evaluate` or `adscreen validate` wrote"
_SPLIT = "evaluate both with the same seed, folds and repeats"
_SAME_FOLDS = {"validate": "validate both models on recordings that both score: choose them with where="}
KEYS = ["protocol", "repeat", "fold", "recording_id"]
SIDES = ["subject_id", "label", "group"]
NUMBERS = {  # the very numbers written
    **{"repeat": int, "fold": int, "probability": float, "threshold": float},
    **{"visit_correlation": float, "subject_threshold": float},
}


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One measure of both sides, and the first minus the second.

    ``method`` is the one that both runs used, or ``A minus B`` for two methods of one run.
    """

    protocol: str
    method: str
    level: str
    measure: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float


@dataclass(frozen=True)
class Run:
    """What a finished evaluation says: its settings and its predictions."""

    folder: Path
    settings: dict[str, Any]
    predictions: pd.DataFrame

    @property
    def positive(self) -> str:
        """The label of a case, as predictions.csv writes it."""
        return str(defuse(self.settings.get("positive")))

    @property
    def main(self) -> str:
        """The method that was evaluated: the first one of predictions.csv."""
        return str(self.settings.get("method") or self.predictions["method"].iloc[0])

    def of(self, method: str) -> Run:
        """Return the run with the predictions of one method alone.

        Raises:
            InputError: the run has no such method.
        """
        own = self.predictions[self.predictions["method"] == method]
        if own.empty:
            found = ", ".join(dict.fromkeys(self.predictions["method"]))
            what = f"no method {method!r}; found: {found}"
            raise InputError(what, where=str(self.folder), remedy="name one of these")
        return replace(self, predictions=own)


def compare_runs(one: Run, other: Run, *, method: str | None = None) -> list[ComparisonRow]:
    """Return every measure of ``method`` (by default the evaluated one of each) in both, for the protocols of both.

    Raises:
        InputError: a run lacks the method, or the runs were not tested on the same folds.
    """
    names = [method or run.main for run in (one, other)]
    _check_settings(one, other)
    return _compare(one.of(names[0]), other.of(names[1]), " minus ".join(dict.fromkeys(names)))


def compare_methods(run: Run, first: str, second: str) -> list[ComparisonRow]:
    """Return every measure of two methods of one run, for each of its protocols.

    Raises:
        InputError: the run lacks a method, or both names are the same.
    """
    one, other = run.of(first), run.of(second)
    if first == second:
        raise InputError(
            f"{first!r} is compared with itself", where=str(run.folder), remedy="name two different methods"
        )
    return _compare(one, other, f"{first} minus {second}")


def read_run(folder: Path) -> Run:
    """Read a finished evaluation.

    Raises:
        InputError: the folder holds none, or it is damaged.
    """
    settings = read_settings(folder)
    where = str(folder / "predictions.csv")
    try:
        frame = pd.read_csv(folder / "predictions.csv", dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as CSV", where=where, remedy=REMEDY) from error
    absent = [name for name in (*KEYS, *SIDES, *NUMBERS, "method", "cluster") if name not in frame]
    if absent:
        raise InputError(f"no column `{absent[0]}`", where=where, remedy="evaluate again")
    try:
        frame = frame.assign(**{name: frame[name].map(kind) for name, kind in NUMBERS.items()})
    except ValueError as error:
        raise InputError("a cell that should hold a number does not", where=where, remedy="evaluate again") from error
    main = str(frame["method"].iloc[0]) if len(frame) else ""
    return Run(folder, settings | {"method": main}, frame.sort_values(KEYS, kind="stable"))


def read_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of an evaluation's run.json.

    Raises:
        InputError: there is none, it is damaged, or the folder holds another command's run.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        command, settings = record["command"], record["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("no run.json of adscreen", where=str(folder), remedy=REMEDY) from error
    if command not in ("evaluate", "validate"):
        raise InputError(f"holds a run of `{command}`", where=str(folder), remedy=REMEDY)
    if not isinstance(settings, dict):
        raise InputError("no run.json of adscreen", where=str(folder), remedy=REMEDY)
    return settings


def run_in_memory(name: str, settings: Mapping[str, Any], predictions: pd.DataFrame) -> Run:
    """Return a run as ``read_run`` would read it, from the predictions that it would have written."""
    text = {column: predictions[column].fillna("").astype(str).map(defuse) for column in (*SIDES, "recording_id")}
    frame = predictions.assign(**text, cluster=predictions["cluster"].fillna("").astype(str))
    main = str(frame["method"].iloc[0])
    return Run(Path(name), dict(settings) | {"method": main}, frame.sort_values(KEYS, kind="stable"))


def _check_settings(one: Run, other: Run) -> None:
    """Raise InputError where the runs read other transcripts or call another label the case."""
    where, again = str(other.folder), "evaluate both on the same manifest, with the same seed, folds and repeats"
    if one.settings.get("positive") != other.settings.get("positive"):
        raise InputError("the runs call another label the case", where=where, remedy=again)
    digests = [run.settings.get("provenance", {}).get("transcripts", {}) for run in (one, other)]
    changed = sorted(name for name in digests[0].keys() & digests[1].keys() if digests[0][name] != digests[1][name])
    if changed:
        what = f"{len(changed)} transcripts differ between the runs, the first is that of {changed[0]!r}"
        raise InputError(what, where=where, remedy=again)
    if digests[0].keys() != digests[1].keys():
        what = f"the runs read {len(digests[0])} and {len(digests[1])} recordings, not the same ones"
        raise InputError(what, where=where, remedy=again)


def _compare(one: Run, other: Run, name: str) -> list[ComparisonRow]:
    """Return the rows of every protocol that both have; ``name`` stands for the method."""
    protocols = [found for found in one.predictions["protocol"].unique() if found in set(other.predictions["protocol"])]
    if not protocols:
        what = "the two have no protocol in common"
        raise InputError(what, where=str(other.folder), remedy="evaluate again with the same protocol=")
    return [row for protocol in protocols for row in _compare_under(protocol, one, other, name)]


def _compare_under(protocol: str, one: Run, other: Run, name: str) -> list[ComparisonRow]:
    sides = [run.predictions[run.predictions["protocol"] == protocol].reset_index(drop=True) for run in (one, other)]
    if not sides[0][KEYS + SIDES].equals(sides[1][KEYS + SIDES]):
        what, remedy = f"the two were not tested on the same folds under {protocol}", _SAME_FOLDS.get(protocol, _SPLIT)
        raise InputError(what, where=str(other.folder), remedy=remedy)
    tested = [OutOfFold.of(side, positive=one.positive) for side in sides]
    clustered = bool((sides[0]["cluster"] != "").any())
    groups = CohortGroups.of(protocol, tested[0].subjects, tested[0].groups if clustered else None)
    rows = []
    for level in tested[0].levels:
        first, second = (groups.resample(side.repeats(level), side.cases) for side in tested)
        ours, theirs = first.measured(), second.measured()
        for measure, found in first.minus(second).measured().items():
            values = ours[measure].subjects.value, theirs[measure].subjects.value
            rows.append(ComparisonRow(protocol, name, level, measure, *values, *found.figures))
    return rows


def auc_gap(one: pd.DataFrame, other: pd.DataFrame, *, positive: str) -> Interval:
    """Return the AUC of ``one`` less that of ``other``, a method's predictions of a cohort under two protocols.

    Groups (clusters, or subjects) are left out of both at once, so that what one adds to both takes itself off.
    """
    both = pd.concat([one, other])
    tested = [OutOfFold.of(own, positive=positive, among=both) for own in (one, other)]
    groups = Groups.of(tested[0].groups)
    areas = [jackknife(own.repeats(), own.cases, groups, measure_auc, training="whole") for own in tested]
    return areas[0].minus(areas[1]).intervals()["auc"]
