"""Model + recordings -> Scores: reports as they come, a table of scores, or the folder of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.cohort import Recording
from adscreen.cohort.reading import Reading, ReadingArguments
from adscreen.extract.extraction import ExtractSettings
from adscreen.language import read_language
from adscreen.model.screening_model import ScreeningModel
from adscreen.model.trained_model import TrainedModel, load_model
from adscreen.progress import HIDDEN, Progress
from adscreen.records import Transcript
from adscreen.report.recording.cached_pages import keep_pages
from adscreen.report.recording.pages import render_recording, write_reports
from adscreen.scoring.carried import Carried
from adscreen.scoring.inputs import Named
from adscreen.scoring.judged import model_facts
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.score_files import writing_scores
from adscreen.scoring.scoring import (
    AS_TRAINED,
    ScoreOptions,
    check_scoring,
    may_be_in_training,
    model_settings,
    stream_reports,
)
from adscreen.scoring.stored_reports import REPORTS, writing_reports
from adscreen.scoring.strictness import refuse_incomplete
from adscreen.scoring.subjects import writing_subjects
from adscreen.studies.feature_run import language_record
from adscreen.studies.runs import new_run
from adscreen.studies.sources import Source, name_recordings

PAGES = "report"


@dataclass(frozen=True, repr=False)
class Scores:
    """Scores that are computed as they are taken, so that memory does not grow with the cohort.

    Each pass (a loop, ``to_pandas``, ``save``) scores the recordings again; with a cache the second one is quick.
    ``about`` is what run.json says of the model, its inputs and options.
    """

    model: TrainedModel
    recordings: Sequence[Recording]
    settings: ExtractSettings
    options: ScoreOptions = AS_TRAINED
    about: Mapping[str, Any] = field(default_factory=dict)
    jobs: int = 1
    progress: Progress = HIDDEN

    def __len__(self) -> int:
        return len(self.recordings)

    def __repr__(self) -> str:
        """Say how many recordings there are; none is scored for it."""
        return f"<Scores of {len(self)} recordings, threshold {self.model.manifest.threshold:.3f}>"

    def __iter__(self) -> Iterator[RecordingReport]:
        """Yield one report per recording, in order; ``report.score`` is its row."""
        advance = self.progress.task("Scoring", len(self))
        return stream_reports(
            self.model, self.recordings, self.settings, self.options, jobs=self.jobs, progress=advance
        )

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per recording with the columns of scores.csv; a number that is not defined is NaN."""
        carried = Carried.of(self.recordings)
        return carried.frame(carried.values(report.score, recording) for report, recording in self._pairs())

    def _pairs(self) -> Iterator[tuple[RecordingReport, Recording]]:
        """Yield each report with its recording, which says what the manifest does."""
        yield from zip(self, self.recordings, strict=True)

    def save(self, out: str | Path, *, pages: bool = True, force: bool = False, strict: bool = False) -> Path:
        """Write the run folder that `adscreen score` writes, whole or not at all; return it.

        It holds scores.csv, scores.parquet, scores.json, subjects.csv (visits joined), reports.jsonl.gz (what pages are
        made of, words included), run.json and, unless ``pages`` is False, the pages in report/. ``force`` replaces a
        run that is there.

        Raises:
            InputError: the folder is taken, or cannot be written; or ``strict``, and a recording has no score or its
                transcript a diagnostic.
        """
        with new_run(Path(out), force=force, command="score", settings=self.about) as folder:
            written = self._writing(folder, refuse_incomplete(self) if strict else self)
            if pages:
                self._write_pages(written, folder / PAGES)
            else:
                for _ in written:
                    pass
        return Path(out)

    def _writing(self, folder: Path, reports: Iterable[RecordingReport]) -> Iterator[RecordingReport]:
        """Pass reports on, writing the row and the report of each."""
        with ExitStack() as files:
            write_row = files.enter_context(writing_scores(folder, Carried.of(self.recordings)))
            write_report = files.enter_context(writing_reports(folder / REPORTS))
            join_row = files.enter_context(writing_subjects(folder))
            for report, recording in zip(reports, self.recordings, strict=True):
                write_row(report.score, recording)
                join_row(report.score)
                write_report(report)
                yield report

    def _write_pages(self, reports: Iterator[RecordingReport], folder: Path) -> None:
        manifest, cache = self.model.manifest, self.settings.cache
        write_reports(
            reports,
            folder,
            model=model_facts(self.model),
            positive_label=manifest.positive_label,
            negative_label=manifest.negative_label,
            render=keep_pages(cache) if cache else render_recording,
        )


