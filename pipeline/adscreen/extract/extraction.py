"""Cohort -> FeatureTable: reads each transcript, runs the frozen biLM, computes the linguistic features.

Recordings are read in chunks, in parallel where asked; a recording's row depends on that recording alone, so that a
cache may hold it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.bilm.engine import Reading
from adscreen.bilm.engines import NUMPY, EngineChoice, Reader, load_engine, threads_of_one
from adscreen.bilm.format import BiLMFiles, read_bilm
from adscreen.cohort import Cohort, Recording
from adscreen.errors import InputError
from adscreen.extract.cache import Cache, open_cache
from adscreen.extract.feature_table import (
    GROUP,
    INTERVIEWER_TOKENS,
    SENTENCE_WORDS,
    SENTENCES,
    STATES,
    TOKENS,
    FeatureTable,
)
from adscreen.extract.perplexity import SentencePerplexity, sentence_perplexity, summarise_perplexity
from adscreen.extract.row import Extracted as Extracted
from adscreen.extract.row import pack_row, recording_key, unpack_row
from adscreen.extract.usable import REFUSE, Rule, Unusable, check_usable, find_unusable
from adscreen.features import FAMILIES, SET_VERSION, compute_features
from adscreen.features.coherence import Vectors, sentence_vectors
from adscreen.features.norms import NormFile, stored_norms
from adscreen.features.tasks import Task, bundled_tasks, find_task
from adscreen.ingest import read_recording
from adscreen.language import ENGLISH, Language, mark_fillers
from adscreen.parser import BUNDLED, load_parser
from adscreen.records import Sentence, Transcript
from adscreen.speech import participant_utterances, split_sentences, spoken_tokens
from adscreen.version import __version__

CHUNK = 32
AHEAD = 4  # chunks a process, that processes may be ahead
POOLINGS = ("mean", "mean+max")

Vector = NDArray[np.float64]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """What decides a row: the biLM folder, the layer, the pooling over words, and the view read (of CLEANINGS).

    ``layer`` is ``mean``, a number (0 the token layer) or one weight a layer (``0.2,0.3,0.5``); ``pooling`` is ``mean``
    or ``mean+max``. ``parser`` names the parser (``load_parser``), ``tasks`` are the task files known, ``norms`` the
    files of word norms (``read_norms``), ``language`` the word lists of a language. The engine
    decides rounding alone; ``cache`` is the folder of a cache, which decides nothing.
    """

    bilm: Path
    layer: str = "mean"
    view: str = "spoken"
    pooling: str = "mean"
    parser: str = BUNDLED
    tasks: tuple[Task, ...] = field(default_factory=bundled_tasks)
    norms: tuple[NormFile, ...] = ()
    language: Language = ENGLISH
    engine: EngineChoice = NUMPY
    cache: Path | None = None


def extract_recordings(
    recordings: Sequence[Recording],
    settings: ExtractSettings,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Extracted]:
    """Yield one Extracted a recording, in order. An unreadable transcript is a row with its reason.

    Raises:
        InputError: the biLM or the parser is missing or damaged.
    """
    bilm_files(settings.bilm)
    load_parser(settings.parser, language=settings.language)
    if settings.cache:
        open_cache(settings.cache)
    yield from map_chunks(partial(extract_chunk, settings=settings), recordings, jobs=jobs, progress=progress)


def map_chunks(
    work: Callable[..., list[Row]],
    recordings: Sequence[Recording],
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Row]:
    """Yield the rows of ``work(chunk, threads=...)`` for each chunk of recordings, in order, in ``jobs`` processes.

    Processes are a bounded number of chunks ahead of whoever takes the rows, so that rows do not pile up.
    """
    from joblib import Parallel, delayed

    starts = range(0, len(recordings), CHUNK)
    jobs = min(jobs, max(1, len(starts)))
    task = partial(work, threads=threads_of_one(jobs))
    workers = Parallel(n_jobs=jobs, return_as="generator")
    for first in range(0, len(starts), AHEAD * jobs):
        chunks = (recordings[start : start + CHUNK] for start in starts[first : first + AHEAD * jobs])
        for rows in workers(delayed(task)(chunk) for chunk in chunks):
            if progress:
                progress(len(rows))
            yield from rows


def extract_chunk(
    recordings: Sequence[Recording], settings: ExtractSettings, *, threads: int = 2, keep_readings: bool = False
) -> list[Extracted]:
    """Read and measure a few recordings, or take them from the cache; rows with readings are always measured."""
    if settings.cache is None or keep_readings:
        return measure_chunk(recordings, settings, threads=threads, keep_readings=keep_readings)
    cache, provenance = Cache(settings.cache), extract_provenance(settings)
    keys = [recording_key(recording, **provenance) for recording in recordings]
    stored = [cache.read(key) if key else None for key in keys]
    missing = [recording for recording, content in zip(recordings, stored, strict=True) if content is None]
    measured = iter(measure_chunk(missing, settings, threads=threads) if missing else ())
    rows = []
    for recording, key, content in zip(recordings, keys, stored, strict=True):
        rows.append(unpack_row(recording, content) if content else next(measured))
        if key and not content and rows[-1].transcript:
            cache.write(key, pack_row(rows[-1]))
    return rows


def measure_chunk(
    recordings: Sequence[Recording], settings: ExtractSettings, *, threads: int = 2, keep_readings: bool = False
) -> list[Extracted]:
    """Read and measure a few recordings; the biLM reads their sentences together."""
    bilm = load_bilm(settings.bilm, settings.engine, threads=threads)
    read = [_read(recording, settings.language) for recording in recordings]
    sentences = [_sentences(item, view=settings.view) if isinstance(item, Transcript) else () for item in read]
    flat = [sentence for of_recording in sentences for sentence in of_recording]
    readings = iter(bilm.read([sentence.tokens for sentence in flat], log_probabilities=True))
    rows = []
    for recording, item, own in zip(recordings, read, sentences, strict=True):
        if isinstance(item, Transcript):
            of_recording = [next(readings) for _ in own]
            task = find_task(item.task, settings.tasks)
            reference = reference_vectors(task, settings.bilm, settings.engine, threads=threads)
            row = _measure(recording, item, own, of_recording, settings, reference=reference)
            rows.append(replace(row, readings=of_recording, reference=reference) if keep_readings else row)
        else:
            rows.append(Extracted(recording, None, {}, [], unreadable=item))
    return rows


def leave_out_each(row: Extracted, settings: ExtractSettings) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number of each sentence, and the recording's inputs were it not there: as if measured anew.

    The row holds its readings: the biLM reads a sentence whatever is beside it. Sentences without words are passed
    over, and so is the only one that holds any.
    """
    assert row.transcript is not None
    spoken = [score.index for score in row.sentences if score.words]
    for number, utterance in enumerate(participant_utterances(row.transcript)):
        if number in spoken and len(spoken) > 1:
            others = tuple(other for other in row.transcript.utterances if other is not utterance)
            transcript = replace(row.transcript, utterances=others)
            readings = [*row.readings[:number], *row.readings[number + 1 :]]
            sentences = _sentences(transcript, view=settings.view)
            yield (
                number,
                _measure(row.recording, transcript, sentences, readings, settings, reference=row.reference).inputs,
            )


