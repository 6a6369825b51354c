"""A cohort manifest -> a Cohort; a corpus folder -> its manifest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import Cohort, Recording, read_cohort
from adscreen.errors import InputError

CSV = """subject_id,visit,transcript,label,cluster,age,sex,education,mmse,site,moca,note
007,01,t/a.cha,control,c1,70.5,f,12,30,ES,26,x
007,02,t/b.cha,control,c1,71.5,f,12,29,ES,25,
008,01,t/c.cha,AD,c2,,m,NA,19,IS,,y
"""


def saved(folder: Path, text: str, name: str = "manifest.csv") -> Path:
    """Write a manifest and return its path."""
    path = folder / name
    path.write_bytes(text.encode())
    return path


def refused(path: Path, where: str | None = None) -> str:
    """Return the message of the error that reading gives."""
    with pytest.raises(InputError) as caught:
        read_cohort(path, where=where)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_manifest_is_read(tmp_path: Path) -> None:
    """Ids, visits and labels stay text, numbers become numbers, paths are relative to the manifest."""
    first, second, third = read_cohort(saved(tmp_path, CSV)).recordings
    expected = Recording(
        row=1,
        recording_id="007_01",
        subject_id="007",
        transcript=tmp_path / "t" / "a.cha",
        visit="01",
        label="control",
        cluster="c1",
        age=70.5,
        sex="female",
        education=12.0,
        mmse=30.0,
        site="ES",
        extra=(("moca", "26"), ("note", "x")),
    )
    assert expected == first
    assert ("007_02", (("moca", "25"), ("note", None))) == (second.recording_id, second.extra)
    assert (None, None, 19.0) == (third.age, third.education, third.mmse)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",visit,", ", visit ,").replace("subject_id", " subject_id"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", ",,\n"),
        lambda text: text.replace("t/a.cha", '"t/a.cha"'),
        lambda text: text.replace("t/a.cha", "t\\a.cha"),
    ],
)
def test_how_a_spreadsheet_saves_it_changes_nothing(tmp_path: Path, change) -> None:
    """Byte-order mark, line ends, spaces in the header, empty lines and columns, quotes, Windows paths read alike."""
    plain = read_cohort(saved(tmp_path, CSV)).recordings
    assert plain == read_cohort(saved(tmp_path, change(CSV), "other.csv")).recordings


def test_every_kind_of_table_reads_alike(tmp_path: Path) -> None:
    """TSV, Parquet and Excel give the recordings of the CSV."""
    expected = read_cohort(saved(tmp_path, CSV)).recordings
    saved(tmp_path, CSV.replace(",", "\t"), "m.tsv")
    frame = pd.read_csv(tmp_path / "manifest.csv", dtype={"subject_id": str, "visit": str})
    frame.to_parquet(tmp_path / "m.parquet")
    frame.to_excel(tmp_path / "m.xlsx", index=False)
    for name in ("m.tsv", "m.parquet", "m.xlsx"):
        assert expected == read_cohort(tmp_path / name).recordings, name


def test_a_whole_number_stored_as_a_float_is_written_whole(tmp_path: Path) -> None:
    """A visit column that pandas turned to floats, because one is missing, still reads as ``1``."""
    frame = pd.DataFrame({"subject_id": ["a", "b"], "visit": [1.0, None], "transcript": ["a.cha", "b.cha"]})
    frame.to_parquet(tmp_path / "m.parquet")
    assert ["a_1", "b"] == [r.recording_id for r in read_cohort(tmp_path / "m.parquet").recordings]


def test_a_recording_id_column_is_used(tmp_path: Path) -> None:
    """``recording_id`` wins over subject and visit where it is filled in."""
    text = "recording_id,subject_id,visit,transcript\nr1,a,1,a.cha\n,a,2,b.cha\n"
    assert ["r1", "a_2"] == [r.recording_id for r in read_cohort(saved(tmp_path, text)).recordings]


def test_transcripts_need_not_exist(tmp_path: Path) -> None:
    """A manifest may name a missing file: scoring gives that row a reason of its own."""
    assert not read_cohort(saved(tmp_path, CSV)).recordings[0].transcript.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "manifest.csv: the file is empty"),
        ("\n\n", "manifest.csv: the file is empty"),
        ("subject_id,transcript\n", "manifest.csv: no rows below the header"),
        (
            "subject,transcript\na,a.cha\n",
            "manifest.csv: no column `subject_id`; columns found: subject, transcript; "
            "if it is `subject`, rename that: adscreen manifest manifest.csv layout= table rename= "
            "subject=subject_id does so; else add it",
        ),
        ("subject_id\na\n", "manifest.csv: no column `transcript`; columns found: subject_id; rename or add it"),
        ("subject_id,transcript\na,a.cha\n,b.cha\n", "manifest.csv: row 2 has no subject_id"),
        ("subject_id,transcript\na,\n", "manifest.csv: row 1 has no transcript"),
        (
            "subject_id,transcript,age\na,a.cha,70\nb,b.cha,old\n",
            "manifest.csv: row 2: age is 'old', not a number; leave it empty",
        ),
        (
            "subject_id,transcript,mmse\na,a.cha,inf\n",
            "manifest.csv: row 1: mmse is 'inf', not a number; leave it empty",
        ),
        (
            "subject_id,transcript\na,a.cha\nb,b.cha\na,c.cha\n",
            "manifest.csv: rows 1 and 3 are both recording 'a'; tell them apart in a column `visit` or `recording_id`",
        ),
        (
            "subject_id,transcript\na,a.cha\nb,./x/../a.cha\n",
            "manifest.csv: rows 1 and 2 name the same transcript",
        ),
        (
            "subject_id,visit,transcript,label\na,1,a.cha,AD\na,2,b.cha,control\n",
            "manifest.csv: subject 'a' has label 'AD' in row 1 and 'control' in row 2; "
            "correct one, leave rows out with where=, or, if the label is that of the visit, add label_by_visit=",
        ),
        (
            "subject_id,visit,transcript,cluster\na,1,a.cha,x\na,2,b.cha,\na,3,c.cha,y\n",
            "manifest.csv: subject 'a' has cluster 'x' in row 1 and 'y' in row 3; "
            "correct one, or leave rows out with where=",
        ),
        (
            "subject_id,transcript,site,site\na,a.cha,x,y\n",
            "manifest.csv: two columns are called `site`; rename or remove one",
        ),
        ("subject_id,,transcript\na,,a.cha\n", "manifest.csv: column 2 has no name"),
        (
            "subject_id,transcript\na,b,c\n",
            "manifest.csv: row 1 has 3 cells, the header 2; put quotes around a cell that holds the delimiter",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    """Every error names the file, the rows and, where there is one, the remedy."""
    assert message == refused(saved(tmp_path, text))


def test_unreadable_files(tmp_path: Path) -> None:
    """A missing file, another extension, another encoding and damaged binaries are input errors."""
    assert f"{tmp_path / 'none.csv'}: no such file" == refused(tmp_path / "none.csv")
    assert "a manifest is .csv, .tsv, .parquet or .xlsx, not .ods" in refused(saved(tmp_path, CSV, "m.ods"))
    assert "m.parquet: not a Parquet file" == refused(saved(tmp_path, CSV, "m.parquet"))
    assert "m.xlsx: not an Excel workbook" == refused(saved(tmp_path, CSV, "m.xlsx"))
    (tmp_path / "l.csv").write_bytes("subject_id,transcript\né,a".encode("latin-1"))
    line = refused(tmp_path / "l.csv")
    assert line.startswith("l.csv: not UTF-8 (perhaps Windows-1252 or Mac Roman)")
    assert line.endswith('save it as "CSV UTF-8"')


def test_the_frame_of_covariates(tmp_path: Path) -> None:
    """Covariates come as text or numbers; a carried column is numeric where it can be, and never loses a zero."""
    text = CSV.replace("note\n", "code\n").replace(",x\n", ",01\n").replace(",y\n", ",02\n")
    frame = read_cohort(saved(tmp_path, text)).frame()
    covariates = "recording_id subject_id visit label cluster match age sex education mmse site".split()
    assert [*covariates, "moca", "code"] == list(frame.columns)
    numeric = [column for column in frame if pd.api.types.is_numeric_dtype(frame[column])]
    assert ["age", "education", "mmse", "moca"] == numeric
    assert ["007", "007", "008"] == list(frame["subject_id"])
    assert [True, False, True] == [value in ("01", "02") for value in frame["code"]]


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("mmse >= 20", [1, 2]),
        ("mmse > 18 and mmse < 30", [2, 3]),
        ("18 < mmse <= 29", [2, 3]),
        ("site in ['IS', 'TS']", [3]),
        ("site not in ('ES',)", [3]),
        ("not site == 'ES'", [3]),
        ("site == 'ES' & visit == '02'", [2]),
        ("age < 71 or label == 'AD'", [1, 3]),
        ("age - 70 > 1", [2]),
        ("-mmse <= -29", [1, 2]),
        ("moca == 25", [2]),
        ("education > 0", [1, 2]),
        (" mmse > 29 ", [1]),
        ("MMSE > 29 and Site == 'ES'", [1]),
    ],
)
def test_where_selects_rows(tmp_path: Path, where: str, rows: list[int]) -> None:
    """A condition keeps the rows that meet it, under their own row numbers; a missing value meets none."""
    assert rows == [r.row for r in read_cohort(saved(tmp_path, CSV), where=where).recordings]


@pytest.mark.parametrize(
    "where",
    [
        "",
        "mmse >=",
        "mmse = 3",
        "mmse",
        "1 == 1",
        "True",
        "site + 1 > 2",
        "@cohort == 1",
        "`site` == 'ES'",
        "site == 'a`b'",
        "__import__('os').system('true')",
        "site.str.len() > 1",
        "mmse.__class__ == 1",
        "[x for x in site]",
        "(lambda: 1)() == 1",
        "site[0] == 'E'",
        "mmse ** 2 > 1",
        "f'{site}' == 'ES'",
        "mmse == None",
        "(mmse := 3) > 2",
        "(" * 300 + "mmse" + ")" * 300,
        "mmse > 1\nmmse > 2",
    ],
)
def test_where_is_no_programming_language(tmp_path: Path, where: str) -> None:
    """Calls, attributes, variables and whatever else is no plain condition are refused before anything runs."""
    assert refused(saved(tmp_path, CSV), where).startswith("where: ")


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("moc > 3", "where: no column 'moc' with values; columns: recording_id, "),
        ("task == 'cookie'", "where: no column 'task' with values; columns: recording_id, "),
        ("visit == 1", "where: compares text with a number: visit is text, 1 is a number; "),
        ("visit in [1, 2]", "where: compares text with a number: visit is text, 1 is a number"),
        ("mmse == '30'", "where: compares text with a number: mmse is a number, '30' is text; "),
        ("mmse > 30", "where: none of the 3 rows of manifest.csv meets the condition"),
    ],
)
def test_where_that_selects_nothing_says_why(tmp_path: Path, where: str, message: str) -> None:
    """A wrong name, a wrong type and an empty result are told apart."""
    assert refused(saved(tmp_path, CSV), where).startswith(message)


@given(st.text("mse><=()'0123 andortiv[],+-*/.&|", max_size=30))
def test_any_condition_is_met_or_refused(where: str) -> None:
    """No text given as a condition ends in anything but a selection or one line."""
    recordings = tuple(Recording(n, f"r{n}", f"r{n}", Path(f"{n}.cha"), mmse=n, site="v") for n in (1, 2))
    from adscreen.cohort.selection import select

    try:
        selected = select(Cohort(Path("m.csv"), recordings), where)
    except InputError:
        return
    assert set(selected.recordings) <= set(recordings)
    assert selected.recordings


def test_where_can_leave_out_a_conflict(tmp_path: Path) -> None:
    """A subject whose label changes between visits is usable once the condition leaves one of them."""
    text = "subject_id,visit,transcript,label\na,1,a.cha,control\na,2,b.cha,AD\nb,1,c.cha,AD\n"
    cohort = read_cohort(saved(tmp_path, text), where="visit == '1'")
    assert ["a_1", "b_1"] == [r.recording_id for r in cohort.recordings]


def cohort_of(*values: str | None) -> Cohort:
    """Return a cohort with these labels."""
    return Cohort(
        Path("m.csv"),
        tuple(Recording(n, f"r{n}", f"s{n}", Path(f"{n}.cha"), label=v) for n, v in enumerate(values, start=1)),
    )


@pytest.mark.parametrize(
    ("values", "positive", "expected"),
    [
        (("control", "AD"), None, ("control", "AD")),
        (("ProbableAD", "Control"), None, ("Control", "ProbableAD")),
        (("MCI", "AD"), "AD", ("MCI", "AD")),
        (("control", "AD"), "control", ("AD", "control")),
    ],
)
def test_the_case_is_the_label_that_is_not_control(
    values: tuple[str, ...], positive: str | None, expected: tuple[str, str]
) -> None:
    """``positive`` names the case; without it the case is the label that is not ``control``."""
    assert expected == replace(cohort_of(*values), positive=positive).labels


@pytest.mark.parametrize(
    ("values", "positive", "message"),
    [
        ((None, None), None, "m.csv: no label column; add a column `label` with two values"),
        (
            ("AD", None, "control", None),
            None,
            "m.csv: row 2 has no label (2 such rows); give it one, or leave it out with where=",
        ),
        (
            ("AD", "MCI", "control"),
            None,
            "m.csv: needs two labels, found 3: AD (1), MCI (1), control (1); "
            "name the cases with positive= and the controls with negative=, or choose rows with where=",
        ),
        (("AD", "AD"), None, "m.csv: needs two labels, found 1: AD (2); choose rows with where="),
        (("AD", "MCI"), None, "m.csv: it is not clear which label is the case: AD, MCI; name it with positive="),
        (
            ("Control", "control"),
            None,
            "m.csv: it is not clear which label is the case: Control, control, both of which are names of "
            "controls; name it with positive=",
        ),
        (("AD", "control"), "ad", "m.csv: no label 'ad'; labels found: AD (1), control (1); correct positive="),
    ],
)
def test_labels_that_cannot_be_used(values: tuple[str | None, ...], positive: str | None, message: str) -> None:
    """Anything but two labels of which one is the case is an error that names what was found."""
    with pytest.raises(InputError) as caught:
        _ = replace(cohort_of(*values), positive=positive).labels
    assert message == str(caught.value)


def test_reading_starts_fast() -> None:
    """The package is imported without pandas, so that the command line answers at once."""
    code = "import sys, adscreen.cohort, adscreen.ingest, adscreen.speech; sys.exit('pandas' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=False).returncode


def test_the_shared_cohort_is_read(shared: Path) -> None:
    """The real cohort has 552 recordings of 140 speakers, all there, with two labels."""
    cohort = read_cohort(shared / "ami" / "manifest.csv")
    assert (552, 140) == (len(cohort.recordings), len({r.subject_id for r in cohort.recordings}))
    assert all(r.transcript.is_file() for r in cohort.recordings)
    assert ("control", "case") == cohort.labels


def test_a_site_has_one_spelling(tmp_path: Path) -> None:
    """`south` and `South` are one site, as the first row writes it; a note says so."""
    table = "subject_id,text,site\nS1,the boy fell,South\nS2,the girl sat,south\nS3,the jar,\nS4,the sink,SOUTH\n"
    (tmp_path / "m.csv").write_text(table, encoding="utf-8")
    cohort = read_cohort(tmp_path / "m.csv")
    assert ["South", "South", None, "South"] == [recording.site for recording in cohort.recordings]
    assert ["S1", "S2", "S4"] == [one.recording_id for one in cohort.recordings if one.site]
    expected = "one site is written in more than one way, and each counts as one: 'South' = 'south' = 'SOUTH'"
    assert [expected] == list(cohort.notes)
