"""A labelled cohort and the reports of a frozen model on it -> what a validation measures, and the flow to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from adscreen.cohort import Cohort, Recording
from adscreen.cohort.cohort import COVARIATES
from adscreen.errors import InputError
from adscreen.evaluation.description import flow_step, other_label_steps
from adscreen.evaluation.frozen import FrozenScores
from adscreen.evaluation.results import FlowRow
from adscreen.extract.feature_table import FeatureTable
from adscreen.model.trained_model import TrainedModel
from adscreen.scoring.judged import NEAR_COPY
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.score_files import reason_of

_NOT_SCORED = ("insufficient_speech", "out_of_scope", "unreadable")


@dataclass(frozen=True)
class Tested:
    """A cohort and what the model made of it: one report a recording, words left out, and the labels of the model."""

    cohort: Cohort
    recordings: tuple[Recording, ...]
    reports: tuple[RecordingReport, ...]
    labels: Mapping[str, str]  # label of the cohort -> label of the model

    @cached_property
    def apart(self) -> list[int]:
        """The numbers of the recordings whose subjects were not in training."""
        return [number for number, report in enumerate(self.reports) if not report.score.in_training]

    @cached_property
    def reasons(self) -> dict[str, Counter[str]]:
        """Why recordings of ``apart`` have no score: for each result, how many for each reason."""
        counts: dict[str, Counter[str]] = {}
        for score in (self.reports[number].score for number in self.apart):
            if score.result in _NOT_SCORED:
                counts.setdefault(score.result, Counter())[reason_of(asdict(score))] += 1
        return counts

    @cached_property
    def missing(self) -> int:
        """The number of recordings without a score, those of training subjects included."""
        return len(self.reports) - len(self.apart) + sum(map(Counter.total, self.reasons.values()))

    @cached_property
    def near_copies(self) -> float:
        """The share of the recordings with a score that are near-copies of a training recording."""
        scored = [self.reports[n] for n in self.apart if np.isfinite(self.reports[n].score.probability)]
        return float(np.mean([any(NEAR_COPY in one for one in report.warnings) for report in scored]))

    def table(self, provenance: Mapping[str, Any], labels: tuple[str, str]) -> FeatureTable:
        """Return what is known of the recordings of ``apart``; the words themselves are not kept."""
        known = self.cohort.frame(tuple(dict.fromkeys((*COVARIATES, "task", "language"))))
        own = known.iloc[self.apart].reset_index(drop=True)
        reports = [self.reports[number] for number in self.apart]
        own["label"] = own["label"].map(dict(self.labels))
        own["task"] = own["task"].fillna(pd.Series([report.task for report in reports], dtype="str"))
        lengths = pd.DataFrame([(one.score.words, one.score.sentences) for one in reports], dtype=np.float64)
        digests = {one.score.recording_id: one.source_digest for one in reports if one.source_digest}
        return FeatureTable(
            subjects=own,
            inputs=lengths.set_axis(["words", "sentences"], axis=1),
            sentences=pd.DataFrame({"recording_id": []}),
            provenance=dict(provenance) | {"transcripts": digests},
            labels=labels,
        )

    def scores(self, model: TrainedModel) -> FrozenScores:
        """Return the scores of the recordings of ``apart``."""
        reports = [self.reports[number] for number in self.apart]
        scored = [report for report in reports if report.contributions and np.isfinite(report.score.probability)]
        families = dict.fromkeys(part.family for report in scored for part in report.contributions)
        means = {
            family: float(np.mean([abs(p.logit) for one in scored for p in one.contributions if p.family == family]))
            for family in families
        }
        return FrozenScores(
            probabilities=np.array([report.score.probability for report in reports]),
            threshold=model.manifest.threshold,
            settings=model.manifest.settings,
            families=means,
            visit_correlation=model.manifest.visit_correlation,
            subject_threshold=model.manifest.subject_threshold,
            description=f"the model {model.digest[:12]} as it was trained; nothing is fitted or tuned here",
        )

    def flow(self, where: str | None, labels: tuple[str, str]) -> list[FlowRow]:
        """Return the steps from the rows of the manifest to those measured; ``labels`` are the model's."""
        rows = [(recording.subject_id, self.labels[recording.label or ""]) for recording in self.recordings]
        left_out = [(one.subject_id, self.labels.get(one.label or "")) for one in self.cohort.left_out]
        others = [(one.subject_id, one.label) for one in self.cohort.other_labels]
        known = [rows[number] for number, one in enumerate(self.reports) if one.score.in_training]
        used = [n for n in self.apart if np.isfinite(self.reports[n].score.probability)]
        return [
            flow_step("cohort", "read", [*rows, *left_out, *others], labels, ""),
            flow_step("cohort", "excluded", left_out, labels, f"do not meet {where}" if where else ""),
            *other_label_steps("cohort", others, labels),
            flow_step("cohort", "in_training", known, labels, "the model learned from these people or words"),
            *self._not_scored(rows, labels),
            flow_step("cohort", "used", [rows[n] for n in used], labels, ""),
        ]

    def _not_scored(self, rows: Sequence[tuple[str, str]], labels: tuple[str, str]) -> Iterator[FlowRow]:
        for name in _NOT_SCORED:
            numbers = [n for n in self.apart if self.reports[n].score.result == name]
            yield flow_step("cohort", name, [rows[n] for n in numbers], labels, self._reason(numbers))

    def _reason(self, numbers: Sequence[int]) -> str:
        """Return the reason of the first recording, and that others may have others."""
        reasons = list(dict.fromkeys(self.reports[number].score.reason for number in numbers))
        more = ", for example; scores.csv has the others" if len(reasons) > 1 else ""
        return f"{reasons[0]}{more}" if reasons else ""


def match_labels(cohort: Cohort, *, negative: str, positive: str) -> tuple[dict[str, str], list[str]]:
    """Return the model's label for each label of the cohort, and a note where they have other names.

    Raises:
        InputError: a recording has no label, a label is neither of the model's, one is missing, or the case of the
            cohort is the model's other label.
    """
    file = cohort.path.name
    found = sorted({recording.label for recording in cohort.recordings if recording.label is not None})
    if cohort.positive is None and set(found) - {negative, positive}:
        first = next(label for label in found if label not in (negative, positive))
        what = f"label {first!r} is neither {negative!r} nor {positive!r}, the labels of the model"
        raise InputError(
            what, where=file, remedy="leave its rows out with where=, or name the cohort's case with positive="
        )
    own = replace(cohort, positive=cohort.positive or (positive if positive in found else None)).labels
    if own[0] == positive or own[1] == negative:
        what = f"the case is {own[1]!r}, that of the model is {positive!r}"
        raise InputError(what, where=file, remedy="correct positive=")
    labels = dict(zip(own, (negative, positive), strict=True))
    if own == (negative, positive):
        return labels, []
    return labels, ["; ".join(f"label {one!r} is taken for {other!r} of the model" for one, other in labels.items())]
