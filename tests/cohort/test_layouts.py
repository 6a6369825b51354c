"""A corpus folder, or a .zip of one -> the rows of its manifest."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from adscreen.cohort import Recording, build_manifest, read_cohort
from adscreen.cohort.files import list_files
from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.known_tools import read_known


def touched(folder: Path, *names: str, text: str = "") -> Path:
    """Create files under a folder and return it."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read_back(folder: Path, frame: pd.DataFrame) -> tuple[Recording, ...]:
    """Write a built manifest into its folder, as the command does, and read it."""
    frame.to_csv(folder / "manifest.csv", index=False)
    return read_cohort(folder / "manifest.csv").recordings


def test_the_pitt_layout(tmp_path: Path) -> None:
    """Subject and visit come from the name, the label from the folder, age, sex, MMSE and diagnosis from @ID."""
    touched(
        tmp_path,
        "Dementia/cookie/001-2.cha",
        text="@Begin\n@ID:\teng|Pitt|INV|||||Investigator|||\n"
        "@ID:\teng|Pitt|PAR|61;06.|male|ProbableAD||Participant|18||\n*PAR:\tso .\n@End\n",
    )
    touched(tmp_path, "Control/cookie/002-0.cha", text="@Begin\n@End\n")
    control, case = read_back(tmp_path, build_manifest(tmp_path, "pitt"))
    assert ("002_0", "control", None, "cookie") == (control.recording_id, control.label, control.age, control.task)
    assert ("001", "2", "dementia", 61.5, "male", 18.0) == (
        case.subject_id,
        case.visit,
        case.label,
        case.age,
        case.sex,
        case.mmse,
    )
    assert ("eng", (("diagnosis", "ProbableAD"), ("corpus", "Pitt"))) == (case.language, case.extra)
    assert case.transcript == tmp_path / "Dementia" / "cookie" / "001-2.cha"


def test_several_pitt_tasks_are_told_apart(tmp_path: Path) -> None:
    """The task joins the recording id where a visit has more than one."""
    touched(tmp_path, "Control/cookie/002-0.cha", "Control/fluency/002-0.cha")
    assert ["002_0_cookie", "002_0_fluency"] == [
        r.recording_id for r in read_back(tmp_path, build_manifest(tmp_path, "pitt"))
    ]


def test_the_adress_layout(tmp_path: Path) -> None:
    """Label comes from the folder; age, sex and MMSE from the metadata, whose columns are parted by semicolons."""
    touched(tmp_path, "transcription/cc/S001.cha", "transcription/cd/S002.cha", "own/S001.json")
    touched(tmp_path, "cc_meta_data.txt", text="ID   ; age ; gender ; mmse\nS001 ; 67 ; male ; NA\n")
    touched(tmp_path, "cd_meta_data.txt", text="ID   ; age ; gender ; mmse\nS002 ; 71 ; female ; 17\n")
    control, case = read_back(tmp_path, build_manifest(tmp_path, "adress"))
    assert ("S001", "control", 67.0, "male", None) == (
        control.recording_id,
        control.label,
        control.age,
        control.sex,
        control.mmse,
    )
    assert ("S002", "dementia", 71.0, "female", 17.0) == (case.recording_id, case.label, case.age, case.sex, case.mmse)


def test_the_adress_test_set_has_no_labels(tmp_path: Path) -> None:
    """Transcripts that lie directly in the folder are read without a label."""
    touched(tmp_path, "Transcription/S160.cha")
    touched(tmp_path, "meta_data.txt", text="ID ; age ; gender\nS160 ; 72 ; female\n")
    (recording,) = read_back(tmp_path, build_manifest(tmp_path, "adress"))
    assert ("S160", None, 72.0) == (recording.recording_id, recording.label, recording.age)


def test_the_folder_layout(tmp_path: Path) -> None:
    """The label is the folder's name, if there is one; what begins with a digit after the last - or _ is the visit."""
    touched(
        tmp_path,
        "control/007-1.cha",
        "control/007_v2.txt",
        "AD/anna-maria.txt",
        "loose_3.cha",
        "AD/.hidden.txt",
        "AD/x.wav",
    )
    found = read_back(tmp_path, build_manifest(tmp_path, "folder"))
    assert [("anna-maria", None, "AD"), ("007", "1", "control"), ("007", "2", "control"), ("loose", "3", None)] == [
        (r.subject_id, r.visit, r.label) for r in found
    ]


@pytest.mark.parametrize("layout", ["pitt", "adress", "folder"])
def test_a_folder_without_transcripts_says_what_was_expected(tmp_path: Path, layout) -> None:
    """An empty folder and a missing one are input errors."""
    with pytest.raises(InputError, match=f"no transcript in the layout {layout}; expected "):
        build_manifest(tmp_path, layout)
    with pytest.raises(InputError, match="no such folder"):
        build_manifest(tmp_path / "none", layout)


