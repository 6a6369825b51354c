"""Results behind the main ones -> the sentence that says what they show, and what they do not."""

from __future__ import annotations

import math

from adscreen.evaluation.subgroups import FEWEST
from adscreen.report.evaluation.conclusions import written
from adscreen.report.evaluation.contents import ProtocolResult, Retest, SitePooling
from adscreen.report.evaluation.wording import MEASURES
from adscreen.writing import count


def judge_differences(result: ProtocolResult) -> str:
    """Return whether any difference between groups stands out, and that all others are inconclusive."""
    looked = result.comparisons
    if not looked:
        return f"No two groups have {FEWEST} subjects of each label, so nothing is compared."
    found = [(one, name) for one in result.group_differences for name in one.differs]
    strict = [(one, name) for one in result.group_differences for name in one.differs_adjusted]
    chance = f"about {0.05 * looked:.1f} would by chance alone"
    if not found:
        return (
            f"None of {count(looked, 'difference')} has an interval that leaves out 0: this is inconclusive. It does "
            "not show that groups are treated alike; the intervals say how large a difference may be."
        )
    named = "; ".join(
        f"{MEASURES[name]} of {one.group} minus {one.reference} {written(one.differences[name], signed=True)}"
        for one, name in strict
    )
    lead = f"{len(found)} of {count(looked, 'difference')} {'has' if len(found) == 1 else 'have'} an interval that "
    lead += f"leaves out 0; {chance}. "
    if not strict:
        return lead + f"Corrected for {count(looked, 'comparison')}, none does: all are inconclusive."
    still = "still does" if len(strict) == 1 else "still do"
    rest = "" if len(strict) == looked else " All others are inconclusive."
    return lead + f"Corrected for {count(looked, 'comparison')}, {len(strict)} {still}: {named}.{rest}"


def judge_sites(sites: SitePooling) -> str:
    """Return the mean over sites and where a new site may lie, or why there is none."""
    if sites.absent:
        return f"The sites are not pooled: {sites.absent}."
    used = sum(math.isfinite(one.weight) for one in sites.sites)
    new = sites.new_site
    told = "; chance, 0.5, is inside that range" if new.low <= 0.5 <= new.high else ""
    return (
        f"Over {count(used, 'site')} the mean AUC is {written(sites.mean)}. At a new site like these it lies between "
        f"{new.low:.3f} and {new.high:.3f} with a probability of 95%{told}. Between sites the standard deviation of "
        f"the logit of the AUC is {sites.tau:.2f}."
    )


def judge_retest(rows: tuple[Retest, ...]) -> str:
    """Return how large a change between two visits must be, or why nothing is known of it."""
    first = next((one for one in rows if one.measures and one.scale == "log_odds"), None)
    if first is None:
        reason = rows[0].absent if rows else "there are no results"
        return f"No agreement of visits is given: {reason}."
    odds = math.exp(first.measures["minimal_detectable_change"].value)
    return (
        "From the variation within a person alone, two visits differ by more than the minimal detectable change in 5% "
        f"of pairs: here the odds change by a factor of {odds:.3g}."
    )
