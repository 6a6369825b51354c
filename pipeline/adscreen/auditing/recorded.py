"""The folder of an evaluation -> findings on its splits, figures and certificate, from its files alone.

Predictions hold test rows; under ``subject`` and ``paper`` the training rows of a fold are the cohort's other
recordings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adscreen.auditing.finding import Finding, count, in_order, name_some
from adscreen.auditing.recomputed import check_figures, check_thresholds
from adscreen.cohort.identity import first_spellings
from adscreen.errors import InputError
from adscreen.evaluation.comparison import REMEDY, read_settings
from adscreen.writing import defuse

COLUMNS = (
    "protocol",
    "method",
    "repeat",
    "fold",
    "recording_id",
    "subject_id",
    "group",
    "label",
    "probability",
    "threshold",
)
CERTIFICATE = "certificate.json"
_SHARE = 1e-9


def audit_run(folder: Path) -> list[Finding]:
    """Return what is notable in an evaluation, errors first.

    ``subject``: in each repeat every recording is predicted once and no subject, cluster or file is in two folds.
    ``paper``: how many test recordings have a training recording of their speaker, and what else leaks. All: the
    measures follow from the predictions, thresholds are not the test rows' own, the certificate says what is true.

    Raises:
        InputError: the folder does not hold an evaluation.
    """
    settings = read_settings(folder)
    digests = _digests(settings, folder)
    predictions = _read_predictions(folder)
    findings = list(_check_values(predictions, label_by_visit=bool(settings.get("label_by_visit"))))
    if not findings:
        positive = str(defuse(settings.get("positive", "")))
        findings += check_figures(folder, predictions, positive=positive)
        findings += check_thresholds(predictions, positive=positive)
    shares = {}
    for protocol, rows in predictions.groupby("protocol"):
        findings += list(_check_same_splits(str(protocol), rows))
        splits = [
            found
            for method, own in rows.groupby("method")
            for found in _check_repeats(f"{protocol}, {method}", str(protocol), own, digests)
        ]
        findings += splits or [_sound(str(protocol), rows)]
        if protocol in ("subject", "paper"):
            one = rows[rows["method"] == rows["method"].iloc[0]]
            shares[str(protocol)] = _shared(one, predictions)
        if protocol == "paper":
            findings += [_sharing(shares["paper"], predictions, digests), *_DOC2VEC]
    return in_order([*findings, *_check_certificate(folder, shares, predictions, digests)])


_DOC2VEC = (
    Finding(
        "warning",
        "Doc2Vec was fitted on all recordings, test ones included, and settings were chosen on inner folds that "
        "separate a speaker's visits: causes of optimism beside the speakers on both sides",
        where="paper",
        remedy="report the subject protocol; this one shows what leakage adds",
    ),
)


def _digests(settings: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return recording -> digest of its transcript, as run.json has them."""
    try:
        transcripts = settings.get("provenance", {}).get("transcripts", {})
        return {str(defuse(name)): str(digest) for name, digest in transcripts.items()}
    except AttributeError as error:
        raise InputError("no run.json of adscreen", where=str(folder), remedy=REMEDY) from error


def _read_predictions(folder: Path) -> pd.DataFrame:
    path = folder / "predictions.csv"
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as CSV", where=str(path), remedy=REMEDY) from error
    absent = [name for name in COLUMNS if name not in text]
    if absent:
        raise InputError(f"no column `{absent[0]}`", where=str(path), remedy=REMEDY)
    if text.empty:
        raise InputError("holds no prediction", where=str(path), remedy=REMEDY)
    for name in ("subject_id", "group"):  # a run of an earlier version may have one person under two spellings
        others = first_spellings(text[name].unique())
        text[name] = [others.get(one, one) for one in text[name]]
    numbers = {name: text[name].map(_as_number) for name in ("probability", "threshold")}
    return text.assign(**numbers)