def score(
    model: ScreeningModel | TrainedModel | str | Path,
    source: Source | Sequence[Transcript] | Named,
    *,
    bilm: str | Path | None = None,
    parser: str | None = None,
    language: str | Path | None = None,
    engine: EngineChoice = NUMPY,
    cache: str | Path | None = None,
    minimum_words: int | None = None,
    prevalence: float | None = None,
    confidence: float | None = None,
    sentence_effects: bool = False,
    allow_training_subjects: bool = False,
    allow_out_of_scope: bool = False,
    jobs: int = 1,
    progress: Progress = HIDDEN,
    **arguments: Unpack[ReadingArguments],
) -> Scores:
    """Score recordings that the model has not seen: every one gets a row, with a score or the reason why not.

    What can be refused is refused here; the scoring itself happens as the scores are taken.

    Args:
        model: a model, or the folder of one.
        source: a Cohort; a manifest, transcripts or folders, as one path or several; Transcript records; or what
            ``name_recordings`` read of these.
        bilm: the folder of training's biLM, unless that was the bundled one.
        parser: training's spaCy pipeline, where it lies elsewhere now.
        language: the language file of training, which says where its biLM and parser lie.
        cache: a folder that keeps what was read, so that the next run is quick. It holds transcript text.
        minimum_words: the fewest words that are scored; None is the fewest of a training recording.
        prevalence: the share of cases among those who are screened, for what a result means (PPV, NPV, and the
            probability moved to it).
        confidence: ask for the set of labels that cannot be ruled out at this confidence, such as 0.9; a set of both
            or of neither is no decision.
        sentence_effects: also score each recording without each of its sentences (several times the time).
        allow_training_subjects: score people and speech that the model learned from too, and mark them; without it
            their result is ``in_training``.
        allow_out_of_scope: score recordings unlike those of training too, and mark them.
        jobs: processes; changes no result.
        arguments: how a manifest is read, as ``read_cohort`` takes it: ``where``, ``missing``, ``participant`` ...;
            with ``same_id`` ids of training subjects that differ in leading zeros alone are one too.

    Raises:
        InputError: the model or the source cannot be read, the biLM or parser is not the model's, or the prevalence
            or the confidence cannot be used.

    >>> scores = score("model", "held_out.csv")  # doctest: +SKIP
    >>> scores.to_pandas()[["recording_id", "result", "probability"]]  # doctest: +SKIP
    """
    reading = Reading(**arguments)
    options = ScoreOptions(
        minimum_words=minimum_words,
        prevalence=prevalence,
        confidence=confidence,
        sentence_effects=sentence_effects,
        allow_training_subjects=allow_training_subjects,
        allow_out_of_scope=allow_out_of_scope,
        same_id=reading.same_id,
    )
    named = name_recordings(source, reading)
    trained, folder = open_model(model)
    given: dict[str, Any] = {"bilm": bilm, "parser": parser, "language": language, "engine": engine, "cache": cache}
    settings = settings_of(trained, **given)
    notes = [] if reading.same_id else may_be_in_training(trained, named.recordings)
    progress.notes([*named.notes, *notes])
    check_scoring(trained, named.recordings, settings, options)
    about: dict[str, Any] = {"model": folder, "model_digest": trained.digest, "inputs": named.inputs}
    about |= reading.arguments() | language_record(settings)
    if "other_language" in trained.manifest.provenance:
        about["other_language_in_training"] = trained.manifest.provenance["other_language"]
    about |= asdict(options) | {"passed_over": named.passed_over}
    return Scores(trained, named.recordings, settings, options, about, jobs, progress)


def open_model(model: ScreeningModel | TrainedModel | str | Path) -> tuple[TrainedModel, Path | None]:
    """Return the model, and its folder where it comes from one."""
    if isinstance(model, TrainedModel):
        return model, None
    if isinstance(model, ScreeningModel):
        return model.trained, None
    return load_model(Path(model)), Path(model)


def settings_of(
    model: TrainedModel,
    *,
    bilm: str | Path | None,
    parser: str | None,
    language: str | Path | None,
    engine: EngineChoice,
    cache: str | Path | None,
) -> ExtractSettings:
    """Return the extraction settings of a model, with what a call says of where its parts lie.

    Raises:
        InputError: the language file cannot be read, or is not that of training.
    """
    file = None if language is None else read_language(Path(language))
    return model_settings(model, _as_path(bilm), parser=parser, file=file, engine=engine, cache=_as_path(cache))


def _as_path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)
