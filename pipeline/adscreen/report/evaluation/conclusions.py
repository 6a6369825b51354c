"""The protocols' results -> the few sentences that a reader should take away, each with its figure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from adscreen.evaluation.certificate import Certificate
from adscreen.evaluation.results import DEMOGRAPHICS
from adscreen.metrics import Interval
from adscreen.report.evaluation.contents import MethodResult, ProtocolGap, ProtocolResult
from adscreen.writing import count

_MINUS = "−"
OTHER_LEVEL = {  # of a level, how its results are said to be counted at the other one
    "subject": "By recording, where a subject counts as often as it has visits",
    "recording": "By subject, all visits together",
}


def written(figure: Interval, *, signed: bool = False) -> str:
    """Return a figure and its interval, where it has one.

    >>> written(Interval(0.8684, 0.742, 0.953)), written(Interval(-0.02, -0.1, 0.05), signed=True)
    ('0.868 (0.742 to 0.953)', '−0.020 (−0.100 to +0.050)')
    >>> written(Interval(0.5, math.nan, math.nan))
    '0.500 (no interval)'
    """
    form = "+z.3f" if signed else "z.3f"

    def number(value: float) -> str:
        return format(value, form).replace("-", _MINUS) if math.isfinite(value) else "–"

    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        return f"{number(figure.value)} (no interval)" if math.isfinite(figure.value) else "–"
    return f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)})"


def written_inside(figure: Interval) -> str:
    """Return a figure and its interval for a place that stands in brackets already.

    >>> written_inside(Interval(0.8684, 0.742, 0.953))
    '0.868, 95% interval 0.742 to 0.953'
    """
    return re.sub(r" \((.*)\)$", lambda found: f", 95% interval {found[1]}", written(figure))


def main_protocol(protocols: Sequence[ProtocolResult]) -> ProtocolResult:
    """Return the protocol to read first: any but ``paper``, where there is one."""
    return next((one for one in protocols if one.protocol != "paper"), protocols[0])


def conclude(
    protocols: Sequence[ProtocolResult], gaps: Sequence[ProtocolGap], *, positive: str, negative: str
) -> tuple[str, ...]:
    """Return the sentences of In short."""
    main = main_protocol(protocols)
    return tuple(
        sentence
        for sentence in (
            _discrimination(main, positive, negative),
            _above_chance(main),
            _against_words(main),
            _against_shortcuts(main),
            _other_level(main),
            _use(positive),
            *(_gap(gap) for gap in gaps),
        )
        if sentence
    )


def _discrimination(main: ProtocolResult, positive: str, negative: str) -> str:
    figures = main.ours.measures
    places = {"subject": "On unseen speakers", "external": "On the other cohort", "site": "At unseen sites"}
    where = places.get(main.protocol, "Under the published protocol") + name_count(main)
    return (
        f"{where}, {main.ours.title} distinguishes “{positive}” "
        f"from “{negative}” with an AUC of {written(figures['auc'])}, sensitivity {written(figures['sensitivity'])} "
        f"and specificity {written(figures['specificity'])}."
    )


def _above_chance(main: ProtocolResult) -> str:
    found = main.chance
    if found is None:
        return ""
    judged = "above chance" if found.p_value <= 0.05 else "not shown to be above chance"
    which = "That AUC" if main.level == "recording" else f"By recording, the AUC of {found.auc:.3f}"
    return (
        f"{which} is {judged} (p = {found.p_value:.3f}, from {count(len(found.areas), 'permutation')} of the labels)."
    )


def name_count(main: ProtocolResult) -> str:
    """Return how people with several visits are counted, after a place; nothing where each has one recording."""
    if main.other_level is None:
        return ""
    return ", each subject counted once" if main.level == "subject" else ", each recording counted once"


def _of_kind(main: ProtocolResult, kind: str) -> list[MethodResult]:
    return [one for one in main.methods if one.kind == kind and math.isfinite(one.measures["auc"].value)]


def _against_words(main: ProtocolResult) -> str:
    baselines = _of_kind(main, "baseline")
    if not baselines or baselines[0].difference is None:
        return ""
    best, gap = baselines[0], baselines[0].difference
    if gap.low > 0:
        judged = f"{main.ours.title} performs better"
    elif gap.high < 0:
        judged = f"{main.ours.title} performs worse"
    else:
        judged = "the difference is inconclusive"
    return (
        f"{best.title} has an AUC of {written(best.measures['auc'])}; the difference is {written(gap, signed=True)}: "
        f"{judged}."
    )


def _against_shortcuts(main: ProtocolResult) -> str:
    shortcuts = _of_kind(main, "shortcut")
    if not shortcuts:
        return ""
    best = shortcuts[0]
    judged = _judge_best(main, best)
    return (
        f"Of the shortcut baselines, which do not use the participant’s language, {best.title.lower()} has the highest "
        f"AUC: {written(best.measures['auc'])}, {judged}."
    )


def _judge_best(main: ProtocolResult, best: MethodResult) -> str:
    """Say whether the best shortcut is above chance, by the p-value that is corrected for choosing it."""
    found = main.chance
    if found is None or found.best != best.method or not math.isfinite(found.p_best):
        return "above chance" if best.measures["auc"].low > 0.5 else "not shown to be above chance"
    judged = "above chance" if found.p_best <= 0.05 else "not shown to be above chance"
    corrected = f", corrected for choosing the best of {found.shortcuts}" if found.shortcuts > 1 else ""
    return f"{judged} (p = {found.p_best:.3f}{corrected})"


def _other_level(main: ProtocolResult) -> str:
    if main.other_level is None:
        return ""
    return f"{OTHER_LEVEL[main.level]}, the AUC is {written(main.other_level.measures['auc'])}."


def _use(positive: str) -> str:
    """Return where predictive values stand: a figure here would take for granted a prevalence that nobody chose."""
    return (
        f"How often a positive result is right depends on how common “{positive}” is among those screened: see the "
        "table of predictive values."
    )


def _gap(gap: ProtocolGap) -> str:
    return (
        "Under the published protocol the AUC of the same pipeline, by recording, differs by "
        f"{written(gap.difference, signed=True)}; that difference does not carry over to unseen speakers."
    )


def caution(
    protocols: Sequence[ProtocolResult], certificate: Certificate, *, groups: int, over: str, fewest: int
) -> tuple[str, ...]:
    """Return what makes the figures less than they seem."""
    return tuple(_cautions(protocols, certificate, groups=groups, over=over, fewest=fewest))


def _predicts(main: ProtocolResult, shortcut: MethodResult, area: str) -> str:
    """Say that a shortcut predicts the label, or that it may, where not even the best one is shown to."""
    if main.chance is not None and main.chance.p_best > 0.05:
        return f"{shortcut.title} alone may predict the label (AUC {area}): check whether the classes differ in it."
    return f"{shortcut.title} alone predicts the label (AUC {area}): the classes differ in it."


def _cautions(
    protocols: Sequence[ProtocolResult], certificate: Certificate, *, groups: int, over: str, fewest: int
) -> Iterator[str]:
    main = main_protocol(protocols)
    unsound = [one.protocol for one in certificate.protocols if not one.sound and one.protocol != "paper"]
    if unsound:
        yield f"The protocol `{unsound[0]}` leaks here: see the certificate."
    if main.protocol == "paper":
        yield "Only the published protocol was run, which leaks: evaluate with --protocol subject as well."
    if fewest < 50:
        size = count(fewest, "subject")
        yield f"The smaller class has {size}: intervals are wide, and an inconclusive result is no proof of no effect."
    if over == "clusters":
        sets = certificate.matched_sets
        matched = f" ({count(sets, 'matched set')} among them)" if sets else ""
        yield f"Intervals are over {count(groups, 'cluster')}{matched}: recordings of one cluster are not independent."
    for one in _of_kind(main, "shortcut"):
        if one.measures["auc"].low > 0.5:
            area = written_inside(one.measures["auc"])
            yield _predicts(main, one, area)
        if one.method == DEMOGRAPHICS and one.measures["auc"].high < 0.5:
            area = written_inside(one.measures["auc"])
            yield (
                f"{one.title} alone predicts worse than chance (AUC {area}), as where each case was matched to a "
                "control that stays in training: name the pairs in a column `match`."
            )
    slope = main.ours.measures.get("calibration_slope")
    if slope and (slope.low > 1 or slope.high < 1):
        direction = "too extreme" if slope.high < 1 else "too cautious"
        yield f"Probabilities are {direction} (calibration slope {written_inside(slope)})."
