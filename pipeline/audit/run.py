"""The folder of an evaluation -> findings on its splits, read from predictions.csv and run.json alone.

Predictions hold test rows; the training rows of a fold are the cohort's other recordings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.audit.finding import Finding, count, in_order, name_some
from pipeline.errors import InputError
from pipeline.runs import defuse

COLUMNS = (
    "protocol",
    "method",
    "repeat",
    "fold",
    "recording_id",
    "subject_id",
    "label",
    "probability",
    "threshold",
)
_REMEDY = "give a folder that `adscreen evaluate` wrote"


def audit_run(folder: Path) -> list[Finding]:
    """Return what is notable in an evaluation, errors first.

    ``subject``: in each repeat every recording is predicted once and no subject (and no file) is in two folds.
    ``paper``: how many test recordings have a training recording of their speaker.

    Raises:
        InputError: the folder does not hold an evaluation.
    """
    digests = _read_digests(folder)
    predictions = _read_predictions(folder)
    findings = list(_check_values(predictions))
    for protocol, rows in predictions.groupby("protocol"):
        findings += list(_check_same_splits(str(protocol), rows))
        for method, own in rows.groupby("method"):
            splits = list(_check_repeats(f"{protocol}, {method}", str(protocol), own, digests))
            findings += splits or [_sound(f"{protocol}, {method}", str(protocol), own)]
        if protocol == "paper":
            findings.append(_sharing(rows[rows["method"] == rows["method"].iloc[0]], predictions, digests))
    return in_order(findings)


def _read_digests(folder: Path) -> dict[str, str]:
    """Return recording -> digest of its transcript, as run.json has them."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        command = record["command"]
        transcripts = record["settings"].get("provenance", {}).get("transcripts", {})
        digests = {str(defuse(name)): str(digest) for name, digest in transcripts.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("no run.json of adscreen", where=str(folder), remedy=_REMEDY) from error
    if command != "evaluate":
        raise InputError(f"holds a run of `{command}`", where=str(folder), remedy=_REMEDY)
    return digests


def _read_predictions(folder: Path) -> pd.DataFrame:
    path = folder / "predictions.csv"
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as CSV", where=str(path), remedy=_REMEDY) from error
    absent = [name for name in COLUMNS if name not in frame]
    if absent:
        raise InputError(f"no column `{absent[0]}`", where=str(path), remedy=_REMEDY)
    if frame.empty:
        raise InputError("holds no prediction", where=str(path), remedy=_REMEDY)
    return frame


def _check_values(predictions: pd.DataFrame) -> Iterator[Finding]:
    """Yield an error where a probability or threshold is no number from 0 to 1, or an id has two owners or labels."""
    for name in ("probability", "threshold"):
        wrong = ~pd.to_numeric(predictions[name], errors="coerce").between(0, 1)
        yield from _error(f"no {name} from 0 to 1", predictions.loc[wrong, "recording_id"].unique(), "recording")
    for owner, value in (("subject", "label"), ("recording", "subject_id")):
        values = predictions.groupby(f"{owner}_id")[value].nunique()
        yield from _error(f"more than one {value}", values[values > 1].index, owner)


def _error(what: str, names: Iterable[object], noun: str, where: str = "predictions.csv") -> Iterator[Finding]:
    """Yield an error that names what it is true of, where there is anything."""
    every = list(names)
    if every:
        remedy = "do not report this evaluation; evaluate again"
        line = f"{what}: {count(len(every), noun)}"
        yield Finding("error", line, f"{where}: {name_some(every)}", remedy, float(len(every)))


def _check_same_splits(protocol: str, rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield an error where the methods were not tested on the same folds: their difference then means little."""
    splits = {
        method: frozenset(zip(own["repeat"], own["fold"], own["recording_id"], strict=True))
        for method, own in rows.groupby("method")
    }
    if len(set(splits.values())) > 1:
        what = "the methods were not tested on the same folds"
        yield Finding("error", what, where=f"{protocol}: {name_some(splits)}", remedy="evaluate again")


def _check_repeats(where: str, protocol: str, rows: pd.DataFrame, digests: Mapping[str, str]) -> Iterator[Finding]:
    cohort = set(digests) | set(rows["recording_id"])
    for repeat, own in rows.groupby("repeat", sort=False):
        place = f"{where}, repeat {repeat}"
        times = own["recording_id"].value_counts(sort=False)
        yield from _error("predicted more than once", times[times > 1].index, "recording", place)
        if protocol == "subject":
            files = own["recording_id"].map(digests)
            copies = own.loc[files.isin(_in_two_folds(own, files)), "recording_id"]
            yield from _error("never predicted", sorted(cohort - set(own["recording_id"])), "recording", place)
            yield from _error("in more than one fold", _in_two_folds(own, own["subject_id"]), "subject", place)
            yield from _error("copy of a file in another fold", copies, "recording", place)


def _in_two_folds(rows: pd.DataFrame, key: pd.Series) -> pd.Index:
    folds = rows.groupby(key)["fold"].nunique()
    return folds[folds > 1].index


def _sound(where: str, protocol: str, rows: pd.DataFrame) -> Finding:
    repeats = count(rows["repeat"].nunique(), "repeat")
    recordings = count(rows["recording_id"].nunique(), "recording")
    if protocol == "subject":
        what = f"{repeats}: each of {recordings} predicted once, no subject in more than one fold"
    else:
        what = f"{repeats}: no recording predicted more than once in any"
    return Finding("note", what, where=where)


def _sharing(rows: pd.DataFrame, predictions: pd.DataFrame, digests: Mapping[str, str]) -> Finding:
    """State the share of test recordings whose speaker trained.

    It is a lower bound where some recordings were never tested, for then their speakers are not known here.
    """
    subjects = predictions.groupby("recording_id")["subject_id"].first()
    shared = []
    for _, own in rows.groupby("repeat", sort=False):
        training = subjects[~subjects.index.isin(own["recording_id"])]
        shared.append(own["subject_id"].isin(training).to_numpy())
    share = float(np.concatenate(shared).mean())
    least = "at least " if set(digests) - set(subjects.index) else ""
    return Finding(
        "warning" if share > 0 else "note",
        f"{least}{share:.0%} of test recordings have a training recording of their speaker",
        where="paper",
        remedy="report the subject protocol; this one shows what leakage adds" if share > 0 else "",
        value=share,
    )
