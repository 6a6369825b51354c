"""Labels that mean nothing: is the AUC of a training row that was held out 0.5, or did its label reach its score?

    python benchmarks/inner_auc.py RESULTS.jsonl [--cohorts 200] [--subjects 80] [--jobs 2]
    python benchmarks/inner_auc.py RESULTS.jsonl --summary

Each SYNTHETIC cohort has two blocks of 20 standard normal columns and 30 words drawn from 200, for every subject, and
labels dealt at random, half of the subjects each; three members read a block or the words. ``inner_auc`` is that of
tuning (3 inner folds). ``old`` is that of the rule which adscreen had before: the fusion of a fold's rows is fitted on
the other folds' out-of-fold log-odds, which come from members that were trained on the fold. ``member`` is the mean
out-of-fold AUC of the members by themselves. The size was decided beforehand: 200 cohorts tell 0.50 from 0.52 (an AUC
of 80 subjects scatters by about 0.08, so the standard error is near 0.006).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from adscreen.estimator import fit_fusion
from adscreen.estimator.study import SearchSpace
from adscreen.estimator.tuning import Tuned, on_one_thread, tune
from adscreen.extract.feature_table import TOKENS, FeatureTable, Fold
from adscreen.metrics import weighted_auc

MEMBERS, COLUMNS, WORDS, SPOKEN, WANTED = ("one", "other", "words"), 20, 200, 30, 0.01
Row = dict[str, Any]


def make_noise(number: int, *, subjects: int) -> FeatureTable:
    """Return a cohort in which nothing says anything of the label."""
    rng = np.random.default_rng([18, number])
    names = [f"S{place:03d}" for place in range(subjects)]
    labels = rng.permutation(np.repeat(["case", "control"], [subjects // 2, subjects - subjects // 2]))
    columns = [f"c{column:02d}" for column in range(COLUMNS)]
    numbers = {f"{block}.{column}": rng.standard_normal(subjects) for block in MEMBERS[:2] for column in columns}
    spoken = [[f"w{word}" for word in rng.integers(0, WORDS, size=SPOKEN)] for _ in names]
    return FeatureTable(
        pd.DataFrame({"recording_id": names, "subject_id": names, "label": labels}),
        pd.DataFrame(numbers).assign(**{TOKENS: spoken}),
        pd.DataFrame({"recording_id": []}),
        {"blocks": dict.fromkeys(MEMBERS[:2], columns)},
        ("control", "case"),
    )


def judge(number: int, subjects: int) -> Row:
    """Return the inner AUC of one cohort, under the rule that is used and under the old one."""
    table = make_noise(number, subjects=subjects)
    inner = table.folds(3, seed=number)
    space = SearchSpace(C=(0.1, 1.0))
    tuned = tune(table, [space.candidates(member) for member in MEMBERS], inner=inner, seed=number)
    alone = [area(tuned.logits[test, member], table.cases[test]) for member in range(3) for _, test in inner]
    old = fuse_as_before(tuned, table.cases, inner)
    return {"cohort": number, "inner_auc": tuned.inner_auc, "old": old, "member": float(np.mean(alone))}


def fuse_as_before(tuned: Tuned, cases: NDArray[np.int64], inner: list[Fold]) -> float:
    """Return the mean AUC of rows fused by the other folds' out-of-fold log-odds."""
    areas = []
    for _, test in inner:
        others = np.setdiff1d(np.arange(len(cases)), test)
        fused = fit_fusion(tuned.logits[others], cases[others]).logits(tuned.logits[test])
        areas.append(area(fused, cases[test]))
    return float(np.mean(areas))


def area(scores: NDArray[np.float64], cases: NDArray[np.int64]) -> float:
    """Return the AUC."""
    return float(weighted_auc(scores, cases.astype(bool), np.ones((1, len(cases))))[0])


def read_rows(path: Path) -> list[Row]:
    """Return what was run already."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def summarise(rows: list[Row]) -> None:
    """Print the mean of each AUC with its standard error."""
    for name in ("member", "old", "inner_auc"):
        values = np.array([row[name] for row in rows])
        error = values.std(ddof=1) / len(values) ** 0.5
        verdict = f"   0.5 within {WANTED}: {'yes' if abs(values.mean() - 0.5) <= WANTED else 'NO'}"
        print(f"{name:10} {values.mean():.3f} (SE {error:.3f}){verdict if name == 'inner_auc' else ''}")
    print(f"{len(rows)} cohorts")


def main() -> None:
    """Read the options, run what RESULTS.jsonl lacks, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--subjects", type=int, default=80)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    rows = read_rows(options.results)
    missing = [] if options.summary else sorted(set(range(options.cohorts)) - {row["cohort"] for row in rows})
    workers = Parallel(n_jobs=options.jobs, return_as="generator")
    for row in workers(delayed(on_one_thread)(judge, number, options.subjects) for number in missing):
        rows.append(row)
        with options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    summarise(rows)


if __name__ == "__main__":
    main()
