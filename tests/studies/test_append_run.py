"""A folder that grows night by night holds what one run over everything would, whatever the nights were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from adscreen.errors import InputError
from adscreen.model.trained_model import load_model
from adscreen.progress import Progress
from adscreen.scoring.appended import APPENDED
from adscreen.scoring.scoring import ScoreOptions
from adscreen.studies import append_run
from adscreen.studies.growing_folder import growing_folder
from adscreen.studies.scoring_run import Scored, run_scoring

HEAD = "subject_id,visit,transcript,note\n"
OPTIONS = ScoreOptions(minimum_words=5, allow_out_of_scope=True)
OWN = ("appended.jsonl", "reports.jsonl.gz", "scores.csv", "scores.json", "scores.parquet")


@pytest.fixture
def transcripts(simulated: Path, tmp_path: Path) -> Path:
    """A folder with transcripts of the held-out subjects, shortened."""
    folder = tmp_path / "in"
    folder.mkdir()
    for path in sorted((simulated / "transcripts").glob("SYN00[12]*-[12].cha")):
        if path.name >= "SYN0017":
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            head = [line for line in lines if line.startswith("@") and not line.startswith("@End")]
            said = [line for line in lines if line.startswith("*PAR")][:3]
            (folder / path.name).write_text("".join([*head, *said, "@End\n"]), encoding="utf-8")
    return folder


def manifest(folder: Path, name: str, *recordings: str) -> Path:
    """Write a manifest of recordings such as ``SYN0020-1``; return its path."""
    rows = [f"{one.partition('-')[0]},{one.partition('-')[2]},{one}.cha,SYNTHETIC\n" for one in recordings]
    (folder / name).write_text("".join([HEAD, *rows]), encoding="utf-8")
    return folder / name


def append(model: Path, source: Path, out: Path, bilm: Path, **options: Any) -> Scored:
    """Add a manifest's recordings to a folder."""
    options = {"options": OPTIONS, "append": True, "progress": Progress(shown=False)} | options
    return run_scoring(model, [source], out, bilm=bilm, **options)


def content(out: Path) -> dict[str, bytes]:
    """Return every file of a folder but run.json, which holds the time."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def rows(out: Path) -> pd.DataFrame:
    """Return scores.csv by recording."""
    return pd.read_csv(out / "scores.csv", dtype={"visit": str}).set_index("recording_id")


def test_nights_add_up_to_one_run(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """Three nights in an odd order, one recording named twice, give every byte of one run, appended or plain."""
    names = [path.stem for path in sorted(transcripts.glob("*.cha"))]
    nights = [names[6:9], names[:4] + names[6:7], names[9:] + names[4:6]]
    for number, night in enumerate(nights):
        done = append(model_folder, manifest(transcripts, f"{number}.csv", *night), tmp_path / "out", tiny_bilm)
    assert f"{len(nights[2])} new, 0 tried again, 0 replaced, 0 already there" == done.added
    everything = manifest(transcripts, "all.csv", *names)
    append(model_folder, everything, tmp_path / "one", tiny_bilm)
    assert content(tmp_path / "one") == content(tmp_path / "out")
    append(model_folder, everything, tmp_path / "plain", tiny_bilm, append=False)
    assert content(tmp_path / "plain") | {APPENDED: (tmp_path / "one" / APPENDED).read_bytes()} == content(
        tmp_path / "out"
    )
    found = json.loads((tmp_path / "out" / "run.json").read_text())["settings"]["nights"]
    assert [3, 4, len(nights[2])] == [night["new"] for night in found]


def test_what_is_there_is_neither_scored_nor_laid_out_again(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five recordings the last is new: two pages are laid out, that of its neighbour for the link to it."""
    names = [path.stem for path in sorted(transcripts.glob("*-1.cha"))][:5]
    out = tmp_path / "out"
    append(model_folder, manifest(transcripts, "first.csv", *names[:4]), out, tiny_bilm)
    before = content(out)
    made: list[str] = []
    render = append_run.render_recording

    def count(report: Any, **links: Any) -> str:
        made.append(report.score.recording_id)
        return render(report, **links)

    monkeypatch.setattr(append_run, "render_recording", count)
    done = append(model_folder, manifest(transcripts, "all.csv", *names), out, tiny_bilm)
    assert "1 new, 0 tried again, 0 replaced, 4 already there" == done.added
    assert [f"{names[3][:-2]}_1", f"{names[4][:-2]}_1"] == made
    lines = [one["scores.csv"].splitlines() for one in (before, content(out))]
    assert lines[0] == lines[1][:5]
    again = append(model_folder, manifest(transcripts, "all.csv", *names), out, tiny_bilm)
    assert "0 new, 0 tried again, 0 replaced, 5 already there" == again.added
    assert 2 == len(made)


