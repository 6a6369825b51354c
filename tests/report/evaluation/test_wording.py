"""Whatever an evaluation can hold has a name on its page."""

from __future__ import annotations

from adscreen.evaluation.results import METHODS
from adscreen.evaluation.results import PROTOCOLS as RAN
from adscreen.report.evaluation.wording import PROTOCOLS, TITLES


def test_every_method_has_a_title() -> None:
    """The page names the methods that an evaluation runs, no fewer and no others, and one of them as ours."""
    assert set(METHODS) == set(TITLES)
    assert 1 == [kind for _, kind in TITLES.values()].count("ours")


def test_every_protocol_is_explained() -> None:
    """The page names and explains the protocols that an evaluation may follow."""
    assert set(RAN) == set(PROTOCOLS)
