"""Simulated cohorts whose truth is known exactly: how often does the 95% interval hold it?

    python benchmarks/coverage.py OUT [--cohorts 400] [--designs noise_100 ...] [--seed 1] [--jobs 2]

Everything is SYNTHETIC. Columns are Gaussian, with equal variances and cases shifted, so that what a linear score is
worth on new people is a formula. Each cohort is evaluated as ``subject`` does (stratified folds that keep groups
together, the threshold of the greatest Youden index on inner folds) or, in ``external`` designs, by one model of
another cohort. Of AUC, sensitivity, specificity and the difference of the AUCs of two methods of equal worth (one half
of the columns each):

- ``own``: the share of cohorts whose interval holds the mean worth, on new people, of the very models of the folds;
- ``mean``: the share that holds what the procedure is worth at this size on average, over all cohorts of the design;
- ``before``: the same two of the percentile bootstrap over groups that adscreen had up to 0.10 (kept here alone);
- ``width``: the median width, and that of the bootstrap.

OUT keeps a row a cohort and design, so a stopped run goes on. ``--designs`` names designs, ``chosen`` (those that the
constants of adscreen.metrics.training_role were chosen on), ``checked`` (all others) or ``all``.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import special

from adscreen.metrics import Groups, Predictions, Training, auc_within_folds, confusion, jackknife
from adscreen.metrics.decisions import rates

Floats = NDArray[np.float64]
Fit = Callable[[Floats, NDArray[np.int64]], Floats]
FOLDS, INNER, RESAMPLES, SHRUNK = 5, 3, 300, 0.3
MEASURES = ("auc", "sensitivity", "specificity", "difference")


def fit_discriminant(values: Floats, cases: NDArray[np.int64]) -> Floats:
    """Return the weights of a linear discriminant with a ridge on the shared covariance."""
    means = [values[cases == label].mean(axis=0) for label in (0, 1)]
    centred = values - np.where(cases[:, None] == 1, means[1], means[0])
    covariance = centred.T @ centred / len(values)
    weights: Floats = np.linalg.solve(covariance + SHRUNK * np.eye(values.shape[1]), means[1] - means[0])
    return weights


def fit_centroids(values: Floats, cases: NDArray[np.int64]) -> Floats:
    """Return the weights of the nearest centroid: the difference of the means."""
    weights: Floats = values[cases == 1].mean(axis=0) - values[cases == 0].mean(axis=0)
    return weights


def fit_logistic(values: Floats, cases: NDArray[np.int64]) -> Floats:
    """Return the weights of logistic regression with a ridge of 10 and an intercept, by Newton's method."""
    design = np.hstack([values, np.ones((len(values), 1))])
    ridge = 10.0 * np.eye(design.shape[1])
    ridge[-1, -1] = 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(8):
        chances = special.expit(design @ weights)
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curvature, design.T @ (cases - chances) - ridge @ weights)
    fitted: Floats = weights[:-1]
    return fitted


@dataclass(frozen=True)
class Design:
    """A cohort: people, columns, what the models are worth, repeats; and rows a group, the share of variance in it.

    ``mixed``: the last row of each group has the other label.
    """

    people: int
    worth: float = 0.5
    repeats: int = 1
    columns: int = 30
    share: float = 0.5
    rows: int = 1
    within: float = 0.5
    mixed: bool = False
    external: bool = False
    fit: Fit = fit_discriminant


