"""predictions.csv -> findings: whether the figures of metrics.csv follow from it, and whether thresholds saw the test.

Measures are computed anew by adscreen.metrics from the predictions alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.auditing.finding import Finding, count, name_some
from adscreen.errors import InputError
from adscreen.evaluation.out_of_fold import OutOfFold, label_cases
from adscreen.metrics import measure, youden_threshold

TOLERANCE = 1e-9
FEWEST_FOLDS = 4  # fewer thresholds may all be the best by chance
_STATED = ("protocol", "method", "level", "measure", "value")


def check_figures(folder: Path, predictions: pd.DataFrame, *, positive: str) -> Iterator[Finding]:
    """Yield an error where a measure of metrics.csv is not that of the predictions, else how many are.

    Raises:
        InputError: metrics.csv is missing or holds something else.
    """
    path = folder / "metrics.csv"
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False)[list(_STATED)]
        stated = text.assign(value=[float(cell or "nan") for cell in text["value"]])  # the very numbers written
    except (OSError, ValueError, KeyError) as error:
        raise InputError("no table of measures", where=str(path), remedy="evaluate again") from error
    anew = pd.DataFrame(list(_measures(predictions, positive)), columns=list(_STATED))
    joined = stated.merge(anew, on=list(_STATED[:-1]), how="outer", suffixes=("_stated", "_anew"), indicator=True)
    one, other = joined["value_stated"].to_numpy(np.float64), joined["value_anew"].to_numpy(np.float64)
    same = (np.isnan(one) & np.isnan(other)) | (np.abs(one - other) <= TOLERANCE * np.maximum(1, np.abs(one)))
    wrong = joined[~same | (joined["_merge"] != "both")]
    if wrong.empty:
        what = f"{count(len(joined), 'measure')} computed anew from the predictions, as stated"
        yield Finding("note", what, where="metrics.csv")
        return
    names = wrong[list(_STATED[:-1])].agg(", ".join, axis=1)
    remedy = "do not report this evaluation; evaluate again"
    what = f"{count(len(wrong), 'measure')} of {len(joined)} not those of the predictions"
    yield Finding("error", what, f"metrics.csv: {name_some(names)}", remedy, float(len(wrong)))


def _measures(predictions: pd.DataFrame, positive: str) -> Iterator[tuple[str, str, str, str, float]]:
    """Yield every measure of every protocol, method and level: the mean over repeats."""
    for (protocol, method), own in predictions.groupby(["protocol", "method"], sort=False):
        tested = OutOfFold.of(own, positive=positive)
        once = np.ones((1, len(tested.cases)))
        for level in tested.levels:
            measured = [measure(one, tested.cases, once) for one in tested.repeats(level)]
            for name in measured[0]:
                mean = float(np.mean([float(of_repeat[name][0]) for of_repeat in measured]))
                yield str(protocol), str(method), level, name, mean


def check_thresholds(predictions: pd.DataFrame, *, positive: str) -> Iterator[Finding]:
    """Yield an error where a fold has two thresholds, a warning where every fold's is the best one for its test rows.

    A threshold that was found in training is sometimes the best in test as well, but not always.
    """
    for (protocol, method), own in predictions.groupby(["protocol", "method"], sort=False):
        folds = [part for _, part in own.groupby(["repeat", "fold"], sort=False)]
        where = f"{protocol}, {method}"
        split = sum(part["threshold"].nunique() > 1 for part in folds)
        if split:
            what = f"{count(split, 'fold')} with more than one threshold"
            yield Finding("error", what, where, "a threshold belongs to a fold: evaluate again", float(split))
        judged = [_is_best(part, positive) for part in folds]
        told = [best for best in judged if best is not None]
        if len(told) >= FEWEST_FOLDS and all(told):
            what = f"in all of {len(told)} folds the threshold is the best possible one for the test rows"
            remedy = "take it from training rows; if it was, look at how it was chosen"
            yield Finding("warning", what, where, remedy, 1.0)


def _is_best(part: pd.DataFrame, positive: str) -> bool | None:
    """Tell whether no threshold has a higher Youden index on these rows; None where every useful one is as good."""
    scores = part["probability"].to_numpy(dtype=np.float64)
    cases = label_cases(part, positive=positive)
    if len(set(cases.tolist())) < 2 or len(np.unique(scores)) < 2:
        return None
    best = _youden(scores, cases, youden_threshold(scores, cases))
    if best == 1:  # perfectly parted: many a threshold from training does as well
        return None
    return bool(_youden(scores, cases, float(part["threshold"].iloc[0])) >= best - TOLERANCE)


def _youden(scores: NDArray[np.float64], cases: NDArray[np.int64], threshold: float) -> float:
    called = scores >= threshold
    return float(called[cases == 1].mean() - called[cases == 0].mean())
