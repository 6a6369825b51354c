"""What the checks of a cohort find leads an evaluation: on screen, in its folder and on its page."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from adscreen.auditing import Finding
from adscreen.cli import main
from adscreen.cohort import read_cohort
from adscreen.estimator.study import StudySettings
from adscreen.evaluation.description import describe_cohort
from adscreen.evaluation.results import TASK, ProtocolEvaluation
from adscreen.evaluation.shortcuts import Shortcut, absent_shortcuts
from adscreen.evaluation.subgroups import find_subgroups
from adscreen.extract.feature_table import FeatureTable
from adscreen.studies.audit_run import audit
from adscreen.studies.checks import check_cohorts, check_tables, lead_with
from adscreen.studies.evaluation_run import Evaluation


class Ran(NamedTuple):
    """An evaluation by the command: its folder, and what it printed."""

    folder: Path
    out: str
    err: str


def two_tasks(simulated: Path, folder: Path) -> Path:
    """Write a SYNTHETIC cohort like Pitt: fluency in cases alone, three diagnoses, S-1 and S_1 among its subjects.

    Two controls have one file under two names. Returns the manifest.
    """
    frame = pd.read_csv(simulated / "training.csv", dtype=str, keep_default_na=False)
    cases = frame["label"] == "case"
    fluency = cases & (frame["visit"] != "1")
    frame.loc[fluency, "task"] = "fluency"
    numbers = frame["subject_id"].str[-4:].astype(int)
    frame["diagnosis"] = numbers.map(lambda number: ("ProbableAD", "MCI", "Vascular")[number // 2 % 3]).where(cases, "")
    controls = frame.loc[~cases, "subject_id"].unique()
    frame["subject_id"] = frame["subject_id"].replace({controls[0]: "S-1", controls[1]: "S_1"})
    copied = frame.index[~cases & (frame["subject_id"] == controls[3])][0]
    for row, path in frame["transcript"].items():
        text = (simulated / path).read_text(encoding="utf-8")
        if row == copied:
            source = frame.index[~cases & (frame["subject_id"] == controls[2])][0]
            text = (simulated / frame.loc[source, "transcript"]).read_text(encoding="utf-8")
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.replace("@G:\tcookie", f"@G:\t{frame.loc[row, 'task']}"), encoding="utf-8")
    frame.to_csv(folder / "manifest.csv", index=False)
    return folder / "manifest.csv"


@pytest.fixture(scope="module")
def pooled(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of ``two_tasks``."""
    return two_tasks(simulated, tmp_path_factory.mktemp("pooled"))


@pytest.fixture(scope="module")
def run(pooled: Path, study_text: str, tiny_bilm: Path) -> Callable[..., Ran]:
    """Run ``adscreen evaluate`` on the cohort."""

    def call(name: str, *options: object, capsys: pytest.CaptureFixture[str]) -> Ran:
        config = pooled.with_name("study.toml")
        config.write_text(study_text, encoding="utf-8")
        out = pooled.with_name(name)
        arguments = ["adscreen", "evaluate", pooled, out, "--bilm", tiny_bilm, "--config", config, *options]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", [str(one) for one in arguments])
            with pytest.raises(SystemExit) as caught:
                main()
        assert 0 == caught.value.code
        return Ran(out, *capsys.readouterr())

    return call


def test_the_command_leads_with_what_it_found(run: Callable[..., Ran], capsys: pytest.CaptureFixture[str]) -> None:
    """Screen, findings.csv, metrics.json, report.json and page say the same, errors first; nothing stops."""
    ran = run("run", capsys=capsys)
    first, second, *_ = ran.out.splitlines()
    assert first.startswith("What to check first: 1 error and ")
    assert second.startswith("  error: 2 recordings of 2 subjects are the same file (")
    assert ran.err.startswith(
        "Note: the checks of the cohort found an error: 2 recordings of 2 subjects are the same file"
    )
    table = pd.read_csv(ran.folder / "findings.csv")
    assert "error" == table["level"].iloc[0]
    found = [tuple(row) for row in table[["level", "what"]].itertuples(index=False)]
    for name, content in (("metrics.json", "findings"), ("report.json", "findings")):
        stated = json.loads((ran.folder / name).read_text(encoding="utf-8"))[content]
        assert found == [(one["level"], one["what"]) for one in stated]
    page = (ran.folder / "report.html").read_text(encoding="utf-8")
    assert page.index('id="checks"') < page.index('id="summary"')
    for level, what in (
        ("warning", "1 of 2 tasks was recorded in one class only: fluency (8 recordings of case, 0 of control)"),
        ("warning", "2 subject ids may be one person written differently"),
        ("warning", "“case” holds 3 diagnoses (subjects of each: MCI 3, Vascular 3, ProbableAD 2)"),
    ):
        assert (level, what) in found
        assert what[1:] in page
    assert {"task"} <= set(pd.read_csv(ran.folder / "metrics.csv")["method"])
    rows = pd.read_csv(ran.folder / "table1.csv").query("variable in ('task', 'diagnosis')")
    counts = {(row.variable, row.level): (row.unit, row.negative, row.positive) for row in rows.itertuples()}
    assert ("recordings", 0, 8) == counts["task", "fluency"]
    assert ("subjects", 0, 3) == counts["diagnosis", "MCI"]
    subgroups = pd.read_csv(ran.folder / "subgroups.csv")
    assert {"cookie", "fluency"} == set(subgroups.query("column == 'task'")["subgroup"])
    assert {8} == set(subgroups.query("column == 'diagnosis'")["negative_subjects"])


