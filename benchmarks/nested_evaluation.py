"""The nested evaluation's time, beside the same search as one scikit-learn Pipeline in GridSearchCV.

    python benchmarks/nested_evaluation.py --manifest ../shared/ami/manifest_excerpts.csv
    adscreen evaluate ../shared/ami/manifest_excerpts.csv OUT --repeats 5 --jobs 2     (run.json has the wall time)

On the training side of the first outer fold, one process, one BLAS thread. Both search the same grid (``--members
paper``: one member on all blocks, 24 candidates) over the same three inner folds and fit the same winner; GridSearchCV
fits everything anew for each candidate and fold, adscreen fits each block once for the candidates that share it. Then
the out-of-fold log-odds of the winner are compared.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_limits

from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import read_cohort
from adscreen.estimator import build_member
from adscreen.estimator.study import MemberSettings, read_study
from adscreen.estimator.tuning import Tuned, tune
from adscreen.evaluation.protocols import outer_splits
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable, Fold

PARAMETERS = {  # of the naive Pipeline -> of the search space
    "classifier__C": "C",
    "columns__doc2vec__doc2vecvectorizer__vector_size": "doc2vec_size",
    "columns__doc2vec__doc2vecvectorizer__alpha": "doc2vec_alpha",
    "columns__elmo__reduce__size": "elmo_size",
}


def search_naively(table: FeatureTable, cases: NDArray[np.int64], inner: list[Fold]) -> tuple[GridSearchCV, float]:
    """Return the finished search, and its seconds of processor time."""
    study = read_study(None, members="paper")
    first = study.candidates()[0][0]
    grid = {name: list(getattr(study.search, ours)) for name, ours in PARAMETERS.items()}
    start = time.process_time()
    search = GridSearchCV(build_member(first), grid, cv=inner, scoring="roc_auc", refit=True)
    return search.fit(table.inputs, cases), time.process_time() - start


def search_shared(table: FeatureTable, cases: NDArray[np.int64], inner: list[Fold]) -> tuple[Tuned, float]:
    """Return what tuning found, its winner fitted as well, and the seconds of processor time."""
    study = read_study(None, members="paper")
    start = time.process_time()
    tuned = tune(table, study.candidates(), inner=inner, seed=0)
    tuned.build(seed=0).fit(table.inputs, cases)
    return tuned, time.process_time() - start


def out_of_fold(
    table: FeatureTable, settings: MemberSettings, cases: NDArray[np.int64], inner: list[Fold]
) -> NDArray[np.float64]:
    """Return the log-odds of a plain Pipeline of these settings on each inner fold's test rows."""
    logits = np.full(len(table), np.nan)
    for training, test in inner:
        member: Any = build_member(settings).fit(table.inputs.iloc[training], cases[training])
        logits[test] = member.decision_function(table.inputs.iloc[test])
    return logits


def main() -> None:
    """Search both ways and print times, their ratio, and the difference of the winner's log-odds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    arguments = parser.parse_args()
    cohort = read_cohort(arguments.manifest)
    table = extract_cohort(cohort, ExtractSettings(bundled(BUNDLED_BILM)))
    with threadpool_limits(1):
        (_, (training, _)), *_ = outer_splits(table, read_study(None), protocol="subject")
        own = table.rows(training)
        cases, inner = own.cases, own.folds(3, seed=0)
        tuned, shared = search_shared(own, cases, inner)
        print(f"adscreen     {shared:8.1f} s   inner AUC {tuned.candidates['inner_auc'].max():.4f}", flush=True)
        search, naive = search_naively(own, cases, inner)
        print(f"GridSearchCV {naive:8.1f} s   inner AUC {search.best_score_:.4f}   ratio {naive / shared:.1f}")
        found = {ours: search.best_params_[name] for name, ours in PARAMETERS.items()}
        chosen = {name: value for name, value in tuned.members[0].read().items() if name in found}
        print(f"same winner: {found == chosen} {chosen}")
        gap = np.abs(tuned.logits[:, 0] - out_of_fold(own, tuned.members[0], cases, inner)).max()
        print(f"greatest difference of out-of-fold log-odds: {gap:.1e}")


if __name__ == "__main__":
    main()
