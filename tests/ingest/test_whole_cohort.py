"""A cohort -> transcripts.jsonl, ingest.csv and flow.csv."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import Cohort, read_cohort
from adscreen.errors import InputError
from adscreen.ingest.counts import count_transcript
from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.transcript_json import read_transcripts
from adscreen.ingest.whole_cohort import (
    FLOW,
    FLOW_COLUMNS,
    INGEST,
    INGEST_COLUMNS,
    TRANSCRIPTS,
    ingest_cohort,
    require_clean,
    start_readers,
)
from adscreen.records import Transcript
from adscreen.speech import split_sentences

CHAT = """\
@UTF8
@Begin
@Languages:\teng, spa
@Participants:\tPAR Participant, INV Investigator
@ID:\teng|corpus|PAR|||||Participant|||
@ID:\teng|corpus|INV|||||Investigator|||
*INV:\twhat do you see ?
*PAR:\t&-um <the boy> [/] the boy is &+fa fallin(g) xxx (.) &=laughs .
*PAR:\the goed [: had gone] [* m] <to the> [//] home@s:spa 0the .
*PAR:\tcan I stop ? [+ exc]
@End
"""
ASR = '{"segments": [{"speaker": "A", "text": "the boy"}, {"speaker": "B", "text": "yes I see him"}]}'


def cohort(folder: Path, **reading: Any) -> Cohort:
    """Write and read a manifest: a clean file, one with a diagnostic, one diarised, one missing."""
    (folder / "one.cha").write_text(CHAT, encoding="utf-8")
    (folder / "two.cha").write_text(CHAT.replace("the boy is", "<the boy is"), encoding="utf-8")
    (folder / "three.json").write_text(ASR, encoding="utf-8")
    rows = ("S1,1,60,one.cha", "S1,2,61,two.cha", "S2,1,70,three.json", "S3,,80,=four.cha")
    (folder / "manifest.csv").write_text("\n".join(("subject_id,visit,age,transcript", *rows)), encoding="utf-8")
    return read_cohort(folder / "manifest.csv", **reading)


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_recording_has_a_row(tmp_path: Path) -> None:
    """Read or not, each row of the manifest is a row of ingest.csv, in order, with its reason."""
    done = ingest_cohort(cohort(tmp_path), tmp_path)
    rows = table(tmp_path / INGEST)
    assert list(INGEST_COLUMNS) == list(rows[0])
    assert ["S1_1", "S1_2", "S2_1", "S3"] == [row["recording_id"] for row in rows]
    assert ["read", "read", "unreadable", "unreadable"] == [row["status"] for row in rows]
    assert "three.json: more than one speaker may be the participant: A 2, B 4" in rows[2]["reason"]
    assert rows[3]["reason"].startswith("'=four.cha: no such file")
    assert ["0", "1", "", ""] == [row["diagnostics"] for row in rows]
    assert "line 8: a group < without >" == rows[1]["details"]
    assert (2, 2, 1) == (done.read, done.unreadable, done.diagnostics)


def test_the_row_says_what_each_rule_removed(tmp_path: Path) -> None:
    """Fillers, fragments, retraced and repeated words, targets, marks and excluded utterances are counted apart."""
    ingest_cohort(cohort(tmp_path), tmp_path)
    row = table(tmp_path / INGEST)[0]
    expected = {
        "utterances": "2",
        "utterances_excluded": "1",
        "utterances_of_others": "1",
        "words_of_others": "4",
        "words_spoken": "13",
        "removed_fillers": "1",
        "removed_fragments": "1",
        "removed_retraced": "2",
        "removed_repeated": "2",
        "added_by_targets": "1",
        "words_fluent": "8",
        "unintelligible": "1",
        "omissions": "1",
        "pauses": "1",
        "events": "1",
        "errors": "1",
        "foreign": "1",
    }
    assert expected == {name: row[name] for name in expected}


MARKS = "&-um &+fa <the boy> [/] [//] gonna [: going to] it's L_C_D wanna [: want] x . xxx [x 2]".split()


@given(st.lists(st.sampled_from(MARKS), max_size=20))
def test_the_counts_add_up_to_the_views(marks: list[str]) -> None:
    """Spoken words minus what the rules remove plus what targets add are the fluent words, as the views have them."""
    transcript = Transcript("r", "s", (parse_main_line(" ".join(marks)).utterance,), "PAR")
    counts = count_transcript(transcript)
    removed = sum(count for name, count in counts.items() if name.startswith("removed_"))
    for view in ("spoken", "fluent"):
        tokens = sum(len(sentence.tokens) for sentence in split_sentences(transcript, view=view))  # type: ignore[arg-type]
        assert tokens == counts[f"words_{view}"]
    assert counts["words_fluent"] == counts["words_spoken"] - removed + counts["added_by_targets"]


def test_the_flow_adds_up(tmp_path: Path) -> None:
    """The manifest's recordings are those left out, unreadable by reason, and read; subjects are counted once."""
    ingest_cohort(cohort(tmp_path, where="age < 80"), tmp_path)
    rows = table(tmp_path / FLOW)
    assert list(FLOW_COLUMNS) == list(rows[0])
    assert [
        ("in the manifest", "", "4", "3"),
        ("left out", "did not meet the condition", "1", "1"),
        ("read", "", "1", "1"),
        ("read with diagnostics", "", "1", "1"),
        ("unreadable", "more than one speaker may be the participant", "1", "1"),
    ] == [tuple(row.values()) for row in rows]


def test_a_participant_for_rows_that_name_none(tmp_path: Path) -> None:
    """``longest`` or a label reads a diarised file, and leaves files alone that tell their participant."""
    for participant, expected in (("longest", "B"), ("A", "A")):
        ingest_cohort(cohort(tmp_path, where="visit == '1'", participant=participant), tmp_path)
        assert ["PAR", expected] == [t.participant for t in read_transcripts(tmp_path / TRANSCRIPTS)]


def test_a_task_for_files_that_name_none(tmp_path: Path) -> None:
    """``task`` holds where neither the manifest nor the file specifies one."""
    ingest_cohort(cohort(tmp_path, where="visit == '1'", participant="A", task="cookie"), tmp_path)
    assert ["cookie", "cookie"] == [t.task for t in read_transcripts(tmp_path / TRANSCRIPTS)]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_jobs_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Two processes write what one does, whether they start as copies or anew."""
    monkeypatch.setattr("adscreen.ingest.whole_cohort.sys.platform", platform)
    (tmp_path / "a.cha").write_text(CHAT, encoding="utf-8")
    rows = []
    for number in range(40):
        (tmp_path / f"{number}.cha").write_text(CHAT.replace("boy", f"boy {'so ' * number}"), encoding="utf-8")
        rows.append(f"S{number},{number}.cha")
    (tmp_path / "manifest.csv").write_text("\n".join(("subject_id,transcript", *rows)), encoding="utf-8")
    for jobs in (1, 2):
        (tmp_path / f"out{jobs}").mkdir()
        with start_readers(jobs) as readers:
            ingest_cohort(read_cohort(tmp_path / "manifest.csv"), tmp_path / f"out{jobs}", readers=readers)
    for name in (TRANSCRIPTS, INGEST, FLOW):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out2" / name).read_bytes()


def test_progress_counts_every_recording(tmp_path: Path) -> None:
    """The bar moves once a recording, readable or not."""
    seen: list[int] = []
    ingest_cohort(cohort(tmp_path), tmp_path, progress=seen.append)
    assert [1, 1, 1, 1] == seen


def test_strict_refuses_any_diagnostic(tmp_path: Path) -> None:
    """A clean cohort passes; a diagnostic or an unreadable file is an error that counts them and names the first."""
    clean = ingest_cohort(cohort(tmp_path, where="visit == '1' and age < 65"), tmp_path)
    require_clean(clean, where="manifest.csv")
    with pytest.raises(InputError) as caught:
        require_clean(ingest_cohort(cohort(tmp_path), tmp_path), where="manifest.csv")
    assert (
        "manifest.csv: 2 unreadable recordings and 1 diagnostics; the first: two.cha: line 8: a group < without >; "
        "mend them, or run without strict="
    ) == str(caught.value)


def test_what_is_written_holds_no_speech_outside_transcripts(tmp_path: Path) -> None:
    """ingest.csv and flow.csv can be shown around: no word of a transcript is in them."""
    ingest_cohort(cohort(tmp_path), tmp_path)
    for name in (INGEST, FLOW):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert [] == [word for word in ("boy", "goed", "him", "laughs") if word in text]


def test_an_error_leaves_no_file_of_the_readers(tmp_path: Path) -> None:
    """What two processes have written when the run fails is gone when the error reaches the caller."""
    rows = []
    for number in range(200):
        (tmp_path / f"{number}.cha").write_text(CHAT, encoding="utf-8")
        rows.append(f"S{number},{number}.cha")
    (tmp_path / "manifest.csv").write_text("\n".join(("subject_id,transcript", *rows)), encoding="utf-8")
    (tmp_path / "out").mkdir()

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with start_readers(2) as readers, pytest.raises(KeyboardInterrupt):
        ingest_cohort(read_cohort(tmp_path / "manifest.csv"), tmp_path / "out", readers=readers, progress=stop)
    assert [INGEST, TRANSCRIPTS] == sorted(path.name for path in (tmp_path / "out").iterdir())
