"""`adscreen manifest` as a researcher types it: corpora, clinical tables and exports. All speech is SYNTHETIC."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.cohort import read_cohort

JSON = '{"segments": [{"start": 0, "end": 2, "text": "the boy is on the stool", "speaker": "SPEAKER_00"}]}'


Run = Callable[[str], Any]


@pytest.fixture
def run(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda line: run(*shlex.split(line))


def chat(*, age: str = "", group: str = "", mmse: str = "") -> str:
    """Return a transcript with the header of its participant."""
    header = f"@ID:\teng|Corpus|PAR|{age}|male|{group}||Participant|{mmse}||"
    return f"@Begin\n@Languages:\teng\n@Participants:\tPAR Participant\n{header}\n*PAR:\tthe boy fell .\n@End\n"


def write(files: dict[str, str]) -> None:
    """Write files into the folder of the test."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def write_pitt() -> None:
    """Write a folder as Pitt's, with two tasks, of which only cases have the second."""
    write({f"Pitt/Control/cookie/{n:03d}-0.cha": chat(age="70;00.", mmse="29") for n in (2, 3)})
    write({f"Pitt/Dementia/{task}/{n:03d}-0.cha": chat(mmse="18") for n in (5, 7) for task in ("cookie", "fluency")})


def workbook(path: str, **sheets: pd.DataFrame) -> None:
    """Write an Excel workbook."""
    with pd.ExcelWriter(path) as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False)


def rows_of(path: str) -> list[dict[str, str]]:
    """Return the rows of a manifest."""
    with Path(path).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def made(outcome: Any) -> str:
    """Return what a command that succeeded said."""
    assert (0, "") == (outcome.status, outcome.err)
    return outcome.out


def refused(outcome: Any) -> str:
    """Return the one line of a refusal."""
    assert (2, "", 1) == (outcome.status, outcome.out, len(outcome.err.splitlines())), outcome
    return outcome.err


# A clinical table


@pytest.mark.parametrize("kind", ["xlsx", "csv", "semicolons", "r"])
def test_a_clinical_table_is_joined(run: Run, kind: str) -> None:
    """In any dialect: numbers in Excel match ids with --same-id, renamed columns are known, the rest is carried."""
    write_pitt()
    table = pd.DataFrame({"id": [2, 3, 5, 99], "Educ": [12, 16, 8, 9], "onset": [None, None, 66, None]})
    match kind:
        case "xlsx":
            workbook("t.xlsx", clinical=table)
        case "csv":
            table.to_csv("t.csv", index=False)
        case "semicolons":
            table.to_csv("t.csv", index=False, sep=";", encoding="utf-16")
        case _:
            table.to_csv("t.csv", index_label="", na_rep="NA")
    (path,) = [one.name for one in Path().glob("t.*")]
    said = made(
        run(f"manifest Pitt --layout pitt --metadata {path} --key id --rename educ=education --same-id --out m.csv")
    )
    found = {row["recording_id"]: row["education"] for row in rows_of("m.csv")}
    assert {"12", "16", "8", ""} == set(found.values())
    assert ("12", "8", "8", "") == tuple(
        found[name] for name in ("002_0_cookie", "005_0_cookie", "005_0_fluency", "007_0_cookie")
    )
    assert "4 of 6 recordings have a row there" in said
    assert f"2 recordings have no row in {path}: '007'" in said
    assert f"1 rows of {path} have no recording: '99'" in said
    assert 0 == run("ingest m.csv out --where 'education > 10'").status


def test_leading_zeros_are_asked_about(run: Run) -> None:
    """Nothing matches, and the line shows ids of both sides and says why."""
    write_pitt()
    pd.DataFrame({"id": [2, 3], "educ": [12, 16]}).to_csv("t.csv", index=False)
    line = refused(run("manifest Pitt --layout pitt --metadata t.csv --key id"))
    assert "the files have '002', '003', '005', ..., the table has '2', '3'; ids that differ only in" in line
    assert "--same-id" in line
    assert not Path("Pitt/manifest.csv").exists()