@pytest.mark.slow
def test_with_one_task_chosen_nothing_is_said_of_tasks(
    run: Callable[..., Ran], capsys: pytest.CaptureFixture[str]
) -> None:
    """The condition that the finding names leaves one task: there is no task to be a shortcut, and that is said."""
    ran = run("one", "--where", "task == 'cookie'", capsys=capsys)
    assert [] == [one for one in pd.read_csv(ran.folder / "findings.csv")["where"] if one == "task"]
    assert "task: not run, the task of every recording is cookie." in ran.out


def test_the_findings_of_a_run_are_those_of_audit(pooled: Path) -> None:
    """An evaluation leads with the very findings of `audit`."""
    cohort = read_cohort(pooled)
    assert tuple(audit(pooled)) == check_cohorts([cohort])


def test_a_table_is_checked_without_its_transcripts(
    simulated_table: FeatureTable, small_study: StudySettings, draw: Callable[..., ProtocolEvaluation]
) -> None:
    """In Python findings come from the table; what needs the transcripts (habits, file names) is not among them."""
    found = Evaluation(simulated_table, small_study, (draw(simulated_table, "subject"),)).findings
    assert check_tables([simulated_table]) == found
    assert not {one.where for one in found} & {"file names", "transcription"}


def test_a_test_cohort_is_checked_too(pooled: Path, simulated: Path) -> None:
    """Copies are looked for across both cohorts; what is of the test cohort alone says so."""
    cohorts = [read_cohort(simulated / "held_out.csv"), read_cohort(pooled)]
    found = check_cohorts(cohorts)
    assert "test cohort: task" in {one.where for one in found if one.level == "warning"}
    assert 1 == sum(one.level == "error" for one in found)


def test_the_lead_counts_what_it_does_not_show() -> None:
    """At most five lines stand before the figures; without errors and warnings one line says that."""
    many = [Finding("warning", f"number {number}") for number in range(7)]
    assert ["What to check first: 7 warnings", "  warning: number 0"] == lead_with(many)[:2]
    assert "  and 2 more in findings.csv" == lead_with(many)[-1]
    assert ["The checks of the cohort found no error and no warning."] == lead_with([Finding("note", "a")])


def with_tasks(table: FeatureTable, tasks: list[object]) -> FeatureTable:
    """Return the table with these tasks."""
    return replace(table, subjects=table.subjects.assign(task=pd.Series(tasks, dtype=object)))


def test_the_task_alone_predicts(visited: FeatureTable) -> None:
    """Of two tasks, of which one is the cases', it knows the label; what is missing is a level of its own."""
    tasks: list[object] = ["fluency" if case else None for case in visited.cases]
    method = Shortcut(TASK, with_tasks(visited, tasks), seed=0)
    fitted = method.fit(visited.canonical_order()[:24])
    found = method.predict(visited.canonical_order()[24:], fitted) > 0.5
    assert visited.cases[visited.canonical_order()[24:]].astype(bool).tolist() == found.tolist()


def test_a_task_that_training_lacks_is_no_error(visited: FeatureTable) -> None:
    """A new task at the test says nothing: its probability lies between those of the known ones."""
    order = visited.canonical_order()
    tasks: list[object] = ["fluency" if case else "cookie" for case in visited.cases]
    tasks[order[-1]] = "recall"
    method = Shortcut(TASK, with_tasks(visited, tasks), seed=0)
    fitted = method.fit(order[:-2])
    assert tasks[order[-2]] in ("fluency", "cookie")
    (known,), (new,) = (method.predict(order[rows], fitted) for rows in (slice(-2, -1), slice(-1, None)))
    assert abs(new - 0.5) < abs(known - 0.5)


@pytest.mark.parametrize(
    ("tasks", "reason"),
    [
        (["cookie"] * 48, "the task of every recording is cookie"),
        (["cookie", "Cookie"] * 24, "the task of every recording is Cookie"),
        ([None] * 48, "no task is known of any recording"),
    ],
)
def test_without_two_tasks_there_is_no_such_shortcut(visited: FeatureTable, tasks: list[object], reason: str) -> None:
    """The reason is stated."""
    assert reason == absent_shortcuts(with_tasks(visited, tasks))[TASK]


def test_diagnoses_stand_against_every_control(visited: FeatureTable) -> None:
    """Each diagnosis' cases and all controls are a subgroup; a diagnosis of controls alone is none."""
    cases = visited.cases
    names = [("AD", "MCI")[n // 4 % 2] if case else "healthy" for n, case in enumerate(cases)]
    subjects = visited.subjects.assign(Diagnosis=names)
    found = {one.name: one.rows for one in find_subgroups(subjects, cases) if one.column == "diagnosis"}
    assert {"AD", "MCI"} == set(found)
    assert [name == "AD" or not case for name, case in zip(names, cases, strict=True)] == found["AD"].tolist()


def test_table_one_counts_languages_only_where_there_are_several(visited: FeatureTable) -> None:
    """One language is no row; two are, with what is missing."""
    one = visited.subjects.assign(language="eng")
    two = visited.subjects.assign(language=["eng", "spa", None, "eng"] * 12)
    rows = {
        number: [
            row
            for row in describe_cohort(replace(visited, subjects=own))
            if (row.variable, row.level) == ("language", "spa")
        ]
        for number, own in ((1, one), (2, two))
    }
    assert [] == rows[1]
    (spanish,) = rows[2]
    assert ("recordings", 12.0, 12) == (
        spanish.unit,
        spanish.negative + spanish.positive,
        spanish.negative_missing + spanish.positive_missing,
    )
