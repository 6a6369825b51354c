"""The protocols that an evaluation of one cohort can have, by name."""

from __future__ import annotations

import pytest

from adscreen.errors import InputError
from adscreen.evaluation.results import PROTOCOLS
from adscreen.studies.protocol_names import OF_ONE_COHORT, name_protocols


def test_every_protocol_of_one_cohort_is_named() -> None:
    """All but that of a test cohort, which `--test` chooses, and that of a frozen model, which is `validate`'s."""
    assert [name for name in PROTOCOLS if name not in ("external", "validate")] == list(OF_ONE_COHORT)


def test_both_is_two() -> None:
    """`both` wins over what is named beside it."""
    assert ("subject", "paper") == name_protocols("both") == name_protocols(["site", "both"])
    assert ("site",) == name_protocols(["site", "site"])


@pytest.mark.parametrize("named", ["all", "external", "", []])
def test_other_names_are_refused(named: str | list[str]) -> None:
    """The line lists the protocols."""
    with pytest.raises(InputError, match=r"unknown protocol .*; use subject, paper, site or both"):
        name_protocols(named)
