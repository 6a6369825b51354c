"""Two runs of ``adscreen evaluate`` on the same folds -> the difference of every measure, with its interval.

Both are read from predictions.csv and run.json alone. The same recordings, labels, folds and thresholds' sides are
needed, or the difference is one of folds and not of methods: runs that differ there are refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adscreen.errors import InputError
from adscreen.evaluate.intervals import GroupWeights
from adscreen.evaluate.out_of_fold import OutOfFold
from adscreen.evaluate.results import ADSCREEN, LEVELS
from adscreen.metrics import Interval, auc_within_folds, bootstrap_weights, interval_of

REMEDY = "give two folders that `adscreen evaluate` wrote"
KEYS = ["protocol", "repeat", "fold", "recording_id"]
SIDES = ["subject_id", "label", "group"]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One measure of both runs, and the first less the second."""

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
    """What a finished evaluation says: its settings and one method's predictions."""

    folder: Path
    settings: dict[str, Any]
    predictions: pd.DataFrame


def compare_runs(first: Path, second: Path, *, method: str = ADSCREEN) -> list[ComparisonRow]:
    """Return every measure of ``method`` in both runs, for the protocols that both have.

    Raises:
        InputError: a folder holds no evaluation, or the runs were not tested on the same folds.
    """
    one, other = _read(first, method), _read(second, method)
    _check_settings(one, other)
    rows = []
    shared = [name for name in one.predictions["protocol"].unique() if name in set(other.predictions["protocol"])]
    if not shared:
        raise InputError("the runs have no protocol in common", where=str(second), remedy="evaluate one of them again")
    for protocol in shared:
        rows += _compare(one, other, protocol, method)
    return rows


def _read(folder: Path, method: str) -> Run:
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        settings, command = dict(record["settings"]), record["command"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("no run.json of adscreen", where=str(folder), remedy=REMEDY) from error
    if command != "evaluate":
        raise InputError(f"holds a run of `{command}`", where=str(folder), remedy=REMEDY)
    try:
        text = dict.fromkeys(("recording_id", "subject_id", "cluster", "group", "label"), str)
        frame = pd.read_csv(folder / "predictions.csv", dtype=text, keep_default_na=False, float_precision="round_trip")
    except (OSError, ValueError) as error:
        raise InputError("predictions.csv cannot be read", where=str(folder), remedy=REMEDY) from error
    absent = [name for name in (*KEYS, *SIDES, "method", "cluster", "probability", "threshold") if name not in frame]
    if absent:
        raise InputError(f"predictions.csv has no column `{absent[0]}`", where=str(folder), remedy="evaluate again")
    found = ", ".join(dict.fromkeys(frame["method"]))
    own = frame[frame["method"] == method]
    if own.empty:
        raise InputError(f"no method {method!r}; found: {found}", where=str(folder), remedy="correct --method")
    return Run(folder, settings, own.sort_values(KEYS, kind="stable").reset_index(drop=True))


def _check_settings(one: Run, other: Run) -> None:
    """Raise InputError where the runs read other transcripts or call another label the case."""
    where, again = str(other.folder), "evaluate both on the same manifest, with the same --seed, folds and repeats"
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


def _compare(one: Run, other: Run, protocol: str, method: str) -> list[ComparisonRow]:
    sides = [run.predictions[run.predictions["protocol"] == protocol].reset_index(drop=True) for run in (one, other)]
    if not sides[0][KEYS + SIDES].equals(sides[1][KEYS + SIDES]):
        raise InputError(
            f"the runs were not tested on the same folds under {protocol}",
            where=str(other.folder),
            remedy="evaluate both with the same --seed, folds and repeats",
        )
    positive = str(one.settings.get("positive"))
    tested = [OutOfFold.of(side, positive=positive) for side in sides]
    weights = _weights(one, tested[0], clustered=bool((sides[0]["cluster"] != "").any()))
    rows = []
    for level in LEVELS:
        first, second = (weights.resample(side.repeats(level), side.cases) for side in tested)
        ours, theirs = first.measured(), second.measured()
        for name, found in first.minus(second).measured().items():
            values = ours[name].subjects.value, theirs[name].subjects.value
            rows.append(ComparisonRow(protocol, method, level, name, *values, *found.figures))
    return rows


def _weights(run: Run, tested: OutOfFold, *, clustered: bool) -> GroupWeights:
    """Return the resamples of a run, as its own intervals are drawn."""
    count, seed = int(run.settings.get("bootstrap", 2000)), int(run.settings.get("seed", 0))
    return GroupWeights(
        bootstrap_weights(tested.subjects, resamples=count, seed=seed),
        bootstrap_weights(tested.groups, resamples=count, seed=seed) if clustered else None,
    )


def auc_gap(one: pd.DataFrame, other: pd.DataFrame, *, positive: str, resamples: int, seed: int) -> Interval:
    """Return the AUC of ``one`` less that of ``other``, a method's predictions of a cohort under two protocols.

    Groups (clusters, or subjects) are resampled for both at once, so that what is easy in a resample is easy for both.
    """
    both = pd.concat([one, other])
    tested = [OutOfFold.of(own, positive=positive, among=both) for own in (one, other)]
    drawn = bootstrap_weights(tested[0].groups, resamples=resamples, seed=seed)
    weights = np.vstack([np.ones(drawn.shape[1]), drawn])  # the first row: the cohort as it is
    areas = [
        np.mean([auc_within_folds(repeat, own.cases, weights) for repeat in own.repeats()], axis=0) for own in tested
    ]
    gap = areas[0] - areas[1]
    return Interval(float(gap[0]), *interval_of(gap[1:]))
