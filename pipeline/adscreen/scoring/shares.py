"""Shares that a user names -> checked, before anything slow is imported: the prevalence, and the confidence of sets."""

from __future__ import annotations

from adscreen.errors import InputError


def require_prevalence(prevalence: float | None) -> None:
    """Raise InputError where a prevalence is given and is none."""
    if prevalence is not None and not 0 < prevalence < 1:
        raise InputError(f"{prevalence:g} is no prevalence", where="prevalence=", remedy="give a share, such as 0.08")


def require_confidence(confidence: float | None) -> None:
    """Raise InputError where a confidence is given and is none."""
    if confidence is not None and not 0.5 <= confidence < 1:
        what, remedy = f"{confidence:g} is no confidence", "give a share from 0.5 to below 1, such as 0.9"
        raise InputError(what, where="confidence=", remedy=remedy)