CHOSEN = {
    "noise_40": Design(40),
    "noise_100": Design(100),
    "noise_100_3": Design(100, repeats=3),
    "noise_300_3": Design(300, repeats=3),
    "auc72_40_3": Design(40, 0.72, 3),
    "auc72_100": Design(100, 0.72),
    "auc72_100_3": Design(100, 0.72, 3),
    "auc72_300_3": Design(300, 0.72, 3),
    "auc88_100_3": Design(100, 0.88, 3),
    "auc88_300_3": Design(300, 0.88, 3),
    "auc99_40": Design(40, 0.99),
    "clusters_12": Design(12, 0.72, rows=4),
}
CHECKED = {
    "noise_40_3": Design(40, repeats=3),
    "noise_300": Design(300),
    "auc72_40": Design(40, 0.72),
    "auc72_300": Design(300, 0.72),
    "auc88_40": Design(40, 0.88),
    "auc88_40_3": Design(40, 0.88, 3),
    "auc88_100": Design(100, 0.88),
    "auc88_300": Design(300, 0.88),
    "auc99_40_3": Design(40, 0.99, 3),
    "clusters_12_3": Design(12, 0.72, 3, rows=4),
    "clusters_12_auc88_3": Design(12, 0.88, 3, rows=4),
    "clusters_12_mixed_3": Design(12, 0.72, 3, rows=4, mixed=True),
    "rare5_100_3": Design(100, 0.72, 3, share=0.05),
    "rare5_300_3": Design(300, 0.72, 3, share=0.05),
    "visits_3_of_60_3": Design(60, 0.72, 3, rows=3),
    "external_40": Design(40, 0.72, external=True),
    "external_100": Design(100, 0.72, external=True),
    "external_100_auc88": Design(100, 0.88, external=True),
    "external_40_auc99": Design(40, 0.99, external=True),
    "columns10_auc72_100_3": Design(100, 0.72, 3, columns=10),
    "columns100_auc72_100_3": Design(100, 0.72, 3, columns=100),
    "columns10_auc88_300_3": Design(300, 0.88, 3, columns=10),
    "centroids_auc72_100_3": Design(100, 0.72, 3, fit=fit_centroids),
    "centroids_auc88_300_3": Design(300, 0.88, 3, fit=fit_centroids),
    "logistic_auc72_100_3": Design(100, 0.72, 3, fit=fit_logistic),
    "logistic_noise_100_3": Design(100, repeats=3, columns=10, fit=fit_logistic),
    "logistic_auc88_300_3": Design(300, 0.88, 3, columns=10, fit=fit_logistic),
}
DESIGNS = CHOSEN | CHECKED


@dataclass(frozen=True)
class Cohort:
    """Rows with columns, labels and groups."""

    values: Floats
    cases: NDArray[np.int64]
    groups: NDArray[np.intp]


def draw_cohort(design: Design, effect: float, rng: np.random.Generator) -> Cohort:
    """Draw a cohort whose cases are shifted by ``effect`` along one direction of unit length."""
    labels = (np.arange(design.people) < round(design.people * design.share)).astype(np.int64)
    groups = np.repeat(np.arange(design.people), design.rows)
    cases = labels[groups]
    if design.mixed:
        cases[design.rows - 1 :: design.rows] ^= 1
    values = rng.standard_normal((len(groups), design.columns))
    if design.rows > 1:
        shared = rng.standard_normal((design.people, design.columns))[groups]
        values = np.sqrt(design.within) * shared + np.sqrt(1 - design.within) * values
    return Cohort(values + effect * cases[:, None] / np.sqrt(design.columns), cases, groups)


def deal_folds(cohort: Cohort, rows: NDArray[np.intp], count: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield the test rows of each fold: groups whole, those with mostly either label dealt evenly."""
    names, inverse = np.unique(cohort.groups[rows], return_inverse=True)
    mostly = np.bincount(inverse, weights=cohort.cases[rows]) * 2 > np.bincount(inverse)
    place = np.zeros(len(names), dtype=np.intp)
    for label in (False, True):
        own = rng.permutation(np.flatnonzero(mostly == label))
        place[own] = (np.arange(len(own)) + (int((~mostly).sum()) if label else 0)) % count
    for fold in range(count):
        yield rows[place[inverse] == fold]


@dataclass(frozen=True)
class Model:
    """Weights of columns, and the threshold."""

    weights: Floats
    threshold: float

    def worth(self, design: Design, effect: float, within: float) -> dict[str, float]:
        """Return AUC, sensitivity and specificity on new people; ``within`` pairs are those of one group."""
        size = float(np.linalg.norm(self.weights))
        gap = effect * float(self.weights.sum()) / np.sqrt(design.columns) / size
        area = (1 - within) * special.ndtr(gap / np.sqrt(2)) + within * special.ndtr(
            gap / np.sqrt(2 * (1 - design.within))
        )
        bar = self.threshold / size
        return {"auc": area, "sensitivity": special.ndtr(gap - bar), "specificity": special.ndtr(bar)}


def train(cohort: Cohort, rows: NDArray[np.intp], columns: slice, fit: Fit, rng: np.random.Generator | None) -> Model:
    """Fit on rows; with ``rng`` the threshold is Youden's on the held-out scores of inner folds, else 0."""
    values, cases = cohort.values[:, columns], cohort.cases
    weights = np.zeros(cohort.values.shape[1])
    weights[columns] = fit(values[rows], cases[rows])
    weights /= np.linalg.norm(weights)
    if rng is None:
        return Model(weights, 0.0)
    scores = np.zeros(len(cases))
    for test in deal_folds(cohort, rows, INNER, rng):
        training = np.setdiff1d(rows, test)
        if len(set(cases[training].tolist())) < 2:
            training = rows
        own = fit(values[training], cases[training])
        scores[test] = values[test] @ own / np.linalg.norm(own)
    return Model(weights, choose_threshold(scores[rows], cases[rows]))


def choose_threshold(scores: Floats, cases: NDArray[np.int64]) -> float:
    """Return the threshold of the greatest Youden index, the one nearest 0 of equals."""
    values = np.unique(scores)
    cuts = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2])
    below = [np.searchsorted(np.sort(scores[cases == label]), cuts) / (cases == label).sum() for label in (0, 1)]
    youden = below[0] - below[1]
    best = np.flatnonzero(youden >= youden.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best]))]])


