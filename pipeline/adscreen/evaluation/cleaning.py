"""Evaluations of one cohort under several cleanings of its transcripts -> the headline under each, and the difference.

All use the folds of the first repeat, so a difference from the main cleaning is paired: same people, same folds, same
resamples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from adscreen.evaluation.intervals import Measured
from adscreen.evaluation.results import TFIDF, FoldResult
from adscreen.evaluation.stability_rows import CleaningRow
from adscreen.evaluation.summary import Folds
from adscreen.extract.cleanings import CleanedWords
from adscreen.extract.feature_table import FeatureTable
from adscreen.metrics.measures import basic_measures

MEASURES = ("auc", "sensitivity", "specificity")
_NO_DIFFERENCE = (math.nan,) * 5


def first_repeat(folds: Folds) -> Folds:
    """Return the folds of the first repeat, of the evaluated method and of TF-IDF."""
    kept = [fold for fold in folds.results if fold.repeat == 0 and fold.method in (folds.main, TFIDF)]
    return replace(folds, results=kept)


def compare_cleaning(
    name: str, counted: CleanedWords, main: Folds, *, results: Sequence[FoldResult], table: FeatureTable
) -> list[CleaningRow]:
    """Return the measures of one cleaning, by its ``results`` and ``table``, and how they differ from main's."""
    own = Folds(main.protocol, results, table, main.study)
    rows = []
    for method in main.methods:
        ours, theirs = (one.resample(one.repeats(method), basic_measures) for one in (own, main))
        values, differences = ours.measured(), ours.minus(theirs).measured()
        rows += [
            _row(main, method, name, counted, measure, values[measure], differences[measure]) for measure in MEASURES
        ]
    return rows


def describe_main(name: str, counted: CleanedWords, main: Folds) -> list[CleaningRow]:
    """Return the measures of the main cleaning on the first repeat."""
    rows = []
    for method in main.methods:
        values = main.resample(main.repeats(method), basic_measures).measured()
        rows += [_row(main, method, name, counted, measure, values[measure], None) for measure in MEASURES]
    return rows


def absent_cleaning(name: str, counted: CleanedWords, main: Folds, reason: str) -> CleaningRow:
    """Return the row of a cleaning that was not evaluated."""
    nothing = (math.nan,) * 5
    about = (main.protocol, main.main, name, False, counted.words, counted.changed, "auc")
    return CleaningRow(*about, *nothing, *_NO_DIFFERENCE, reason)


def _row(
    main: Folds,
    method: str,
    name: str,
    counted: CleanedWords,
    measure: str,
    value: Measured,
    difference: Measured | None,
) -> CleaningRow:
    about = (main.protocol, method, name, difference is None, counted.words, counted.changed, measure)
    return CleaningRow(*about, *value.figures, *(difference.figures if difference else _NO_DIFFERENCE), "")