def test_an_unknown_layout_lists_the_known(tmp_path: Path) -> None:
    """The error names the layouts that there are."""
    with pytest.raises(InputError, match="no layout 'bids'; choose one of pitt, adress, folder, table"):
        build_manifest(tmp_path, "bids")  # type: ignore[arg-type]


def test_a_pitt_number_under_both_groups_is_two_people(tmp_path: Path) -> None:
    """The names do not say whether 002 of Control is 002 of Dementia: they are kept apart, and reported."""
    touched(tmp_path, "Control/cookie/002-0.cha", "Dementia/cookie/002-1.cha", "Dementia/cookie/003-0.cha")
    frame = build_manifest(tmp_path, "pitt")
    assert ["002"] == frame.attrs["in_both_groups"]
    assert [("002-control", "002-control_0"), ("002-dementia", "002-dementia_1"), ("003", "003_0")] == [
        (r.subject_id, r.recording_id) for r in read_back(tmp_path, frame)
    ]


def test_a_pitt_number_is_one_person_if_the_user_says_so(tmp_path: Path) -> None:
    """Then its visits are one subject's; two labels of a subject remain an error of every run until one is chosen."""
    touched(tmp_path, "Control/cookie/002-0.cha", "Dementia/cookie/002-0.cha")
    frame = build_manifest(tmp_path, "pitt", one_person=True)
    assert (["002"], ["002", "002"]) == (frame.attrs["in_both_groups"], list(frame["subject_id"]))
    assert ["002_0_control", "002_0_dementia"] == list(frame["recording_id"])
    frame.to_csv(tmp_path / "manifest.csv", index=False)
    with pytest.raises(InputError, match="subject '002' has label 'control' in row 1 and 'dementia' in row 2"):
        read_cohort(tmp_path / "manifest.csv")
    assert 1 == len(read_cohort(tmp_path / "manifest.csv", where="label == 'dementia'").recordings)


def test_several_tasks_of_a_number_under_both_groups(tmp_path: Path) -> None:
    """Recording ids stay unique where task and group both tell recordings apart."""
    names = [f"{group}/{task}/002-0.cha" for group in ("Control", "Dementia") for task in ("cookie", "recall")]
    touched(tmp_path, *names)
    ids = {r.recording_id for r in read_back(tmp_path, build_manifest(tmp_path, "pitt"))}
    assert {
        "002_0_cookie_control",
        "002_0_recall_control",
        "002_0_cookie_dementia",
        "002_0_recall_dementia",
    } == ids


def test_an_archive_is_read_as_its_folder(tmp_path: Path) -> None:
    """A .zip gives the same rows; its paths lead into the archive, where the transcripts are read."""
    corpus = touched(tmp_path / "Pitt", "Dementia/cookie/001-2.cha", text="@Begin\n*PAR:\tthe boy .\n@End\n")
    with zipfile.ZipFile(tmp_path / "Pitt.zip", "w") as archive:
        for file in list_files(corpus):
            archive.write(corpus / file, f"Pitt/{file}")
    (recording,) = read_back(tmp_path, build_manifest(tmp_path / "Pitt.zip", "pitt"))
    assert tmp_path / "Pitt.zip/Pitt/Dementia/cookie/001-2.cha" == recording.transcript
    assert 2 == len(read_transcript(recording.transcript, recording_id="r", subject_id="s").utterances[0].words)


def test_adress_train_and_test_together(tmp_path: Path) -> None:
    """Both parts under one folder, the test labels from their key file, however its values are written."""
    touched(tmp_path, "train/transcription/cd/S002.cha", "test/transcription/S160.cha", "test/transcription/S161.cha")
    touched(tmp_path, "train/cd_meta_data.txt", text="ID   ; age ; gender ; mmse\nS002 ; 71 ; female ; 17\n")
    touched(tmp_path, "test/meta_data.txt", text="ID ; age ; gender\nS160 ; 72 ; female\nS161 ; 73 ; male\n")
    touched(tmp_path, "test/key.txt", text="ID ; Label ; mmse\nS160 ; 1 ; 20\nS161 ; 0 ; 29\n")
    found = read_back(tmp_path, build_manifest(tmp_path, "adress"))
    assert [
        ("S160", "dementia", 72.0, 20.0, (("part", "test"),)),
        ("S161", "control", 73.0, 29.0, (("part", "test"),)),
        ("S002", "dementia", 71.0, 17.0, (("part", "train"),)),
    ] == [(r.subject_id, r.label, r.age, r.mmse, r.extra) for r in found]


def test_adress_without_its_metadata_is_an_error(tmp_path: Path) -> None:
    """Age, sex and MMSE are not silently absent."""
    with pytest.raises(InputError, match="no file of ID ; age ; gender ; mmse"):
        build_manifest(touched(tmp_path, "transcription/cc/S001.cha"), "adress")