def test_ids_follow_the_identity_rule(run: Run) -> None:
    """Case, Unicode form and hidden characters of an id do not matter; the files' spelling stands."""
    write({"c/AD/Renée_1.cha": chat(), "c/HC/S2.cha": chat()})
    write({"t.csv": "subject_id,moca\n RENE\u0301E\u200b,17\ns2,28\n"})
    assert "2 of 2 recordings have a row there" in made(run("manifest c --layout folder --metadata t.csv"))
    assert [("Renée", "17"), ("S2", "28")] == [(row["subject_id"], row["moca"]) for row in rows_of("c/manifest.csv")]


def test_visits_are_joined_by_visit(run: Run) -> None:
    """A table with visits states what holds at each; `v2` and `Visit 2` are the visit 2 of a file's name."""
    write({"c/AD/S1_1.cha": chat(), "c/AD/S1_v2.cha": chat(), "c/HC/S2_1.cha": chat()})
    write({"t.csv": "ID,wave,mmse\nS1,v1,20\nS1,Visit 2,15\nS2,1,29\nS2,2,28\n"})
    said = made(run("manifest c --layout folder --metadata t.csv --key ID --rename wave=visit"))
    found = {(row["subject_id"], row["visit"]): row["mmse"] for row in rows_of("c/manifest.csv")}
    assert {("S1", "1"): "20", ("S1", "2"): "15", ("S2", "1"): "29"} == found
    assert "joined by subject and visit: 3 of 3" in said
    assert "1 rows of t.csv have no recording: 'S2' visit '2'" in said


def test_a_key_that_comes_twice_is_refused_with_its_rows(run: Run) -> None:
    """Which row holds is not guessed, not even where both are alike."""
    write({"c/AD/S1.cha": chat(), "c/HC/S2.cha": chat()})
    write({"t.csv": "ID,wave,mmse\nS1,1,20\nS2,1,29\ns1,2,20\n"})
    line = refused(run("manifest c --layout folder --metadata t.csv --key ID"))
    assert "more than one row of one subject: rows 1 and 3 are 'S1'; keep one row of each" in line
    assert "--rename VISITS=visit" in line


def test_what_files_and_table_state_differently_is_refused(run: Run) -> None:
    """The line names column, recording and both values; under another name both are kept."""
    write_pitt()
    write({"t.csv": "id,mmse,sex\n002,29.0,Male\n005,21,male\n"})
    line = refused(run("manifest Pitt --layout pitt --metadata t.csv --key id"))
    assert "files and table differ in `mmse` of 2 (005_0_cookie: 18.0 and 21, 005_0_fluency: 18.0 and 21)" in line
    assert "--rename mmse=mmse_2" in line
    made(run("manifest Pitt --layout pitt --metadata t.csv --key id --rename mmse=mmse_2"))
    assert ["29.0", "21", "21"] == [row["mmse_2"] for row in rows_of("Pitt/manifest.csv") if row["mmse_2"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "--metadata t.csv",
            "no column `subject_id`; columns found: id, educ; name the column of subject ids with --key",
        ),
        ("--metadata t.csv --key code", "--key: t.csv has no column 'code'; columns found: id, educ"),
        (
            "--metadata t.csv --key id --rename edu=education",
            "--rename: t.csv has no column 'edu'; columns found: id, ",
        ),
        ("--metadata t.csv --key id --rename educ=id", "--rename: t.csv would have two columns `id`"),
        ("--metadata t.csv --key id --rename educ", "--rename: 'educ' names no two columns; write ID=subject_id"),
        ("--metadata t.csv --key id --rename educ=a --rename educ=b", "--rename: 'educ' is renamed twice"),
        ("--metadata t.csv --key id --sheet 2", "--sheet: t.csv is no Excel workbook and has no sheets"),
        ("--metadata none.csv --key id", "none.csv: no such file"),
        ("--metadata u.csv --key id", "the column `text` would name the speech of a manifest"),
        ("--key id", "--key: names a column of the clinical table; give that with --metadata"),
        ("--rename id=subject_id", "--rename: belongs to a table, and there is none"),
        ("--sheet 2", "--sheet: belongs to a table, and there is none"),
        ("--pattern x", "--pattern: belongs to the layout `folder`"),
        ("--metadata t.csv --key id --out t.csv --force", "t.csv: is the table that is read; name another file"),
        ("--only json", "--only: no transcript ends in .json; found: 6 cha"),
    ],
)
def test_what_cannot_be_joined_is_one_line(run: Run, options: str, message: str) -> None:
    """Every option that does not fit is named, and nothing is written."""
    write_pitt()
    write({"t.csv": "id,educ\n002,12\n", "u.csv": "id,text\n002,the boy fell\n"})
    line = refused(run(f"manifest Pitt --layout pitt {options}"))
    assert message in line
    assert "the boy fell" not in line
    assert not Path("Pitt/manifest.csv").exists()
    assert Path("t.csv").read_text() == "id,educ\n002,12\n"


