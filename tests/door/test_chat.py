"""CHAT files that were misread: each is read as the CHAT manual has it, or says what is amiss with its line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adscreen.cli import main

HEAD = """@UTF8
@Begin
@Languages:\teng
@Participants:\tPAR Mary Participant, INV Ann Investigator
@ID:\teng|corpus|PAR|70;|female|||Participant|||
@ID:\teng|corpus|INV|||||Investigator|||
"""
NOT_READ = {  # why three of the 143 shared files cannot be used
    "russian-child-narrative.cha": "holds only the interviewer",
    "headers-media-notrans.cha": "not transcribed: @Media says notrans",
    "event-segment-with-caret.cha": "holds only the interviewer",
}

Ingest = Callable[..., Any]


@pytest.fixture
def chat(ingest: Ingest, tmp_path: Path) -> Ingest:
    """Run the command on a CHAT file of these lines, with or without its headers."""

    def run(lines: str, *, head: str = HEAD) -> Any:
        file = tmp_path / "S01.cha"
        file.write_text(f"{head}{lines}\n@End\n", encoding="utf-8")
        return ingest(file)

    return run


def views(seen: Any) -> tuple[int, int]:
    """Return the number of words spoken and fluent, once the identity of ingest.csv is seen to hold."""
    row = {name: int(value) for name, value in seen.row.items() if name.startswith(("words_", "removed_", "added_"))}
    removed = sum(value for name, value in row.items() if name.startswith("removed_"))
    assert row["words_fluent"] == row["words_spoken"] - removed + row["added_by_targets"]
    return row["words_spoken"], row["words_fluent"]


def test_underlining_is_no_sign_of_a_binary_file(door: Path, ingest: Ingest) -> None:
    """CLAN's underline leaves no trace in the words."""
    seen = ingest(door / "underline.cha")
    assert {"PAR": "the boy fell off the stool"} == seen.words
    assert "" == seen.diagnostics


@pytest.mark.parametrize(
    "marks", ["\x02\x01{}\x02\x02", "\x02\x03{}\x02\x04", "\x02\x05{}\x02\x06", "\x02\x07{}\x02\x08"]
)
def test_every_mark_of_clan_is_passed_over(chat: Ingest, marks: str) -> None:
    """Words that are underlined, in italics or coloured throughout are read; so is a mark that begins inside a word."""
    marked = " ".join(marks.format(word) for word in "the boy is on the stool".split())
    seen = chat(f"*PAR:\t{marked} s{marks.format('o')} .\n%wor:\t{marked} s{marks.format('o')} \x151_2000\x15 .")
    assert {"PAR": "the boy is on the stool so"} == seen.words
    assert ("so", 1, 2000) == seen.word_times[-1]


def test_a_binary_file_is_refused_still(ingest: Ingest, tmp_path: Path) -> None:
    """Control characters that are no marks of CLAN are a sign of a binary file."""
    file = tmp_path / "S01.cha"
    file.write_bytes(b"@UTF8\n@Begin\n*PAR:\t" + bytes([1, 5, 14, 20]) * 20)
    assert "a binary file" in ingest(file).refused


def test_an_indented_main_line_is_a_turn_of_its_own(door: Path, ingest: Ingest) -> None:
    """The interviewer is not given the participant's words; the diagnostic names the line."""
    seen = ingest(door / "indent_par.cha")
    assert {"INV": "what do you see", "PAR": "the boy fell hello"} == seen.words
    assert "line 8: a header or tier that is indented" in seen.diagnostics


@pytest.mark.parametrize("indent", [" ", "\t", "  \t", "\u00a0", "\ufeff", "\u200b "])
def test_indented_tiers_and_headers(chat: Ingest, indent: str) -> None:
    """Whatever a line is indented with, a main line, a tier and a header are told from a continuation."""
    seen = chat(
        f"*INV:\twhat else\n\tis there ?\n{indent}*PAR:\tthe boy fell .\n{indent}%mor:\tdet|the noun|boy verb|fall .\n"
        f"*PAR:\tat the\n\twindow .\n{indent}@Comment:\tshe points"
    )
    assert {"INV": "what else is there", "PAR": "the boy fell at the window"} == seen.words
    assert 3 == seen.diagnostics.count("indented")


def test_continuations_stay(chat: Ingest) -> None:
    """A continuation that begins with a symbol is no header or tier."""
    seen = chat("*PAR:\tthe boy\n\t@ home\n\t*well* he\n\t%% fell .")
    assert {"PAR": "the boy home well he fell"} == seen.words
    assert "" == seen.diagnostics