def test_a_folder_of_any_format(tmp_path: Path) -> None:
    """Whatever is read as a transcript is listed, compressed or not; tables and other files are not."""
    touched(tmp_path, "a_1.json", "b_1.vtt.gz", "c_1.TextGrid", "d_1.docx", "e_1.csv", "f_1.wav")
    assert ["a", "b", "c", "d"] == [r.subject_id for r in read_back(tmp_path, build_manifest(tmp_path, "folder"))]


def test_every_known_format_of_one_recording_is_listed(tmp_path: Path) -> None:
    """Endings of formats that are read are endings of transcripts; tables and lists of labels are named by hand."""
    by_hand = {".csv", ".tsv", ".xlsx", ".md", ".aud", ".jsonl"}
    endings = {ending for format in read_known().formats for ending in format.endings} - by_hand
    touched(tmp_path, *(f"{ending[1:]}{ending}" for ending in endings))
    found = {r.subject_id for r in read_back(tmp_path, build_manifest(tmp_path, "folder"))}
    assert {ending[1:] for ending in endings} == found


def test_files_that_are_left_out_are_counted(tmp_path: Path) -> None:
    """By the ending of their names: of no transcript, or deeper than the layout; the manifest itself is none."""
    touched(tmp_path, "AD/a.cha", "AD/b.PDF", "AD/c.pdf", "AD/deep/d.cha", "notes", "manifest.csv", "AD/.hidden.pdf")
    frame = build_manifest(tmp_path, "folder")
    assert ["AD/a.cha"] == list(frame["transcript"])
    assert {".pdf": 2, ".cha": 1, "notes": 1} == frame.attrs["left_out"]


def test_one_recording_in_several_formats_is_refused(tmp_path: Path) -> None:
    """Whisper writes each recording as JSON, captions and text; as rows they would count one person's words again."""
    touched(tmp_path, "AD/p1.json", "AD/p1.srt", "AD/p1.txt", "HC/p2.json")
    with pytest.raises(InputError) as caught:
        build_manifest(tmp_path, "folder")
    assert ("one recording in 3 formats: p1.json, p1.srt, p1.txt", "AD") == (caught.value.what, caught.value.where)
    assert caught.value.remedy.startswith("choose one format")


def test_a_folder_with_a_name_pattern(tmp_path: Path) -> None:
    """Named groups of the pattern become columns, at any depth; what does not match is left out."""
    touched(tmp_path, "site1/AD/deep/p07.session2.cha", "site1/HC/deep/p08.session1.cha", "notes/readme.txt")
    pattern = r"(?P<site>\w+)/(?P<label>AD|HC)/.*/(?P<subject>p\d+)\.session(?P<visit>\d)"
    found = read_back(tmp_path, build_manifest(tmp_path, "folder", pattern=pattern))
    assert [("p07", "2", "AD", "site1"), ("p08", "1", "HC", "site1")] == [
        (r.subject_id, r.visit, r.label, r.site) for r in found
    ]


@pytest.mark.parametrize(
    ("pattern", "message"), [("(", "no regular expression"), (r"(?P<visit>\d)", "has no group `subject`")]
)
def test_a_pattern_that_cannot_be_used(tmp_path: Path, pattern: str, message: str) -> None:
    """The error names the option and what is amiss."""
    with pytest.raises(InputError, match=message) as caught:
        build_manifest(touched(tmp_path, "a.cha"), "folder", pattern=pattern)
    assert "pattern=" == caught.value.where


def test_a_table_of_talk(tmp_path: Path) -> None:
    """A row a recording comes of a row an utterance; what varies within a recording is no column of it."""
    rows = ("1,a,case,x,PAR,the boy", "1,a,case,y,INV,yes?", "2,a,control,x,PAR,so")
    text = "\n".join(("subject_id,visit,label,line_type,speaker,text", *rows))
    (tmp_path / "talk.csv").write_text(text, encoding="utf-8")
    one, two = read_back(tmp_path, build_manifest(tmp_path / "talk.csv", "table"))
    assert [("1", "a", "case"), ("2", "a", "control")] == [(r.subject_id, r.visit, r.label) for r in (one, two)]
    assert {tmp_path / "talk.csv"} == {one.transcript, two.transcript}
    transcript = read_transcript(
        one.transcript, recording_id=one.recording_id, subject_id=one.subject_id, visit=one.visit
    )
    assert ["PAR", "INV"] == [utterance.speaker for utterance in transcript.utterances]


def test_paths_are_relative_to_where_the_manifest_lies(tmp_path: Path) -> None:
    """A manifest that is written elsewhere still leads to its transcripts."""
    touched(tmp_path / "corpus", "a_1.cha")
    (tmp_path / "study").mkdir()
    frame = build_manifest(tmp_path / "corpus", "folder", relative_to=tmp_path / "study")
    assert ["../corpus/a_1.cha"] == list(frame["transcript"])
    (recording,) = read_back(tmp_path / "study", frame)
    assert tmp_path / "corpus" / "a_1.cha" == recording.transcript