# Sheets


def test_sheets_of_a_clinical_workbook(run: Run) -> None:
    """A name or a number chooses a sheet; a note says which one was read, an error lists them."""
    write({"d/MCI/01.cha": chat(), "d/Control/02.cha": chat()})
    workbook(
        "t.xlsx",
        **{
            "Read me": pd.DataFrame({"about": ["SYNTHETIC"]}),
            "Demo": pd.DataFrame({"ID": ["01", "02"], "moca": [20, 27]}),
        },
    )
    line = refused(run("manifest d --layout folder --metadata t.xlsx --key ID"))
    assert "--key: t.xlsx has no column 'ID'; columns found: about; " in line
    assert "the sheet 'Read me' was read of 'Read me', 'Demo': name another with --sheet" in line
    for sheet in ("Demo", "demo", "2"):
        said = made(run(f"manifest d --layout folder --metadata t.xlsx --key ID --sheet {sheet} --force"))
        assert "Note: of 2 sheets 'Demo' was read; --sheet reads another: 'Read me'" in said
        assert ["27", "20"] == [row["moca"] for row in rows_of("d/manifest.csv")]
    line = refused(run("manifest d --layout folder --metadata t.xlsx --key ID --sheet 3 --force"))
    assert "--sheet: t.xlsx has no sheet '3'; its sheets are 'Read me', 'Demo'" in line


def test_sheets_of_a_manifest(run: Run) -> None:
    """Every command that reads takes --sheet; without it the first is read, and a note says so."""
    write({"S1.cha": chat(), "S2.cha": chat()})
    speech = pd.DataFrame({"subject_id": ["S1", "S2"], "transcript": ["S1.cha", "S2.cha"]})
    workbook("m.xlsx", Notes=pd.DataFrame({"x": [1]}), Speech=speech)
    line = refused(run("ingest m.xlsx out"))
    assert "no column `subject_id`; columns found: x; rename or add it; the sheet 'Notes' was read of 'Notes', " in line
    done = run("ingest m.xlsx out --sheet Speech")
    assert 0 == done.status
    assert "of 2 sheets 'Speech' was read" in done.err
    assert 2 == len(rows_of("out/ingest.csv"))
    write({"m.csv": "subject_id,transcript\nS1,S1.cha\n"})
    assert "--sheet: m.csv is no Excel workbook" in refused(run("audit m.csv --sheet 2"))


# Tables


def test_a_table_of_r_needs_only_new_names(run: Run) -> None:
    """R's write.csv, one row per subject: two columns are renamed, and the manifest holds the text."""
    write(
        {"r.csv": '"","id","group","age","text"\n"1","S1","HC",70,"the boy fell"\n"2","S2","AD",71,"um the the girl"\n'}
    )
    assert "rename that: adscreen manifest r.csv --layout table --rename id=subject_id" in refused(
        run("ingest r.csv out")
    )
    said = made(run("manifest r.csv --layout table --rename id=subject_id --rename group=label"))
    assert "Labels: AD: 1 recording of 1 subject; HC: 1 recording of 1 subject" in said
    assert "the manifest holds the words of the table" in said
    assert ["subject_id", "text", "label", "age"] == list(rows_of("manifest.csv")[0])
    assert 0 == run("ingest manifest.csv out").status
    assert ["3", "4"] == [row["words_spoken"] for row in rows_of("out/ingest.csv")]


