"""One member of the estimator: a classifier on some blocks, its log-odds, and what each block adds to them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from pipeline.estimator.blocks import build_columns
from pipeline.hybrid import PairedPerplexity
from pipeline.settings import BILM, DOC2VEC, HYBRID, PAIRED, MemberSettings

Member: TypeAlias = "Pipeline | PairedPerplexity"

_FAMILIES = {BILM: "perplexity", "bilm_share": "perplexity", HYBRID: "perplexity"}  # of blocks with another name
CONSTANT = "intercept"


def build_member(settings: MemberSettings, *, seed: int = 0, doc2vec_known: bool = False) -> Member:
    """Return an unfitted member over a table's ``inputs`` (``doc2vec_known``: see ``build_columns``).

    ``paired`` is a log ratio of likelihoods already and needs no classifier of its own.
    """
    if settings.blocks == (PAIRED,):
        return PairedPerplexity(context=settings.paired_context, seed=seed)
    columns = build_columns(settings, seed=seed, doc2vec_known=doc2vec_known)
    return Pipeline([("columns", columns), ("classifier", build_classifier(settings))])


def build_classifier(settings: MemberSettings) -> LogisticRegression:
    """Return the unfitted classifier over a member's columns."""
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
    return frozenset(learned[DOC2VEC][0].vocabulary_.tolist()) if DOC2VEC in learned else None


def member_terms(member: Member, inputs: pd.DataFrame) -> list[dict[str, float]]:
    """Return what each family adds to a member's log-odds of each row, and the constant; they add up to the log-odds.

    The sums are exact (math.fsum), so a row's values do not depend on the rows beside it.
    """
    if isinstance(member, PairedPerplexity):
        return [{PAIRED: value} for value in member.decision_function(inputs).tolist()]
    columns, classifier = member.named_steps["columns"], member.named_steps["classifier"]
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