def evaluate_cohort(
    design: Design, effect: float, rng: np.random.Generator
) -> tuple[Cohort, dict[str, list[Predictions]], dict[str, list[dict[str, float]]]]:
    """Return a cohort, each repeat's predictions of three methods, and what their models are worth on new people."""
    cohort = draw_cohort(design, effect, rng)
    half = design.columns // 2
    columns = {"all": slice(0, design.columns), "first": slice(0, half), "second": slice(half, 2 * half)}
    other = draw_cohort(design, effect, rng) if design.external else cohort
    everybody = np.arange(len(cohort.cases))
    repeats: dict[str, list[Predictions]] = {name: [] for name in columns}
    truths: dict[str, list[dict[str, float]]] = {name: [] for name in columns}
    for _ in range(design.repeats):
        folds = [everybody] if design.external else list(deal_folds(cohort, everybody, FOLDS, rng))
        within = pairs_within(cohort, folds)
        for name, chosen in columns.items():
            parts = []
            for test in folds:
                training = everybody if design.external else np.setdiff1d(everybody, test)
                model = train(other, training, chosen, design.fit, rng if name == "all" else None)
                parts.append((test, cohort.values[test] @ model.weights, model.threshold))
                truths[name].append(model.worth(design, effect, within))
            repeats[name].append(Predictions.join(parts))
    return cohort, repeats, truths


def pairs_within(cohort: Cohort, folds: list[NDArray[np.intp]]) -> float:
    """Return the share of the case-control pairs of folds that are of one group."""
    same, pairs = 0, 0
    for rows in folds:
        positive, negative = rows[cohort.cases[rows] == 1], rows[cohort.cases[rows] == 0]
        same += int((cohort.groups[positive][:, None] == cohort.groups[negative]).sum())
        pairs += len(positive) * len(negative)
    return same / pairs if pairs else 0.0


