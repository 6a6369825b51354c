"""A model's log-odds of one person -> what its score row says beside the probability, as values by column.

The individual range, the conformal set at a confidence, and what a result means at a prevalence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from adscreen.model.conformal import conformal_p_values, conformal_set
from adscreen.model.reference import ScoreReference, logistic, predictive_values, shift_probability
from adscreen.scoring.individual_range import jackknife_range


def state_range(logit: float, spread: Sequence[float], *, threshold: float) -> dict[str, Any]:
    """Return the range of the probability, and whether a result on the other side of the threshold lies in it."""
    low, high = (logistic(end) for end in jackknife_range(logit, spread))
    crosses = low < threshold <= high if math.isfinite(low) else None
    return {"probability_low": low, "probability_high": high, "crosses_threshold": crosses}


def state_set(scores: ScoreReference, logit: float, confidence: float | None) -> dict[str, Any]:
    """Return the conformal p-values and the set; nothing where no confidence was named, or there is no score."""
    if confidence is None:
        return {}
    if math.isnan(logit):
        return {"confidence": confidence}
    p_control, p_case = conformal_p_values(scores, logistic(logit))
    found = conformal_set(p_control, p_case, confidence=confidence)
    return {"confidence": confidence, "conformal_set": found, "p_control": p_control, "p_case": p_case}


def state_meaning(scores: ScoreReference, logit: float, prevalence: float | None) -> dict[str, Any]:
    """Return predictive values with their intervals, and the probability moved to a prevalence; nothing without one."""
    if prevalence is None:
        return {}
    ppv, npv = predictive_values(scores, prevalence)
    return {
        "prevalence": prevalence,
        "probability_at_prevalence": shift_probability(logit, case_share=scores.case_share, prevalence=prevalence),
        **{"ppv": ppv.value, "ppv_low": ppv.low, "ppv_high": ppv.high},
        **{"npv": npv.value, "npv_low": npv.low, "npv_high": npv.high},
    }
