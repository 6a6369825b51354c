"""The protocols that an evaluation of one cohort can have, by name, and what may be asked for besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.evaluation.results import Protocol

BOTH = "both"  # subject and paper
FEWEST_MODELS = 10
OF_ONE_COHORT: tuple[Protocol, ...] = ("subject", "paper", "site")


def name_protocols(named: str | Sequence[str]) -> tuple[Protocol, ...]:
    """Return the protocols that were named.

    Raises:
        InputError: one is unknown.
    """
    every = (named,) if isinstance(named, str) else tuple(named)
    names = ("subject", "paper") if BOTH in every else tuple(dict.fromkeys(every))
    for name in names or ("",):
        if name not in OF_ONE_COHORT:
            remedy = f"use {', '.join(OF_ONE_COHORT)} or {BOTH}"
            raise InputError(f"unknown protocol {name!r}", where="protocol=", remedy=remedy)
    return names  # type: ignore[return-value]


def check_extras(protocols: Sequence[str], *, instability: int = 0, cleaning_sensitivity: bool = False) -> None:
    """Check what is asked for beside the protocols; it needs one that keeps each subject on one side.

    Raises:
        InputError: too few models are asked for, or there is no such protocol.
    """
    if instability != 0 and instability < FEWEST_MODELS:
        what, remedy = f"must be 0 or at least {FEWEST_MODELS}, not {instability}", "200 are usual, 50 give an idea"
        raise InputError(what, where="instability=", remedy=remedy)
    if set(protocols) == {"paper"} and (instability or cleaning_sensitivity):
        where = "instability=" if instability else "cleaning_sensitivity="
        what, remedy = "is not computed under the protocol paper alone", "use protocol=both, or protocol=subject"
        raise InputError(what, where=where, remedy=remedy)
