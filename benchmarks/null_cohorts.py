"""Cohorts whose labels mean nothing, evaluated: is the AUC 0.5, and do 95% intervals hold it?

    python benchmarks/null_cohorts.py ROWS.jsonl --manifest ../shared/ami/manifest_excerpts.csv [--cohorts 20]
    python benchmarks/null_cohorts.py ROWS.jsonl --simulated [--cohorts 20] [--subjects 100]
    python benchmarks/null_cohorts.py ROWS.jsonl --summary

With a manifest, the labels of its subjects are dealt out anew in whole clusters (``deal_labels``), once a cohort;
transcripts are read once. With ``--simulated`` each cohort is simulated anew (SYNTHETIC) without an effect. Each is
evaluated under ``subject`` (one repeat of 5 folds, 2 inner ones) and ``paper`` (2 splits), with a search over two
values of C: what is tested is the protocol, not the estimator. Each finished protocol of a cohort appends its rows to
ROWS.jsonl, and what the file holds is not run again.

The interval is over clusters where there are any, else over subjects: what was dealt out is what is resampled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import read_cohort
from adscreen.estimator.study import SearchSpace, StudySettings
from adscreen.evaluation import evaluate_protocol
from adscreen.evaluation.shortcuts import deal_labels
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.simulate import simulate_cohort

SEARCH = SearchSpace(C=(0.1, 1.0), doc2vec_size=(50,), doc2vec_alpha=(0.05,), elmo_size=(32,), paired_context=(0.5,))
STUDY = StudySettings(SEARCH, folds=5, repeats=1, inner_folds=2, splits=2)
NEAR, COVERED = 0.02, 17  # of 0.5, and of 20
Row = dict[str, Any]


def dealt_cohorts(manifest: Path, count: int) -> Iterator[tuple[int, FeatureTable]]:
    """Yield (number, table) of a real cohort with labels dealt out anew."""
    cohort = read_cohort(manifest)
    table = extract_cohort(cohort, ExtractSettings(bundled(BUNDLED_BILM)))
    for number in range(count):
        negative, positive = cohort.labels
        dealt = np.where(deal_labels(table, seed=number) == 1, positive, negative)
        yield number, replace(table, subjects=table.subjects.assign(label=dealt))


def simulated_cohorts(count: int, *, subjects: int, known: set[int]) -> Iterator[tuple[int, FeatureTable]]:
    """Yield (number, table) of cohorts simulated without an effect."""
    for number in range(count):
        if number not in known:
            with tempfile.TemporaryDirectory() as folder:
                manifest = simulate_cohort(Path(folder) / "c", subjects=subjects, visits=2, seed=number, effect=0.0)
                table = extract_cohort(read_cohort(manifest), ExtractSettings(bundled(BUNDLED_BILM)))
            yield number, table


def evaluate_cohort(kind: str, number: int, table: FeatureTable, protocol: str) -> list[Row]:
    """Return one row a method: the AUC by recording, with its interval."""
    study = replace(STUDY, seed=number)
    found = evaluate_protocol(table, study, protocol=protocol)  # type: ignore[arg-type]
    clustered = table.group_column == "cluster"
    rows = []
    for row in found.metrics:
        if (row.measure, row.level) == ("auc", "recording"):
            low, high = (row.cluster_low, row.cluster_high) if clustered else (row.low, row.high)
            rows.append({"kind": kind, "cohort": number, "protocol": protocol, "method": row.method})
            rows[-1] |= {"auc": row.value, "low": low, "high": high, "shared": found.shared_subject_share}
    return rows


def run(path: Path, cohorts: Iterator[tuple[int, FeatureTable]], kind: str, protocols: list[str]) -> None:
    """Evaluate what the file lacks, and append it."""
    known = {(row["kind"], row["cohort"], row["protocol"]) for row in read_rows(path)}
    for number, table in cohorts:
        for protocol in protocols:
            if (kind, number, protocol) not in known:
                rows = evaluate_cohort(kind, number, table, protocol)
                with path.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(row) + "\n" for row in rows)


def read_rows(path: Path) -> list[Row]:
    """Return what was run already."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def summarise(rows: list[Row]) -> None:
    """Print the mean AUC of each kind, protocol and method, and how many intervals hold 0.5."""
    print(f"{'cohorts':10} {'protocol':9} {'method':16} {'n':>3} {'mean AUC':>9} {'SE':>6} {'SD':>6} {'hold 0.5':>9}")
    for key in dict.fromkeys((row["kind"], row["protocol"], row["method"]) for row in rows):
        own = [row for row in rows if (row["kind"], row["protocol"], row["method"]) == key]
        areas = np.array([row["auc"] for row in own])
        held = sum(row["low"] <= 0.5 <= row["high"] for row in own)
        spread = areas.std(ddof=1) if len(areas) > 1 else float("nan")
        error = spread / len(areas) ** 0.5
        line = f"{key[0]:10} {key[1]:9} {key[2]:16} {len(own):3} {areas.mean():9.3f} {error:6.3f} {spread:6.3f}"
        wanted = key[1] == "subject"
        verdict = abs(areas.mean() - 0.5) <= NEAR and held >= COVERED * len(own) / 20
        print(
            f"{line} {held:5}/{len(own):<3} {('as wanted' if verdict else 'NOT AS WANTED') if wanted else ''}".rstrip()
        )


def main() -> None:
    """Read the options, run, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--cohorts", type=int, default=20)
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--protocols", nargs="+", default=["subject", "paper"])
    options = parser.parse_args()
    if options.manifest:
        run(options.rows, dealt_cohorts(options.manifest, options.cohorts), "dealt", options.protocols)
    if options.simulated:
        done = [(row["cohort"], row["protocol"]) for row in read_rows(options.rows) if row["kind"] == "simulated"]
        known = {number for number, _ in done if all((number, name) in done for name in options.protocols)}
        cohorts = simulated_cohorts(options.cohorts, subjects=options.subjects, known=known)
        run(options.rows, cohorts, "simulated", options.protocols)
    summarise(read_rows(options.rows))


if __name__ == "__main__":
    main()
