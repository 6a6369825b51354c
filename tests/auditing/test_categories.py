"""Tasks of one class alone, pooled diagnoses and kinds of file are found where they tell the classes apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adscreen.auditing.categories import find_categories
from adscreen.auditing.composition import describe_composition
from adscreen.auditing.finding import Finding
from adscreen.extract.feature_table import FeatureTable

Classes = Callable[..., FeatureTable]


def about(table: FeatureTable, where: str) -> list[Finding]:
    """Return what is found about ``where``."""
    return [found for found in find_categories(table) if found.where == where]


def test_a_task_of_one_class_alone_is_a_warning(read_classes: Classes) -> None:
    """It is named with its counts, and so is the task that both classes have most of, which can be chosen."""
    tasks = ("cookie", "cookie", "reading", "cookie", "cookie", "fluency", "reading", "recall")

    def task(number: int, label: str) -> str:
        return tasks[number % 8]

    alone, predicted = about(read_classes(task=task), "task")
    what = "3 of 4 tasks were recorded in one class only: fluency (5 recordings of case, 0 of control), "
    what += "reading (0 recordings of case, 10 of control), recall (5 recordings of case, 0 of control)"
    assert ("warning", what, 3.0) == (alone.level, alone.what, alone.value)
    expected = "evaluate one task, as with --where \"task == 'cookie'\": cookie (10 recordings of case, 10 of control)"
    assert expected == alone.remedy
    assert predicted.what.startswith("task (recordings of case and of control: cookie 10 and 10, fluency 5 and")


def test_without_a_common_task_none_can_be_chosen(read_classes: Classes) -> None:
    """Controls who describe a picture and cases who retell a story are told apart by the task: AUC 1."""
    tasks: dict[str, Any] = {"task": lambda n, label: "cookie" if label == "control" else "story"}
    alone, predicted = about(read_classes(**tasks), "task")
    assert "no task was recorded in both classes: the label cannot be separated from the task" == alone.remedy
    assert ("warning", 1.0) == (predicted.level, predicted.value)


@pytest.mark.parametrize("task", [lambda n, label: "cookie", lambda n, label: "Cookie" if n % 4 < 2 else "cookie "])
def test_one_task_is_no_finding(read_classes: Classes, task: Callable[[int, str], str]) -> None:
    """Nor are two spellings of one."""
    assert [] == about(read_classes(task=task), "task")


def test_the_tasks_of_both_classes_are_no_warning(read_classes: Classes) -> None:
    """Two tasks that lie evenly over the classes predict nothing."""
    (predicted,) = about(read_classes(task=lambda n, label: "cookie" if n % 4 < 2 else "story"), "task")
    assert "note" == predicted.level


def test_a_label_that_pools_diagnoses_is_a_warning(read_classes: Classes) -> None:
    """Subjects of each are counted, the commonest first, whatever the case of the header; codes are told as written."""

    def diagnosis(number: int, label: str) -> str:
        return "0" if label == "control" else "1" if number % 4 == 1 else "2" if number > 10 else "3"

    (found,) = about(read_classes(Diagnosis=diagnosis), "diagnosis")
    assert "“case” holds 3 diagnoses (subjects of each: 1 10, 2 8, 3 2)" == found.what
    assert "warning" == found.level


def test_labels_that_were_grouped_are_a_note(read_classes: Classes) -> None:
    """Whoever groups labels knows that they are pooled; the counts are told."""
    labels: dict[str, Any] = {"original_label": lambda n, label: label if label == "control" else f"AD{n % 4}"}
    (found,) = about(read_classes(**labels), "original_label")
    assert ("note", "“case” holds 2 labels of the manifest (subjects of each: AD1 10, AD3 10)") == (
        found.level,
        found.what,
    )


def test_kinds_of_files_that_tell_the_class(read_classes: Classes) -> None:
    """Captions for cases and plain text for controls: counted by class, and a perfect prediction."""

    def text(number: int, label: str) -> str:
        return "WEBVTT\n\n00:01.000 --> 00:03.000\nthe boy falls\n" if label == "case" else "The boy falls."

    def file(number: int, label: str) -> str:
        return f"T{number:03d}.{'vtt' if label == 'case' else 'txt'}"

    (found,) = about(read_classes(text=text, file=file), "kind")
    assert ("warning", 1.0) == (found.level, found.value)
    assert "captions 20 and 0, plain text 0 and 20" in found.what


def test_the_gem_of_a_file_is_its_task_and_several_are_a_warning(read_classes: Classes) -> None:
    """A task that only the file names counts; files whose gems were all read without a choice are named."""

    def text(number: int, label: str) -> str:
        gems = "@G:\tcookie\n*PAR:\tthe boy .\n" if label == "control" or number < 4 else ""
        return f"@UTF8\n@Begin\n@Participants:\tPAR Participant\n{gems}@G:\trecall\n*PAR:\tthe story .\n@End\n"

    def gem(number: int, label: str) -> str:
        return "cookie" if label == "control" else ""

    table = read_classes(text=text, file=lambda n, _: f"T{n:03d}.cha", gem=gem)
    assert {"cookie": 20, "recall": 18} == table.subjects["task"].value_counts().to_dict()
    (several,) = [one for one in describe_composition(table) if "gems" in one.what]
    assert ("warning", "2 transcripts of 40 with several gems, all of which were read") == (several.level, several.what)
    assert "S001, S003" == several.where
