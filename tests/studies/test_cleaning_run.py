"""A cleaning that changes nothing, or silences somebody, is listed with the reason and costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adscreen.cohort import make_cohort
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.speech import CLEANINGS
from adscreen.studies import cleaning_run
from adscreen.studies.cleaning_run import UNCHANGED, evaluate_cleanings


def test_cleanings_that_cannot_differ_are_not_evaluated(
    tiny_bilm: Path, draw: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of plain text nobody gave targets; one participant only says a filler. So the main cleaning alone has figures."""
    texts = ["um", *(f"um the boy is falling and the girl says number {n}" for n in range(11))]
    labels = ["case" if number % 2 else "control" for number in range(12)]
    cohort = make_cohort(texts, subjects=[f"S{number:02d}" for number in range(12)], labels=labels)
    extract = ExtractSettings(tiny_bilm)
    table = extract_cohort(cohort, extract)
    evaluation = draw(table, "subject")
    monkeypatch.setattr(cleaning_run, "run_first_repeat", lambda *_, **__: pytest.fail("nothing is evaluated again"))
    rows = evaluate_cleanings([cohort], evaluation, table=table, study=StudySettings(), extract=extract, foreign=[None])
    silent = "1 recording would have no words"
    reasons = {row.cleaning: row.reason for row in rows}
    assert list(CLEANINGS) == list(reasons)
    assert {
        "spoken": "",
        "spoken_without_fillers": silent,
        "spoken_with_targets": UNCHANGED,
        "fluent": silent,
        "fluent_with_fillers": UNCHANGED,
        "fluent_without_targets": silent,
    } == reasons
    main = [row for row in rows if row.main]
    assert ["auc", "sensitivity", "specificity"] * 2 == [row.measure for row in main]
    assert {"spoken"} == {row.cleaning for row in main}
