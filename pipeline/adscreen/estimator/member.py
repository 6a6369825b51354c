"""One member of the estimator: a classifier on some blocks, its log-odds, and what each block adds to them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from adscreen.estimator.blocks import build_columns
from adscreen.estimator.paired import PairedPerplexity
from adscreen.estimator.study import BILM, BOOSTING, DOC2VEC, ELASTIC_NET, HYBRID, PAIRED, SVM, WORDS, MemberSettings

Member: TypeAlias = "Pipeline | PairedPerplexity"
Classifier: TypeAlias = "LogisticRegression | LinearSVC | HistGradientBoostingClassifier"

_FAMILIES = {BILM: "perplexity", "bilm_share": "perplexity", HYBRID: "perplexity"}  # of blocks with another name
CONSTANT = "intercept"
L1_RATIO = 0.5  # of the elastic net's penalty


def build_member(settings: MemberSettings, *, seed: int = 0, doc2vec_known: bool = False) -> Member:
    """Return an unfitted member over a table's ``inputs`` (``doc2vec_known``: see ``build_columns``).

    ``paired`` is a log ratio of likelihoods already and needs no classifier of its own.
    """
    if settings.blocks == (PAIRED,):
        return PairedPerplexity(context=settings.paired_context, seed=seed)
    columns = build_columns(settings, seed=seed, doc2vec_known=doc2vec_known)
    return Pipeline([("columns", columns), ("classifier", build_classifier(settings, seed=seed))])


def build_classifier(settings: MemberSettings, *, seed: int = 0) -> Classifier:
    """Return the unfitted classifier over a member's columns; the classes weigh the same.

    Its decision function need not be log-odds: the fusion calibrates it.
    """
    if settings.classifier == SVM:
        return LinearSVC(C=settings.C, class_weight="balanced", dual=False, max_iter=20_000)
    if settings.classifier == BOOSTING:
        return HistGradientBoostingClassifier(
            min_samples_leaf=5, class_weight="balanced", early_stopping=False, random_state=seed
        )
    if settings.classifier == ELASTIC_NET:
        return LogisticRegression(
            C=settings.C, l1_ratio=L1_RATIO, solver="saga", class_weight="balanced", max_iter=5000, random_state=seed
        )
    return LogisticRegression(C=settings.C, class_weight="balanced", max_iter=5000)


def member_logits(member: Member, inputs: pd.DataFrame) -> NDArray[np.float64]:
    """Return the log-odds, or log ratio, of each row (n,)."""
    logits: NDArray[np.float64] = member.decision_function(inputs)
    return logits


def member_vocabulary(member: Member) -> frozenset[str] | None:
    """Return the words that a fitted member knows by themselves, None where it reads none."""
    if isinstance(member, PairedPerplexity):
        return frozenset(member.vocabulary_.tolist())
    learned = member.named_steps["columns"].named_transformers_
    reading = next((learned[block][0] for block in (DOC2VEC, WORDS) if block in learned), None)
    return None if reading is None else frozenset(reading.vocabulary_.tolist())


def member_terms(member: Member, inputs: pd.DataFrame) -> list[dict[str, float]]:
    """Return what each family adds to a member's log-odds of each row, and the constant; they add up to the log-odds.

    The sums are exact (math.fsum), so a row's values do not depend on the rows beside it.
    """
    if isinstance(member, PairedPerplexity):
        return [{PAIRED: value} for value in member.decision_function(inputs).tolist()]
    columns, classifier = member.named_steps["columns"], member.named_steps["classifier"]
    if not hasattr(classifier, "coef_"):  # trees are no sum over columns: the member is one term
        name = "+".join(dict.fromkeys(_FAMILIES.get(block, block) for block, _, _ in columns.transformers))
        return [{name: value} for value in member_logits(member, inputs).tolist()]
    products = columns.transform(inputs) * classifier.coef_[0]
    places: Mapping[str, slice] = columns.output_indices_
    rows = []
    for row in products:
        terms = {CONSTANT: float(classifier.intercept_[0])}
        for block, place in places.items():
            if block != "remainder":
                family = _FAMILIES.get(block, block)
                terms[family] = math.fsum([terms.get(family, 0.0), *row[place].tolist()])
        rows.append(terms)
    return rows
