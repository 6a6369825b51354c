"""A frozen model's validation -> its certificate: what of the cohort the model had met in training.

Nothing is fitted in a validation, so that leakage can only come from the model: the same subjects, or the same texts.
Subjects are compared by keyed digests of their identity keys, which a model holds; they are left out of the measures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from adscreen.evaluation.certificate import Certificate, CertifiedProtocol, Fitted, fitted_parts
from adscreen.extract.feature_table import FeatureTable
from adscreen.version import __version__
from adscreen.writing import count


@dataclass(frozen=True, slots=True)
class TextsInTraining:
    """The shares of tested recordings that have the words, or half of the wording, of a training recording."""

    copies: float
    near_copies: float


NOT_COMPARED = TextsInTraining(math.nan, math.nan)


def certify_frozen(
    table: FeatureTable, *, tested: int, left_out: int, texts: TextsInTraining = NOT_COMPARED
) -> Certificate:
    """Return the certificate of a validation.

    ``table`` holds the recordings of subjects that were not in training, ``tested`` counts those with a score, and
    ``left_out`` the recordings of training subjects. ``texts`` is NaN where the model holds no digests of its texts.
    """
    clusters = len(set(table.clusters.tolist()) - {""})
    causes = _causes(texts)
    protocol = CertifiedProtocol(
        protocol="validate",
        sound=not causes,
        verdict=_verdict(causes, tested=tested, left_out=left_out, texts=texts),
        causes=causes,
        folds=0,
        test_recordings=tested,
        subject_share=0.0,
        cluster_share=math.nan,
        copy_share=texts.copies,
        near_copy_share=texts.near_copies,
        fitted=tuple(map(_frozen, fitted_parts("validate"))),
        permuted=math.nan,
        permuted_spread=math.nan,
        permuted_times=0,
    )
    subjects = int(table.subjects["subject_id"].nunique())
    return Certificate(__version__, table.positive, len(table), subjects, clusters, table.matched_sets, (protocol,))


def _frozen(part: Fitted) -> Fitted:
    """Return a part of the pipeline as the model holds it."""
    return part if part.on == "before" else Fitted(part.part, "frozen", "")


def _causes(texts: TextsInTraining) -> tuple[str, ...]:
    told = (
        (texts.copies, "of tested recordings have the very words of a training recording"),
        (texts.near_copies, "of tested recordings share half of their wording with a training recording"),
    )
    return tuple(f"{max(share, 0.01):.0%} {what}" for share, what in told if share > 0)


def _verdict(causes: tuple[str, ...], *, tested: int, left_out: int, texts: TextsInTraining) -> str:
    if causes:
        return f"Leaks: {'; '.join(causes)}. Its figures are not those of unseen people."
    gone = f"; {count(left_out, 'recording')} of training subjects left out" if left_out else ""
    compared = "no text is a copy of one of training" if math.isfinite(texts.copies) else "texts were not compared"
    return (
        f"No leakage found: the model was frozen before this cohort was read, and none of the {tested} tested "
        f"recordings is of a subject of its training cohort, however the id is written{gone}; {compared}. Clusters of "
        "the training cohort are not known."
    )
