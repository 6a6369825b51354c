"""ScoreRows -> one row per subject over its visits: subjects.csv.

The probability of a subject joins the log-odds of its scored recordings as an evaluation does (``metrics.visits``),
against the model's threshold for subjects. Ids are joined by the identity rule of cohorts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from adscreen.cohort.identity import identity_key
from adscreen.metrics import WHOLLY_SHARED, Predictions, by_subject
from adscreen.scoring.recording_report import ScoreRow
from adscreen.writing import write_csv

SUBJECTS = "subjects.csv"
RULE = "summed logits / (1 + (scored - 1) visit_correlation)"
SubjectResult = Literal["screen_positive", "screen_negative", "no_result"]
_NUMBER = re.compile(r"[0-9]{1,9}([.][0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """subjects.csv: one subject over all its recordings.

    ``probability`` is joined over the ``scored`` recordings by ``rule``, NaN where none was scored; ``threshold`` is
    the model's for subjects. ``first_visit`` and ``last_visit`` are those of all recordings, in the order of their
    numbers, else in that of the manifest.
    """

    subject_id: str
    recordings: int
    scored: int
    probability: float
    threshold: float
    result: SubjectResult
    first_visit: str | None
    last_visit: str | None
    in_training: bool
    model_digest: str
    visit_correlation: float = WHOLLY_SHARED
    rule: str = RULE


@contextmanager
def writing_subjects(folder: Path) -> Iterator[Callable[[ScoreRow], None]]:
    """Yield what takes score rows as they come; subjects.csv is written at the end."""
    rows: list[ScoreRow] = []
    yield rows.append
    columns = [field.name for field in fields(SubjectRow)]
    joined = [asdict(subject) for subject in join_visits(rows)]
    write_csv(pd.DataFrame(joined, columns=columns), folder / SUBJECTS)


def join_visits(rows: Iterable[ScoreRow]) -> list[SubjectRow]:
    """Return one row per subject, in the order in which they first come."""
    subjects: dict[str, list[ScoreRow]] = {}
    for row in rows:
        subjects.setdefault(identity_key(row.subject_id), []).append(row)
    return [_join(own) for own in subjects.values()]


def order_visits(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Return a subject's rows in the order of their visits where these are all numbers, else as they come."""
    if all(_NUMBER.fullmatch(row.visit or "") for row in rows):
        return sorted(rows, key=lambda row: float(row.visit or 0))
    return list(rows)


def _join(rows: Sequence[ScoreRow]) -> SubjectRow:
    first, visits = rows[0], order_visits(rows)
    scored = [row.probability for row in rows if math.isfinite(row.probability)]
    probability = _joined_probability(scored, first.visit_correlation) if scored else math.nan
    positive = probability >= first.subject_threshold
    return SubjectRow(
        subject_id=first.subject_id,
        recordings=len(rows),
        scored=len(scored),
        probability=probability,
        threshold=first.subject_threshold,
        result="no_result" if not scored else "screen_positive" if positive else "screen_negative",
        first_visit=visits[0].visit,
        last_visit=visits[-1].visit,
        in_training=any(row.in_training for row in rows),
        model_digest=first.model_digest,
        visit_correlation=first.visit_correlation,
    )


def _joined_probability(probabilities: Sequence[float], correlation: float) -> float:
    """Return the probability of one subject's joined recordings."""
    count = len(probabilities)
    own = Predictions(
        rows=np.arange(count),
        folds=np.zeros(count, dtype=np.intp),
        scores=np.array(probabilities),
        thresholds=np.full(count, math.nan),
    )
    joined = by_subject(own, np.zeros(count, dtype="<U1"), correlations=np.array([correlation]))
    return float(joined.scores[0])