def test_a_redcap_export_is_one_command(run: Run) -> None:
    """Events without speech are left out, and a form of the first event states the label of all."""
    write(
        {
            "redcap.csv": "record_id,redcap_event_name,dx,sex,age,picture_transcript\n"
            '1,baseline_arm_1,1,2,70,\n1,month_6_arm_1,,,71,"the boy\nfell"\n1,month_12_arm_1,,,71,he fell off\n'
            "2,baseline_arm_1,0,1,66,\n2,month_6_arm_1,,,67,the girl is laughing\n"
        }
    )
    names = "record_id=subject_id redcap_event_name=visit dx=label picture_transcript=text".split()
    said = made(run(f"manifest redcap.csv --layout table {' '.join(f'--rename {name}' for name in names)}"))
    assert "2 rows without `text` are left out: 1, 4" in said
    assert "label of 3 recordings is taken from other rows of the same person" in said
    found = [(row["subject_id"], row["visit"], row["label"], row["age"]) for row in rows_of("manifest.csv")]
    expected = [
        ("1", "month_6_arm_1", "1", "71"),
        ("1", "month_12_arm_1", "1", "71"),
        ("2", "month_6_arm_1", "0", "67"),
    ]
    assert expected == found
    assert "it is not clear which label is the case: 0, 1; name it with --positive" in said
    assert 0 == run("audit manifest.csv --positive 1").status


def test_codes_and_scores_below_zero_stay_numbers(run: Run) -> None:
    """A manifest that was written holds -99 as the export did: for --missing, and in a condition."""
    write({"redcap.csv": "id,dx,age,z,speech\n1,AD,-99,-1.5,the boy fell off\n2,HC,66,0.5,the girl is laughing\n"})
    made(run("manifest redcap.csv --layout table --rename id=subject_id --rename dx=label --rename speech=text"))
    assert [("-99", "-1.5"), ("66", "0.5")] == [(row["age"], row["z"]) for row in rows_of("manifest.csv")]
    assert "-99" in run("ingest manifest.csv none").err
    chosen = run("ingest manifest.csv out --missing age=-99 --where 'z < 0'")
    assert 0 == chosen.status, chosen.err
    assert ["1"] == [row["subject_id"] for row in rows_of("out/ingest.csv")]


def test_what_a_spreadsheet_would_run_is_read_as_it_was(run: Run) -> None:
    """Files and speech that start as a formula does are defused in the manifest, and are themselves when it is read."""
    write({"d/AD/=1.cha": chat(), "d/HC/-b.cha": chat()})
    made(run("manifest d --layout folder"))
    assert ["'=1", "'-b"] == [row["subject_id"] for row in rows_of("d/manifest.csv")]
    read = run("ingest d/manifest.csv out")
    assert 0 == read.status, read.err
    assert ["'=1", "'-b"] == [row["subject_id"] for row in rows_of("out/ingest.csv")]  # once


def test_an_export_that_names_files_keeps_their_paths(run: Run) -> None:
    """A column of paths is no speech, whatever it is called in the export; rows without a file are left out."""
    write({"sub/x.csv": "record_id,upload\n1,t/1.cha\n2,\n", "sub/t/1.cha": chat()})
    made(run("manifest sub/x.csv --layout table --rename record_id=subject_id --rename upload=transcript --out m.csv"))
    assert [{"subject_id": "1", "transcript": "sub/t/1.cha"}] == rows_of("m.csv")
    write({"mixed.csv": "subject_id,transcript\n1,t/1.cha\n2,the boy fell off\n"})
    write({"none.csv": "subject_id,text\n1,\n2,\n"})
    line = refused(run("manifest none.csv --layout table --out n.csv"))
    assert "none.csv: no row has a value in the column `text`; name the column of speech with --rename" in line
    line = refused(run("manifest mixed.csv --layout table --out n.csv"))
    assert "`transcript` holds the path of a file in row 1, and none in row 2" in line
    assert "boy" not in line


