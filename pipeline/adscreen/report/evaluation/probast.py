"""What a report holds -> the signalling questions of PROBAST+AI, answered where the run proves the answer.

Whatever the run cannot prove has the tool's answer "no information", and says what a person has to tell. Domains,
applicability and the whole are for a person to judge.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from adscreen.auditing.finding import count_levels
from adscreen.evaluation.certificate import CertifiedProtocol
from adscreen.evaluation.results import ADSCREEN
from adscreen.metrics import Interval
from adscreen.metrics.sample_size import DEVELOPMENT, VALIDATION
from adscreen.report.evaluation.conclusions import main_protocol, written
from adscreen.report.evaluation.contents import EvaluationReport, ProbastAnswer, ProbastItem, ProtocolResult
from adscreen.writing import count

_LOST = ("unreadable", "silent", "insufficient_speech", "out_of_scope")
_EXTERNAL = ("validate", "external")  # protocols whose test cohort is another one


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer, what it stands on, and where: a section of the page and a table of the run."""

    answer: ProbastAnswer
    evidence: str
    anchor: str = ""
    table: str = ""


Rule = Callable[[EvaluationReport, ProtocolResult], Proof]
UNKNOWN = Proof("no information", "")


def fill_probast(report: EvaluationReport) -> tuple[ProbastItem, ...]:
    """Return every question of the parts that the run is about: a validation develops no model."""
    content = tomllib.loads(files("adscreen.report.evaluation").joinpath("probast.toml").read_text(encoding="utf-8"))
    parts = ("evaluation",) if report.frozen else ("development", "evaluation")
    return tuple(_item(part, one, report) for part in parts for one in content["item"] if part in one["parts"])


def _item(part: str, one: Mapping[str, str], report: EvaluationReport) -> ProbastItem:
    rule = RULES.get(one["item"]) or RULES.get(f"{part} {one['item']}")
    proof = rule(report, main_protocol(report.protocols)) if rule else UNKNOWN
    return ProbastItem(
        part=part,
        item=one["item"],
        domain=one["domain"],
        topic=one["topic"],
        answer=proof.answer,
        evidence=proof.evidence,
        anchor=proof.anchor,
        table=proof.table,
        left=one["left"],
    )


def _design(report: EvaluationReport, main: ProtocolResult) -> Proof:
    sets = report.certificate.matched_sets
    evidence = f"{count(sets, 'matched set')}: cases and controls were chosen as such." if sets else ""
    return Proof("no information", evidence, *(("flow", "flow.csv") if sets else ()))


def _inclusion(report: EvaluationReport, main: ProtocolResult) -> Proof:
    read, used = (_recordings(report, step) for step in ("read", "used"))
    left_out = _recordings(report, "excluded", "other_label")
    evidence = (
        f"{used} of {count(read, 'row')} of the manifest were used; {left_out} were excluded by condition or label."
    )
    return Proof("no information", evidence, "flow", "flow.csv")