def test_a_corrected_transcript_replaces_its_result_and_says_so(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """The row and the page carry a warning with the earlier digest; the other rows stay to the byte."""
    names = [path.stem for path in sorted(transcripts.glob("*-1.cha"))][:3]
    source, out = manifest(transcripts, "all.csv", *names), tmp_path / "out"
    append(model_folder, source, out, tiny_bilm)
    before = (out / "scores.csv").read_text().splitlines()
    earlier = rows(out)
    path = transcripts / f"{names[1]}.cha"
    path.write_text(path.read_text().replace("@End", "*PAR:\tand the water is running over .\n@End"))
    done = append(model_folder, source, out, tiny_bilm)
    assert "0 new, 0 tried again, 1 replaced, 2 already there" == done.added
    after = (out / "scores.csv").read_text().splitlines()
    assert [True, True, False, True] == [one == other for one, other in zip(before, after, strict=True)]
    name = f"{names[1][:-2]}_1"
    row = rows(out).loc[name]
    assert row["words"] == earlier.loc[name, "words"] + 6
    note = f"this result replaces an earlier one ({earlier.loc[name, 'result']}), because its transcript was changed"
    assert f"{note} (SHA-256 before: {earlier.loc[name, 'source_digest'][:12]})" in row["warnings"]
    assert note[1:40] in (out / "report" / f"{name}.html").read_text()
    assert [name] == json.loads((out / "run.json").read_text())["settings"]["nights"][-1]["replaced_recordings"]


def test_what_was_unreadable_is_tried_again_when_it_has_changed(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """An empty file, a missing one and an unchanged one: each night tells; in the end all is as in one run."""
    names = [path.stem for path in sorted(transcripts.glob("*-1.cha"))][:4]
    good = {name: (transcripts / f"{name}.cha").read_bytes() for name in names}
    source, out = manifest(transcripts, "all.csv", *names), tmp_path / "out"
    (transcripts / f"{names[0]}.cha").write_bytes(b"")
    (transcripts / f"{names[1]}.cha").unlink()
    assert 2 == append(model_folder, source, out, tiny_bilm).missing
    again = append(model_folder, source, out, tiny_bilm)
    assert ("0 new, 1 tried again, 0 replaced, 3 already there", 1) == (again.added, again.missing)
    for name in names[:2]:
        (transcripts / f"{name}.cha").write_bytes(good[name])
    mended = append(model_folder, source, out, tiny_bilm)
    assert ("0 new, 2 tried again, 0 replaced, 2 already there", 0) == (mended.added, mended.missing)
    append(model_folder, source, tmp_path / "one", tiny_bilm)
    assert content(tmp_path / "one") == content(out)


@pytest.mark.slow
def test_a_result_outlives_its_file(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """Transcripts that were moved away keep their results, whether the manifest still names them or not."""
    names = [path.stem for path in sorted(transcripts.glob("*-1.cha"))][:3]
    out = tmp_path / "out"
    append(model_folder, manifest(transcripts, "all.csv", *names[:2]), out, tiny_bilm)
    before = rows(out)
    (transcripts / f"{names[0]}.cha").unlink()
    append(model_folder, manifest(transcripts, "later.csv", names[0], names[2]), out, tiny_bilm)
    pd.testing.assert_frame_equal(before, rows(out).iloc[:2])


@pytest.mark.slow
def test_a_subject_keeps_one_spelling(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """`syn0020` is the SYN0020 of an earlier night: one subject, whose pages show both visits."""
    out = tmp_path / "out"
    append(model_folder, manifest(transcripts, "first.csv", "SYN0020-1"), out, tiny_bilm)
    (transcripts / "syn0020-2.cha").write_bytes((transcripts / "SYN0020-2.cha").read_bytes())
    append(model_folder, manifest(transcripts, "second.csv", "syn0020-2"), out, tiny_bilm)
    assert ["SYN0020", "SYN0020"] == rows(out)["subject_id"].tolist()
    assert "syn0020_2" in (out / "report" / "SYN0020_1.html").read_text()


@pytest.mark.slow
def test_another_model_version_or_option_is_refused(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """The line names what differs, and the folder stays as it is."""
    source, out = manifest(transcripts, "all.csv", "SYN0020-1"), tmp_path / "out"
    append(model_folder, source, out, tiny_bilm)
    before = content(out)
    with pytest.raises(InputError, match=r"was scored with another minimum_words= \(5, now not given\); use the same"):
        append(model_folder, source, out, tiny_bilm, options=ScoreOptions(allow_out_of_scope=True))
    with pytest.raises(InputError, match="has pages; score with pages here too"):
        append(model_folder, source, out, tiny_bilm, pages=False)
    record = json.loads((out / "run.json").read_text())
    for change, message in (
        ({"adscreen": "0.0.1"}, r"was written by adscreen 0\.0\.1, this is"),
        ({"settings": record["settings"] | {"model_digest": "ab" * 32}}, "holds scores of model abababababab, this"),
    ):
        (out / "run.json").write_text(json.dumps(record | change))
        with pytest.raises(InputError, match=message):
            append(model_folder, source, out, tiny_bilm)
    assert before == content(out)
    assert load_model(model_folder).digest == record["settings"]["model_digest"]


def test_only_what_was_appended_grows(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """A folder of a plain run, a foreign one and a file are refused before the model is read."""
    source = manifest(transcripts, "all.csv", "SYN0020-1")
    append(model_folder, source, tmp_path / "plain", tiny_bilm, append=False)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.docx").write_text("")
    for name, message in (
        ("plain", "holds a run that was not made with append="),
        ("foreign", "holds files that adscreen did not write"),
        ("in/all.csv", "is a file"),
    ):
        with pytest.raises(InputError, match=message):
            append(tmp_path / "no model", source, tmp_path / name, tiny_bilm)


def test_a_night_while_another_one_runs_is_refused(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Nothing is lost: when the first has ended, the second adds its recordings."""
    source, out = manifest(transcripts, "all.csv", "SYN0020-1"), tmp_path / "out"
    with growing_folder(out), pytest.raises(InputError, match="is adding to this folder; run again when it has"):
        append(model_folder, source, out, tiny_bilm)
    append(model_folder, source, out, tiny_bilm)
    assert ["SYN0020_1"] == rows(out).index.tolist()


@pytest.mark.slow
def test_a_night_may_have_other_columns(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """A column that only some nights have is empty in the rows of the others; one of numbers and text is text."""
    out = tmp_path / "out"
    nights = {"SYN0020-1": {"ward": "07", "f0": "180.5"}, "SYN0019-1": {}, "SYN0021-1": {"age": "71", "f0": "low"}}
    for number, (name, further) in enumerate(nights.items()):
        source = manifest(transcripts, f"{number}.csv", name)
        frame = pd.read_csv(source, dtype=str).assign(**further)
        frame.to_csv(source, index=False)
        append(model_folder, source, out, tiny_bilm)
    found = pd.read_csv(out / "scores.csv", dtype=str, keep_default_na=False)
    assert ["", "07", ""] == found["ward"].tolist()
    assert ["", "180.5", "low"] == found["f0"].tolist()
    assert ["", "", "71.0"] == found["age"].tolist()
    assert [None, None, 71.0] == pa.parquet.read_table(out / "scores.parquet")["age"].to_pylist()


@pytest.mark.slow
def test_strict_refuses_a_night_whole(model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """One recording without a score, and nothing of the night is added."""
    out = tmp_path / "out"
    append(model_folder, manifest(transcripts, "1.csv", "SYN0020-1"), out, tiny_bilm, strict=True)
    before = content(out)
    (transcripts / "SYN0019-1.cha").write_bytes(b"")
    source = manifest(transcripts, "2.csv", "SYN0019-1", "SYN0021-1")
    with pytest.raises(InputError, match=r"SYN0019_1: unreadable: SYN0019-1\.cha: the file is empty"):
        append(model_folder, source, out, tiny_bilm, strict=True)
    assert before == content(out)


@pytest.mark.slow
def test_a_table_that_was_edited_is_not_written_over(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Somebody's notes in scores.csv are not lost; moved away, the table is written again with the next recording."""
    out = tmp_path / "out"
    append(model_folder, manifest(transcripts, "1.csv", "SYN0020-1"), out, tiny_bilm)
    edited = (out / "scores.csv").read_text() + "call her back\n"
    (out / "scores.csv").write_text(edited)
    source = manifest(transcripts, "2.csv", "SYN0021-1")
    with pytest.raises(InputError, match=r"scores\.csv: is not as adscreen wrote it; .* move it elsewhere"):
        append(model_folder, source, out, tiny_bilm)
    assert edited == (out / "scores.csv").read_text()
    (out / "scores.csv").rename(tmp_path / "notes.csv")
    append(model_folder, source, out, tiny_bilm)
    assert ["SYN0020_1", "SYN0021_1"] == rows(out).index.tolist()


def test_two_files_of_one_id_are_refused(
    model_folder: Path, transcripts: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Names that differ in letter case alone would be one recording."""
    (transcripts / "syn0020-1.txt").write_text("the boy is on the stool\n")
    files = [transcripts / "SYN0020-1.cha", transcripts / "syn0020-1.txt"]
    with pytest.raises(InputError, match="'SYN0020-1' and 'syn0020-1' are one recording id; rename one of the files"):
        run_scoring(model_folder, files, tmp_path / "out", bilm=tiny_bilm, options=OPTIONS, append=True)
    assert not (tmp_path / "out").exists()