def test_utterances_with_renamed_ids_are_refused(run: Run) -> None:
    """The words are found in the table by its own header, so that all would be each recording's."""
    write({"talk.csv": "ID,speaker,text\nS1,PAR,the boy\nS1,INV,more\nS2,PAR,the girl\n"})
    line = refused(run("manifest talk.csv --layout table --rename ID=subject_id"))
    assert "rows 1 and 2 are one recording, and its columns are renamed; rename the columns in the table itself" in line


def test_other_columns_of_a_table_of_talk_may_be_renamed(run: Run) -> None:
    """The words stay in the table, and each recording gets its own."""
    write(
        {
            "talk.csv": "subject_id,group,speaker,text\nS1,AD,PAR,the boy\nS1,AD,INV,more of it\n"
            "S2,HC,PAR,a girl is here\n"
        }
    )
    made(run("manifest talk.csv --layout table --rename group=label"))
    assert [("AD", "talk.csv"), ("HC", "talk.csv")] == [(r["label"], r["transcript"]) for r in rows_of("manifest.csv")]
    assert 0 == run("ingest manifest.csv out").status
    assert [("2", "3"), ("4", "0")] == [(r["words_spoken"], r["words_of_others"]) for r in rows_of("out/ingest.csv")]


def test_two_tasks_of_one_recording_are_refused(run: Run) -> None:
    """Texts of two tasks of a visit would be read as one recording."""
    write({"t.csv": "subject_id,task,text\nS1,cookie,the boy\nS1,recall,the girl\n"})
    line = refused(run("manifest t.csv --layout table"))
    assert (
        "rows 1 and 2 are one recording of subject 'S1' with two tasks; tell the recordings apart in a column" in line
    )


def test_a_table_of_talk_is_joined_with_a_clinical_sheet(run: Run) -> None:
    """Both may be renamed, each in its own columns."""
    write({"talk.csv": "subject_id,grp,text\nS1,AD,the boy\nS2,HC,the girl\n", "c.csv": "ID,moca\nS1,20\nS2,28\n"})
    made(run("manifest talk.csv --layout table --rename grp=label --metadata c.csv --rename ID=subject_id"))
    assert [("AD", "20"), ("HC", "28")] == [(row["label"], row["moca"]) for row in rows_of("manifest.csv")]
    line = refused(run("manifest talk.csv --layout table --metadata c.csv --key ID --rename foo=bar --force"))
    assert "--rename: no column 'foo'; columns found: talk.csv: subject_id, grp, text; c.csv: ID, moca" in line


# Folders


def test_one_format_of_a_folder_of_whisperx(run: Run) -> None:
    """--only takes one ending; a recording that lacks it is named, not silently lost."""
    write(
        {
            f"w/{label}/{label}{n}.{e}": JSON if e == "json" else "the boy"
            for label in ("AD", "HC")
            for n in (1, 2)
            for e in ("json", "srt", "txt")
        }
    )
    line = refused(run("manifest w --layout folder"))
    assert "one recording in 3 formats: AD1.json, AD1.srt, AD1.txt; choose one format" in line
    assert "--only json" in line
    assert "Left out 8 files: 4 .srt, 4 .txt" in made(run("manifest w --layout folder --only json"))
    assert [f"{label}/{label}{n}.json" for label in ("AD", "HC") for n in (1, 2)] == [
        r["transcript"] for r in rows_of("w/manifest.csv")
    ]
    Path("w/AD/AD1.json").unlink()
    assert "1 recordings have no .json and are left out: AD/AD1" in made(
        run("manifest w --layout folder --only json --force")
    )


def test_numbers_that_begin_in_each_group(run: Run) -> None:
    """Delaware numbers participants within groups: 01 of MCI is not 01 of Control unless the user says so."""
    write({f"d/{label}/{n:02d}.cha": chat() for label in ("MCI", "Control") for n in (1, 2)})
    said = made(run("manifest d --layout folder"))
    assert "Subject numbers under two labels: 2 (kept apart; if one person each, add --one-person)" in said
    assert {"01-MCI", "02-MCI", "01-Control", "02-Control"} == {row["subject_id"] for row in rows_of("d/manifest.csv")}