def measure_three(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return AUC, sensitivity and specificity under row weights."""
    found = rates(confusion(predictions, cases, weights))
    return {"auc": auc_within_folds(predictions, cases, weights)} | {
        name: found[name] for name in ("sensitivity", "specificity")
    }


def measure_area(predictions: Predictions, cases: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
    """Return the AUC under row weights."""
    return {"auc": auc_within_folds(predictions, cases, weights)}


def judge_cohort(name: str, effect: float, *, number: int, seed: int) -> dict[str, float]:
    """Return every measure of a cohort with its truth and both intervals."""
    design = DESIGNS[name]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode()), number])
    cohort, repeats, truths = evaluate_cohort(design, effect, rng)
    groups = Groups.of(cohort.groups.astype(str))
    training: Training = "none" if design.external else "estimated"
    found = jackknife(repeats["all"], cohort.cases, groups, measure_three, training=training).intervals()
    halves = [
        jackknife(repeats[half], cohort.cases, groups, measure_area, training=training) for half in ("first", "second")
    ]
    found["difference"] = halves[0].minus(halves[1]).intervals()["auc"]
    before = resample(repeats, cohort, rng)
    worth = {measure: float(np.mean([one[measure] for one in truths["all"]])) for measure in MEASURES[:3]}
    areas = [float(np.mean([one["auc"] for one in truths[half]])) for half in ("first", "second")]
    worth["difference"] = areas[0] - areas[1]
    row = {"number": float(number)}
    for measure in MEASURES:
        own = found[measure]
        row |= {f"{measure}_value": own.value, f"{measure}_low": own.low, f"{measure}_high": own.high}
        row |= {f"{measure}_truth": worth[measure]}
        row |= {f"{measure}_before_{side}": bound for side, bound in zip(("low", "high"), before[measure], strict=True)}
    return row


def resample(
    repeats: Mapping[str, list[Predictions]], cohort: Cohort, rng: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """Return the bounds of the percentile bootstrap over groups, as adscreen had them."""
    names, inverse = np.unique(cohort.groups, return_inverse=True)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)[:, inverse].astype(float)

    def mean(of: list[Predictions], measured: Callable[..., dict[str, Floats]]) -> dict[str, Floats]:
        found = [measured(one, cohort.cases, drawn) for one in of]
        return {name: np.mean([one[name] for one in found], axis=0) for name in found[0]}

    values = mean(repeats["all"], measure_three)
    values["difference"] = mean(repeats["first"], measure_area)["auc"] - mean(repeats["second"], measure_area)["auc"]
    return {name: tuple(np.nanpercentile(own, [2.5, 97.5]).tolist()) for name, own in values.items()}


@cache
def find_effect(name: str) -> float:
    """Return the shift at which the models of a design reach the AUC that it names, by bisection."""
    design = DESIGNS[name]
    if design.worth <= 0.5:
        return 0.0
    low, high = 0.0, 15.0
    for _ in range(12):
        middle = (low + high) / 2
        rng = np.random.default_rng(0)
        reached = np.mean([_reach(design, middle, rng) for _ in range(30)])
        low, high = (low, middle) if reached > design.worth else (middle, high)
    return (low + high) / 2


def _reach(design: Design, effect: float, rng: np.random.Generator) -> float:
    cohort = draw_cohort(design, effect, rng)
    rows = np.arange(len(cohort.cases))
    test = rows[:0] if design.external else next(iter(deal_folds(cohort, rows, FOLDS, rng)))
    rows = np.setdiff1d(rows, test)
    return Model(design.fit(cohort.values[rows], cohort.cases[rows]), 0.0).worth(design, effect, 0.0)["auc"]


def summarise(name: str, rows: pd.DataFrame) -> dict[str, object]:
    """Return the coverage of a design's rows."""
    found: dict[str, object] = {"design": name, "cohorts": len(rows), "worth": rows["auc_truth"].mean()}
    for measure in MEASURES:
        truth = rows[f"{measure}_truth"]
        mean = 0.0 if measure == "difference" else truth.mean()
        for kind, part in (("", ""), ("before_", "before_")):
            low, high = rows[f"{measure}_{part}low"], rows[f"{measure}_{part}high"]
            found[f"{measure}_{kind}own"] = ((low <= truth) & (truth <= high)).mean()
            found[f"{measure}_{kind}mean"] = ((low <= mean) & (mean <= high)).mean()
            found[f"{measure}_{kind}width"] = (high - low).median()
    return found


def run_design(name: str, out: Path, *, cohorts: int, seed: int, workers: Parallel) -> pd.DataFrame:
    """Judge the cohorts of a design that OUT lacks; return all rows."""
    path = out / f"{name}_{seed}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    effect = find_effect(name)
    new = workers(delayed(judge_cohort)(name, effect, number=n, seed=seed) for n in range(len(rows), cohorts))
    with path.open("a", encoding="utf-8") as file:
        for row in new:
            file.write(json.dumps(row) + "\n")
            rows.append(row)
    return pd.DataFrame(rows[:cohorts])


def write_table(found: pd.DataFrame) -> str:
    """Return a Markdown table: of each measure own/mean after, and before."""
    lines = ["| design | worth | " + " | ".join(f"{m}, before | {m}, now" for m in MEASURES) + " |"]
    lines.append("|---" * (2 + 2 * len(MEASURES)) + "|")
    for row in found.to_dict("records"):
        cells = [
            f"{row[f'{measure}_{kind}own']:.3f} / {row[f'{measure}_{kind}mean']:.3f}"
            for measure in MEASURES
            for kind in ("before_", "")
        ]
        lines.append(f"| `{row['design']}` | {row['worth']:.3f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def choose_designs(names: list[str]) -> list[str]:
    """Return the designs that names or the words ``chosen``, ``checked`` and ``all`` mean."""
    words = {"chosen": list(CHOSEN), "checked": list(CHECKED), "all": list(DESIGNS)}
    found = [design for name in names for design in words.get(name, [name])]
    unknown = [name for name in found if name not in DESIGNS]
    if unknown:
        raise SystemExit(f"no design {unknown[0]!r}; there are: {', '.join(DESIGNS)}")
    return found


def main() -> None:
    """Read the options, run what OUT lacks, print and keep the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cohorts", type=int, default=400)
    parser.add_argument("--designs", nargs="+", default=["all"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    designs = choose_designs(options.designs)
    options.out.mkdir(parents=True, exist_ok=True)
    workers = Parallel(n_jobs=options.jobs, return_as="generator")
    found = pd.DataFrame(
        [
            summarise(name, run_design(name, options.out, cohorts=options.cohorts, seed=options.seed, workers=workers))
            for name in designs
        ]
    )
    found.to_csv(options.out / f"coverage_{options.seed}.csv", index=False)
    print(write_table(found))


if __name__ == "__main__":
    main()
