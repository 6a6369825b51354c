"""A cohort's table -> what tells case from control without the participant's language: length, demographics, site,
what the interviewer says.

Each number is judged by its AUC over recordings, with a jackknife interval over whole subjects (clusters, where the
cohort has them); demographics together, and the interviewer's words, by predictions for unseen subjects. A classifier
can learn whatever distinguishes the classes here, and its AUC must be read beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adscreen.auditing.categories import find_categories
from adscreen.auditing.conventions import find_conventions
from adscreen.auditing.finding import Finding, count, name_some
from adscreen.auditing.predictability import describe_prediction, write_area
from adscreen.auditing.reading import FILE
from adscreen.estimator import words_classifier
from adscreen.evaluation.shortcuts import demographic_columns, demographics_classifier
from adscreen.extract.feature_table import INTERVIEWER_TOKENS, TOKENS, FeatureTable
from adscreen.metrics import Predictions, jackknife_auc

NUMBERS, CATEGORIES = ("age", "education"), ("sex", "site")
FEWEST_PROFILES = 10  # different ages, sexes and sites that two classes have equally often by matching, not by chance
FEWEST = 5  # subjects at a level and elsewhere, below which its interval says nothing

Floats = NDArray[np.float64]
Sides = tuple[str, str]  # what an AUC below 0.5 says of cases, what one above says
HIGH: Sides = ("cases are lower", "cases are higher")
OFTEN: Sides = ("rarer among cases", "commoner among cases")


def find_shortcuts(table: FeatureTable) -> list[Finding]:
    """Return the AUC of each possible shortcut, how labels lie over sites and clusters, and habits of transcription."""
    labels = _column(table, "label")
    if table.labels is None:
        what = "shortcuts were not examined: it is not known which label is the case"
        return [Finding("note", what, where="label", remedy="name it with --positive")]
    table = table.rows(np.flatnonzero(labels.notna()))
    cases = table.cases
    if cases.all():
        what = f"every label is {table.positive}: shortcuts were not examined"
        return [Finding("warning", what, where="label", remedy="add recordings of the other label")]
    return [
        *find_categories(table),
        *_demographics(table),
        *_interviewer(table),
        *_numbers(table),
        *_levels(table),
        *_missing(table),
        *_sites(table),
        *_clusters(table),
        *_matching(table),
        *(find_conventions(table) if FILE in table.inputs else ()),
    ]


def _column(table: FeatureTable, name: str) -> pd.Series:
    """Return a column of the subjects, all missing where there is none."""
    column: pd.Series = table.subjects.get(name, pd.Series(np.nan, index=table.subjects.index))
    return column


def _demographics(table: FeatureTable) -> Iterator[Finding]:
    """Judge age, sex and education together, as far as they are known."""
    known = [name for name in demographic_columns(table) if table.subjects[name].nunique() > 1]
    if known:
        yield describe_prediction(
            f"demographics ({', '.join(known)})",
            demographics_classifier(known),
            table.subjects[known],
            table,
            where="demographics",
            remedy="match the groups, and report this baseline beside every result",
        )


def _interviewer(table: FeatureTable) -> Iterator[Finding]:
    """Judge what everybody but the participant says."""
    if INTERVIEWER_TOKENS not in table.inputs or not table.inputs[INTERVIEWER_TOKENS].map(len).any():
        yield Finding(
            "note", "nobody but the participant speaks, so interviewer speech was not examined", "interviewer"
        )
        return
    yield describe_prediction(
        "interviewer speech (its words)",
        words_classifier(),
        table.inputs[INTERVIEWER_TOKENS],
        table,
        where="interviewer",
        remedy="keep it out of the features, as adscreen does; prompts shape answers, so use one script for all",
    )


def _numbers(table: FeatureTable) -> Iterator[Finding]:
    """Yield one finding a number: word count, visits, age, education."""
    visits = table.subjects.groupby("subject_id")["recording_id"].transform("count")
    numbers = {"word count": table.inputs[TOKENS].map(len), "number of visits": visits}
    if INTERVIEWER_TOKENS in table.inputs:
        numbers["number of words of the interviewer"] = table.inputs[INTERVIEWER_TOKENS].map(len)
    numbers |= {name: _column(table, name) for name in NUMBERS}
    for name, values in numbers.items():
        if values.nunique() > 1:
            yield _judge(name, values, table)


def _levels(table: FeatureTable) -> Iterator[Finding]:
    """Yield one finding a level of a category (of two levels, one): being there or not."""
    for name in CATEGORIES:
        values = _column(table, name)
        levels = sorted(values.dropna().unique())
        for level in levels[1:] if len(levels) == 2 else levels:
            there = values == level
            subjects = [table.subjects.loc[rows, "subject_id"].nunique() for rows in (there, values.notna() & ~there)]
            if min(subjects) >= FEWEST:
                present = there.astype("float64").mask(values.isna())
                yield _judge(f"{name} {name_some([level])}", present, table, sides=OFTEN)


def _missing(table: FeatureTable) -> Iterator[Finding]:
    """Yield one finding a covariate that some recordings lack, where its absence itself distinguishes the classes."""
    for name in (*NUMBERS, *CATEGORIES):
        absent = _column(table, name).isna()
        if absent.any() and not absent.all():
            finding = _judge(f"absence of {name}", absent.astype("float64"), table, sides=OFTEN)
            if finding.level != "note":
                yield finding


def _judge(name: str, values: pd.Series, table: FeatureTable, *, sides: Sides = HIGH) -> Finding:
    """Return a warning where the interval of the AUC excludes 0.5, else a note. Rows with NaN are left out."""
    scores: Floats = values.to_numpy(dtype=np.float64)
    known = np.isfinite(scores)
    rows = np.flatnonzero(known)
    one_fold = Predictions.join([(rows, scores[rows], 0.5)])
    found = jackknife_auc(one_fold, table.cases, table.groups, training="none")
    area, low, high = found.value, found.low, found.high
    figure = write_area(found)
    if np.isnan([area, low]).any():
        lacking = "no AUC, one class lacks it" if np.isnan(area) else f"AUC {area:.3f}, no interval: too few subjects"
        return Finding("note", f"{name} alone: {lacking}", where=name)
    if low <= 0.5 <= high:
        what = f"{name} alone: no evidence that it distinguishes the classes, {figure}"
        return Finding("note", what, name, "", area, low, high)
    what = f"{name} alone distinguishes the classes: {figure}, {sides[int(area > 0.5)]}"
    return Finding("warning", what, name, "match the groups on it, or report it as a baseline", area, low, high)


def _label_shares(table: FeatureTable, name: str) -> tuple[pd.Series, int]:
    """Return the share of cases at each level, and how many levels hold one label only."""
    shares = (table.subjects["label"] == table.positive).groupby(_column(table, name)).mean()
    return shares, int(((shares == 0) | (shares == 1)).sum())


def _sites(table: FeatureTable) -> Iterator[Finding]:
    shares, pure = _label_shares(table, "site")
    if len(shares) > 1:
        listed = name_some(f"{site} {share:.0%}" for site, share in shares.items())
        have = "has" if pure == 1 else "have"
        what = f"{pure or 'none'} of {len(shares)} sites {have} one label only; share of {table.positive}: {listed}"
        remedy = "split or compare within sites: a model may learn the site" if pure else ""
        yield Finding("warning" if pure else "note", what, where="site", remedy=remedy, value=float(pure))


def _clusters(table: FeatureTable) -> Iterator[Finding]:
    shares, pure = _label_shares(table, "cluster")
    missing = int(_column(table, "cluster").isna().sum()) if len(shares) else 0
    if len(shares):
        subjects = table.subjects["subject_id"].nunique()
        have = "has" if pure == 1 else "have"
        what = (
            f"{pure or 'none'} of {count(len(shares), 'cluster')} {have} one label only; they, not {subjects} "
            "subjects, are what is independent"
        )
        yield Finding("note", what, where="cluster", value=float(pure))
    if missing:
        what = f"{count(missing, 'recording')} without a cluster: subjects who have none are kept together alone"
        yield Finding("warning", what, where="cluster", remedy="give every row a cluster", value=float(missing))


def _matching(table: FeatureTable) -> Iterator[Finding]:
    """Yield that cases and controls look matched one to one, where no matched set or cluster is named.

    The classes have the same ages, each as often and with the same sex and site. With ten or more different kinds
    of people, fewer than 1 cohort of 10,000 has that by chance. Matching within a few years is not found.
    """
    known = [name for name in ("age", "sex", "site") if _column(table, name).notna().any()]
    if table.group_column == "cluster" or "age" not in known:
        return
    first = table.subjects.iloc[table.canonical_order()].drop_duplicates("subject_id")
    sides = [first.loc[(first["label"] == table.positive) == case, known] for case in (True, False)]
    counts = [Counter(side.itertuples(index=False, name=None)) for side in sides]
    pairs, complete = counts[0].total(), not any(side.isna().any(axis=None) for side in sides)
    if complete and counts[0] == counts[1] and len(counts[0]) >= FEWEST_PROFILES:
        what = f"cases and controls look matched one to one: {pairs} of each, with the same {name_some(known)}"
        remedy = "if they were, name the pairs in a column `match`, so that folds keep each together"
        yield Finding("note", what, where="match", remedy=remedy, value=float(pairs))
