"""A cohort's table -> what it is made of: classes, visits, what a random split would share, what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from adscreen.auditing.finding import Finding, Level, count, name_some
from adscreen.auditing.reading import SEVERAL_GEMS, UNREADABLE
from adscreen.extract.feature_table import TOKENS, FeatureTable

TEST_SHARE = 0.2
COVARIATES = ("age", "sex", "education", "site")
FEW_SUBJECTS = 20  # of a class; the 95% interval of a sensitivity of 0.8 is then about 0.35 wide
UNEVEN = 0.25


def describe_composition(table: FeatureTable) -> list[Finding]:
    """Return what cannot be read, class balance, visits a subject, a random split's sharing, missing covariates."""
    return [*_unreadable(table), *_gems(table), *_classes(table), *_visits(table), *_covariates(table)]


def _unreadable(table: FeatureTable) -> Iterator[Finding]:
    """Yield transcripts that cannot be read, and those in which the participant says no word."""
    reasons = table.inputs.get(UNREADABLE, pd.Series("", index=table.inputs.index))
    names = table.subjects["recording_id"]
    unreadable = reasons != ""
    if unreadable.any():
        what = f"{count(int(unreadable.sum()), 'transcript')} of {len(table)} cannot be read; the first: "
        what += " ".join(reasons[unreadable].iloc[0].split())
        remedy = "correct the files or the manifest, or leave them out with --where"
        yield Finding("error", what, name_some(names[unreadable]), remedy, float(unreadable.sum()))
    silent = (table.inputs[TOKENS].map(len) == 0) & ~unreadable
    if silent.any():
        what = f"{count(int(silent.sum()), 'recording')} of {len(table)} without a word of the participant"
        yield Finding("warning", what, name_some(names[silent]), "leave them out with --where", float(silent.sum()))


def _gems(table: FeatureTable) -> Iterator[Finding]:
    """Yield how many files mark several gems (parts with tasks of their own), all of which were read unasked."""
    several = table.inputs.get(SEVERAL_GEMS, pd.Series(False, index=table.inputs.index)).astype(bool)
    if several.any():
        what = f"{count(int(several.sum()), 'transcript')} of {len(table)} with several gems, all of which were read"
        remedy = "choose one with --gem or the column `gem`; `all` says that all are meant"
        where = name_some(table.subjects["recording_id"][several])
        yield Finding("warning", what, where, remedy, float(several.sum()))


def _classes(table: FeatureTable) -> Iterator[Finding]:
    subjects = table.subjects
    labels = subjects.get("label")
    unlabelled = len(table) if labels is None else int(labels.isna().sum())
    if unlabelled:
        what = f"{count(unlabelled, 'recording')} of {len(table)} without a label"
        level: Level = "warning" if unlabelled < len(table) else "note"
        yield Finding(level, what, "label", "give them one, or leave them out with --where", float(unlabelled))
    if labels is None or table.labels is None or unlabelled == len(table):
        return
    own = subjects[labels.notna()].assign(case=labels == table.positive)
    people = own.groupby("case")["subject_id"].nunique().reindex([True, False], fill_value=0)
    share = float(own["case"].mean())
    what = (
        f"{int(own['case'].sum())} of {count(len(own), 'recording')} ({share:.0%}) and "
        f"{people[True]} of {count(own['subject_id'].nunique(), 'subject')} are {table.positive}"
    )
    few, uneven = min(people) < FEW_SUBJECTS, not UNEVEN <= share <= 1 - UNEVEN
    remedy = "read AUC, sensitivity and specificity, not accuracy" if uneven else ""
    remedy = f"expect wide intervals: a class has {min(people)} subjects" if few else remedy
    yield Finding("warning" if few or uneven else "note", what, where="label", remedy=remedy, value=share)


def _visits(table: FeatureTable) -> Iterator[Finding]:
    visits = table.subjects.groupby("subject_id").size()
    several = int((visits > 1).sum())
    yield Finding(
        "note",
        f"{count(len(visits), 'subject')} with {visits.mean():.2f} recordings each ({visits.min()} to {visits.max()}); "
        f"{several} have more than one",
        where="subject_id",
        value=float(visits.mean()),
    )
    if several:
        share = expected_sharing(visits.tolist())
        yield Finding(
            "note",
            f"a random {1 - TEST_SHARE:.0%}/{TEST_SHARE:.0%} split of recordings puts {share:.0%} of test recordings "
            "beside a training recording of their speaker",
            where="subject_id",
            remedy="split by subject, as `--protocol subject` does",
            value=share,
        )


def expected_sharing(visits: Sequence[int], *, test_share: float = TEST_SHARE) -> float:
    """Return the expected share of test recordings whose subject is in training too, under a random split.

    Of n recordings k are drawn for the test. One of them, of a subject with m, shares no speaker with training if the
    subject's other m - 1 are drawn as well: probability (k - 1)/(n - 1) * ... * (k - m + 1)/(n - m + 1).
    """
    total = sum(visits)
    test = math.ceil(test_share * total)
    alone = (own * math.prod(max(0, test - i) / (total - i) for i in range(1, own)) for own in visits)
    return 1 - math.fsum(alone) / total


def _covariates(table: FeatureTable) -> Iterator[Finding]:
    for name in COVARIATES:
        missing = int(table.subjects[name].isna().sum()) if name in table.subjects else len(table)
        if missing == len(table):
            remedy = "add the column, if it is known"
            yield Finding("note", f"{name} is not given, so it was not examined", where=name, remedy=remedy)
        elif missing:
            what = f"{name} is missing for {count(missing, 'recording')} of {len(table)}"
            yield Finding("note", what, where=name, remedy="fill it in, if it is known", value=missing / len(table))
