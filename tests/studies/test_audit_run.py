"""Auditing from a script: a Cohort, a manifest or the folder of an evaluation gives findings, labels or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.auditing import Finding
from adscreen.cohort import make_cohort, read_cohort
from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable
from adscreen.studies.audit_run import audit

TEXTS = [
    f"the boy is on the stool number {number} .\nthe mother is um washing {number} dishes .\n" for number in range(8)
]
SUBJECTS = [f"S{number // 2}" for number in range(8)]
VISITS = ["1", "2"] * 4


def _said(findings: list[Finding], words: str) -> list[Finding]:
    return [finding for finding in findings if words in finding.what]


def test_a_cohort_and_its_manifest_have_the_same_findings(simulated: Path) -> None:
    """Whichever names it; a data frame of them has one row per finding."""
    of_file = audit(simulated / "training.csv")
    assert of_file == audit(str(simulated / "training.csv")) == audit(read_cohort(simulated / "training.csv"))
    frame = pd.DataFrame(of_file)
    assert ["level", "what", "where", "remedy", "value", "low", "high"] == list(frame)
    assert [asdict(finding)["what"] for finding in of_file] == frame["what"].tolist()


def test_an_evaluation_is_audited_from_its_folder(
    simulated_table: FeatureTable,
    draw: Callable[..., Any],
    write_run: Callable[..., Path],
    tmp_path: Path,
) -> None:
    """A path of text will do; what chooses rows or labels of a cohort is refused there."""
    folder = write_run(tmp_path / "run", simulated_table, [draw(simulated_table, "subject")])
    findings = audit(str(folder))
    assert [] == [finding for finding in findings if finding.level == "error"]
    assert any(finding.where == "subject" for finding in findings)
    for name in ("where", "positive"):
        with pytest.raises(InputError, match=f"^{name}: needs a cohort; leave it out"):
            audit(folder, **{name: "case"})


def test_a_cohort_without_labels_is_audited_for_the_rest() -> None:
    """Copies, identities and composition need no label; a finding says what was not examined."""
    findings = audit(make_cohort([*TEXTS[:-1], TEXTS[0]], subjects=SUBJECTS, visit=VISITS))
    assert _said(findings, "shortcuts were not examined")
    assert _said(findings, "8 recordings of 8 without a label")
    assert _said(findings, "4 subjects with 2.00 recordings each")
    assert any("S0_1" in finding.where and "S3_2" in finding.where for finding in findings)


@pytest.mark.parametrize("groups", [["control"], ["control", "mci", "dementia"], ["mci", "dementia"]])
def test_labels_of_which_none_is_the_case_are_no_error(groups: list[str]) -> None:
    """One label, three, or two of which either may be the case: shortcuts are not examined, the rest is."""
    labels = [groups[min(number // 2, len(groups) - 1)] for number in range(8)]
    findings = audit(make_cohort(TEXTS, subjects=SUBJECTS, visit=VISITS, labels=labels))
    assert _said(findings, "shortcuts were not examined")
    assert _said(findings, "4 subjects with 2.00 recordings each")


def test_rows_without_a_label_do_not_hide_the_others(simulated: Path) -> None:
    """With some labels missing, shortcuts are examined on the other rows, also where the case is named."""
    frame = pd.read_csv(simulated / "training.csv", dtype=str)
    frame["transcript"] = [str(simulated / name) for name in frame["transcript"]]
    frame.loc[frame["subject_id"] == "SYN0001", "label"] = None
    missing = int(frame["label"].isna().sum())
    for positive in (None, "case"):
        findings = audit(read_cohort(frame), positive=positive)
        assert _said(findings, f"{missing} recordings of {len(frame)} without a label")
        assert _said(findings, "are case")
        assert [] == _said(findings, "shortcuts were not examined")
    of_control = audit(read_cohort(frame), positive="control")
    assert _said(of_control, "are control")
    with pytest.raises(
        InputError, match=r"no label 'tea'; labels found: case \(\d+\), control \(\d+\); correct positive="
    ):
        audit(read_cohort(frame), positive="tea")


def test_a_condition_chooses_what_is_audited(simulated: Path) -> None:
    """It holds for a manifest and for a Cohort alike."""
    chosen = audit(simulated / "training.csv", where="visit == '1'")
    assert chosen == audit(read_cohort(simulated / "training.csv"), where="visit == '1'")
    assert _said(chosen, "16 subjects with 1.00 recordings each")
