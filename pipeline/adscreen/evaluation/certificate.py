"""Evaluations -> a certificate: what of the test side was known to the training side, and what that is worth.

Subjects, clusters and texts on both sides are counted from the rows of the folds themselves. Where each part of the
pipeline is fitted follows from the protocol (adscreen.evaluation.folds). And a test that needs no such list: the labels
of whole groups are permuted, so that nothing true can be learned, and the same folds predict them from the words
(adscreen.evaluation.chance). Whatever exceeds an AUC of 0.5 then is recognition of speakers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adscreen.evaluation.overlap import fingerprints, overlapping_pairs
from adscreen.evaluation.results import ADSCREEN, ALL_WORDS, FoldResult, ProtocolEvaluation
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.version import __version__

NOTICEABLE = 0.03  # above 0.5; of a mean over 100 permutations, whose standard error is below 0.01

Side = Literal["training", "all", "before", "frozen"]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A part of the pipeline and the side of the split that it was fitted on."""

    part: str
    on: Side
    note: str


@dataclass(frozen=True, slots=True)
class CertifiedProtocol:
    """What of a protocol's test side was known to its training side.

    Shares are of test recordings, averaged over folds by their number: those whose subject, whose cluster (NaN without
    clusters), a copy or near-copy of whose text also trained. ``permuted`` is the mean AUC where the labels of whole
    groups were permuted and the same folds predict them: 0.5 unless speakers are recognised; ``permuted_spread`` its
    standard deviation over the permutations.
    """

    protocol: str
    sound: bool
    verdict: str
    causes: tuple[str, ...]
    folds: int
    test_recordings: int
    subject_share: float
    cluster_share: float
    copy_share: float
    near_copy_share: float
    fitted: tuple[Fitted, ...]
    permuted: float
    permuted_spread: float
    permuted_times: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """certificate.json: whether anything of the test side was known in training, under each protocol of a run.

    ``clusters`` are those that folds keep together, matched sets among them; ``matched_sets`` counts these.
    """

    adscreen: str
    positive: str
    recordings: int
    subjects: int
    clusters: int
    matched_sets: int
    protocols: tuple[CertifiedProtocol, ...]


def certify(table: FeatureTable, evaluations: Sequence[ProtocolEvaluation]) -> Certificate:
    """Return the certificate of a run. ``table`` is the one that was evaluated."""
    near = _near_copies(table)
    return Certificate(
        adscreen=__version__,
        positive=table.positive,
        recordings=len(table),
        subjects=int(table.subjects["subject_id"].nunique()),
        clusters=len(set(table.clusters.tolist()) - {""}),
        matched_sets=table.matched_sets,
        protocols=tuple(_certify(table, one, near) for one in evaluations),
    )


def _certify(table: FeatureTable, evaluation: ProtocolEvaluation, near: dict[int, set[int]]) -> CertifiedProtocol:
    folds = [fold for fold in evaluation.folds if fold.method == evaluation.main]
    subjects = table.subjects["subject_id"].to_numpy(dtype=str)
    shares = {
        "subject_share": _shared(folds, subjects),
        "cluster_share": _shared(folds, table.clusters) if table.group_column == "cluster" else float("nan"),
        "copy_share": _shared(folds, np.array([mark or "" for mark in fingerprints(table)])),
        "near_copy_share": _near(folds, near),
    }
    permuted = np.array([row.auc for row in evaluation.permutations if row.method == ALL_WORDS])
    other = table.provenance.get("other_language", "")
    parts = fitted_parts(evaluation.protocol, own=evaluation.main != ADSCREEN, other_language=other)
    causes = _causes(shares, parts, permuted)
    return CertifiedProtocol(
        protocol=evaluation.protocol,
        sound=not causes,
        verdict=_verdict(causes, permuted, kept=_kept(table)),
        causes=tuple(causes),
        folds=len(folds),
        test_recordings=sum(len(fold.rows) for fold in folds),
        **shares,
        fitted=tuple(parts),
        permuted=float(permuted.mean()),
        permuted_spread=float(permuted.std(ddof=1)),
        permuted_times=len(permuted),
    )


def _kept(table: FeatureTable) -> str:
    """Return what is never on both sides of a split, in words."""
    named = {"cluster": "cluster", "match": "matched set"}
    present = [name for name in named if name in table.subjects and table.subjects[name].notna().any()]
    return ", ".join(["subject", *(named[name] for name in present)])


