"""Scoring as a run: one row and one page for every row that comes in; pages anew from what is stored."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adscreen.cohort import read_cohort
from adscreen.cohort.reading import Reading
from adscreen.errors import InputError
from adscreen.extract import extraction
from adscreen.extract.extraction import ExtractSettings
from adscreen.model.trained_model import load_model
from adscreen.progress import Progress
from adscreen.report.recording.pages import page_name
from adscreen.scoring.scoring import score_recordings
from adscreen.scoring.stored_reports import read_reports
from adscreen.studies.scoring_run import rebuild_pages, run_scoring

QUIET = Progress(shown=False)


def score(model_folder: Path, inputs: list[Path], out: Path, bilm: Path, **options: Any) -> pd.DataFrame:
    """Score and return scores.csv."""
    run_scoring(model_folder, inputs, out, bilm=bilm, progress=QUIET, **options)
    return pd.read_csv(out / "scores.csv", dtype={"recording_id": str, "visit": str})


def test_scores_are_written_once_a_recording(
    model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """scores.csv, scores.parquet and the pages hold one entry a row of the manifest, in order."""
    out = tmp_path / "scores"
    frame = score(model_folder, [simulated / "held_out.csv"], out, tiny_bilm)
    recordings = read_cohort(simulated / "held_out.csv").recordings
    assert [recording.recording_id for recording in recordings] == frame["recording_id"].tolist()
    model = load_model(model_folder)
    expected = list(score_recordings(model, recordings, ExtractSettings(tiny_bilm)))
    assert [report.score.probability for report in expected] == frame["probability"].tolist()
    assert list(map(repr, expected)) == list(map(repr, read_reports(out / "reports.jsonl.gz")))
    assert frame["logit"].tolist() == pd.read_parquet(out / "scores.parquet")["logit"].tolist()
    assert frame["words"].tolist() == [row["words"] for row in json.loads((out / "scores.json").read_text())]
    pages = {path.name for path in (out / "report").iterdir()}
    assert {"index.html", *(page_name(recording.recording_id) for recording in recordings)} == pages
    record = json.loads((out / "run.json").read_text())
    assert model.digest == record["settings"]["model_digest"]


def test_a_bad_transcript_leaves_the_other_rows_as_they_are(
    model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Scoring a cohort with a missing file writes every other row to the byte, and the missing one with its reason."""
    clean = score(model_folder, [simulated / "held_out.csv"], tmp_path / "clean", tiny_bilm)
    header, first, *rest = (simulated / "held_out.csv").read_text().splitlines()
    (simulated / "spoilt.csv").write_text("\n".join([header, first.replace(".cha", ".none"), *rest]) + "\n")
    spoilt = score(model_folder, [simulated / "spoilt.csv"], tmp_path / "spoilt", tiny_bilm)
    assert ["unreadable"] == spoilt["result"][spoilt["result"] == "unreadable"].tolist()
    assert "no such file" in spoilt["reason"][0]
    lines = [(tmp_path / name / "scores.csv").read_text().splitlines() for name in ("clean", "spoilt")]
    assert lines[0][2:] == lines[1][2:]
    assert len(clean) == len(spoilt)