def _alike(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if report.findings is None:
        return UNKNOWN
    found = count_levels(report.findings) or "no error and no warning"
    evidence = f"The checks of the cohort, habits of transcription among them, found {found}."
    return Proof("no information", evidence, "checks", "findings.csv")


def _preprocessing(report: EvaluationReport, main: ProtocolResult) -> Proof:
    other = next(
        (sentence for sentence in report.cautions if "mean here what they mean in that language" in sentence), ""
    )
    if other:
        return Proof("probably no", other, "cautions")
    evidence = "The same code read, cleaned and measured every transcript, without its label."
    return Proof("probably yes", evidence, "provenance", "run.json")


def _blind(report: EvaluationReport, main: ProtocolResult) -> Proof:
    evidence = "Features are computed without labels."
    if report.lock and report.lock.holds and not report.lock.labelled:
        return Proof("no information", f"{evidence} Transcripts were locked before the manifest had labels.", "lock")
    return Proof("no information", evidence)


def _development_size(report: EvaluationReport, main: ProtocolResult) -> Proof:
    return _size(main, DEVELOPMENT)


def _evaluation_size(report: EvaluationReport, main: ProtocolResult) -> Proof:
    judged = _size(main, VALIDATION)
    if judged is not UNKNOWN:
        return judged
    evidence = f"AUC {written(main.ours.measures['auc'])}, over {count(report.groups, report.over.removesuffix('s'))}."
    return Proof("no information", evidence, "performance", "metrics.csv")


def _size(main: ProtocolResult, purpose: str) -> Proof:
    """Return whether the criteria of Riley et al. are met under every count of parameters, under one, or under none."""
    size = main.stability.size
    needs = [one.needs for one in size.criteria if one.purpose == purpose] if size else []
    if not size or not needs:
        return UNKNOWN
    if size.reason:
        return Proof("no information", size.sentence, "size", "sample_size.csv")
    by_count = [all(need.met for need in counted) for counted in zip(*needs, strict=True)]
    answer: ProbastAnswer = "yes" if all(by_count) else "probably no" if any(by_count) else "no"
    return Proof(answer, size.sentence, "size", "sample_size.csv")


def _continuous(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if main.ours.method != ADSCREEN:
        return UNKNOWN
    return Proof("probably yes", "No predictor is cut into groups.", "settings", "settings.csv")


def _missing(report: EvaluationReport, main: ProtocolResult) -> Proof:
    lost = _recordings(report, *_LOST)
    side = "cohort" if report.frozen else "side"
    if not lost:
        evidence = f"No recording was left out for missing data; missing features get the training {side}'s median."
        return Proof("probably yes", evidence, "flow", "flow.csv")
    evidence = f"{count(lost, 'recording')} without a transcript, enough speech or a score left out"
    evidence += "; abstentions.csv counts them as wrong results." if report.frozen else "."
    return Proof("probably no", evidence, "flow", "flow.csv")


def _recalibrated(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if main.ours.method != ADSCREEN:
        return UNKNOWN
    slope = _value(main, "calibration_slope")
    evidence = (
        f"Members weigh classes equally; their sum is calibrated on inner folds without that. Slope {written(slope)}."
    )
    return Proof("yes", evidence, "calibration", "metrics.csv")


def _overfitting(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if main.ours.method != ADSCREEN:
        return UNKNOWN
    evidence = "Regularised members, whose settings and weights are chosen on inner folds of the training side."
    anchor = "apparent" if main.apparent else "settings"
    return Proof("yes", evidence, anchor, "apparent.csv" if main.apparent else "settings.csv")


def _beyond_apparent(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if main.protocol in _EXTERNAL:
        return Proof(
            "yes", "The model was tested on another cohort than that of its training.", "protocols", "flow.csv"
        )
    sound = _sound(report, main)
    evidence = f"Every figure is of recordings of {count(main.folds, 'test fold')}" + (
        "." if sound else ", of which something was known in training."
    )
    return Proof("yes" if sound else "probably no", evidence, "protocols", "predictions.csv")


def _not_balanced(report: EvaluationReport, main: ProtocolResult) -> Proof:
    evidence = "No tested recording was dropped, copied or weighed by its label."
    return Proof("yes", evidence, "flow", "predictions.csv")


def _leakage(report: EvaluationReport, main: ProtocolResult) -> Proof:
    verdict = _certified(report, main).verdict
    answer: ProbastAnswer = "no" if not _sound(report, main) else "yes"
    if main.protocol in _EXTERNAL and answer == "yes":
        return Proof("not applicable", f"No data were split. {verdict}", "certificate", "certificate.json")
    return Proof(answer, verdict, "certificate", "certificate.json")


def _repeated(report: EvaluationReport, main: ProtocolResult) -> Proof:
    if main.protocol in _EXTERNAL:
        return Proof("not applicable", "Nothing was resampled to train.", "certificate", "certificate.json")
    every = [part.part for part in _certified(report, main).fitted if part.on == "all"]
    if every:
        evidence = f"Fitted on all recordings, test ones too: {', '.join(every)}."
        return Proof("no", evidence, "certificate", "certificate.json")
    evidence = "All that is learned is learned again on the training side of every fold, settings and threshold too."
    return Proof("yes", evidence, "certificate", "certificate.json")


def _performance(report: EvaluationReport, main: ProtocolResult) -> Proof:
    lacking = list(_lacking(main))
    if lacking:
        return Proof("probably no", f"Not measured: {', '.join(lacking)}.", "performance", "metrics.csv")
    slope = written(_value(main, "calibration_slope"))
    evidence = f"AUC {written(main.ours.measures['auc'])}; calibration slope {slope}, with a curve; net benefit"
    groups = len({one.column for one in main.group_differences})
    evidence += f"; differences between groups of {count(groups, 'kind')} (fairness.csv)." if groups else "."
    return Proof("yes", evidence, "calibration", "metrics.csv")


def _lacking(main: ProtocolResult) -> Iterator[str]:
    """Yield what of discrimination, calibration and benefit has no figure, or an AUC without an interval."""
    if not math.isfinite(_value(main, "auc").low):
        yield "an interval of the AUC"
    if not math.isfinite(_value(main, "calibration_slope").value):
        yield "the calibration slope"
    if not main.decisions:
        yield "net benefit"


def _value(main: ProtocolResult, measure: str) -> Interval:
    return main.ours.measures.get(measure, Interval(math.nan, math.nan, math.nan))


def _certified(report: EvaluationReport, main: ProtocolResult) -> CertifiedProtocol:
    return next(one for one in report.certificate.protocols if one.protocol == main.protocol)


def _sound(report: EvaluationReport, main: ProtocolResult) -> bool:
    return _certified(report, main).sound


def _recordings(report: EvaluationReport, *steps: str) -> int:
    return sum(row.recordings for row in report.flow if row.step in steps)


RULES: dict[str, Rule] = {
    "1.2": _design,
    "1.3": _inclusion,
    "2.1": _alike,
    "2.2": _preprocessing,
    "2.3": _blind,
    "development 4.1": _development_size,
    "development 4.2": _continuous,
    "development 4.3": _missing,
    "development 4.4": _recalibrated,
    "development 4.5": _overfitting,
    "evaluation 4.1": _beyond_apparent,
    "evaluation 4.2": _evaluation_size,
    "evaluation 4.3": _missing,
    "evaluation 4.4": _not_balanced,
    "evaluation 4.5": _leakage,
    "evaluation 4.6": _repeated,
    "evaluation 4.7": _performance,
}
