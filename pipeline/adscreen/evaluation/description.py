"""A cohort and its table -> the flow from the manifest's rows to those used, and Table 1 by label.

A standardised difference is the difference of means over the root of the mean variance of both labels (for a share p
the variance is p(1 - p); Austin 2009). It does not grow with the number of subjects, as a p-value would.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from adscreen.cohort import Recording
from adscreen.cohort.labels import ORIGINAL
from adscreen.evaluation.categories import DIAGNOSIS, OF_RECORDINGS, TASK, list_levels, read_category
from adscreen.evaluation.results import FlowRow, TableOneRow
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.extract.usable import Unusable, count_reasons

REFUSED = "an evaluation refuses them"
OF_SUBJECTS, LEVELS = ("age", "education", "mmse"), (ORIGINAL, "sex", "site")


def describe_flow(
    table: FeatureTable,
    *,
    left_out: Sequence[Recording] = (),
    other_labels: Sequence[Recording] = (),
    skipped: Sequence[Unusable] = (),
    name: str = "cohort",
    where: str | None = None,
) -> list[FlowRow]:
    """Return the steps from the rows read to those used: the table's, and those left out by a condition or their label.

    A subject counts under each label of its recordings, so that one whose label differs between visits counts twice.
    ``skipped`` are those that could not be used and were left out as the user asked; otherwise an evaluation refuses a
    manifest with an unreadable transcript or one without a word, and these two steps hold 0.
    """
    used = list(zip(table.subjects["subject_id"], table.subjects["label"], strict=True))
    excluded = [(recording.subject_id, recording.label) for recording in left_out]
    others = [(recording.subject_id, recording.label) for recording in other_labels]
    left = f"do not meet {where}" if where else ""
    labels, reasons = (table.negative, table.positive), count_reasons(skipped)
    unusable = {
        step: [(one.recording.subject_id, one.recording.label) for one in skipped if one.step == step]
        for step in ("unreadable", "silent")
    }
    every = used + excluded + others + [row for rows in unusable.values() for row in rows]
    return [
        flow_step(name, "read", every, labels, ""),
        flow_step(name, "excluded", excluded, labels, left),
        *other_label_steps(name, others, labels),
        *(flow_step(name, step, rows, labels, reasons.get(step, REFUSED)) for step, rows in unusable.items()),
        flow_step(name, "used", used, labels, ""),
    ]


def other_label_steps(
    cohort: str, rows: Sequence[tuple[str, str | None]], labels: tuple[str, str]
) -> Iterator[FlowRow]:
    """Yield a step of the flow for each label that is that of neither cases nor controls."""
    for label in sorted({label or "" for _, label in rows}):
        own = [row for row in rows if (row[1] or "") == label]
        yield flow_step(cohort, "other_label", own, labels, f"label: {label}" if label else "no label")


def flow_step(
    cohort: str, step: str, rows: Sequence[tuple[str, str | None]], labels: tuple[str, str], reason: str
) -> FlowRow:
    """Return a step of the flow; ``rows`` are the subject and the label of each of its recordings."""
    subjects = {subject for subject, _ in rows}
    controls, cases = (len({subject for subject, label in rows if label == own}) for own in labels)
    return FlowRow(cohort, step, len(rows), len(subjects), controls, cases, reason)  # type: ignore[arg-type]


def describe_cohort(
    table: FeatureTable, *, name: str = "cohort", lengths: tuple[pd.Series, pd.Series] | None = None
) -> list[TableOneRow]:
    """Return Table 1: what is known of subjects (at their first recording) and of recordings, by label.

    A subject whose label differs between visits is described under each of its labels, at the first recording of each.
    ``lengths`` are the words and the sentences of each row, of a table that does not hold the words themselves.
    """
    of_recordings = table.subjects.assign(case=table.cases)
    order = of_recordings.iloc[table.canonical_order()]
    keys = ["subject_id", order["case"].rename("label_of")]
    of_subjects = order.groupby(keys, sort=True).first()  # the first value that is not missing
    lengths = lengths or (table.inputs[TOKENS].map(len), _sentences(table))
    return list(_rows(of_recordings, of_subjects, name, lengths))


def _rows(
    of_recordings: pd.DataFrame, of_subjects: pd.DataFrame, name: str, lengths: tuple[pd.Series, pd.Series]
) -> Iterator[TableOneRow]:
    for unit, frame in (("subjects", of_subjects), ("recordings", of_recordings)):
        yield _count(name, unit, "", unit, frame["case"], pd.Series(True, index=frame.index))
    visits = of_recordings.groupby(["subject_id", "case"])["recording_id"].count()
    yield _mean(name, "recordings a subject", "subjects", of_subjects["case"], visits.reindex(of_subjects.index))
    for column in OF_SUBJECTS:
        if column in of_subjects and of_subjects[column].notna().any():
            yield _mean(name, column, "subjects", of_subjects["case"], of_subjects[column])
    for column in LEVELS:
        if column in of_subjects:
            yield from _levels(name, column, "subjects", of_subjects["case"], of_subjects[column])
    yield from _levels(name, DIAGNOSIS, "subjects", of_subjects["case"], read_category(of_subjects, DIAGNOSIS))
    for column in OF_RECORDINGS:
        values = read_category(of_recordings, column)
        if column == TASK or len(list_levels(values)) > 1:
            yield from _levels(name, column, "recordings", of_recordings["case"], values)
    words, sentences = lengths
    for variable, values in (("words", words), ("sentences", sentences), ("words a sentence", words / sentences)):
        yield _mean(name, variable, "recordings", of_recordings["case"], values)


def _sentences(table: FeatureTable) -> pd.Series:
    """Return the number of sentences with words of each recording."""
    spoken = table.sentences[table.sentences["words"] > 0] if len(table.sentences) else table.sentences
    counts = spoken.groupby("recording_id").size()
    return table.subjects["recording_id"].map(counts).fillna(0).astype(np.float64)


def _levels(cohort: str, variable: str, unit: str, case: pd.Series, found: pd.Series) -> Iterable[TableOneRow]:
    values = found.astype(object)
    for level in sorted({str(value) for value in values.dropna()}):
        there = values.astype(str).eq(level).where(values.notna())
        row = _count(cohort, variable, level, unit, case, there)
        # the sides are made of these labels, so that a difference would say nothing
        yield replace(row, standardised_difference=math.nan) if variable == ORIGINAL else row


def _sides(case: pd.Series, values: pd.Series) -> list[np.ndarray]:
    """Return the known values of controls and of cases."""
    numbers, labels = values.to_numpy(dtype=np.float64, na_value=np.nan), case.to_numpy()
    return [numbers[(labels == label) & np.isfinite(numbers)] for label in (0, 1)]


def _mean(cohort: str, variable: str, unit: str, case: pd.Series, values: pd.Series) -> TableOneRow:
    sides = _sides(case, values)
    means = [float(side.mean()) if len(side) else math.nan for side in sides]
    spreads = [float(side.std(ddof=1)) if len(side) > 1 else math.nan for side in sides]
    difference = _standardised(means, [spread**2 for spread in spreads])
    missing = [int((case == label).sum()) - len(side) for label, side in enumerate(sides)]
    numbers = means[0], spreads[0], means[1], spreads[1], missing[0], missing[1], difference
    return TableOneRow(cohort, variable, "", unit, "mean", *numbers)


def _count(cohort: str, variable: str, level: str, unit: str, case: pd.Series, there: pd.Series) -> TableOneRow:
    sides = _sides(case, there)
    counts = [float(side.sum()) for side in sides]
    if level:
        shares = [count / len(side) if len(side) else math.nan for count, side in zip(counts, sides, strict=True)]
        difference = _standardised(shares, [share * (1 - share) for share in shares])
    else:  # of all subjects or recordings
        shares, difference = [count / sum(counts) for count in counts], math.nan
    missing = [int((case == label).sum()) - len(side) for label, side in enumerate(sides)]
    numbers = counts[0], shares[0], counts[1], shares[1], missing[0], missing[1], difference
    return TableOneRow(cohort, variable, level, unit, "count", *numbers)


def _standardised(means: Sequence[float], variances: Sequence[float]) -> float:
    spread = math.sqrt(sum(variances) / 2) if not any(map(math.isnan, variances)) else math.nan
    return (means[1] - means[0]) / spread if spread > 0 else math.nan
