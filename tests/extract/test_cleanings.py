"""What each cleaning reads of a cohort is counted without measuring anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from adscreen.cohort import read_cohort
from adscreen.extract.cleanings import CleanedWords, count_cleanings
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import TOKENS
from adscreen.speech import CLEANINGS

HEADER = "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tPAR Participant\n"
LINES = {
    "A": "the boy &-uh fallin [: falling] &+st .",  # 5 words, 4 without the filler
    "B": "&-um .",
    "C": "she reaches up .",
}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Three CHAT files of one line each."""
    rows = ["subject_id,transcript,label"]
    for name, line in LINES.items():
        (tmp_path / f"{name}.cha").write_text(f"{HEADER}*PAR:\t{line}\n@End\n", encoding="utf-8")
        rows.append(f"{name},{name}.cha,{'case' if name == 'A' else 'control'}")
    path = tmp_path / "manifest.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_words_changes_and_silences_are_counted(manifest: Path, tiny_bilm: Path) -> None:
    """By hand, for every cleaning; the one that the settings read comes first and changes nothing."""
    found = count_cleanings(read_cohort(manifest), ExtractSettings(tiny_bilm))
    assert "spoken" == next(iter(found))
    assert {
        "spoken": CleanedWords(9, 0, 0),
        "spoken_without_fillers": CleanedWords(7, 2, 1),
        "spoken_with_targets": CleanedWords(9, 1, 0),
        "fluent": CleanedWords(6, 2, 1),
        "fluent_with_fillers": CleanedWords(8, 1, 0),
        "fluent_without_targets": CleanedWords(6, 2, 1),
    } == found


def test_another_view_is_the_main_one_where_it_is_read(manifest: Path, tiny_bilm: Path) -> None:
    """Changes are counted from the view of the settings; words are the same."""
    cohort = read_cohort(manifest)
    found = count_cleanings(cohort, ExtractSettings(tiny_bilm, view="fluent"))
    assert ["fluent", "spoken"] == list(found)[:2]
    assert (0, 2) == (found["fluent"].changed, found["spoken"].changed)
    spoken = count_cleanings(cohort, ExtractSettings(tiny_bilm))
    assert {name: one.words for name, one in spoken.items()} == {name: one.words for name, one in found.items()}


@pytest.mark.parametrize("view", CLEANINGS)
def test_a_table_holds_the_words_that_are_counted(manifest: Path, tiny_bilm: Path, view: str) -> None:
    """The tokens of an extraction under a cleaning are as many; fluency and lexical features are those of any other."""
    cohort = read_cohort(manifest)
    table = extract_cohort(cohort, ExtractSettings(tiny_bilm, view=view))
    assert count_cleanings(cohort, ExtractSettings(tiny_bilm))[view].words == sum(map(len, table.inputs[TOKENS]))
    assert view == table.provenance["view"]
    other = extract_cohort(cohort, ExtractSettings(tiny_bilm))
    own = [name for name in table.X if str(name).startswith(("fluency.", "lexical.", "syntactic."))]
    assert own
    assert table.X[own].equals(other.X[own])
