"""The protocols that an evaluation of one cohort can have, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.evaluation.results import Protocol

BOTH = "both"  # subject and paper
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
