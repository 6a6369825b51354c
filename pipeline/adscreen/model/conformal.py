"""Held-out probabilities of training + a new probability -> the set of labels that cannot be ruled out.

Conformal sets by label (Mondrian: Vovk, Gammerman & Shafer 2005; Vovk 2013). For each label the p-value says how
unusual the new recording would be among that label's: with weights w of 1 / visits, so that each of the n subjects
counts once (pooled distribution functions; Dunn, Wasserman & Ramdas 2022),

    p(case)    = (1 + sum of w over cases    with a probability <= the new one) / (1 + n_cases)
    p(control) = (1 + sum of w over controls with a probability >= the new one) / (1 + n_controls)

and a label belongs to the set where its p-value is above 1 - confidence. Training recordings are scored by models of
the inner folds and a new one by the whole model (cross-conformal, Vovk 2015), so coverage is approximate.
"""

from __future__ import annotations

import math
from typing import Literal

from adscreen.errors import InputError
from adscreen.model.reference import HeldOut, ScoreReference

ConformalSet = Literal["control", "case", "control|case", "neither", ""]  # empty: not asked for, or no score
_ROUNDING = 1e-9


def conformal_p_values(reference: ScoreReference, probability: float) -> tuple[float, float]:
    """Return the p-values of ``control`` and of ``case`` of a new recording with this probability.

    >>> from adscreen.metrics import NO_INTERVAL
    >>> controls, cases = HeldOut([0.1, 0.3], [1.0, 1.0]), HeldOut([0.2, 0.8, 0.9], [0.5, 0.5, 1.0])
    >>> reference = ScoreReference(controls, cases, NO_INTERVAL, NO_INTERVAL, case_share=0.5)
    >>> [round(value, 3) for value in conformal_p_values(reference, 0.8)]
    [0.333, 0.667]
    """
    controls, cases = reference.controls, reference.cases
    return (
        (1 + controls.weight(least=probability)) / (1 + controls.subjects),
        (1 + cases.weight(most=probability)) / (1 + cases.subjects),
    )


def conformal_set(p_control: float, p_case: float, *, confidence: float) -> ConformalSet:
    """Return the labels whose p-value is above 1 - confidence.

    >>> conformal_set(0.3, 0.04, confidence=0.9), conformal_set(0.3, 0.2, confidence=0.9)
    ('control', 'control|case')
    """
    control, case = (p > 1 - confidence + _ROUNDING for p in (p_control, p_case))
    if control and case:
        return "control|case"
    return "control" if control else "case" if case else "neither"


def require_enough(reference: ScoreReference, confidence: float, *, labels: tuple[str, str]) -> None:
    """Raise InputError where a label has too few training subjects ever to be ruled out at this confidence.

    The smallest p-value of n subjects is 1 / (n + 1); it must not be above 1 - confidence. ``labels``: negative first.
    """
    fewest = _subjects_needed(confidence)
    for label, held_out in zip(labels, (reference.controls, reference.cases), strict=True):
        if held_out.subjects < fewest - _ROUNDING:
            what = (
                f"{confidence:g} needs {fewest} training subjects of each label, {label!r} has {held_out.subjects:.0f}"
            )
            raise InputError(what, where="confidence=", remedy=_remedy(held_out))


def _subjects_needed(confidence: float) -> int:
    """Return the least n with 1 / (n + 1) <= 1 - confidence."""
    return math.ceil(1 / (1 - confidence) - 1 - _ROUNDING)


def _remedy(held_out: HeldOut) -> str:
    most = held_out.subjects / (held_out.subjects + 1)
    return f"ask for at most {int(100 * most + _ROUNDING) / 100:g}, or leave it out"