def test_a_person_whose_label_changes_is_one_person(run: Run) -> None:
    """Other visits under another label are no collision of numbers: ids stay, and two labels are refused later."""
    write({"d/MCI/S1_1.cha": chat(), "d/AD/S1_2.cha": chat(), "d/HC/S2_1.cha": chat()})
    made(run("manifest d --layout folder"))
    assert ["S1", "S2", "S1"] == [row["subject_id"] for row in rows_of("d/manifest.csv")]
    assert "subject 'S1' has label 'AD' in row 1 and 'MCI' in row 3" in refused(run("ingest d/manifest.csv out"))


def test_tasks_of_a_pattern_name_the_recordings(run: Run) -> None:
    """Two tasks of a visit are two recordings."""
    write(
        {
            f"d/{label}/{task}/{label}{n}.cha": chat()
            for label in ("MCI", "HC")
            for task in ("cookie", "cat")
            for n in (1, 2)
        }
    )
    pattern = r"(?P<label>\w+)/(?P<task>\w+)/(?P<subject>\w+)"
    made(run(f"manifest d --layout folder --pattern '{pattern}'"))
    assert 0 == run("ingest d/manifest.csv out").status
    assert {"MCI1_cookie", "MCI1_cat"} <= {row["recording_id"] for row in rows_of("out/ingest.csv")}


def test_the_tables_of_adresso_and_adress_m(run: Run) -> None:
    """Transcripts of the user's own, in any folder, are known by the names in the challenge's table."""
    write({f"a/train/{name}.json": JSON for name in ("adrso024", "adrso031", "other")})
    write(
        {
            "a/adresso-train-mmse-scores.csv": '"","adressfname","mmse","dx"\n"1","adrso024",20,"ad"\n'
            '"2","adrso031",29,"cn"\n'
        }
    )
    made(run("manifest a --layout adress"))
    found = [(r["subject_id"], r["label"], r["mmse"], r["part"]) for r in rows_of("a/manifest.csv")]
    assert [("adrso024", "dementia", "20.0", "train"), ("adrso031", "control", "29.0", "train")] == found
    write(
        {
            "m/x/adrsp001.txt": "the boy fell",
            "m/t.csv": "adressfname,age,gender,educ,dx,mmse\nadrsp001,70,female,12,ProbableAD,19\n",
        }
    )
    made(run("manifest m --layout adress"))
    (row,) = rows_of("m/manifest.csv")
    assert ("dementia", "70.0", "female", "12.0") == (row["label"], row["age"], row["sex"], row["education"])
    write({"m/cn/adrsp001.json": JSON})
    line = refused(run("manifest m --layout adress --only json --force"))
    assert "adrsp001: its folder is 'cn', the table says 'ProbableAD'; correct one of them" in line


# What is said


def test_tasks_and_labels_are_counted(run: Run) -> None:
    """Counts per label, a warning where a task exists under one label alone, and a condition that works as printed."""
    write_pitt()
    said = made(run("manifest Pitt --layout pitt"))
    assert "Labels: control: 2 recordings of 2 subjects; dementia: 4 recordings of 2 subjects" in said
    assert "Tasks: cookie: 4 (control 2, dementia 2); fluency: 2 (dementia 2)" in said
    assert "Warning: tasks that exist under one label only, so that they alone predict it: fluency (dementia)" in said
    match = re.search(r"To choose one task: (--where .*)", said)
    assert match
    assert """--where 'task == "cookie"'""" == match[1]
    assert 0 == run(f"ingest Pitt/manifest.csv out {match[1]}").status
    assert 4 == len(rows_of("out/ingest.csv"))


