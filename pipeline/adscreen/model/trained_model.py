"""Training table -> TrainedModel, and its folder on disk: estimator, threshold, reference ranges, provenance.

A model folder holds model.json, estimators.skops, SHA256SUMS and a card, README.md. Digests are checked before anything
is read, and the skops file may hold only the types listed here, so a folder from elsewhere cannot run code. The card is
for people: it is written from model.json, no digest covers it, and a user may change it (a licence, a citation) or
remove it without another model coming of it.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.checksums import differing, read_sums, sums_text, write_sums
from adscreen.cohort.identity import identity_key, loose_key
from adscreen.errors import InputError
from adscreen.estimator import Stack
from adscreen.estimator.doc2vec import LEAST_COUNT
from adscreen.estimator.fusion import fit_fusion
from adscreen.estimator.study import StudySettings
from adscreen.estimator.tuning import Tuned, on_one_thread, tune
from adscreen.extract.feature_table import SENTENCES, TOKENS, FeatureTable, Fold
from adscreen.metrics import weigh_by_subject
from adscreen.model.card import CARD, write_card
from adscreen.model.held_out_rates import describe_scores
from adscreen.model.known_speech import closest_speech, speech_digest, speech_digests, speech_sketches
from adscreen.model.reference import ScoreReference
from adscreen.model.training_scope import TrainingScope, describe_scope
from adscreen.model.training_summary import TrainingSummary, summarise_training

FORMAT = 4  # 4: how visits of a subject are joined; 3: digests and sketches of training speech; 2: keys of subject ids
MODEL_FILES = ("estimators.skops", "model.json")
TRUSTED_TYPES = (
    "numpy.dtype",
    "adscreen.estimator.doc2vec.Doc2VecVectorizer",
    "adscreen.estimator.blocks.Columns",
    "adscreen.estimator.blocks.ControlShare",
    "adscreen.estimator.blocks.Reduce",
    "adscreen.estimator.blocks.UnitBlock",
    "adscreen.estimator.stack.Stack",
    "adscreen.estimator.head.HybridHead",
    "adscreen.estimator.paired.PairedPerplexity",
    "adscreen.estimator.hybrid_perplexity.HybridPerplexity",
    "adscreen.estimator.word_weights.WordWeights",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
REFERENCE_QUANTILES = (0.05, 0.5, 0.95)
SENTENCE_QUANTILES = (0.5, 0.99)
REFERENCE_FAMILIES = ("perplexity.", "lexical.", "syntactic.", "fluency.", "semantic.")


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """model.json: everything about a model that is not an array.

    ``reference`` maps a feature (ours or the user's) to the training controls' 5th, 50th and 95th percentile;
    ``sentence_reference`` holds the 50th and 99th percentile of their sentences' log-perplexity (nats).
    ``subject_digests`` are HMACs of the identity keys of subject ids under ``subject_key``, which only tell whether a
    subject is known; ``loose_subject_digests`` those of ids without leading zeros.
    ``speech_digests`` and ``speech_sketches`` (see ``known_speech``) tell whether speech is a copy of training's.
    ``visit_correlation`` and ``subject_threshold`` are for a subject's joined recordings (``metrics.visits``).
    ``scores`` and ``scope`` say how the training recordings scored when held out, and what they were like; ``training``
    is what the card says of the cohort.
    """

    format: int
    positive_label: str
    negative_label: str
    settings: dict[str, Any]
    threshold: float
    visit_correlation: float
    subject_threshold: float
    inner_auc: float
    seed: int
    minimum_words: int
    recordings: dict[str, int]
    subjects: dict[str, int]
    subject_key: str
    subject_digests: list[str]
    loose_subject_digests: list[str]
    speech_digests: list[str]
    speech_sketches: list[str]
    reference: dict[str, list[float]]
    sentence_reference: list[float]
    provenance: dict[str, Any] = field(default_factory=dict)
    scores: ScoreReference | None = None
    scope: TrainingScope | None = None
    training: TrainingSummary | None = None

    @property
    def blocks(self) -> dict[str, list[str]]:
        """The blocks of the user's own columns that the model reads, and the columns of each."""
        return dict(self.provenance.get("blocks", {}))


@dataclass(frozen=True)
class TrainedModel:
    """A trained screening model. ``spread`` are estimators each trained without one fold of the subjects.

    ``digest`` is that of its folder: of a model in memory, the one that its folder would have.
    """

    estimator: Stack
    spread: tuple[Stack, ...]
    manifest: ModelManifest
    digest: str = ""

    def knows_subject(self, subject_id: str) -> bool:
        """Return whether the subject was in training, however the id is written."""
        return subject_digest(subject_id, self.manifest.subject_key) in self.manifest.subject_digests

    def may_know_subject(self, subject_id: str) -> bool:
        """Return whether the subject, or one whose id differs in leading zeros alone, was in training."""
        return loose_subject_digest(subject_id, self.manifest.subject_key) in self.manifest.loose_subject_digests

    def knows_speech(self, words: Sequence[str]) -> bool:
        """Return whether a training recording has exactly these words; False for fewer than 5."""
        return speech_digest(words, self.manifest.subject_key) in self.manifest.speech_digests

    def closest_speech(self, words: Sequence[str]) -> float:
        """Return the estimated share of word 5-grams in common with the nearest training recording; 0 if none is."""
        return closest_speech(words, self.manifest.speech_sketches, self.manifest.subject_key)


def train_model(table: FeatureTable, study: StudySettings, *, jobs: int = 1) -> tuple[TrainedModel, Tuned]:
    """Tune on inner folds, fit on every row, and describe the training data.

    Raises:
        InputError: a class has fewer groups than folds, or the columns of a block cannot be used.
    """
    model, tuned = fit_model(table, study, jobs=jobs)
    return replace(model, digest=_digest(_sums(_files(model)))), tuned


def fit_model(table: FeatureTable, study: StudySettings, *, jobs: int = 1) -> tuple[TrainedModel, Tuned]:
    """Return the model of ``train_model`` without its digest, which takes longer than a small model's fit.

    Raises: as ``train_model`` does.
    """
    from joblib import Parallel, delayed

    table = table.with_blocks(study.blocks)
    inner = table.folds(study.inner_folds, seed=study.seed)
    tuned = tune(
        table,
        study.candidates(),
        inner=inner,
        seed=study.seed,
        rule=study.threshold_rule,
        jobs=jobs,
    )
    cases = table.cases
    everything = table.canonical_order()
    fits = [training for training, _ in table.folds(study.folds, seed=study.seed)]
    estimator, *spread = Parallel(n_jobs=jobs)(
        delayed(on_one_thread)(_fit, own, table.inputs.iloc[rows], cases[rows], study.seed)
        for own, rows in [(tuned, everything), *((_with_fusion_of(tuned, table, rows), rows) for rows in fits)]
    )
    return TrainedModel(estimator, tuple(spread), _describe(table, study, tuned, inner)), tuned


def _fit(tuned: Tuned, inputs: pd.DataFrame, cases: NDArray[np.int64], seed: int) -> Stack:
    return tuned.build(seed=seed).fit(inputs, cases)


def _with_fusion_of(tuned: Tuned, table: FeatureTable, rows: NDArray[np.intp]) -> Tuned:
    """Return what was tuned with the fusion that these training rows alone give.

    So a model without a fold differs from the whole one in its fusion as well, as one of another cohort would.
    """
    seen = rows[np.isfinite(tuned.logits[rows]).all(axis=1)]
    weights = weigh_by_subject(table.subjects["subject_id"].to_numpy(dtype=str)[seen])
    return replace(tuned, fusion=on_one_thread(fit_fusion, tuned.logits[seen], table.cases[seen], weights))


def _describe(table: FeatureTable, study: StudySettings, tuned: Tuned, inner: list[Fold]) -> ModelManifest:
    subjects = table.subjects
    ids = sorted(set(subjects["subject_id"].astype(str)))
    transcripts = table.provenance.get("transcripts", {})
    key = hashlib.sha256(json.dumps([ids, sorted(transcripts.values())]).encode()).hexdigest()
    negative, positive = table.negative, table.positive
    controls = table.inputs[table.cases == 0]
    sentences = [value for values in controls[SENTENCES] for value in values]
    read = {block for member in tuned.members for block in member.blocks}
    blocks = {name: columns for name, columns in table.blocks.items() if name in read}
    return ModelManifest(
        format=FORMAT,
        positive_label=positive,
        negative_label=negative,
        settings=tuned.settings,
        threshold=tuned.threshold,
        visit_correlation=tuned.visit_correlation,
        subject_threshold=tuned.subject_threshold,
        inner_auc=tuned.inner_auc,
        seed=study.seed,
        minimum_words=int(table.inputs[TOKENS].map(len).min()),
        recordings={label: int((subjects["label"] == label).sum()) for label in (negative, positive)},
        subjects={
            label: int(subjects.loc[subjects["label"] == label, "subject_id"].nunique())
            for label in (negative, positive)
        },
        subject_key=key,
        subject_digests=sorted({subject_digest(subject, key) for subject in ids}),
        loose_subject_digests=sorted({loose_subject_digest(subject, key) for subject in ids}),
        speech_digests=speech_digests(table.inputs[TOKENS], key),
        speech_sketches=speech_sketches(table.inputs[TOKENS], key),
        reference=_reference(controls, blocks),
        sentence_reference=[float(value) for value in np.quantile(sentences, SENTENCE_QUANTILES)],
        provenance={name: value for name, value in table.provenance.items() if name not in ("transcripts", "blocks")}
        | ({"blocks": blocks} if blocks else {})
        | {"training_digest": key},
        scores=describe_scores(table, tuned.probabilities, tuned.thresholds),
        scope=describe_scope(table, min_count=LEAST_COUNT),
        training=summarise_training(table, study, tuned, inner),
    )


def _reference(controls: pd.DataFrame, blocks: Iterable[str]) -> dict[str, list[float]]:
    """Return the controls' percentiles of each feature that any control has; ``blocks`` are the user's own."""
    families = (*REFERENCE_FAMILIES, *(f"{block}." for block in blocks))
    names = [name for name in controls if str(name).startswith(families)]
    described = controls[names].quantile(list(REFERENCE_QUANTILES))
    return {str(name): [float(value) for value in described[name]] for name in names if described[name].notna().all()}


def subject_digest(subject_id: str, key: str) -> str:
    """Return the HMAC-SHA256 of a subject id's key, which all its spellings share."""
    return _digest_of(identity_key(subject_id), key)


def loose_subject_digest(subject_id: str, key: str) -> str:
    """Return the HMAC-SHA256 of a subject id's key without leading zeros."""
    return _digest_of(loose_key(subject_id), key)


def _digest_of(name: str, key: str) -> str:
    return hmac.new(key.encode(), name.encode("utf-8", errors="surrogatepass"), "sha256").hexdigest()


def save_model(model: TrainedModel, folder: Path) -> None:
    """Write a model folder with its card; the folder must exist."""
    files = _files(model)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sums = _sums(files)
    write_sums(folder, sums)
    (folder / CARD).write_text(write_card(model.manifest, sums), encoding="utf-8", newline="\n")


def _files(model: TrainedModel) -> dict[str, bytes]:
    """Return the content of each of MODEL_FILES."""
    text = json.dumps(asdict(model.manifest), indent=2, ensure_ascii=False) + "\n"
    return {"estimators.skops": _dump([model.estimator, *model.spread]), "model.json": text.encode()}


def _sums(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(files[name]).hexdigest() for name in MODEL_FILES}


def _digest(sums: Mapping[str, str]) -> str:
    return hashlib.sha256(sums_text(sums).encode()).hexdigest()


def load_model(folder: Path) -> TrainedModel:
    """Read a model folder.

    Raises:
        InputError: it is not a model folder, a file's digest differs, or it holds a type that is not allowed.
    """
    from skops.io import get_untrusted_types, loads

    sums = _check_digests(folder)
    content = (folder / "estimators.skops").read_bytes()
    foreign = sorted(set(get_untrusted_types(data=content)) - set(TRUSTED_TYPES))
    if foreign:
        raise InputError(f"holds the type {foreign[0]}", where=str(folder), remedy="use a model that adscreen trained")
    estimator, *spread = loads(content, trusted=list(TRUSTED_TYPES))
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise InputError(
            f"model format {manifest.get('format')!r}, this adscreen reads {FORMAT}",
            where=str(folder),
            remedy="train the model again with this version",
        )
    manifest["scores"] = manifest.get("scores") and ScoreReference.from_json(manifest["scores"])
    manifest["scope"] = manifest.get("scope") and TrainingScope(**manifest["scope"])
    manifest["training"] = manifest.get("training") and TrainingSummary.from_json(manifest["training"])
    return TrainedModel(estimator, tuple(spread), ModelManifest(**manifest), digest=_digest(sums))


def _check_digests(folder: Path) -> dict[str, str]:
    remedy = "give a folder that `adscreen train` wrote, whole"
    sums = read_sums(folder)
    if sums is None:
        raise InputError("not a model folder (no SHA256SUMS)", where=str(folder), remedy=remedy)
    differs = differing(folder, sums)
    for name in MODEL_FILES:
        if not (folder / name).is_file():
            raise InputError(f"no {name}", where=str(folder), remedy=remedy)
        if name not in sums or name in differs:
            raise InputError(f"{name} is not what was trained (digest differs)", where=str(folder), remedy=remedy)
    return sums


def _dump(estimators: list[Stack]) -> bytes:
    """Return skops bytes that depend on the estimators alone.

    skops names nodes and files by memory address and stamps the time; here both are made canonical.
    """
    from skops.io import dumps

    with zipfile.ZipFile(io.BytesIO(dumps(estimators))) as archive:
        schema = json.loads(archive.read("schema.json"))
        contents = {name: archive.read(name) for name in archive.namelist()}
        files: dict[bytes, str] = {}  # equal arrays become one file: whether they were one object is chance
        _renumber(schema, count(1), contents, files)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as canonical:
            for content, name in files.items():
                canonical.writestr(_entry(name), content)
            canonical.writestr(_entry("schema.json"), json.dumps(schema, indent=1))
    return target.getvalue()


def _renumber(node: Any, numbers: Iterator[int], contents: dict[str, bytes], files: dict[bytes, str]) -> None:
    """Give every node a number of its own: whether two equal constants are one object is chance."""
    if isinstance(node, dict):
        if "__id__" in node:
            node["__id__"] = next(numbers)
        if isinstance(node.get("file"), str):
            node["file"] = files.setdefault(contents[node["file"]], f"{len(files):05d}{Path(node['file']).suffix}")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _renumber(child, numbers, contents, files)


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
