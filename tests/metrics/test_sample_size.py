"""Sizes of studies: as pmsampsize and hand formulas have them, and consistent with themselves in every direction."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.metrics import sample_size
from adscreen.metrics.sample_size import (
    DEVELOPMENT,
    VALIDATION,
    SamplePlan,
    assume,
    expect,
    expected_interval,
    explained,
    hanley_mcneil,
    implied_auc,
    plan_sample_size,
)

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "sample_size.json").read_text(encoding="utf-8"))
SHARES = st.floats(0.02, 0.98)
AREAS = st.floats(0.55, 0.98)


def subjects(plan: SamplePlan, purpose: str) -> dict[str, int]:
    """Return the subjects that each criterion of a purpose asks for."""
    return {one.criterion: one.subjects for one in plan.required if one.purpose == purpose}


@pytest.mark.parametrize("golden", GOLDEN["by_r2"])
def test_development_is_that_of_pmsampsize(golden: dict[str, Any]) -> None:
    """From an R2 of Cox and Snell each criterion asks for the very number of people that the authors' package gives.

    The first case is the published example of Chagas disease (Riley et al. 2019): 662 people for 24 parameters.
    """
    plan = plan_sample_size(r2=golden["csrsquared"], prevalence=golden["prevalence"], parameters=golden["parameters"])
    wanted = {name: golden[name] for name in ("shrinkage", "optimism", "risk")}
    assert wanted == subjects(plan, DEVELOPMENT)


@pytest.mark.parametrize("golden", GOLDEN["by_auc"])
def test_an_auc_explains_what_a_million_simulated_people_show(golden: dict[str, Any]) -> None:
    """R2 by quadrature is that which pmsampsize finds by simulating 1,000,000 people, within its sampling error."""
    assert golden["r2"] == pytest.approx(explained(golden["cstatistic"], golden["prevalence"]), abs=0.0015)


@pytest.mark.parametrize("golden", GOLDEN["validation"])
def test_validation_is_that_of_the_hand_formulas(golden: dict[str, Any]) -> None:
    """Each criterion asks for the size at which SciPy's quadrature, or a root finder, gives the interval its width."""
    plan = plan_sample_size(auc=golden["auc"], prevalence=golden["prevalence"], parameters=1)
    names = {
        "observed_over_expected": "observed_over_expected",
        "calibration_slope": "calibration_slope",
        "auc": "of_auc",
    }
    assert {name: math.ceil(golden[key]) for name, key in names.items()} == subjects(plan, VALIDATION)


@pytest.mark.parametrize("golden", GOLDEN["hanley_mcneil"])
def test_the_variance_of_an_auc_is_that_of_hanley_and_mcneil(golden: dict[str, Any]) -> None:
    """The published formula, written out term by term."""
    assert golden["variance"] == pytest.approx(hanley_mcneil(golden["auc"], golden["cases"], golden["controls"]))


@given(auc=AREAS, prevalence=SHARES)
def test_auc_and_r2_follow_from_one_another(auc: float, prevalence: float) -> None:
    """From AUC to R2 and back is the same AUC; prevalence p and 1 - p explain alike."""
    r2 = explained(auc, prevalence)
    assert auc == pytest.approx(implied_auc(r2, prevalence), abs=1e-6)
    assert r2 == pytest.approx(explained(auc, 1 - prevalence), rel=1e-6)


@given(auc=AREAS, prevalence=SHARES, parameters=st.integers(1, 500))
def test_the_subjects_asked_for_just_meet_the_criteria(auc: float, prevalence: float, parameters: int) -> None:
    """With the subjects that a criterion asks for it is met, and with two fewer it is not."""
    plan = plan_sample_size(auc=auc, prevalence=prevalence, parameters=parameters)
    needed = subjects(plan, DEVELOPMENT)
    for name, aim, sign in (("shrinkage", 0.9, 1), ("optimism", 0.05, -1)):
        enough, fewer = (getattr(expect(plan.assumptions, needed[name] - less), name) for less in (0, 2))
        assert sign * enough >= sign * aim - 1e-9
        if needed[name] > 6:
            assert sign * fewer < sign * aim
    assert 0.05 + 1e-12 >= expect(plan.assumptions, needed["risk"]).risk_margin


@given(auc=AREAS, prevalence=SHARES, visits=st.floats(1, 20), icc=st.floats(0, 1))
def test_visits_help_as_much_as_they_differ(auc: float, prevalence: float, visits: float, icc: float) -> None:
    """Visits that are alike (icc 1) replace no subject; independent ones (icc 0) count as so many subjects."""
    given_: dict[str, Any] = {"auc": auc, "prevalence": prevalence, "parameters": 8}
    once, alike, apart, between = (
        subjects(plan_sample_size(**given_, visits=v, icc=rho), DEVELOPMENT)["risk"]
        for v, rho in ((1.0, 1.0), (visits, 1.0), (visits, 0.0), (visits, icc))
    )
    assert once == alike
    assert apart <= between <= once
    assert abs(apart - once / visits) <= 2


def test_cross_validation_is_as_wide_as_half_the_subjects_would_be() -> None:
    """On the logit scale the interval of cross-validation is wider by the square root of 2; both hold the AUC."""
    assumed = assume(auc=0.85, prevalence=0.4, parameters=5)
    crossed, external = (expected_interval(assumed, 120, cross_validated=both) for both in (True, False))

    def width(low: float, high: float) -> float:
        return math.log(high / (1 - high)) - math.log(low / (1 - low))

    assert math.sqrt(2) == pytest.approx(width(crossed.low, crossed.high) / width(external.low, external.high))
    assert 0 < crossed.low < external.low < 0.85 < external.high < crossed.high < 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"auc": 0.5}, "must lie between 0.5 and 1, not 0.5"),
        ({"auc": 1.0}, "must lie between 0.5 and 1, not 1"),
        ({"auc": None}, "is not given, and no R2 either"),
        ({"r2": 0.2}, "and an R2 are both given"),
        ({"auc": None, "r2": 0.8}, "must lie between 0 and 0.7"),
        ({"prevalence": 0.0}, "must lie between 0 and 1, not 0"),
        ({"prevalence": float("nan")}, "must lie between 0 and 1, not nan"),
        ({"parameters": 0}, "must be at least 1, not 0"),
        ({"visits": 0.5}, "must be at least 1, not 0.5"),
        ({"icc": 1.2}, "must lie between 0 and 1, not 1.2"),
        ({"subjects": (3,)}, "must be at least 4, not 3"),
        ({"widths": sample_size.Widths(auc=0.0)}, "must be above 0, not 0"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], message: str) -> None:
    """Each value out of its range is named, with the range."""
    right: dict[str, Any] = {"auc": 0.8, "prevalence": 0.4, "parameters": 5}
    with pytest.raises(InputError, match=message):
        plan_sample_size(**right | changed)
