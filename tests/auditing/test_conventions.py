"""What a transcriber decides is found where it differs by class, and left alone where it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from adscreen.auditing.conventions import find_conventions
from adscreen.auditing.finding import Finding
from adscreen.extract.feature_table import FeatureTable

Classes = Callable[..., FeatureTable]


def about(table: FeatureTable, where: str) -> list[Finding]:
    """Return what is found about ``where``."""
    return [found for found in find_conventions(table) if found.where == where]


def test_a_spelling_that_differs_by_class_is_a_warning(read_classes: Classes) -> None:
    """Cases are written with okay and controls with ok: the spelling alone tells them apart, AUC 1."""
    table = read_classes(text=lambda n, label: f"{'Okay' if label == 'case' else 'Ok'} the boy falls.")
    (found,) = about(table, "spelling.okay")
    assert ("warning", 1.0) == (found.level, found.value)
    (together,) = about(table, "transcription")
    assert ("warning", 1.0) == (together.level, together.value)


def test_a_mark_that_one_class_never_has_is_a_warning(read_classes: Classes) -> None:
    """Pauses are marked in half of the cases' transcripts and in no control's: other rules were followed."""

    def chat(number: int, label: str) -> str:
        pause = "(..) " if label == "case" and number % 4 == 1 else ""
        head = "@UTF8\n@Begin\n@Participants:\tPAR Participant\n@ID:\teng|x|PAR|||||Participant|||\n"
        return f"{head}*PAR:\tthe boy {pause}takes a cookie .\n@End\n"

    table = read_classes(text=chat, file=lambda n, _: f"T{n:03d}.cha")
    (found,) = about(table, "mark.pauses")
    assert ("warning", 0.75) == (found.level, found.value)
    assert "marked pauses: in 50% of transcripts of case, in none of the other label" == found.what


def test_a_rate_that_differs_may_be_a_sign(read_classes: Classes) -> None:
    """Twice as many fillers among cases is what illness may do: a note, which says that the audit cannot tell."""

    def speech(number: int, label: str) -> str:
        return "Uh the boy. " * (2 if label == "case" else 1) + "The stool is falling and the water runs over. " * 3

    (found,) = about(read_classes(text=speech), "mark.fillers")
    assert "note" == found.level
    assert found.what.startswith("marked fillers: more among cases, AUC 1.000")


def test_alike_transcripts_have_one_note(read_classes: Classes) -> None:
    """Where every habit is spread alike over the classes none is named."""
    table = read_classes(text=lambda n, _: ("Okay" if n // 2 % 2 else "Ok") + " the boy falls.")
    assert ["note", "note"] == [found.level for found in about(table, "transcription")]
    assert "none of 1 habit of transcription differs between the classes by itself" in [
        found.what for found in about(table, "transcription")
    ]


def test_names_of_files_that_tell_the_class(read_classes: Classes) -> None:
    """Files named after the class are found by predicting the label from names; arbitrary names are not."""
    (told,) = about(read_classes(file=lambda n, label: f"{label[:2]}{n:03d}.txt"), "file names")
    assert ("warning", 1.0) == (told.level, told.value)
    names = [hashlib.sha256(bytes([n])).hexdigest()[:6] for n in range(40)]
    (untold,) = about(read_classes(file=lambda n, _: f"{names[n]}.txt"), "file names")
    assert "note" == untold.level