@lru_cache(maxsize=2)
def bilm_files(folder: Path) -> BiLMFiles:
    """Return the biLM of a folder, read once a process.

    Raises:
        InputError: it is missing or damaged.
    """
    return read_bilm(folder)


@lru_cache(maxsize=2)
def load_bilm(folder: Path, engine: EngineChoice = NUMPY, *, threads: int = 2) -> Reader:
    """Return an engine with the biLM of a folder, loaded once a process.

    Raises:
        InputError: the biLM is missing or damaged, or what the engine needs is not installed.
    """
    return load_engine(folder, engine, files=bilm_files(folder), threads=threads)


@lru_cache(maxsize=16)
def reference_vectors(
    task: Task | None, folder: Path, engine: EngineChoice = NUMPY, *, threads: int = 2
) -> Vectors | None:
    """Return the vectors of a task's reference, read once a process; None where there is nothing to compare with."""
    if task is None or not task.reference:
        return None
    bilm = load_bilm(folder, engine, threads=threads)
    return sentence_vectors([reading.layers for reading in bilm.read(task.reference)])


def _read(recording: Recording, language: Language) -> Transcript | str:
    read = read_recording(recording)
    return mark_fillers(read, language) if isinstance(read, Transcript) else read


def _sentences(transcript: Transcript, *, view: str) -> tuple[Sentence, ...]:
    """Return the sentences; one without words where every utterance is excluded."""
    return split_sentences(transcript, view=view) or (Sentence(transcript.recording_id, 0, ()),)


