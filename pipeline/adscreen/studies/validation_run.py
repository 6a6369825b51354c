"""A frozen model + a labelled cohort -> a Validation: measures, calibration, certificate and report; and a run folder.

Every recording is scored as ``score`` scores it. Those of training subjects, and those without a score, are counted in
the flow and stand in scores.csv with the reason; the measures are of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.cohort import Cohort, Recording, read_cohort
from adscreen.cohort.reading import AS_WRITTEN, Reading, ReadingArguments
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.certificate import Certificate
from adscreen.evaluation.description import describe_cohort
from adscreen.evaluation.frames import as_frame, cohort_frames, evaluation_frames, predictions_frame
from adscreen.evaluation.frozen import (
    AbstentionRow,
    FrozenEvaluation,
    FrozenScores,
    PredictiveRow,
    RecalibrationRow,
    evaluate_frozen,
)
from adscreen.evaluation.frozen_certificate import TextsInTraining, certify_frozen
from adscreen.evaluation.results import LEVELS, MetricRow
from adscreen.extract.extraction import ExtractSettings, extract_provenance
from adscreen.extract.feature_table import FeatureTable
from adscreen.ingest.reasons import list_reasons
from adscreen.model.screening_model import ScreeningModel
from adscreen.model.trained_model import TrainedModel
from adscreen.progress import HIDDEN, Progress
from adscreen.report.evaluation.assemble import assemble_report
from adscreen.report.evaluation.page import write_page, write_report
from adscreen.scoring.carried import Carried
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.score_files import writing_scores
from adscreen.scoring.scoring import (
    ScoreOptions,
    check_scoring,
    in_training,
    may_be_in_training,
    stream_reports,
)
from adscreen.scoring.shares import require_confidence, require_prevalence
from adscreen.scoring.subjects import writing_subjects
from adscreen.studies.conformal_table import ConformalRow, judge_sets
from adscreen.studies.lock import Choices, Lock, read_lock
from adscreen.studies.lock_check import LockCheck, check_lock
from adscreen.studies.runs import check_free, new_run
from adscreen.studies.scores import open_model, settings_of
from adscreen.studies.sources import open_cohort
from adscreen.studies.tested import Tested, match_labels
from adscreen.writing import count, write_csv, write_json

LOCK = "lock.json"
RECALIBRATION = "recalibration.json"
SHOWN = ("auc", "sensitivity", "specificity", "observed_minus_expected", "calibration_intercept", "calibration_slope")
WARNING = (
    "These recalibrations were fitted on this cohort: their figures here are too good, and another cohort is needed to "
    "check them. No score of this run uses them."
)


@dataclass(frozen=True, repr=False)
class Validation:
    """The outcome of ``validate``: a frozen model's measures on a cohort that it did not learn from."""

    tested: Tested
    table: FeatureTable
    found: FrozenEvaluation
    settings: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    lock: LockCheck | None = None

    def __repr__(self) -> str:
        """Say what was validated, and its AUC."""
        level = self.found.evaluation.leading
        auc = self.found.evaluation.metric("auc", level=level)
        return f"<Validation of a frozen model, by {level}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})>"

    @property
    def metrics(self) -> pd.DataFrame:
        """Every measure with its intervals, and how many rows of each label it stands on (metrics.csv)."""
        return self.frames["metrics"]

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Every probability that the measures stand on: one row per recording (predictions.csv)."""
        return predictions_frame(self.table, self.found.evaluation)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per recording of the cohort, scored or with the reason why not (scores.csv)."""
        carried = Carried.of(self.tested.recordings)
        pairs = zip(self.tested.reports, self.tested.recordings, strict=True)
        return carried.frame(carried.values(report.score, recording) for report, recording in pairs)

    @cached_property
    def certificate(self) -> Certificate:
        """What of the cohort the model had met in training (certificate.json)."""
        left_out = len(self.tested.reports) - len(self.tested.apart)
        texts = TextsInTraining(copies=0.0, near_copies=self.tested.near_copies)  # a copy is left out as its speaker is
        return certify_frozen(self.table, tested=len(self.predictions), left_out=left_out, texts=texts)

    @cached_property
    def recalibration(self) -> dict[str, Any]:
        """What a recalibration on this cohort would change (recalibration.json); it is not applied."""
        known = ("model_digest", "manifest", "positive", "negative", "threshold")
        return {
            "warning": WARNING,
            "formula": "logit(p') = intercept + slope * logit(p), natural logarithm",
            **{name: self.settings.get(name) for name in known},
            "recordings": len(self.predictions),
            "subjects": int(self.predictions["subject_id"].nunique()),
            "intervals_over": "clusters" if self.certificate.clusters else "subjects",
            "recalibrations": [asdict(row) for row in self.found.recalibrations],
        }

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every table of the validation but the predictions, by the stem of its file."""
        frames = evaluation_frames([self.found.evaluation])
        frames["metrics"] = self._with_counts(frames["metrics"])
        used = np.sort(self.found.evaluation.folds[0].rows)
        own = self.table.rows(used)
        described = describe_cohort(own, lengths=(own.inputs["words"], own.inputs["sentences"]))
        flow = self.tested.flow(self.settings.get("where"), (self.table.negative, self.table.positive))
        return (
            frames
            | cohort_frames(described, flow)
            | {
                "predictive_values": as_frame(self.found.predictive, PredictiveRow),
                "abstentions": as_frame(self.found.abstentions, AbstentionRow),
                "recalibration": as_frame(self.found.recalibrations, RecalibrationRow),
            }
            | ({"conformal_sets": as_frame(self._judge_sets(), ConformalRow)} if self.settings["confidence"] else {})
        )

    def _judge_sets(self) -> list[ConformalRow]:
        """Return whether the conformal sets of the scored recordings hold their label."""
        scores = pd.DataFrame([asdict(self.tested.reports[number].score) for number in self.tested.apart])
        scored = scores["conformal_set"].ne("").to_numpy()
        labels = self.table.negative, self.table.positive
        cases, groups = self.table.cases[scored], self.table.groups[scored]
        return list(judge_sets(scores[scored], cases=cases, groups=groups, labels=labels))

    def _with_counts(self, metrics: pd.DataFrame) -> pd.DataFrame:
        """Return the measures with the number of recordings, or subjects, of each label that they stand on."""
        counts = {
            "recording": self.predictions["label"],
            "subject": self.predictions.drop_duplicates("subject_id")["label"],
        }
        named = {"negative": self.table.negative, "positive": self.table.positive}
        for side, label in named.items():
            by_level = {level: int((labels == label).sum()) for level, labels in counts.items()}
            metrics = metrics.assign(**{side: metrics["level"].map(by_level)})
        return metrics

    @cached_property
    def notes(self) -> list[str]:
        """Sentences on what the figures stand on."""
        return [*self.lock_notes, *self.tested.cohort.notes, *self.remarks, *self._count()]

    @cached_property
    def lock_notes(self) -> list[str]:
        """What is said first where there is a lock: whether it holds, what changed, and the primary measure."""
        if self.lock is None:
            return []
        chosen = self.lock.lock.analysis
        rows = self.found.evaluation.metrics
        row = next((row for row in rows if (row.measure, row.level) == (chosen.primary, chosen.level)), None)
        figure = _written(row) if row else "not measured"
        return [*self.lock.notes, f"Primary measure as locked: {chosen.primary} by {chosen.level} {figure}."]

    def _count(self) -> Iterator[str]:
        steps = {row.step: row for row in self.tested.flow(None, (self.table.negative, self.table.positive))}
        used = steps["used"]
        clusters = f", cluster_low, cluster_high over {self.certificate.clusters} clusters" * bool(
            self.certificate.clusters
        )
        yield f"low, high: 95% interval over {used.subjects} subjects{clusters}."
        yield f"{used.recordings} of {len(self.tested.reports)} recordings were scored and are measured."
        for result, reasons in sorted(self.tested.reasons.items()):
            yield f"{reasons.total()} {result}: {list_reasons(reasons)}."
        if steps["in_training"].recordings:
            yield f"{count(steps['in_training'].recordings, 'recording')} of training subjects left out."
        for row in self._judge_sets() if self.settings["confidence"] else ():
            held = f"{row.held:.3f} ({row.held_low:.3f} to {row.held_high:.3f})"
            what = f"the set holds the label of a share of {held} of {row.subjects} subjects"
            yield f"{row.label}, at {row.confidence:.0%} confidence: {what}; {row.decided:.0%} are decided."
        yield f"{RECALIBRATION} says what a recalibration on this cohort would change; it is not applied."

    def show(self) -> pd.DataFrame:
        """Return a few measures for people: one row per measure, the level that leads before the other."""
        rows = []
        found = {row.level for row in self.found.evaluation.metrics}
        levels = [level for level in LEVELS if level in found]
        levels.sort(key=lambda level: level != self.found.evaluation.leading)
        for name in SHOWN:
            by_level = {level: self.found.evaluation.metric(name, level=level) for level in levels}
            rows.append(
                {"measure": name.replace("_", " ")} | {f"by {level}": _written(row) for level, row in by_level.items()}
            )
        return pd.DataFrame(rows)

    def report(self, path: str | Path) -> Path:
        """Write the page of the validation (HTML) to ``path``; return it.

        Raises:
            InputError: the file exists, or cannot be written.
        """
        return write_page(self._assemble(), Path(path))

    def save(self, out: str | Path, *, force: bool = False) -> Path:
        """Write the run folder that ``adscreen validate`` writes: scores, tables, report, certificate, run.json.

        Raises:
            InputError: ``out`` holds something, or cannot be written.
        """
        with new_run(Path(out), force=force, command="validate", settings=self.settings) as folder:
            for stem, frame in (self.frames | {"predictions": self.predictions}).items():
                if stem != "recalibration":
                    write_csv(frame, folder / f"{stem}.csv")
            content = {stem: frame.to_dict("records") for stem, frame in self.frames.items()}
            write_json(content | {"notes": self.notes}, folder / "metrics.json")
            write_json(self.recalibration, folder / RECALIBRATION)
            if self.lock is not None:
                write_json(asdict(self.lock.lock), folder / LOCK)
            self._write_scores(folder)
            write_report(self._assemble(), folder)
        return Path(out)

    def _write_scores(self, folder: Path) -> None:
        recordings = self.tested.recordings
        with writing_scores(folder, Carried.of(recordings)) as write_row, writing_subjects(folder) as join_row:
            for report, recording in zip(self.tested.reports, recordings, strict=True):
                write_row(report.score, recording)
                join_row(report.score)

    def _assemble(self) -> Any:
        frames = self.frames | {"predictions": self.predictions}
        return assemble_report(frames, self.settings, self.certificate, synthetic=self.table.synthetic)


def validate(
    model: ScreeningModel | TrainedModel | str | Path,
    source: Cohort | pd.DataFrame | str | Path,
    *,
    bilm: str | Path | None = None,
    parser: str | None = None,
    language: str | Path | None = None,
    engine: EngineChoice = NUMPY,
    cache: str | Path | None = None,
    minimum_words: int | None = None,
    allow_out_of_scope: bool = False,
    prevalence: float | None = None,
    confidence: float | None = None,
    lock: str | Path | None = None,
    strict: bool = False,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress = HIDDEN,
    **arguments: Unpack[ReadingArguments],
) -> Validation:
    """Test a frozen model on a labelled cohort: nothing is fitted, tuned or chosen on it.

    The cohort has the model's two labels; where ``positive`` (or that of the Cohort) names another label, that
    is taken for the model's case. Recordings are scored as ``score`` does. Those of training subjects are left out.

    Args:
        model: a model, or the folder of one.
        source: a Cohort, a manifest's path or a data frame.
        bilm: the folder of training's biLM, unless that was the bundled one.
        parser: training's spaCy pipeline, where it lies elsewhere now.
        language: the language file of training, of a model that is not for English.
        cache: a folder that keeps what was read, so that the next run is quick. It holds transcript text.
        minimum_words: the fewest words that are scored; None is the fewest of a training recording.
        allow_out_of_scope: score recordings unlike those of training too.
        prevalence: the share of cases among those who would be screened, for predictive values.
        confidence: ask for conformal sets at this confidence, such as 0.9, and whether they hold the labels.
        lock: the file of ``adscreen lock``: whether it holds is checked first, and said on the page and in run.json.
        strict: refuse to validate where the lock does not hold.
        seed: kept with the run; no figure of a validation is drawn at random.
        jobs: processes; changes no result.
        arguments: how a manifest is read, as ``read_cohort`` takes it: ``where``, ``positive``, ``same_id`` ...

    Raises:
        InputError: the model, the cohort or the lock cannot be read, ``strict`` and the lock does not hold, a label is
            not one of the model's, every subject was in training, no recording of a label has a score, the biLM or
            parser is not the model's, or the prevalence or the confidence cannot be used.

    >>> validate("model", "other_clinic.csv").metrics  # doctest: +SKIP
    """
    require_prevalence(prevalence)
    require_confidence(confidence)
    reading = Reading(**arguments)
    locked = _read_lock(lock, source, strict=strict)
    trained, folder = open_model(model)
    choices = Choices(prevalence, confidence, minimum_words, allow_out_of_scope)
    checked = None
    if locked:
        own: dict[str, Any] = {"reading": reading, "choices": choices, "strict": strict}
        checked = check_lock(locked, trained, Path(str(source)), **own)
    progress.notes(checked.notes if checked else [])
    grouped = trained.manifest.provenance.get("label_groups", {})
    cohort = _read(source, reading, known=[name for names in grouped.values() for name in names])
    labels, remarks = match_labels(
        cohort, negative=trained.manifest.negative_label, positive=trained.manifest.positive_label
    )
    recordings = tuple(cohort.recordings)
    if not reading.same_id:
        remarks += may_be_in_training(trained, recordings)
    _check_anybody(trained, recordings, same_id=reading.same_id, where=cohort.path.name)
    given: dict[str, Any] = {"bilm": bilm, "parser": parser, "language": language, "engine": engine, "cache": cache}
    settings = settings_of(trained, **given)
    options = ScoreOptions(
        minimum_words=minimum_words,
        confidence=confidence,
        allow_training_subjects=True,  # they are left out of the measures, and counted
        allow_out_of_scope=allow_out_of_scope,
        same_id=reading.same_id,
    )
    check_scoring(trained, recordings, settings, options)
    progress.notes([*cohort.notes, *remarks])
    reports = _score(trained, recordings, settings, options, jobs=jobs, progress=progress)
    tested = Tested(cohort, recordings, reports, labels)
    table = tested.table(
        extract_provenance(settings), (trained.manifest.negative_label, trained.manifest.positive_label)
    )
    scores = tested.scores(trained)
    _check_scored(table, scores, where=cohort.path.name)
    study = StudySettings(seed=seed)
    made: dict[str, Any] = {"lock": checked.settings()} if checked else {}
    made |= {"model": folder, "model_digest": trained.digest, "manifest": cohort.path}
    made |= reading.arguments() | {"positive": table.positive, "negative": table.negative, "labels": dict(labels)}
    made |= {"threshold": scores.threshold, "minimum_words": minimum_words, "allow_out_of_scope": allow_out_of_scope}
    made |= {"prevalence": prevalence, "confidence": confidence, "seed": seed, "protocols": ["validate"]}
    made |= {"provenance": table.provenance}
    found = evaluate_frozen(table, scores, study, prevalence=prevalence)
    return Validation(tested, table, found, made, tuple(remarks), checked)


def run_validation(
    model_dir: Path,
    manifest: Path,
    out: Path,
    *,
    reading: Reading = AS_WRITTEN,
    force: bool = False,
    **options: Any,
) -> Validation:
    """Validate a model on the cohort of a manifest and write the run folder; ``options`` are those of ``validate``."""
    check_free(out, force=force)
    found = validate(model_dir, manifest, **options, **reading.arguments())
    found.save(out, force=force)
    return found


def _read_lock(lock: str | Path | None, source: object, *, strict: bool) -> Lock | None:
    """Return the lock, None where none is given; raises InputError where it, or what it is for, cannot be used."""
    if lock is None:
        if strict:
            raise InputError("there is no lock", where="strict=", remedy="give the file of `adscreen lock` with lock=")
        return None
    if not isinstance(source, str | Path):
        raise InputError("needs a manifest's file", where="lock=", remedy="give the path of the manifest")
    return read_lock(Path(lock))


def _read(source: Cohort | pd.DataFrame | str | Path, reading: Reading, *, known: Sequence[str]) -> Cohort:
    if isinstance(source, pd.DataFrame):
        return read_cohort(source, **reading.arguments())
    return open_cohort(source, reading) if isinstance(source, Cohort) else reading.read(Path(source), known=known)


def _check_anybody(model: TrainedModel, recordings: Sequence[Recording], *, same_id: bool, where: str) -> None:
    """Raise InputError where every subject was in training: before transcripts are read."""
    if all(in_training(model, recording, same_id=same_id) for recording in recordings):
        remedy = "validate on people whom the model did not learn from"
        raise InputError("every subject was in training", where=where, remedy=remedy)


def _check_scored(table: FeatureTable, scores: FrozenScores, *, where: str) -> None:
    """Raise InputError where no recording of a label has a score."""
    scored = table.cases[np.isfinite(scores.probabilities)]
    for value, label in enumerate((table.negative, table.positive)):
        if value not in scored:
            what = f"no recording of {label!r} has a score, of {int((table.cases == value).sum())} whose subject is new"
            raise InputError(what, where=where, remedy="see the reasons with `adscreen score` on the same manifest")


def _score(
    model: TrainedModel,
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    options: ScoreOptions,
    *,
    jobs: int,
    progress: Progress,
) -> tuple[RecordingReport, ...]:
    """Return the report of each recording without its words and features, which no measure needs."""
    advance = progress.task("Scoring", len(recordings))
    reports = stream_reports(model, recordings, settings, options, jobs=jobs, progress=advance)
    return tuple(replace(report, sentences=(), features=(), sentence_effects=()) for report in reports)


def _written(row: MetricRow) -> str:
    if not np.isfinite(row.value):
        return "–"
    low, high = (row.cluster_low, row.cluster_high) if np.isfinite(row.cluster_low) else (row.low, row.high)
    return f"{row.value:.3f} ({low:.3f} to {high:.3f})"