def test_loose_transcripts_are_scored_by_their_names(
    model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Without a manifest a file's stem is recording and subject; its score is that of the same file in a manifest."""
    path = simulated / "transcripts" / "SYN0020-1.cha"
    loose = score(model_folder, [path, simulated / "transcripts" / "SYN0021-1.cha"], tmp_path / "loose", tiny_bilm)
    assert ["SYN0020-1", "SYN0021-1"] == loose["recording_id"].tolist() == loose["subject_id"].tolist()
    listed = score(model_folder, [simulated / "held_out.csv"], tmp_path / "listed", tiny_bilm)
    assert listed.set_index("recording_id")["probability"]["SYN0020_1"] == loose["probability"][0]


def test_a_condition_needs_a_manifest(model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """It is refused before anything is written."""
    path = simulated / "transcripts" / "SYN0020-1.cha"
    with pytest.raises(InputError, match="where: needs a manifest"):
        score(model_folder, [path], tmp_path / "out", tiny_bilm, reading=Reading(where="mmse > 20"))
    assert [] == list(tmp_path.iterdir())


def test_a_failed_scoring_leaves_nothing(
    model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends half way leaves no folder; the cache that it filled makes the next one quick and the same."""
    monkeypatch.setattr(extraction, "CHUNK", 2)
    whole = score(model_folder, [simulated / "held_out.csv"], tmp_path / "whole", tiny_bilm)
    chunks: list[int] = []
    measure = extraction.measure_chunk

    def fail(recordings: list[Any], *arguments: Any, **options: Any) -> Any:
        chunks.append(len(recordings))
        if len(chunks) == 3:
            raise KeyboardInterrupt
        return measure(recordings, *arguments, **options)

    monkeypatch.setattr(extraction, "measure_chunk", fail)
    for _ in range(2):
        with suppress(KeyboardInterrupt):
            again = score(model_folder, [simulated / "held_out.csv"], tmp_path / "out", tiny_bilm, cache=tmp_path / "c")
        assert [True, False][len(chunks) > 3] == (not (tmp_path / "out").exists())
    assert ["c", "out", "whole"] == sorted(path.name for path in tmp_path.iterdir())
    assert 3 + len(whole) // 2 - 2 == len(chunks)
    pd.testing.assert_frame_equal(whole, again)


def test_pages_are_written_anew(model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """`adscreen report` writes the same pages from the stored reports, also where there were none; its errors are one
    line and leave the old pages.
    """
    out = tmp_path / "scores"
    score(model_folder, [simulated / "held_out.csv"], out, tiny_bilm)
    before = {path.name: path.read_bytes() for path in (out / "report").iterdir()}
    (out / "report" / "index.html").write_text("spoilt")
    (out / "report" / "old.html").write_text("old")
    assert out / "report" / "index.html" == rebuild_pages(out, progress=QUIET)
    assert before == {path.name: path.read_bytes() for path in (out / "report").iterdir()}
    score(model_folder, [simulated / "held_out.csv"], tmp_path / "plain", tiny_bilm, pages=False)
    assert not (tmp_path / "plain" / "report").exists()
    rebuild_pages(tmp_path / "plain", progress=QUIET)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "plain" / "report").iterdir()}
    (out / "reports.jsonl.gz").write_bytes((out / "reports.jsonl.gz").read_bytes()[:-20])
    with pytest.raises(InputError, match=r"reports\.jsonl\.gz: the stored reports are damaged; score"):
        rebuild_pages(out, progress=QUIET)
    assert before == {path.name: path.read_bytes() for path in (out / "report").iterdir()}
    with pytest.raises(InputError, match=r"no scores\.parquet that can be read; name a folder that"):
        rebuild_pages(simulated, progress=QUIET)


def test_a_folder_is_scored_whatever_is_in_it(
    model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Transcripts in it, in folders too, are rows in order of their paths; run.json lists what was passed over."""
    folder = tmp_path / "clinic"
    for place, name in (("a/SYN0020-1.cha", "SYN0020-1.cha"), ("b/SYN0020-1.cha", "SYN0020-2.cha")):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_bytes((simulated / "transcripts" / name).read_bytes())
    (folder / "broken.txt").write_text("")
    (folder / "notes.xlsx").write_text("not a transcript")
    found = score(model_folder, [folder], tmp_path / "out", tiny_bilm)
    assert ["a/SYN0020-1", "b/SYN0020-1", "broken"] == found["recording_id"].tolist()
    assert "unreadable" == found["result"][2]
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert ["clinic/notes.xlsx"] == record["settings"]["passed_over"]
    listed = score(model_folder, [simulated / "held_out.csv"], tmp_path / "listed", tiny_bilm)
    of_manifest = listed.set_index("recording_id")["probability"]
    assert [of_manifest["SYN0020_1"], of_manifest["SYN0020_2"]] == found["probability"].tolist()[:2]
