"""Cohorts whose labels mean nothing, evaluated: is the AUC 0.5, on outer and inner folds, and do intervals hold it?

    python benchmarks/null_cohorts.py ROWS.jsonl --kind simulated
    python benchmarks/null_cohorts.py ROWS.jsonl --kind words
    python benchmarks/null_cohorts.py ROWS.jsonl --kind dealt --manifest ../shared/ami/manifest_excerpts.csv
    python benchmarks/null_cohorts.py ROWS.jsonl --summary

The number of cohorts of each kind was decided before any was run, and is not changed after a look at the results:

simulated   100 cohorts (SYNTHETIC) of 100 subjects with two visits, simulated without an effect: adscreen and baselines
words       400 of the same cohorts, numbered from 1000 so that none is one of the others: TF-IDF of the participant's
            words and of the interviewer's, and nothing that needs a biLM
dealt       40 times the labels of one real cohort, permuted in whole clusters (``deal_labels``): adscreen and baselines

Each is evaluated under ``subject``: one repeat of 5 folds, 3 inner ones, a search over two values of C; ``--protocols``
adds ``paper`` (2 splits). What is tested is the protocol, not the estimator. A finished protocol of a cohort appends
its rows to ROWS.jsonl, and what the file holds is not run again. A row has the AUC by recording with its interval (over
clusters where there are any, else over subjects), the p-value from permuted labels (chance.csv), and of adscreen the
mean over outer folds of the AUC on inner folds.

The summary judges ``subject`` alone: a mean AUC is as expected within two standard errors of 0.5, and so are the number
of 95% intervals that hold 0.5, and that of p-values of at most 0.05, within the limits of the binomial distribution
(2.5% to 97.5%). Demographics of simulated cohorts are not judged: these are matched, and their pairs are not kept
together, so that demographics fall below 0.5 (docs/method.md). ``--cohorts`` runs fewer for a trial; the summary then
says so.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom

from adscreen.auditing.reading import read_speech
from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import read_cohort
from adscreen.estimator.study import SearchSpace, StudySettings
from adscreen.evaluation import evaluate_protocol
from adscreen.evaluation.chance import p_value, permute_folds
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import DEMOGRAPHICS, INTERVIEWER, TFIDF, FoldResult
from adscreen.evaluation.shortcuts import Shortcut, deal_labels
from adscreen.evaluation.summary import Folds, summarise_methods
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.simulate import simulate_cohort

SEARCH = SearchSpace(C=(0.1, 1.0), doc2vec_size=(50,), doc2vec_alpha=(0.05,), elmo_size=(32,), paired_context=(0.5,))
STUDY = StudySettings(SEARCH, folds=5, repeats=1, inner_folds=3, splits=2)
PLANNED = {"simulated": 100, "words": 400, "dealt": 40}
FIRST_OF_WORDS = 1000
Row = dict[str, Any]
Numbered = Iterator[tuple[int, FeatureTable]]


def dealt_cohorts(manifest: Path, numbers: list[int]) -> Numbered:
    """Yield (number, table) of a real cohort with permuted labels; its transcripts are read once."""
    if not numbers:
        return
    cohort = read_cohort(manifest)
    table = extract_cohort(cohort, ExtractSettings(bundled(BUNDLED_BILM)))
    negative, positive = cohort.labels
    for number in numbers:
        labels = np.where(deal_labels(table, seed=number) == 1, positive, negative)
        yield number, replace(table, subjects=table.subjects.assign(label=labels))


def simulated_cohorts(numbers: list[int], *, subjects: int, words_alone: bool = False) -> Numbered:
    """Yield (number, table) of cohorts simulated without an effect; ``words_alone`` runs no language model."""
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            manifest = simulate_cohort(Path(folder) / "c", subjects=subjects, visits=2, seed=number, effect=0.0)
            cohort = read_cohort(manifest)
            table = (
                read_speech(cohort) if words_alone else extract_cohort(cohort, ExtractSettings(bundled(BUNDLED_BILM)))
            )
        yield number, table


def evaluate_cohort(table: FeatureTable, protocol: str, *, seed: int) -> list[Row]:
    """Return one row per method."""
    found = evaluate_protocol(table, replace(STUDY, seed=seed), protocol=protocol)  # type: ignore[arg-type]
    inner = np.mean([fold.inner_auc for fold in found.folds if fold.method == found.main])
    chances = {row.method: row.p_value for row in found.chance}
    clustered = table.group_column == "cluster"
    rows = []
    for row in found.metrics:
        if (row.measure, row.level) == ("auc", "recording"):
            low, high = (row.cluster_low, row.cluster_high) if clustered else (row.low, row.high)
            rows.append({"method": row.method, "auc": row.value, "low": low, "high": high})
            rows[-1] |= {"p_value": chances.get(row.method), "shared": found.shared_subject_share}
            rows[-1] |= {"inner_auc": float(inner)} if row.method == found.main else {}
    return rows


def evaluate_words(table: FeatureTable, *, seed: int) -> list[Row]:
    """Return one row for the participant's words and one for the interviewer's, under ``subject``."""
    study = replace(STUDY, seed=seed)
    methods = [Shortcut(name, table, seed=seed) for name in (TFIDF, INTERVIEWER)]
    results = [
        FoldResult(one.method, *number, training, test, one.predict(test, one.fit(training)), 0.5, {})
        for number, (training, test) in outer_splits(table, study, protocol="subject")
        for one in methods
    ]
    permuted = permute_folds(table, results, protocol="subject", permutations=study.permutations, seed=seed)
    metrics, _ = summarise_methods(Folds("subject", results, table, study))
    rows = []
    for row in metrics:
        if (row.measure, row.level) == ("auc", "recording"):
            own = np.array([one.auc for one in permuted if one.method == row.method])
            rows.append({"method": row.method, "auc": row.value, "low": row.low, "high": row.high})
            rows[-1] |= {"p_value": p_value(row.value, own), "shared": 0.0}
    return rows


def run(path: Path, kind: str, *, count: int, manifest: Path | None, subjects: int, protocols: list[str]) -> None:
    """Evaluate what the file lacks, and append it."""
    protocols = ["subject"] if kind == "words" else protocols
    known = {(row["cohort"], row["protocol"]) for row in read_rows(path) if row["kind"] == kind}
    first = FIRST_OF_WORDS if kind == "words" else 0
    numbers = [n for n in range(first, first + count) if any((n, protocol) not in known for protocol in protocols)]
    if kind == "dealt":
        if manifest is None:
            raise SystemExit("--kind dealt needs --manifest")
        cohorts = dealt_cohorts(manifest, numbers)
    else:
        cohorts = simulated_cohorts(numbers, subjects=subjects, words_alone=kind == "words")
    for number, table in cohorts:
        for protocol in protocols:
            if (number, protocol) not in known:
                found = (
                    evaluate_words(table, seed=number)
                    if kind == "words"
                    else evaluate_cohort(table, protocol, seed=number)
                )
                about = {"kind": kind, "cohort": number, "protocol": protocol}
                with path.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(about | row) + "\n" for row in found)


def read_rows(path: Path) -> list[Row]:
    """Return what was run already."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def summarise(rows: list[Row]) -> None:
    """Print of each kind, protocol and method the mean AUC and how many intervals hold 0.5, and what was expected."""
    for key in dict.fromkeys((row["kind"], row["protocol"], row["method"]) for row in rows):
        own = [row for row in rows if (row["kind"], row["protocol"], row["method"]) == key]
        judged = key[1] == "subject" and key[::2] != ("simulated", DEMOGRAPHICS)
        print(f"{key[0]} {key[1]} {key[2]}: {len(own)} of {PLANNED[key[0]]} cohorts")
        print(f"    {describe_mean('mean AUC', [row['auc'] for row in own], judged=judged)}")
        held = [row["low"] <= 0.5 <= row["high"] for row in own if math.isfinite(row["low"])]
        print(f"    {describe_count('95% intervals that hold 0.5', held, share=0.95, judged=judged)}")
        chances = [row["p_value"] <= 0.05 for row in own if row.get("p_value") is not None]
        if chances:
            print(f"    {describe_count('p-values of at most 0.05', chances, share=0.05, judged=judged)}")
        inner = [row["inner_auc"] for row in own if "inner_auc" in row]
        if inner:
            print(f"    {describe_mean('mean AUC on inner folds', inner, judged=judged)}")