def _as_number(cell: str) -> float:
    """Return the very number that was written, NaN for anything else."""
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _check_values(predictions: pd.DataFrame, *, label_by_visit: bool) -> Iterator[Finding]:
    """Yield an error where a probability or threshold is no number from 0 to 1, or an id has two owners or labels.

    With ``label_by_visit`` a subject may have two labels, a recording may not.
    """
    for name in ("probability", "threshold"):
        wrong = ~predictions[name].between(0, 1)
        yield from _error(f"no {name} from 0 to 1", predictions.loc[wrong, "recording_id"].unique(), "recording")
    of_label = "recording" if label_by_visit else "subject"
    for owner, value in ((of_label, "label"), ("recording", "subject_id")):
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
        if protocol == "site":
            yield from _error("never predicted", sorted(cohort - set(own["recording_id"])), "recording", place)
        if protocol == "subject":
            files = own["recording_id"].map(digests)
            copies = own.loc[files.isin(_in_two_folds(own, files)), "recording_id"]
            yield from _error("never predicted", sorted(cohort - set(own["recording_id"])), "recording", place)
            yield from _error("in more than one fold", _in_two_folds(own, own["subject_id"]), "subject", place)
            yield from _error("in more than one fold", _in_two_folds(own, own["group"]), "cluster", place)
            yield from _error("copy of a file in another fold", copies, "recording", place)


def _in_two_folds(rows: pd.DataFrame, key: pd.Series) -> pd.Index:
    folds = rows.groupby(key)["fold"].nunique()
    return folds[folds > 1].index


def _sound(protocol: str, rows: pd.DataFrame) -> Finding:
    made = f"{count(rows['method'].nunique(), 'method')}, {count(rows['repeat'].nunique(), 'repeat')}"
    recordings = count(rows["recording_id"].nunique(), "recording")
    if protocol == "subject":
        what = f"{made}: each of {recordings} predicted once, no subject or cluster in more than one fold"
    else:
        what = f"{made}: no recording predicted more than once in any"
    return Finding("note", what, where=protocol)


def _shared(rows: pd.DataFrame, predictions: pd.DataFrame) -> float:
    """Return the share of test recordings whose speaker has a recording outside their fold, as far as it was tested."""
    subjects = predictions.groupby("recording_id")["subject_id"].first()
    shared = []
    for _, own in rows.groupby(["repeat", "fold"], sort=False):
        training = subjects[~subjects.index.isin(own["recording_id"])]
        shared.append(own["subject_id"].isin(training).to_numpy())
    return float(np.concatenate(shared).mean())


def _sharing(share: float, predictions: pd.DataFrame, digests: Mapping[str, str]) -> Finding:
    """State the share of test recordings whose speaker trained.

    It is a lower bound where some recordings were never tested, for then their speakers are not known here.
    """
    least = "at least " if set(digests) - set(predictions["recording_id"]) else ""
    return Finding(
        "warning" if share > 0 else "note",
        f"{least}{share:.0%} of test recordings have a training recording of their speaker",
        where="paper",
        remedy="report the subject protocol; this one shows what leakage adds" if share > 0 else "",
        value=share,
    )


def _check_certificate(
    folder: Path, shares: Mapping[str, float], predictions: pd.DataFrame, digests: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield the certificate's verdicts, and an error where it states another share of speakers on both sides."""
    path = folder / CERTIFICATE
    try:
        protocols = json.loads(path.read_text(encoding="utf-8"))["protocols"]
        stated = {str(one["protocol"]): (one["sound"], str(one["verdict"]), one["subject_share"]) for one in protocols}
    except (OSError, ValueError, KeyError, TypeError):
        remedy = "evaluate again with this version"
        yield Finding("warning", "no certificate of leakage that can be read", CERTIFICATE, remedy)
        return
    whole = not set(digests) - set(predictions["recording_id"])
    for protocol, (sound, verdict, share) in stated.items():
        remedy = "" if sound else "read its figures as what leakage adds, not as performance"
        yield Finding("note" if sound else "warning", verdict, f"{CERTIFICATE}: {protocol}", remedy)
        if protocol in shares and whole and abs(shares[protocol] - float(share)) > _SHARE:
            what = f"the certificate states that {share:.0%} of test recordings share their speaker with training, not "
            what += f"{shares[protocol]:.0%}"
            yield Finding("error", what, f"{CERTIFICATE}: {protocol}", "do not report this evaluation", float(share))