def _measure(
    recording: Recording,
    transcript: Transcript,
    sentences: Sequence[Sentence],
    readings: Sequence[Reading],
    settings: ExtractSettings,
    *,
    reference: Vectors | None,
) -> Extracted:
    scores = [sentence_perplexity(sentence, reading) for sentence, reading in zip(sentences, readings, strict=True)]
    vector = pool_layers(readings, layer=settings.layer, pooling=settings.pooling)
    inputs: dict[str, Any] = {
        TOKENS: [token.lower() for sentence in sentences for token in sentence.tokens],
        SENTENCES: [float(np.log(score.joint)) for score in scores if score.words],
        SENTENCE_WORDS: [len(sentence.tokens) for sentence in sentences],
        STATES: np.concatenate([reading.layers[-1] for reading in readings]).astype(np.float16),
        GROUP: f"subject {recording.subject_id}",
        INTERVIEWER_TOKENS: _other_words(transcript),
    }
    inputs.update({f"elmo.{number:04d}": float(value) for number, value in enumerate(vector)})
    inputs.update({f"perplexity.{name}": value for name, value in summarise_perplexity(scores).items()})
    vectors = sentence_vectors([reading.layers for reading in readings])
    parser = load_parser(settings.parser, language=settings.language)
    inputs.update(
        compute_features(
            transcript,
            parser,
            tasks=settings.tasks,
            norms=settings.norms,
            vectors=vectors,
            reference=reference,
            language=settings.language,
        )
    )
    return Extracted(recording, transcript, inputs, scores)


def _other_words(transcript: Transcript) -> list[str]:
    """Return the words of everybody but the participant, in lower case."""
    others = (utterance for utterance in transcript.utterances if utterance.speaker != transcript.participant)
    return [token.lower() for utterance in others for word in utterance.words for token in spoken_tokens(word)]


def layer_weights(layer: str, *, n_layers: int) -> tuple[float, ...]:
    """Return the weight of the token layer and of each LSTM layer.

    ELMo's scalar mix (Peters et al. 2018, eq. 1) is such a list: its gamma times the softmax of its s, written out.

    Raises:
        InputError: there is no such layer, or the weights are not one finite number a layer.

    >>> layer_weights("2", n_layers=2)
    (0.0, 0.0, 1.0)
    """
    if layer == "mean":
        return (1 / (n_layers + 1),) * (n_layers + 1)
    if "," not in layer and layer in map(str, range(n_layers + 1)):
        return tuple(float(number == int(layer)) for number in range(n_layers + 1))
    try:
        weights = tuple(map(float, layer.split(",")))
    except ValueError:
        weights = ()
    if "," in layer and len(weights) == n_layers + 1 and all(map(math.isfinite, weights)) and any(weights):
        return weights
    remedy = f"use mean, 0 to {n_layers}, or {n_layers + 1} weights: {','.join(['0.5'] * (n_layers + 1))}"
    raise InputError(f"no layer {layer!r}", where="layer=", remedy=remedy)


def pool_layers(readings: Sequence[Reading], *, layer: str = "mean", pooling: str = "mean") -> Vector:
    """Return one vector of a recording from its layers' mix: NaN where it has no word.

    ``mean`` (2P,) is the mean over its words; ``mean+max`` (4P,) adds the mean over its sentences of the largest value
    that each number takes in the sentence.
    """
    weights = layer_weights(layer, n_layers=len(readings[0].layers) - 1)
    mixed = [_mix(reading.layers, weights) for reading in readings]  # (n, 2P) a sentence
    spoken = [words for words in mixed if len(words)]
    if not spoken:
        return np.full(mixed[0].shape[1] * (1 + (pooling == "mean+max")), np.nan)
    mean: Vector = np.concatenate(spoken).mean(axis=0)
    if pooling == "mean":
        return mean
    largest: Vector = np.stack([words.max(axis=0) for words in spoken]).mean(axis=0)
    return np.concatenate([mean, largest])