def describe_mean(name: str, areas: list[float], *, judged: bool) -> str:
    """Return the mean of AUCs with its standard error and their SD, and whether 0.5 is within two standard errors.

    >>> describe_mean("mean AUC", [0.52, 0.56, 0.54], judged=True)
    'mean AUC 0.540, SE 0.012, SD 0.020: NOT AS EXPECTED (0.476 to 0.524)'
    """
    mean = float(np.mean(areas))
    spread = float(np.std(areas, ddof=1)) if len(areas) > 1 else math.nan
    error = spread / len(areas) ** 0.5
    told = f"{name} {mean:.3f}, SE {error:.3f}, SD {spread:.3f}"
    if not judged or not math.isfinite(error):
        return told
    verdict = "as expected" if abs(mean - 0.5) <= 2 * error else "NOT AS EXPECTED"
    return f"{told}: {verdict} ({0.5 - 2 * error:.3f} to {0.5 + 2 * error:.3f})"


def describe_count(name: str, found: list[bool], *, share: float, judged: bool) -> str:
    """Return how many there are, and whether that is within the limits of the binomial distribution.

    >>> describe_count("intervals", [True] * 17 + [False] * 3, share=0.95, judged=True)
    'intervals: 17 of 20, as expected (17 to 20)'
    """
    told = f"{name}: {sum(found)} of {len(found)}"
    if not judged:
        return told
    low, high = (int(limit) for limit in binom.ppf((0.025, 0.975), len(found), share))
    verdict = "as expected" if low <= sum(found) <= high else "NOT AS EXPECTED"
    return f"{told}, {verdict} ({low} to {high})"


def main() -> None:
    """Read the options, run, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--kind", choices=sorted(PLANNED))
    parser.add_argument("--manifest", type=Path, help="of the real cohort; needed for dealt")
    parser.add_argument("--summary", action="store_true", help="run nothing")
    parser.add_argument("--cohorts", type=int, help="fewer than planned, for a trial")
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--protocols", nargs="+", default=["subject"])
    options = parser.parse_args()
    if not options.summary:
        if options.kind is None:
            parser.error("name a --kind, or ask for the --summary")
        run(
            options.rows,
            options.kind,
            count=options.cohorts or PLANNED[options.kind],
            manifest=options.manifest,
            subjects=options.subjects,
            protocols=options.protocols,
        )
    summarise(read_rows(options.rows))


if __name__ == "__main__":
    main()
