"""Measures with their errors -> their intervals, each on the scale that suits it.

AUC: ``rank_interval``. Sensitivity, specificity and accuracy: ``share_interval``. Balanced accuracy, average precision
and predictive values: ``wilson_interval``; the first and the last, where a rate that they follow from has no standard
error, between its bounds. All others, and every difference: plain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from adscreen.metrics.interval import INTERVAL, Error, Interval, People, plain_interval, wilson_interval
from adscreen.metrics.proportions import follow_rates, share_interval
from adscreen.metrics.rank_interval import rank_interval

_UNIT = ("balanced_accuracy", "average_precision", "ppv", "npv")
_RATES = ("sensitivity", "specificity")


def bound_measures(
    values: Mapping[str, float], errors: Mapping[str, Error], people: People, *, level: float = INTERVAL
) -> dict[str, Interval]:
    """Return each measure with its interval."""
    known = _fill_training(errors)
    bounded = {name: _bound(name, value, known[name], people, level) for name, value in values.items()}
    rates = [bounded[name] for name in _RATES if name in bounded]
    if len(rates) == 2 and any(errors[name].flat for name in _RATES):
        bounded |= {name: follow_rates(name, value, *rates) for name, value in values.items() if _follows(name)}
    return bounded


def bound_differences(
    values: Mapping[str, float], errors: Mapping[str, Error], *, level: float = INTERVAL
) -> dict[str, Interval]:
    """Return each difference of two methods with its interval; no bounds where it is the same whoever is left out.

    Where nothing ever differs from 0, the two made the same predictions: those differences are 0 to 0.
    """
    finite = [name for name, value in values.items() if math.isfinite(value)]
    if all(errors[name].flat and values[name] == 0 for name in finite):
        return {name: Interval(value, value, value) for name, value in values.items()}
    return {name: plain_interval(value, errors[name], level=level) for name, value in values.items()}


def _fill_training(errors: Mapping[str, Error]) -> dict[str, Error]:
    """Return errors in which a share of training that cannot be had is the mean of those that can, 1 if none can."""
    known = [one.training for one in errors.values() if math.isfinite(one.training)]
    mean = sum(known) / len(known) if known else 1.0
    return {name: one if math.isfinite(one.training) else replace(one, training=mean) for name, one in errors.items()}


def _follows(name: str) -> bool:
    return name == "balanced_accuracy" or name.startswith(("ppv_at_", "npv_at_"))


def _bound(name: str, value: float, error: Error, people: People, level: float) -> Interval:
    if name == "auc":
        return rank_interval(value, error, people, level=level)
    shares = {
        "sensitivity": (people.cases, people.case_rows),
        "specificity": (people.controls, people.control_rows),
        "accuracy": (people.together, people.case_rows + people.control_rows),
    }
    if name in shares:
        own, rows = shares[name]
        return share_interval(value, error, people=own, rows=rows, level=level)
    scale = wilson_interval if name.partition("_at_")[0] in _UNIT else plain_interval
    return scale(value, error, level=level)
