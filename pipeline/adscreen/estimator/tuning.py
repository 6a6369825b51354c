"""Training rows -> chosen settings, fusion and threshold, by inner folds that never split a group.

Each member is tuned by itself. On an inner fold everything is fitted once for all candidates that share it: each block
for each of its own settings, the paired heads for all weights of their context. The chosen candidates' out-of-fold
log-odds give the fusion.

What is said of a training row while it is held out must not have learned from it in any step. So the rows of inner fold
j are fused by weights from the other folds' rows, as predicted by members that left out j as well as the row's own
fold: for each pair of folds the chosen members are fitted once more on the rest. (The other folds' out-of-fold log-odds
come from members that were trained on j, and would carry its labels into the weights.) Threshold and joined visits are
found on these probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from adscreen.errors import InputError
from adscreen.estimator.blocks import build_columns, doc2vec_of
from adscreen.estimator.doc2vec import Doc2VecVectorizer
from adscreen.estimator.fusion import Fusion, fit_fusion
from adscreen.estimator.member import build_classifier
from adscreen.estimator.paired import PairedPerplexity
from adscreen.estimator.stack import Stack, build_estimator
from adscreen.estimator.study import DOC2VEC, LOGISTIC, PAIRED, MemberSettings, settings_of_block
from adscreen.extract.feature_table import TOKENS, FeatureTable, Fold
from adscreen.metrics import (
    YOUDEN,
    ThresholdRule,
    join_logits,
    sum_visits,
    visit_correlation,
    weigh_by_subject,
    weighted_auc,
)

Result = TypeVar("Result")
Doc2VecKey = tuple[int, int, float]
Vectors = Mapping[Doc2VecKey, NDArray[np.float32]]  # one row a table row
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tuned:
    """The chosen members, their fusion and the threshold; every candidate with its inner AUC.

    ``logits`` (n, members) are each chosen member's on rows that it did not see; ``probabilities`` (n,) are of
    estimators, fusion included, that did not see the row, and ``thresholds`` (n,) what the rule chooses without it;
    ``inner_auc`` is the probabilities' mean AUC over inner folds. Recordings of a subject share ``visit_correlation``
    (see ``metrics.visits``), and ``subject_threshold`` is that of their joined probability.
    """

    members: tuple[MemberSettings, ...]
    fusion: Fusion
    threshold: float
    candidates: pd.DataFrame
    logits: Floats
    probabilities: Floats
    thresholds: Floats
    inner_auc: float
    visit_correlation: float
    subject_threshold: float

    @property
    def settings(self) -> dict[str, Any]:
        """What was chosen, as plain data: ``member.setting``, the member's weight among them.

        A weight is what a standard deviation of the member's out-of-fold log-odds adds to the estimator's.
        """
        chosen: dict[str, Any] = {}
        spread = np.sort(self.logits, axis=0).std(axis=0)  # sorted: rounding does not depend on the rows' order
        weights = np.array(self.fusion.weights) * spread
        for member, weight in zip(self.members, weights.tolist(), strict=True):
            chosen[f"{member.name}.weight"] = weight
            chosen |= {f"{member.name}.{name}": value for name, value in member.read().items()}
        return chosen

    def build(self, *, seed: int, doc2vec_known: bool = False) -> Stack:
        """Return the unfitted estimator that was chosen (``doc2vec_known``: see ``build_columns``)."""
        return build_estimator(self.members, self.fusion, seed=seed, doc2vec_known=doc2vec_known)


def tune(
    table: FeatureTable,
    candidates: Sequence[Sequence[MemberSettings]],
    *,
    inner: list[Fold],
    seed: int,
    vectors: Vectors | None = None,
    rule: ThresholdRule = YOUDEN,
    jobs: int = 1,
) -> Tuned:
    """Choose among each member's candidates by mean AUC over the inner folds that test both labels; then fuse.

    The first of equals wins. ``vectors`` are Doc2Vec vectors fitted outside the folds (the paper's protocol); without
    them each inner fold fits its own. ``rule`` says how the threshold is found from the fused probabilities.
    """
    from joblib import Parallel, delayed

    cases = table.cases
    flat = [settings for of_member in candidates for settings in of_member]
    logits = np.full((len(flat), len(table)), np.nan)
    areas = np.zeros((len(flat), len(inner)))
    calls = (delayed(on_one_thread)(score_candidates, table, flat, fold, cases, seed, vectors) for fold in inner)
    for number, ((_, test), found) in enumerate(zip(inner, Parallel(n_jobs=jobs)(calls), strict=True)):
        logits[:, test] = found
        areas[:, number] = [_area(row, cases[test]) for row in found]
    both = ~np.isnan(areas[0])  # clusters may leave a fold with one label, which ranks no candidate
    means = areas[:, both].mean(axis=1) if both.any() else areas[:, 0]
    listing = pd.DataFrame([{"member": settings.name, **settings.read()} for settings in flat]).assign(inner_auc=means)
    chosen = _best_of_each([len(of_member) for of_member in candidates], means)
    members = tuple(flat[number] for number in chosen)
    parts = pair_folds(table, inner, seed=seed)
    calls = (
        delayed(on_one_thread)(score_candidates, table, list(members), part.fold, cases, seed, vectors)
        for part in parts
    )
    without = _without_each(len(table), len(inner), parts, Parallel(n_jobs=jobs)(calls))
    subjects = table.subjects["subject_id"].to_numpy(dtype=str)
    held_out = _HeldOut(logits[chosen].T, without, cases, subjects)
    return on_one_thread(_fuse, table, members, held_out, listing, inner, rule)


def _best_of_each(counts: Sequence[int], means: Floats) -> list[int]:
    """Return the place of each member's best candidate among all; ``counts`` are the candidates of each."""
    ends = np.cumsum(counts)
    parts = np.split(means, ends[:-1])
    return [int(end - len(own) + np.argmax(own >= own.max() - 1e-9)) for end, own in zip(ends, parts, strict=True)]


@dataclass(frozen=True, slots=True)
class PairFold:
    """A fit that leaves out two inner folds: its training and test rows, and which test rows are for which fold.

    ``uses`` holds (left out, rows): log-odds of these rows serve the fusion that judges the fold left out.
    """

    fold: Fold
    uses: tuple[tuple[int, NDArray[np.intp]], ...]


def pair_folds(table: FeatureTable, inner: Sequence[Fold], *, seed: int) -> list[PairFold]:
    """Return the fits by which every inner fold is judged by a fusion that never saw it, directly or through members.

    For folds i and j, one on the rows that train for both: it predicts i for the fusion that judges j, and j for that
    which judges i. With two folds there is no such row: the training side of each is split in two by groups.
    """
    if len(inner) == 2:
        return [part for number in (0, 1) for part in _halves(table, inner[number][0], number, seed=seed)]
    pairs = []
    for one, other in combinations(range(len(inner)), 2):
        rows = np.intersect1d(inner[one][0], inner[other][0])
        if len(set(table.cases[rows].tolist())) == 2:
            tests = inner[one][1], inner[other][1]
            training = _in_order(rows, inner[one][0])
            pairs.append(PairFold((training, np.concatenate(tests)), ((other, tests[0]), (one, tests[1]))))
    return pairs


def _in_order(rows: NDArray[np.intp], ordered: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return rows in the order in which ``ordered`` has them: the canonical one, whatever the manifest's is."""
    return ordered[np.isin(ordered, rows)]


def _halves(table: FeatureTable, training: NDArray[np.intp], left_out: int, *, seed: int) -> list[PairFold]:
    try:
        halves = table.rows(training).folds(2, seed=seed)
    except InputError:  # a label has one group there
        return []
    return [PairFold((training[own], training[test]), ((left_out, training[test]),)) for own, test in halves]


def _without_each(rows: int, folds: int, parts: Sequence[PairFold], found: Sequence[Floats]) -> Floats:
    """Return log-odds (folds, rows, members) by members that saw neither the row nor the fold; NaN where none did."""
    width = len(found[0]) if found else 0
    without = np.full((folds, rows, width), np.nan)
    for part, logits in zip(parts, found, strict=True):
        place = {row: number for number, row in enumerate(part.fold[1].tolist())}
        for left_out, own in part.uses:
            without[left_out, own] = logits[:, [place[row] for row in own.tolist()]].T
    return without


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """Log-odds of the chosen members on rows that they did not see, and what the rows are.

    ``logits`` (n, members) of members that left out the row's fold; ``without`` (folds, n, members) of members that
    left out another fold besides.
    """

    logits: Floats
    without: Floats
    cases: NDArray[np.int64]
    subjects: NDArray[np.str_]

    def ordered(self, order: NDArray[np.intp]) -> _HeldOut:
        """Return the same with the rows in this order."""
        return _HeldOut(self.logits[order], self.without[:, order], self.cases[order], self.subjects[order])

    def judge(self, number: int, test: NDArray[np.intp], rule: ThresholdRule) -> tuple[Floats, float]:
        """Return the log-odds of a fold's test rows and a threshold, by a fusion of rows that know nothing of them.

        0 and NaN where no such rows hold both labels.
        """
        known = np.isfinite(self.without[number]).all(axis=1) if self.without.shape[2] else np.zeros(0, dtype=bool)
        others = np.setdiff1d(np.flatnonzero(known), test)
        cases, weights = self.cases[others], weigh_by_subject(self.subjects[others])
        if len(set(cases.tolist())) < 2:
            return np.zeros(len(test)), math.nan
        seen = self.without[number][others]
        fusion = fit_fusion(seen, cases, weights)
        return fusion.logits(self.logits[test]), rule.choose(expit(fusion.logits(seen)), cases, weights)


def _fuse(
    table: FeatureTable,
    members: tuple[MemberSettings, ...],
    found: _HeldOut,
    listing: pd.DataFrame,
    inner: list[Fold],
    rule: ThresholdRule,
) -> Tuned:
    """Return what tuning found, given the held-out log-odds of the chosen members.

    Rows are fused in canonical order, so that rounding does not depend on the manifest's.
    """
    order = table.canonical_order()
    place = np.argsort(order)
    held_out = found.ordered(order)
    fused, cuts = np.full(len(order), np.nan), np.full(len(order), np.nan)
    for number, (_, test) in enumerate(inner):
        own = np.sort(place[test])
        fused[own], cuts[own] = held_out.judge(number, own, rule)
    cases, weights = held_out.cases, weigh_by_subject(held_out.subjects)
    known, seen = np.isfinite(fused), np.isfinite(held_out.logits).all(axis=1)
    probabilities = expit(fused)
    areas = [_area(probabilities[place[test]], found.cases[test]) for _, test in inner]
    threshold = rule.choose(probabilities[known], cases[known], weights[known])
    correlation = visit_correlation(fused, cases, held_out.subjects)
    return Tuned(
        members=members,
        fusion=fit_fusion(held_out.logits[seen], cases[seen], weights[seen]),
        threshold=threshold,
        candidates=listing,
        logits=found.logits,
        probabilities=probabilities[place],
        thresholds=np.where(np.isnan(cuts), threshold, cuts)[place],
        inner_auc=float(np.nanmean(areas)) if np.isfinite(areas).any() else math.nan,
        visit_correlation=correlation,
        subject_threshold=subject_threshold(
            fused, cases, held_out.subjects, correlation=correlation, rule=rule, threshold=threshold
        ),
    )


def subject_threshold(
    logits: Floats,
    cases: NDArray[np.int64],
    subjects: NDArray[np.str_],
    *,
    correlation: float,
    rule: ThresholdRule,
    threshold: float,
) -> float:
    """Return the threshold of subjects' joined probabilities; that of recordings where no subject has several.

    Also where subjects with one label hold a single label.
    """
    sums, visits, labels = sum_visits(logits, cases, subjects)
    if not (visits > 1).any() or len(set(labels.tolist())) < 2:
        return threshold
    return rule.choose(expit(join_logits(sums, visits, correlation)), labels)


def on_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function with one BLAS thread: more would round otherwise, and a result would depend on ``jobs``."""
    with threadpool_limits(1):
        return function(*arguments)


@dataclass(frozen=True)
class _InnerFold:
    """An inner fold, and what has been fitted on its training rows: each block once for all candidates that read it."""

    table: FeatureTable
    training: NDArray[np.intp]
    test: NDArray[np.intp]
    cases: NDArray[np.int64]
    seed: int
    vectors: Vectors
    blocks: dict[tuple[Any, ...], tuple[Floats, Floats]] = field(default_factory=dict)

    def represent(self, block: str, settings: MemberSettings) -> tuple[Floats, Floats]:
        """Return a block's columns for the training and for the test rows."""
        key = (block, *(getattr(settings, name) for name in settings_of_block(block)))
        if key not in self.blocks:
            known = block == DOC2VEC
            inputs = (
                with_vectors(self.table.inputs, self.vectors[doc2vec_key(settings)]) if known else self.table.inputs
            )
            columns = build_columns(replace(settings, blocks=(block,)), seed=self.seed, doc2vec_known=known)
            own = columns.fit_transform(inputs.iloc[self.training], self.cases[self.training])
            self.blocks[key] = own, columns.transform(inputs.iloc[self.test])
        return self.blocks[key]

    def logits(self, candidates: list[MemberSettings]) -> Floats:
        """Return the log-odds (candidates, test rows) of candidates that share all but their last step."""
        first, cases = candidates[0], self.cases[self.training]
        if first.blocks == (PAIRED,):
            inputs = self.table.inputs
            paired = PairedPerplexity(seed=self.seed).fit(inputs.iloc[self.training], cases)
            return paired.log_ratios(inputs.iloc[self.test], [settings.paired_context for settings in candidates])
        parts = [self.represent(block, first) for block in first.blocks]
        known, new = (np.hstack([part[side] for part in parts]) for side in (0, 1))
        classifiers = [build_classifier(settings, seed=self.seed).fit(known, cases) for settings in candidates]
        return np.array([classifier.decision_function(new) for classifier in classifiers])


def score_candidates(
    table: FeatureTable,
    candidates: list[MemberSettings],
    fold: Fold,
    cases: NDArray[np.int64],
    seed: int,
    vectors: Vectors | None = None,
) -> Floats:
    """Return the log-odds (candidates, test rows) of a fold's test rows, each candidate fitted on its training rows."""
    own = _InnerFold(table, *fold, cases, seed, vectors or _fit_vectors(table, candidates, fold[0], seed))
    logits = np.full((len(candidates), len(fold[1])), np.nan)
    for alike in _alike(candidates):
        logits[alike] = own.logits([candidates[number] for number in alike])
    return logits


def _alike(candidates: list[MemberSettings]) -> list[list[int]]:
    """Return the places of candidates that differ in their classifier, or in the weight of the context, alone."""
    groups: dict[MemberSettings, list[int]] = {}
    for number, settings in enumerate(candidates):
        groups.setdefault(replace(settings, C=1.0, classifier=LOGISTIC, paired_context=0.0), []).append(number)
    return list(groups.values())


def _area(scores: Floats, cases: NDArray[np.int64]) -> float:
    return float(weighted_auc(scores, cases.astype(bool), np.ones((1, len(cases))))[0])


def _fit_vectors(
    table: FeatureTable, candidates: list[MemberSettings], training: NDArray[np.intp], seed: int
) -> dict[Doc2VecKey, NDArray[np.float32]]:
    """Fit each Doc2Vec on the training rows and infer every row with it."""
    tokens = table.inputs[TOKENS]
    return {
        key: doc2vec_of(settings, seed=seed).fit(tokens.iloc[training]).transform(tokens)
        for key, settings in doc2vecs_of(candidates).items()
    }


def doc2vecs_of(candidates: Sequence[MemberSettings]) -> dict[Doc2VecKey, MemberSettings]:
    """Return each different Doc2Vec that these candidates read, with a candidate that does."""
    return {doc2vec_key(settings): settings for settings in candidates if DOC2VEC in settings.blocks}


def doc2vec_key(settings: MemberSettings) -> Doc2VecKey:
    """Return what a Doc2Vec depends on besides its documents and seed."""
    return settings.doc2vec_dm, settings.doc2vec_size, settings.doc2vec_alpha


def with_vectors(inputs: pd.DataFrame, vectors: NDArray[np.float32]) -> pd.DataFrame:
    """Return inputs with the Doc2Vec vectors as columns."""
    names = Doc2VecVectorizer(vector_size=vectors.shape[1]).get_feature_names_out()
    return pd.concat([inputs, pd.DataFrame(vectors, columns=names, index=inputs.index)], axis=1)


def positive_probability(estimator: Any, inputs: pd.DataFrame | pd.Series) -> Floats:
    """Return the probability of the positive label (n,)."""
    probabilities: Floats = estimator.predict_proba(inputs)[:, 1]
    return probabilities
