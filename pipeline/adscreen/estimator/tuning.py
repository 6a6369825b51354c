"""Training rows -> chosen settings, fusion and threshold, by inner folds that never split a group.

Each member is tuned by itself. On an inner fold everything is fitted once for all candidates that share it: each block
for each of its own settings, the paired heads for all weights of their context. The chosen candidates' out-of-fold
log-odds give the fusion.

What is said of a training row while it is held out, threshold and joined visits among it, has learned nothing from the
row (``held_out``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from adscreen.estimator.blocks import build_columns, doc2vec_of
from adscreen.estimator.doc2vec import Doc2VecVectorizer
from adscreen.estimator.fusion import Fusion, fit_fusion
from adscreen.estimator.held_out import HeldOutCandidates, area_of, best_of_each, pair_folds
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
        areas[:, number] = [area_of(row, cases[test]) for row in found]
    both = ~np.isnan(areas[0])  # clusters may leave a fold with one label, which ranks no candidate
    means = areas[:, both].mean(axis=1) if both.any() else areas[:, 0]
    listing = pd.DataFrame([{"member": settings.name, **settings.read()} for settings in flat]).assign(inner_auc=means)
    chosen = best_of_each([len(of_member) for of_member in candidates], means)
    members = tuple(flat[number] for number in chosen)
    refitted = [_refitted(of_member, member) for of_member, member in zip(candidates, members, strict=True)]
    places = [flat.index(settings) for of_member in refitted for settings in of_member]
    parts = pair_folds(table, inner, seed=seed)
    again = [flat[place] for place in places]
    calls = (delayed(on_one_thread)(score_candidates, table, again, part.fold, cases, seed, vectors) for part in parts)
    order = table.canonical_order()
    held_out = HeldOutCandidates.of(
        logits[places].T,
        list(zip(parts, Parallel(n_jobs=jobs)(calls), strict=True)),
        counts=[len(of_member) for of_member in refitted],
        cases=cases,
        subjects=table.subjects["subject_id"].to_numpy(dtype=str),
        order=order,
    )
    return on_one_thread(_fuse, members, logits[chosen].T, held_out, listing, inner, rule)


def _refitted(candidates: Sequence[MemberSettings], chosen: MemberSettings) -> list[MemberSettings]:
    """Return the candidates of a member that are fitted again without a pair of folds: all with the chosen Doc2Vec.

    Another Doc2Vec would cost as much as everything else; the others share what is fitted.
    """
    own = DOC2VEC not in chosen.blocks
    return [settings for settings in candidates if own or doc2vec_key(settings) == doc2vec_key(chosen)]


def _fuse(
    members: tuple[MemberSettings, ...],
    logits: Floats,
    held_out: HeldOutCandidates,
    listing: pd.DataFrame,
    inner: list[Fold],
    rule: ThresholdRule,
) -> Tuned:
    """Return what tuning found, given the chosen members' log-odds (n, members) on rows that they did not see.

    Rows are fused in canonical order, so that rounding does not depend on the manifest's.
    """
    order, cases, subjects = held_out.order, held_out.cases, held_out.subjects
    fused, cuts = np.full(len(order), np.nan), np.full(len(order), np.nan)
    for number, (_, test) in enumerate(inner):
        fused[test], cuts[test] = held_out.judge(number, test, rule)
    weights, probabilities = weigh_by_subject(subjects), expit(fused)
    known, seen = order[np.isfinite(fused[order])], order[np.isfinite(logits[order]).all(axis=1)]
    areas = [area_of(probabilities[test], cases[test]) for _, test in inner]
    threshold = rule.choose(probabilities[known], cases[known], weights[known])
    correlation = visit_correlation(fused[order], cases[order], subjects[order])
    return Tuned(
        members=members,
        fusion=fit_fusion(logits[seen], cases[seen], weights[seen]),
        threshold=threshold,
        candidates=listing,
        logits=logits,
        probabilities=probabilities,
        thresholds=np.where(np.isnan(cuts), threshold, cuts),
        inner_auc=float(np.nanmean(areas)) if np.isfinite(areas).any() else math.nan,
        visit_correlation=correlation,
        subject_threshold=subject_threshold(
            fused[order], cases[order], subjects[order], correlation=correlation, rule=rule, threshold=threshold
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
