"""Null labels under ids that are spelled anew at every visit: is the AUC of the words 0.5, and the certificate sound?

    python benchmarks/identity_null.py RESULTS.json [--cohorts 200] [--subjects 120] [--distinct 50]
    python benchmarks/identity_null.py RESULTS.json --summary

Each SYNTHETIC cohort has subjects with two to four visits, whose speech keeps their habits and says nothing of a
label. Labels are dealt at random, half of the subjects each. Ids hold accents, dashes, digits and spaces, and each
visit writes its subject's id in another way that identity_key folds: Unicode form, case, full width, zero-width
characters, no-break spaces, dashes. The cohort is read from its manifest and evaluated by the words baseline (TF-IDF
and logistic regression) under ``subject``, 5 folds once.

Two arms have the same words, labels and folds' seed. In ``variants`` the ids are spelled as above. In ``distinct`` each
visit has an id of its own, which is what a manifest is without the rule: that arm, of the first cohorts alone, shows
what recognising speakers is worth here. Each finished cohort is written to RESULTS.json, and what the file holds is not
run again.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import adscreen
from adscreen.auditing.reading import read_speech
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.certificate import certify
from adscreen.evaluation.chance import permute_folds
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import TFIDF, FoldResult, PermutationRow, ProtocolEvaluation
from adscreen.evaluation.shortcuts import Shortcut
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics import Predictions, auc_within_folds
from adscreen.simulate import draw_subject, simulate_recording
from adscreen.writing import write_json

ARMS = ("variants", "distinct")
WANTED_ERROR = 0.005
STUDY = StudySettings(folds=5, repeats=1)
NAMES = ("Zoé", "José", "Ångström", "Noël", "Brånemark", "Çelik", "Śliwa", "Müller")
Row = dict[str, Any]

_FULL_WIDTH = {char: chr(ord(char) + 0xFEE0) for char in map(chr, range(0x21, 0x7F)) if char.isalnum()}
_DASHES = "-\u2010\u2011\u2013\u2014\u2212\uff0d"
_SPACES = (" ", "\u00a0", "\u2009", "\u3000", "  ")
_INVISIBLE = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")


def _insert(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_INVISIBLE) + text[at:]


def _widen(text: str, rng: random.Random) -> str:
    return "".join(_FULL_WIDTH.get(char, char) if rng.random() < 0.5 else char for char in text)


def _pad(text: str, rng: random.Random) -> str:
    return rng.choice(_SPACES) + text + rng.choice(_SPACES)


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "case": lambda text, rng: rng.choice((text.upper(), text.lower(), text.swapcase())),
    "form": lambda text, rng: unicodedata.normalize("NFD", text),
    "full width": _widen,
    "dash": lambda text, rng: text.replace("-", rng.choice(_DASHES)),
    "space": lambda text, rng: text.replace(" ", rng.choice(_SPACES)),
    "surrounding space": _pad,
    "zero-width": _insert,
}


def spell(name: str, rng: random.Random) -> str:
    """Return another spelling of an id: one to three kinds of change."""
    for kind in rng.sample(sorted(CHANGES), rng.randint(1, 3)):
        name = CHANGES[kind](name, rng)
    return name


def spell_visits(name: str, visits: int, rng: random.Random) -> list[str]:
    """Return as many different spellings of an id as there are visits, the plain one among them."""
    spellings = [name]
    while len(spellings) < visits:
        other = spell(name, rng)
        if other not in spellings:
            spellings.append(other)
    rng.shuffle(spellings)
    return spellings


def write_cohort(folder: Path, *, subjects: int, seed: int) -> dict[str, Path]:
    """Write transcripts and the manifest of each arm; return the manifests."""
    rng = random.Random(f"identity null {seed}")
    labels = ["control", "case"] * (subjects // 2)
    rng.shuffle(labels)
    rows: dict[str, list[Row]] = {arm: [] for arm in ARMS}
    for number, label in enumerate(labels, start=1):
        name, visits = f"{NAMES[number % len(NAMES)]} {number:03d}-B", rng.randint(2, 4)
        person = replace(draw_subject(number, visits=visits, seed=seed), visits=visits)
        for visit, spelling in enumerate(spell_visits(name, visits, rng), start=1):
            made = simulate_recording(person, visit=visit, seed=seed, effect=0.0, interviewer=False)
            path = folder / f"{number}-{visit}.cha"
            path.write_text(made.chat, encoding="utf-8")
            row = {"visit": visit, "transcript": path.name, "label": label, "note": "SYNTHETIC"}
            rows["variants"].append({"subject_id": spelling} | row)
            rows["distinct"].append({"subject_id": f"{name} visit {visit}"} | row)
    return {arm: _write_manifest(folder / f"{arm}.csv", own) for arm, own in rows.items()}


def _write_manifest(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_words(manifest: Path) -> FeatureTable:
    """Return the table of a manifest with the words alone: no language model is run."""
    return read_speech(adscreen.read_cohort(manifest))


def evaluate_arm(manifest: Path, *, seed: int) -> Row:
    """Return the AUC of the words baseline by recording, and what the certificate says."""
    table = read_words(manifest)
    words = Shortcut(TFIDF, table, seed=seed)
    folds = [
        FoldResult(TFIDF, *number, training, test, words.predict(test, words.fit(training)), 0.5, {})
        for number, (training, test) in outer_splits(table, replace(STUDY, seed=seed), protocol="subject")
    ]
    joined = Predictions.join((fold.rows, fold.probabilities, 0.5) for fold in folds)
    (auc,) = auc_within_folds(joined, table.cases, np.ones((1, len(table))))
    permuted = permute_folds(table, folds, protocol="subject", permutations=STUDY.permutations, seed=seed)
    (protocol,) = certify(table, [_unsummarised(folds, permuted)]).protocols
    certified = {name: asdict(protocol)[name] for name in ("sound", "subject_share", "permuted")}
    people = int(table.subjects["subject_id"].nunique())
    return {"auc": float(auc), "subjects": people, "recordings": len(table)} | certified


def _unsummarised(folds: list[FoldResult], permuted: list[PermutationRow]) -> ProtocolEvaluation:
    """Return an evaluation of which only the folds and the permutations are read."""
    tables = ("methods", "metrics", "differences", "confusion", "roc", "calibration", "decisions", "subgroups")
    empty: dict[str, Any] = {name: [] for name in (*tables, "learning", "families", "apparent", "chance")}
    return ProtocolEvaluation("subject", folds, **empty, permutations=permuted, shared_subject_share=0.0)


def run(path: Path, *, cohorts: int, subjects: int, distinct: int) -> None:
    """Evaluate what the file lacks; the second arm for the first ``distinct`` cohorts."""
    rows = read_rows(path)
    for number in range(cohorts):
        arms = ARMS if number < distinct else ARMS[:1]
        missing = [arm for arm in arms if (arm, number) not in {(row["arm"], row["cohort"]) for row in rows}]
        if not missing:
            continue
        with tempfile.TemporaryDirectory() as folder:
            manifests = write_cohort(Path(folder), subjects=subjects, seed=number)
            rows += [{"arm": arm, "cohort": number} | evaluate_arm(manifests[arm], seed=number) for arm in missing]
        write_json(rows, path)


def read_rows(path: Path) -> list[Row]:
    """Return what was run already."""
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def summarise(rows: list[Row]) -> None:
    """Print the mean AUC of each arm with its standard error, and the share of runs whose certificate is sound."""
    print(f"{'arm':9} {'n':>4} {'people':>7} {'mean AUC':>9} {'SE':>7} {'SD':>6} {'shared':>7} {'permuted':>9} sound")
    for arm in ARMS:
        own = pd.DataFrame([row for row in rows if row["arm"] == arm])
        if own.empty:
            continue
        spread = own["auc"].std(ddof=1)
        error = spread / np.sqrt(len(own))
        line = f"{arm:9} {len(own):4} {own['subjects'].mean():7.0f} {own['auc'].mean():9.4f} {error:7.4f} {spread:6.3f}"
        line += f" {own['subject_share'].mean():7.3f} {own['permuted'].mean():9.4f} {own['sound'].sum():4}/{len(own)}"
        print(line)
        if arm == ARMS[0]:
            held = abs(own["auc"].mean() - 0.5) <= 2 * error and error <= WANTED_ERROR
            print(f"{'':9} 0.5 within two standard errors, of at most {WANTED_ERROR}: {'yes' if held else 'NO'}")


def main() -> None:
    """Read the options, run, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--subjects", type=int, default=120)
    parser.add_argument("--distinct", type=int, default=50, help="cohorts of the second arm")
    options = parser.parse_args()
    if not options.summary:
        run(options.results, cohorts=options.cohorts, subjects=options.subjects, distinct=options.distinct)
    summarise(read_rows(options.results))


if __name__ == "__main__":
    main()
