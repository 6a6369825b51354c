"""A model, a held-out manifest and choices -> lock.json: what will be judged, fixed before the labels are opened.

It holds digests, counts and choices, and no word of a transcript. The digest of its own content shows whether it was
edited.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adscreen.cohort import Cohort
from adscreen.cohort.blinded import ManifestDigest, digest_manifest, read_blinded
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.errors import InputError
from adscreen.evaluation.results import LEVELS, Level
from adscreen.extract.code import package_digest
from adscreen.metrics.measures import MEASURES
from adscreen.model.trained_model import TrainedModel, load_model
from adscreen.scoring.scoring import in_training
from adscreen.scoring.shares import require_confidence, require_prevalence
from adscreen.studies.runs import RECORDED_VERSIONS
from adscreen.version import __version__, installed_versions
from adscreen.writing import as_json, write_json

FORMAT = 1
_REMEDY = "give a file that `adscreen lock` wrote, unchanged"


@dataclass(frozen=True, slots=True)
class LockedModel:
    """The model: the digest of its folder, its labels and its thresholds."""

    digest: str
    negative: str
    positive: str
    threshold: float
    subject_threshold: float


@dataclass(frozen=True, slots=True)
class LockedRecording:
    """A recording: digests of its row without labels (keyed by the transcript) and of its transcript."""

    row: str
    transcript: str


@dataclass(frozen=True, slots=True)
class LockedManifest:
    """The held-out manifest without its labels. ``labelled``: whether it had a value in a label column when locked."""

    file: str
    digest: str
    recordings: int
    subjects: int
    labelled: bool
    label_columns: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[LockedRecording, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a validation is asked for, but for how its manifest is read; None is not given."""

    prevalence: float | None = None
    confidence: float | None = None
    minimum_words: int | None = None
    allow_out_of_scope: bool = False


@dataclass(frozen=True, slots=True)
class LockedAnalysis:
    """The measure that will be judged, the level at which it counts, and what the validation will be asked for."""

    primary: str
    level: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class LockedCode:
    """The program: its version, the SHA-256 of the package's files, and the versions of Python and libraries."""

    adscreen: str
    digest: str
    python: str
    versions: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Lock:
    """lock.json. ``reading`` holds the arguments of ``read_cohort`` that were given; ``digest`` is of all the rest."""

    format: int
    time: str
    model: LockedModel
    manifest: LockedManifest
    reading: dict[str, Any]
    analysis: LockedAnalysis
    code: LockedCode
    digest: str = ""

    def computed(self) -> str:
        """Return the SHA-256 of everything but ``digest``, as JSON with sorted keys."""
        return _digest_of(asdict(self))


def require_primary(primary: str, level: str | None) -> None:
    """Raise InputError where there is no such measure or level."""
    if primary not in MEASURES:
        raise InputError(f"{primary!r} is no measure", where="primary=", remedy=f"name one of {', '.join(MEASURES)}")
    if level is not None and level not in LEVELS:
        raise InputError(f"{level!r} is no level", where="level=", remedy=f"name one of {', '.join(LEVELS)}")


def make_lock(
    model: Path,
    manifest: Path,
    *,
    reading: Reading = AS_WRITTEN,
    outcomes: Collection[str] = (),
    primary: str = "auc",
    level: str | None = None,
    choices: Choices | None = None,
) -> Lock:
    """Return what will be judged when the labels of ``manifest`` are opened.

    ``outcomes`` are columns that count as labels besides ``label``. Without ``level``, subjects count where one has
    several recordings, else recordings.

    Raises:
        InputError: the model, the manifest or a transcript cannot be read, every subject was in training, or a choice
            cannot be used.
    """
    choices = choices or Choices()
    require_primary(primary, level)
    require_prevalence(choices.prevalence)
    require_confidence(choices.confidence)
    cohort = read_blinded(manifest, reading)
    trained = load_model(model)
    if all(in_training(trained, recording, same_id=reading.same_id) for recording in cohort.recordings):
        remedy = "lock a cohort of people whom the model did not learn from"
        raise InputError("every subject was in training", where=manifest.name, remedy=remedy)
    digests = digest_manifest(cohort, sheet=reading.sheet, outcomes=outcomes)
    lock = Lock(
        format=FORMAT,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        model=describe_model(trained),
        manifest=_describe_manifest(cohort, digests),
        reading=given(reading),
        analysis=LockedAnalysis(primary, level or _usual_level(cohort), choices),
        code=describe_code(),
    )
    return replace(lock, digest=lock.computed())