@pytest.mark.parametrize(("name", "spoken"), [("nonword.cha", 4), ("target0.cha", 4), ("e_code.cha", 3)])
def test_nonwords_empty_targets_and_exclusions(door: Path, ingest: Ingest, name: str, spoken: int) -> None:
    """`&~ba`, `is [: 0]` and `dog [e]` are in no fluent word; the excluded word is not counted as spoken either."""
    seen = ingest(door / name)
    assert (spoken, 3) == views(seen)
    assert (name == "nonword.cha", name == "e_code.cha") == (
        seen.row["removed_nonwords"] == "1",
        seen.row["words_excluded"] == "1",
    )


def test_an_unknown_target_makes_a_nonword(chat: Ingest) -> None:
    """`[: x@n]` says that the word is none, whatever its own ending."""
    seen = chat("*PAR:\tthe spiker@u [: x@n] [* n:uk] fell .")
    assert ["word", "nonword", "word"] == [word.kind for word in seen.transcript.utterances[0].words]
    assert (3, 2) == views(seen)


def test_an_untranscribed_file_says_so(chat: Ingest) -> None:
    """Where the participant's lines are all `www .`, that is the reason; one such line among others is a diagnostic."""
    assert "not transcribed" in chat("*PAR:\twww .").refused
    assert "participant PAR is not transcribed" in chat("*INV:\twhat is it ?\n*PAR:\twww .\n*PAR:\t0 .").refused
    seen = chat("*PAR:\tthe boy .\n*PAR:\twww .\n*PAR:\twww .")
    assert ["line 8", "line 9"] == [said.partition(":")[0] for said in seen.diagnostics.split("; ")]
    assert "0" == seen.row["unintelligible"]
    assert "says no word" in chat("*PAR:\txxx .").refused


def test_a_code_in_another_case_is_the_same_person(chat: Ingest) -> None:
    """`*Par:` is PAR; what is one person's speech is not dealt out to two."""
    seen = chat("*PAR:\tthe boy .\n*Par:\the fell .\n*inv:\tand ?")
    assert {"PAR": "the boy he fell", "INV": "and"} == seen.words
    assert "another case" in seen.diagnostics


def test_every_rule_at_once_keeps_the_identity(chat: Ingest) -> None:
    """Fluent words are spoken ones less each rule's, plus what targets add, whatever marks meet in a word."""
    seen = chat(
        "*PAR:\t&-uh <&~ba the [e]> [//] &+b <a dog@u [: x@n]> [/] <is it> [: 0] gonna [: going to] "
        "<ice_cream> [: 0] .\n*PAR:\t&~da [: the] <so &-um> [e] &~da [/] wug [: x@n] [//] fell ."
    )
    assert (14, 4) == views(seen)


def test_hindi_keeps_its_words_whole(door: Path, ingest: Ingest) -> None:
    """Vowel signs belong to their letters."""
    seen = ingest(door / "hi.cha")
    assert {"PAR": "यह हिन्दी है"} == seen.words
    assert (3, 3) == views(seen)


def test_all_shared_files(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 143 valid files 140 are read by the command, and each of the others says truly why not."""
    files = sorted((shared / "chat").rglob("*.cha"))
    rows = ["subject_id,transcript", *(f'{number},"{path}"' for number, path in enumerate(files))]
    manifest = tmp_path / "all.csv"
    manifest.write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", f"adscreen ingest {manifest} {tmp_path}/out --participant longest --quiet".split())
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code in (0, 3, None)
    with (tmp_path / "out" / "ingest.csv").open(encoding="utf-8", newline="") as table:
        reasons = {files[int(row["subject_id"])].name: row["reason"] for row in csv.DictReader(table)}
    assert 143 == len(reasons)
    refused = {name: reason for name, reason in reasons.items() if reason}
    assert NOT_READ.keys() == refused.keys()
    assert all(NOT_READ[name] in reason for name, reason in refused.items())


def test_word_times_out_of_order_are_dropped(chat: Ingest) -> None:
    """A %wor tier whose times run backward keeps those in order, and the diagnostic counts the others."""
    seen = chat(
        "*PAR:\tthe boy fell . \x151_3000\x15\n%wor:\tthe \x15900_950\x15 boy \x15100_400\x15 fell \x15500_800\x15 ."
    )
    assert [("the", None, None), ("boy", 100, 400), ("fell", 500, 800)] == seen.word_times
    assert "1 words have times out of the order of the text" in seen.diagnostics


def test_a_bullet_of_days_is_reported(chat: Ingest) -> None:
    """Three words in a year are a bullet with a digit too many."""
    seen = chat("*PAR:\tthe boy fell . \x154000_99999999999\x15\n")
    assert "1 utterances last longer than any speech of their words" in seen.diagnostics