def test_spellings_of_one_subject_are_counted_once(run: Run) -> None:
    """The counts are of people, as those of every later command, and a note says which spellings are one."""
    write({f"d/{label}/{name}.cha": chat() for label, name in (("AD", "A1_1"), ("AD", "a1_2"), ("HC", "b2_1"))})
    said = made(run("manifest d --layout folder"))
    assert "Note: one subject is written in more than one way, and each counts as one: 'A1' = 'a1'" in said
    assert "Labels: AD: 2 recordings of 1 subject; HC: 1 recording of 1 subject" in said
    assert said.endswith("d/manifest.csv: 3 recordings of 2 subjects\n")


def test_diagnoses_and_three_labels_are_counted(run: Run) -> None:
    """Several diagnoses of a label are listed; of three labels two must be chosen."""
    write({f"Pitt/Dementia/cookie/00{n}-0.cha": chat(group=g) for n, g in enumerate(("ProbableAD", "Vascular"))})
    write({"Pitt/Control/cookie/009-0.cha": chat(group="Control")})
    said = made(run("manifest Pitt --layout pitt"))
    assert "Diagnosiss" not in said
    assert "Diagnoses: Control: 1 (control 1); ProbableAD: 1 (dementia 1); Vascular: 1 (dementia 1)" in said
    write({f"d/{label}/{label}.cha": chat() for label in ("AD", "HC", "MCI")})
    hint = "3 labels; evaluate and train need two sides, such as --positive AD,MCI --negative HC"
    assert hint in made(run("manifest d --layout folder"))


def test_quiet_says_nothing(run: Run) -> None:
    """--quiet leaves both streams empty."""
    write_pitt()
    assert (0, "", "") == run("manifest Pitt --layout pitt --quiet")


def test_negative_numbers_stay_numbers(run: Run) -> None:
    """A z-score and a code for missing are read from the manifest as the table had them, not as text behind a '."""
    write({"t.csv": "subject_id,label,age,z,text\nS1,AD,-99,-1.5,the boy fell\nS2,Control,70,+0.5,the girl laughed\n"})
    assert run("manifest t.csv --layout table --out m.csv").status == 0
    assert ["-99", "70"] == [row["age"] for row in rows_of("m.csv")]
    cohort = read_cohort("m.csv", missing={"age": ["-99"]}, where="z < 0")
    assert [-1.5] == [recording.number("z") for recording in cohort.recordings]


def test_na_is_a_missing_value_in_columns_of_words(run: Run) -> None:
    """R writes NA for a missing label or site: it is no diagnosis and no place, and a note counts such cells."""
    table = "subject_id,label,site,moca,text\nS1,AD,NA,20,the boy fell\nS2,Control,B,NA,the girl sat\nNA,NA,B,25,a\n"
    write({"t.csv": table, "clinical.csv": "id,sex,diagnosis\nS1,NA,AD\nS2,female,NA\n"})
    made = run("manifest t.csv --layout table --metadata clinical.csv --key id --out m.csv")
    assert "Note: NA, N/A and NaN count as empty cells: label in 1, site in 1" in made.out
    assert "Note: clinical.csv: NA, N/A and NaN count as empty cells: diagnosis in 1, sex in 1" in made.out
    assert "none: 1 recording" in made.out
    assert ["AD", "Control", ""] == [row["label"] for row in rows_of("m.csv")]
    cohort = read_cohort("t.csv")
    assert ["NA, N/A and NaN count as empty cells: label in 1, site in 1"] == list(cohort.notes)
    assert ["S1", "S2", "NA"] == [recording.subject_id for recording in cohort.recordings]
    assert ["NA"] == [one.subject_id for one in read_cohort("t.csv", where="moca > 20").recordings]


def test_a_cohort_of_cases_and_na_has_no_labels_to_learn(run: Run) -> None:
    """NA does not become the case beside a label of controls."""
    write({"t.csv": "subject_id,label,text\nS1,NA,the boy fell\nS2,Control,the girl laughed\n"})
    assert run("manifest t.csv --layout table --out m.csv").status == 0
    refused = run("evaluate m.csv out")
    assert refused.status == 2
    assert "m.csv: row 1 has no label (1 such rows)" in refused.err
