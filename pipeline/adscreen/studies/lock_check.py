"""A lock and what a validation is about to judge -> whether each locked thing is as it was, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adscreen.cohort.blinded import ManifestDigest, digest_manifest, read_blinded
from adscreen.cohort.reading import Reading
from adscreen.errors import InputError
from adscreen.model.trained_model import TrainedModel
from adscreen.report.evaluation.lock_contents import LockItem
from adscreen.studies.lock import Choices, Lock, LockedManifest, describe_code, describe_model, given
from adscreen.writing import count

_NAMES = {"minimum_words": "minimum words", "allow_out_of_scope": "recordings out of scope"}
_SHORT = 12  # characters of a digest that people compare


@dataclass(frozen=True, slots=True)
class LockCheck:
    """What a check of a lock found."""

    lock: Lock
    items: tuple[LockItem, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it was locked."""
        return all(item.held for item in self.items)

    @property
    def summary(self) -> str:
        """One line: whether the lock holds, and else what changed."""
        locked = f"lock of {self.lock.time[:10]} ({self.lock.digest[:_SHORT]})"
        if self.holds:
            return f"The {locked} holds: {_list([item.what for item in self.items])} are as locked."
        changed = "; ".join(f"{item.what}: {item.note}" for item in self.items if not item.held)
        return f"The {locked} DOES NOT HOLD. {changed}."

    @property
    def notes(self) -> list[str]:
        """The summary, and whether labels were known when the lock was made."""
        known = "The manifest already had labels when it was locked: the lock does not show that nobody knew them."
        return [self.summary, *([known] if self.lock.manifest.labelled else [])]

    def settings(self) -> dict[str, Any]:
        """Return what run.json says of the lock."""
        return {
            "holds": self.holds,
            "summary": self.summary,
            "items": [asdict(item) for item in self.items],
            "time": self.lock.time,
            "digest": self.lock.digest,
            "labelled": self.lock.manifest.labelled,
            "primary": self.lock.analysis.primary,
            "level": self.lock.analysis.level,
        }


def check_lock(
    lock: Lock, model: TrainedModel, manifest: Path, *, reading: Reading, choices: Choices, strict: bool = False
) -> LockCheck:
    """Return whether what is about to be judged is what was locked.

    Raises:
        InputError: the manifest cannot be read; or ``strict``, and the lock does not hold.
    """
    found = LockCheck(lock, tuple(_check(lock, model, manifest, reading, choices)))
    if strict and not found.holds:
        raise InputError(found.summary.rstrip("."), remedy="restore what was locked, or leave strict= out")
    return found


def _check(lock: Lock, model: TrainedModel, manifest: Path, reading: Reading, choices: Choices) -> Iterator[LockItem]:
    now = describe_model(model)
    thresholds = _changes(asdict(lock.model) | {"digest": ""}, asdict(now) | {"digest": ""})
    other = [f"another model ({now.digest[:_SHORT]}, was {lock.model.digest[:_SHORT]})"]
    yield _item(
        "model", [*other, *thresholds] if now.digest != lock.model.digest else [], f"SHA-256 {now.digest[:_SHORT]} ..."
    )
    locked = lock.manifest
    digests = digest_again(locked, manifest, reading)
    rows, transcripts = compare_recordings(locked, digests)
    held = f"{count(locked.recordings, 'recording')} of {count(locked.subjects, 'subject')}"
    yield _item("manifest", [*_column_changes(locked, digests), *rows], held)
    yield _item("transcripts", transcripts, count(len({one.transcript for one in locked.rows}), "transcript"))
    asked = given(reading)
    yield _item("reading of the manifest", list(_changes(lock.reading, asked)), _told(asked))
    wanted = asdict(choices)
    yield _item("analysis", list(_changes(asdict(lock.analysis.choices), wanted)), _told(_given_only(wanted)))
    yield from _check_code(lock)


def _check_code(lock: Lock) -> Iterator[LockItem]:
    code, now = lock.code, describe_code()
    other = [f"the files of adscreen {now.adscreen} ({now.digest[:_SHORT]}) are not those locked"]
    versions = _changes({"adscreen": code.adscreen}, {"adscreen": now.adscreen})
    yield _item("code", [*other, *versions] if code.digest != now.digest else [], f"adscreen {now.adscreen}")
    was, is_now = ({"Python": one.python, **one.versions} for one in (code, now))
    yield _item("libraries", list(_changes(was, is_now)), _told(is_now))


def _item(what: str, changes: Sequence[str], locked: str) -> LockItem:
    return LockItem(what, held=not changes, note="; ".join(changes) if changes else locked)


def digest_again(locked: LockedManifest, manifest: Path, reading: Reading) -> ManifestDigest:
    """Return the digests of a manifest; columns that were added do not count in those of its rows."""
    cohort = read_blinded(manifest, reading)
    own: dict[str, Any] = {"sheet": reading.sheet, "outcomes": locked.label_columns, "may_lack": True}
    found = digest_manifest(cohort, **own)
    if not set(locked.columns) < set(found.columns):
        return found
    again = digest_manifest(cohort, **own, columns=locked.columns)
    return ManifestDigest(found.columns, found.label_columns, found.labelled, again.recordings)


def _column_changes(locked: LockedManifest, found: ManifestDigest) -> Iterator[str]:
    for verb, columns in (
        ("added", set(found.columns) - set(locked.columns)),
        ("removed", set(locked.columns) - set(found.columns)),
    ):
        if columns:
            yield f"{count(len(columns), 'column')} {verb} ({_list(sorted(columns))})"


def compare_recordings(locked: LockedManifest, found: ManifestDigest) -> tuple[list[str], list[str]]:
    """Return what changed in rows, and in transcripts.

    A row's digest needs its transcript, so a row is compared only where that is as it was.
    """
    comparable = set(locked.columns) <= set(found.columns)  # else every digest of a row differs
    rows = list(_row_changes(locked, found)) if comparable else []
    was = Counter(one.transcript for one in locked.rows)
    now = Counter(one.transcript for one in found.recordings)
    missing = now.pop("", 0)
    gone, new = (was - now).total(), (now - was).total()
    changed, removed = min(gone, new), max(gone - new - missing, 0)
    said = ((changed, "changed"), (missing, "missing"), (removed, "removed"), (max(new - gone, 0), "added"))
    return rows, [f"{count(number, 'transcript')} {how}" for number, how in said if number]


def _row_changes(locked: LockedManifest, found: ManifestDigest) -> Iterator[str]:
    was = Counter((one.transcript, one.row) for one in locked.rows)
    now = Counter((one.transcript, one.row) for one in found.recordings if one.transcript)
    left, came = (Counter(transcript for transcript, _ in rest.elements()) for rest in (was - now, now - was))
    changed = (left & came).total()
    if changed:
        yield f"{count(changed, 'row')} changed"
    if len(locked.rows) != len(found.recordings):
        yield f"{count(len(found.recordings), 'recording')}, {len(locked.rows)} were locked"


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield each setting that differs, with both values."""
    for name in sorted({*was, *now}):
        before, after = was.get(name), now.get(name)
        if (before or None) != (after or None):
            yield f"{_NAMES.get(name, name.replace('_', ' '))} was {_written(before)}, is {_written(after)}"


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "not given" if value in (None, False, {}, ()) else "given" if value is True else str(value)


def _given_only(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _told(values: Mapping[str, Any]) -> str:
    listed = [f"{_NAMES.get(name, name.replace('_', ' '))} {_written(value)}" for name, value in values.items()]
    return ", ".join(listed) or "nothing given"


def _list(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