def _shared(folds: Sequence[FoldResult], keys: NDArray[np.str_]) -> float:
    """Return the share of test rows whose key is on the training side too; an empty key is nobody's."""
    shared = [np.isin(keys[fold.rows], keys[fold.training]) & (keys[fold.rows] != "") for fold in folds]
    return float(np.concatenate(shared).mean())


def _near_copies(table: FeatureTable) -> dict[int, set[int]]:
    """Return, by row, the rows of other subjects that share half of their word 5-grams with it or more."""
    subjects = table.subjects["subject_id"].to_numpy(dtype=str)
    partners: dict[int, set[int]] = {}
    first, second, _ = overlapping_pairs(table.inputs[TOKENS].tolist())
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if subjects[one] != subjects[other]:
            partners.setdefault(one, set()).add(other)
            partners.setdefault(other, set()).add(one)
    return partners


def _near(folds: Sequence[FoldResult], near: dict[int, set[int]]) -> float:
    """Return the share of test rows that have a near-copy of another subject on the training side."""
    found = total = 0
    for fold in folds:
        training = set(fold.training.tolist())
        found += sum(not training.isdisjoint(near.get(row, ())) for row in fold.rows.tolist())
        total += len(fold.rows)
    return found / total


def fitted_parts(protocol: str, *, own: bool = False, other_language: str = "") -> list[Fitted]:
    """Return where each part of the pipeline is fitted under a protocol; ``own``: of a user's estimator.

    ``other_language`` says which recordings are in another language than the biLM, empty where none is.
    """
    leaky = protocol == "paper"
    doc2vec: Side = "all" if leaky else "training"
    inner = (
        "inner folds by recording, which separate a speaker's visits" if leaky else "inner folds by subject and cluster"
    )
    bilm = Fitted(
        "biLM",
        "before",
        "trained once on other speech; no text of the cohort was in it"
        + (f"; {other_language}" if other_language else ""),
    )
    threshold = Fitted("threshold", "training", f"out-of-fold probabilities of {inner}")
    if own:
        return [bilm, Fitted("estimator", "training", "with all its steps"), threshold]
    return [
        bilm,
        Fitted("Doc2Vec", doc2vec, "all recordings, test ones too, as the paper describes" if leaky else ""),
        Fitted("weights of words", "training", ""),
        Fitted("reduction of biLM vectors", "training", ""),
        Fitted("perplexity references", "training", ""),
        Fitted("hybrid perplexity heads", "training", "training recordings by heads that had not seen them"),
        Fitted("paired perplexity heads", "training", "weighed by log-odds of inner folds"),
        Fitted("scaling and values put in for missing ones", "training", ""),
        Fitted("choice of settings", "training", inner),
        threshold,
        Fitted("classifiers", "training", ""),
        Fitted("weights of members, calibration", "training", f"out-of-fold log-odds of {inner}"),
    ]


def _causes(shares: dict[str, float], parts: Sequence[Fitted], permuted: NDArray[np.float64]) -> list[str]:
    """Return what makes a protocol unsound, the gravest first; empty where nothing does."""
    told = {
        "subject_share": "of test recordings have a training recording of their speaker",
        "cluster_share": "of test recordings have a training recording of their cluster",
        "copy_share": "of test recordings have exactly the words of a training recording",
        "near_copy_share": "of test recordings share half of their wording with another subject's training recording",
    }
    causes = [f"{max(shares[name], 0.01):.0%} {text}" for name, text in told.items() if shares[name] > 0]
    causes += [f"{part.part} was fitted on all recordings, test ones too" for part in parts if part.on == "all"]
    if any("separate a speaker" in part.note for part in parts):
        causes.append("settings and threshold were chosen on inner folds that separate a speaker's visits")
    error = float(permuted.std(ddof=1)) / len(permuted) ** 0.5
    if permuted.mean() - 0.5 > max(NOTICEABLE, 3 * error):
        causes.append(
            f"labels permuted between whole groups, from which nothing can be learned, are predicted with "
            f"AUC {permuted.mean():.2f}: speakers are recognised"
        )
    return causes


def _verdict(causes: Sequence[str], permuted: NDArray[np.float64], *, kept: str) -> str:
    if causes:
        return f"Leaks: {'; '.join(causes)}. Its figures are not those of unseen people."
    return (
        f"No leakage found: no {kept} or copied text is on both sides of a split, all that is learned is learned on "
        f"the training side, and permuted labels are predicted no better than chance (AUC {permuted.mean():.2f})."
    )