def _mix(layers: NDArray[np.float32], weights: Sequence[float]) -> Vector:
    mixed = np.zeros(layers.shape[1:])
    for layer, weight in zip(layers, weights, strict=True):
        if weight:
            mixed += weight * layer.astype(np.float64)
    return mixed


def extract_cohort(
    cohort: Cohort,
    settings: ExtractSettings,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> FeatureTable:
    """Return the table of a cohort whose every transcript can be read.

    Raises:
        InputError: a transcript cannot be used; the line names the first one, and the error's details are all of them.
    """
    return extract_usable(cohort, settings, jobs=jobs, progress=progress)[0]


def extract_usable(
    cohort: Cohort,
    settings: ExtractSettings,
    rule: Rule = REFUSE,
    *,
    watch: Callable[[Iterator[Extracted]], Iterable[Extracted]] = iter,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> tuple[FeatureTable, tuple[Unusable, ...]]:
    """Return the table of the recordings that can be used, and the others, which the rule allows to leave out.

    ``watch`` sees the rows as they come.

    Raises:
        InputError: a recording cannot be used, and the rule does not allow to leave it out; or all of them are so.
    """
    subjects = cohort.frame()
    check_names(subjects.columns)
    rows = list(watch(extract_recordings(cohort.recordings, settings, jobs=jobs, progress=progress)))
    unusable = tuple(find_unusable(rows, rule))
    check_usable(unusable, of=len(rows), rule=rule, where=cohort.path)
    left_out = {one.recording.recording_id for one in unusable}
    kept = [number for number, row in enumerate(rows) if row.recording.recording_id not in left_out]
    table = build_table([rows[number] for number in kept], subjects.iloc[kept], settings)
    groups = {"label_groups": dict(cohort.label_groups)} if cohort.label_groups else {}
    return replace(table, labels=cohort.known_labels, provenance=table.provenance | groups), unusable


def check_names(columns: Iterable[object]) -> None:
    """Raise InputError where a column of a manifest is named as a feature would be (``lexical.mattr``)."""
    families = {*FAMILIES, "elmo", "perplexity", "doc2vec"}
    taken = next((str(name) for name in columns if str(name).partition(".")[0] in families and "." in str(name)), None)
    if taken is not None:
        what = f"column {taken!r} has the name of a feature"
        raise InputError(what, where="manifest", remedy="rename it: a dot after a family's name is adscreen's")


def build_table(rows: Sequence[Extracted], subjects: pd.DataFrame, settings: ExtractSettings) -> FeatureTable:
    """Return the table of extracted recordings; ``subjects`` has their covariates in the same order."""
    sentences = pd.DataFrame(
        [asdict(score) for row in rows for score in row.sentences],
        columns=list(SentencePerplexity.__dataclass_fields__),
    )
    table = FeatureTable(
        subjects=_with_facts(subjects.reset_index(drop=True), rows),
        inputs=pd.DataFrame([row.inputs for row in rows]),
        sentences=sentences,
        provenance=extract_provenance(settings)
        | {"transcripts": {row.recording.recording_id: row.transcript.source_digest for row in rows if row.transcript}},
    )
    return replace(table, inputs=table.inputs.assign(**{GROUP: table.groups}))


def _with_facts(subjects: pd.DataFrame, rows: Sequence[Extracted]) -> pd.DataFrame:
    """Return subjects with what their transcripts say of themselves: task, language and source_format."""
    facts = {
        name: pd.Series([getattr(row.transcript, name, None) or None for row in rows], dtype="str")
        for name in ("task", "language", "source_format")
        if name not in subjects
    }
    return subjects.assign(**facts)


def extract_provenance(settings: ExtractSettings) -> dict[str, Any]:
    """Return what a table's numbers depend on besides the transcripts."""
    files, parser = bilm_files(settings.bilm), load_parser(settings.parser, language=settings.language)
    return {
        "adscreen": __version__,
        "bilm": files.name,
        "bilm_digest": files.digest,
        "engine": settings.engine.name,
        "layer": settings.layer,
        "pooling": settings.pooling,
        "view": settings.view,
        "parser": settings.parser,
        "parser_name": parser.name,
        "parser_digest": parser.digest,
        "feature_set": SET_VERSION,
        "task_files": [task.definition for task in settings.tasks if task not in bundled_tasks()],
        "norms": stored_norms(settings.norms),
    } | settings.language.provenance()