def describe_model(model: TrainedModel) -> LockedModel:
    """Return what is locked of a model."""
    made = model.manifest
    return LockedModel(model.digest, made.negative_label, made.positive_label, made.threshold, made.subject_threshold)


def describe_code() -> LockedCode:
    """Return what is locked of the program that runs."""
    versions = installed_versions(RECORDED_VERSIONS)
    return LockedCode(__version__, package_digest(), platform.python_version(), versions)


def given(reading: Reading) -> dict[str, Any]:
    """Return the arguments of a reading that were given, as JSON has them."""
    return dict(json.loads(as_json(reading.given())))


def _describe_manifest(cohort: Cohort, found: ManifestDigest) -> LockedManifest:
    return LockedManifest(
        file=cohort.path.name,
        digest=found.digest,
        recordings=len(found.recordings),
        subjects=len({recording.subject_id for recording in cohort.recordings}),
        labelled=found.labelled,
        label_columns=found.label_columns,
        columns=found.columns,
        rows=tuple(LockedRecording(one.row, one.transcript) for one in found.recordings),
    )


def _usual_level(cohort: Cohort) -> Level:
    """Return the level that leads in a validation (``levels.leading_level``), before labels are known."""
    subjects = [recording.subject_id for recording in cohort.recordings]
    return "subject" if len(set(subjects)) < len(subjects) else "recording"


def write_lock(lock: Lock, path: Path, *, force: bool = False) -> None:
    """Write a lock file.

    Raises:
        InputError: there is a file and ``force`` is not given, or it cannot be written.
    """
    check_new(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(asdict(lock), path)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError(what, where=str(path), remedy="name a file that can be made") from error


def check_new(path: Path, *, force: bool = False) -> None:
    """Raise InputError where a lock may not be written to ``path``."""
    if path.is_dir():
        raise InputError("is a folder", where=str(path), remedy="name a file, such as lock.json")
    if path.exists() and not force:
        raise InputError("already exists", where=str(path), remedy="name a new file, or add force= to replace it")


def read_lock(path: Path) -> Lock:
    """Read a lock file.

    Raises:
        InputError: it cannot be read, was edited, or is of another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        what = "no such file" if isinstance(error, FileNotFoundError) else "is no lock file that can be read"
        raise InputError(what, where=str(path), remedy=_REMEDY) from None
    if not isinstance(content, dict) or "digest" not in content:
        raise InputError("is no lock file", where=str(path), remedy=_REMEDY)
    if content["digest"] != _digest_of(content):
        raise InputError("was edited after it was locked (digest differs)", where=str(path), remedy=_REMEDY)
    if content.get("format") != FORMAT:
        what = f"lock format {content.get('format')!r}, this adscreen reads {FORMAT}"
        raise InputError(what, where=str(path), remedy="validate with the version of adscreen that wrote it")
    try:
        return _as_read(content)
    except (KeyError, TypeError):
        raise InputError("is no lock file", where=str(path), remedy=_REMEDY) from None


def _digest_of(content: dict[str, Any]) -> str:
    rest = json.loads(as_json({name: value for name, value in content.items() if name != "digest"}))
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _as_read(content: dict[str, Any]) -> Lock:
    """Return the record of a lock's content."""
    manifest, analysis = content["manifest"], content["analysis"]
    return Lock(
        **content
        | {
            "model": LockedModel(**content["model"]),
            "manifest": LockedManifest(
                **manifest
                | {name: tuple(manifest[name]) for name in ("label_columns", "columns")}
                | {"rows": tuple(LockedRecording(**row) for row in manifest["rows"])}
            ),
            "analysis": LockedAnalysis(**analysis | {"choices": Choices(**analysis["choices"])}),
            "code": LockedCode(**content["code"]),
        }
    )
