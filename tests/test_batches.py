"""Batches as a clinic runs them: through the command, every night, also where something goes wrong."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from adscreen.cli import main

ROOT = Path(__file__).resolve().parents[1]
SCORE = ["--min-words", "5", "--allow-out-of-scope", "--quiet"]
CHAT = "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tPAR Participant\n@ID:\teng|x|PAR|||||Participant|||\n"
WORDS = (
    "a and boy chair cookie cookies fall falling floor girl he her his in is it jar kitchen mother no of on over oh "
    "reaching right running she sink stool taking the to uh um up water well window yeah"
).split()
INTERVIEWER = "@UTF8\n@Begin\n@Participants:\tPAR Participant, INV Investigator\n*INV:\ttell me more .\n@End\n"
STUDY = """\
folds = 2
repeats = 1
inner_folds = 2
bootstrap = 100
[search]
C = [0.1]
doc2vec_size = [8]
doc2vec_alpha = [0.05]
elmo_size = [4]
paired_context = [0.5]
"""


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["adscreen", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        assert isinstance(caught.value.code, int)
        return Outcome(caught.value.code, *capsys.readouterr())

    return call


def begin(*arguments: object) -> subprocess.Popen[str]:
    """Start `python -m adscreen` as a user does."""
    command = [sys.executable, "-m", "adscreen", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "pipeline")}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, while a process runs."""
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.001)


@pytest.fixture
def faulty(simulated: Path, tmp_path: Path) -> Path:
    """A manifest of the training cohort with an empty transcript, a missing one, and one without the participant."""
    text = (simulated / "training.csv").read_text(encoding="utf-8").replace("transcripts/", f"{simulated}/transcripts/")
    (tmp_path / "empty.cha").write_bytes(b"")
    (tmp_path / "interviewer.cha").write_text(INTERVIEWER)
    (tmp_path / "silent.cha").write_text(f"{CHAT}*PAR:\tcan I stop now ? [+ exc]\n@End\n")
    names = ("empty", "gone", "interviewer")
    rows = "".join(f"BAD{number},1,{name}.cha,case,,,,,,,,\n" for number, name in enumerate(names))
    path = tmp_path / "faulty.csv"
    path.write_text(text + rows, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY)
    return path


# Exit statuses


def test_the_exit_status_says_whether_all_have_a_result(
    run: Run, model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """score: 0 where every recording has a score, 3 where one has none, 2 with --strict, which writes nothing."""
    arguments = ["--bilm", tiny_bilm, "--allow-out-of-scope", "--min-words", 1]
    transcript = simulated / "transcripts" / "SYN0020-1.cha"
    (tmp_path / "empty.cha").write_bytes(b"")
    whole = run("score", model_folder, transcript, tmp_path / "whole", *arguments, "--strict")
    assert (0, "") == (whole.status, whole.err)
    done = run("score", model_folder, transcript, tmp_path / "empty.cha", tmp_path / "done", *arguments)
    assert (3, "") == (done.status, done.err)
    assert "1 unreadable: the file is empty (1)" in done.out.splitlines()
    refused = run("score", model_folder, transcript, tmp_path / "empty.cha", tmp_path / "none", *arguments, "--strict")
    assert (2, "") == (refused.status, refused.out)
    assert "adscreen: empty: unreadable: empty.cha: the file is empty" in refused.err
    assert ["done", "empty.cha", "whole"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_training_subject_does_not_end_a_batch(
    run: Run, model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """It is a row with its reason, and so is a copy of a training transcript under another name; others are scored."""
    transcripts = simulated / "transcripts"
    (tmp_path / "NEW01.cha").write_bytes((transcripts / "SYN0003-1.cha").read_bytes())
    near = (transcripts / "SYN0004-1.cha").read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(near) if line.startswith("*PAR"))
    (tmp_path / "NEW02.cha").write_text("".join([*near[:last], "*PAR:\tand that is all I see there .\n", "@End\n"]))
    files = [
        tmp_path / "NEW01.cha",
        tmp_path / "NEW02.cha",
        transcripts / "SYN0001-1.cha",
        transcripts / "SYN0020-1.cha",
    ]
    done = run("score", model_folder, *files, tmp_path / "out", "--bilm", tiny_bilm, "--allow-out-of-scope")
    assert 3 == done.status, done.err
    scores = pd.read_csv(tmp_path / "out" / "scores.csv", keep_default_na=False).set_index("recording_id")
    assert ["in_training", "in_training"] == scores["result"][["NEW01", "SYN0001-1"]].tolist()
    assert [
        "these are the words of a recording in the model's training data",
        "this subject was in the model's training data",
    ] == scores["reason"][["NEW01", "SYN0001-1"]].tolist()
    assert ["", ""] == scores["probability"][["NEW01", "SYN0001-1"]].tolist()
    assert {"screen_positive", "screen_negative"} >= set(scores["result"][["NEW02", "SYN0020-1"]])
    assert "of its 5-word sequences are those of one training recording" in scores.loc["NEW02", "warnings"]
    assert "5-word" not in scores.loc["SYN0020-1", "warnings"]
    assert any(line.startswith("2 in_training: ") for line in done.out.splitlines())
    page = (tmp_path / "out" / "report" / "SYN0001-1.html").read_text()
    assert "The model was trained on this person or on this speech" in page


def test_ingest_says_why_and_does_not_exit_0(run: Run, faulty: Path, tmp_path: Path) -> None:
    """3 where some are unreadable, with the commonest reason first; 3 too where nothing could be read."""
    done = run("ingest", faulty, tmp_path / "out")
    assert (3, "") == (done.status, done.err)
    line = "3 unreadable: holds only the interviewer (1), no such file (1), the file is empty (1)"
    assert any(one.startswith(line) for one in done.out.splitlines())
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("subject_id,transcript\nS1,empty.cha\nS2,gone.cha\n")
    assert 3 == run("ingest", nothing, tmp_path / "nothing").status


def test_every_unusable_file_is_listed_at_once(run: Run, faulty: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """features, evaluate and train: one line that counts them, and one for each file, so that all can be corrected."""
    for command, options in (("features", []), ("evaluate", ["--config", tmp_path / "study.toml"])):
        refused = run(command, faulty, tmp_path / "out", "--bilm", tiny_bilm, *options)
        assert (2, "") == (refused.status, refused.out)
        first, *lines = refused.err.splitlines()
        assert "faulty.csv: 3 recordings cannot be used, first row " in first
        assert first.endswith("or leave such recordings out with --skip-unreadable")
        assert ["empty.cha", "gone.cha", "interviewer.cha"] == [line.split(": ")[1] for line in lines]
    assert not (tmp_path / "out").exists()


def test_unreadable_recordings_are_left_out_when_asked(
    run: Run, faulty: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """The table is that of the cohort without them; skipped.csv and a note say which and why; the status is 3."""
    done = run("features", faulty, tmp_path / "out", "--bilm", tiny_bilm, "--skip-unreadable")
    assert 3 == done.status
    assert "3 recordings of faulty.csv are left out (unreadable): holds only the interviewer (1), no such" in done.err
    skipped = pd.read_csv(tmp_path / "out" / "skipped.csv")
    assert ["empty.cha", "gone.cha", "interviewer.cha"] == skipped["transcript"].tolist()
    assert {"unreadable"} == set(skipped["step"])
    assert 0 == run("features", simulated / "training.csv", tmp_path / "clean", "--bilm", tiny_bilm).status
    found, clean = (pd.read_parquet(tmp_path / name / "features.parquet") for name in ("out", "clean"))
    pd.testing.assert_frame_equal(clean, found)
    assert not (tmp_path / "clean" / "skipped.csv").exists()


@pytest.mark.slow
def test_an_evaluation_and_a_model_without_unusable_recordings(
    run: Run, faulty: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """The figures and the model are those of the cohort without them, a wordless one included; the flow counts them."""
    faulty.write_text(faulty.read_text() + "BAD3,1,silent.cha,control,,,,,,,,\n")
    options = ["--bilm", tiny_bilm, "--config", tmp_path / "study.toml", "--quiet"]
    assert 3 == run("evaluate", faulty, tmp_path / "e", *options, "--skip-unreadable").status
    assert 0 == run("evaluate", simulated / "training.csv", tmp_path / "e0", *options).status
    for name in ("metrics.csv", "predictions.csv", "certificate.json"):
        assert (tmp_path / "e0" / name).read_bytes() == (tmp_path / "e" / name).read_bytes()
    flow = pd.read_csv(tmp_path / "e" / "flow.csv").set_index("step")
    used = pd.read_csv(tmp_path / "e0" / "flow.csv").set_index("step").loc["used", "recordings"]
    assert [used + 4, 3, 1, used] == flow.loc[["read", "unreadable", "silent", "used"], "recordings"].tolist()
    assert "the participant has no words (1)" == flow.loc["silent", "reason"]
    assert "the participant has no words (1)" in (tmp_path / "e" / "report.html").read_text()
    assert 3 == run("train", faulty, tmp_path / "m", *options, "--skip-unreadable").status
    assert 0 == run("train", simulated / "training.csv", tmp_path / "m0", *options).status
    assert (tmp_path / "m0" / "SHA256SUMS").read_bytes() == (tmp_path / "m" / "SHA256SUMS").read_bytes()
    assert 4 == len(pd.read_csv(tmp_path / "m" / "skipped.csv"))


def test_strict_refuses_a_diagnostic(run: Run, simulated: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """A transcript that needed repair is read otherwise, and refused by features --strict with its line."""
    text = (simulated / "transcripts" / "SYN0020-1.cha").read_text()
    (tmp_path / "odd.cha").write_text(text.replace("@End\n", "*PAR:\tthe boy is on the <stool [/] .\n@End\n"))
    manifest = tmp_path / "m.csv"
    manifest.write_text("subject_id,transcript\nS1,odd.cha\n")
    assert 0 == run("features", manifest, tmp_path / "lenient", "--bilm", tiny_bilm).status
    refused = run("features", manifest, tmp_path / "strict", "--bilm", tiny_bilm, "--strict")
    assert 2 == refused.status
    assert "m.csv: row 1: odd.cha line " in refused.err
    assert not (tmp_path / "strict").exists()


# Processes that are ended


def children(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a process started to read or compute, from /proc."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            command = (place / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == process.pid and b"resource_tracker" not in command:
            found.append(int(place.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("command", ["ingest", "features"])
def test_a_worker_killed_by_memory_is_one_line(simulated: Path, tiny_bilm: Path, tmp_path: Path, command: str) -> None:
    """As the system ends it where memory runs out; exit 1, and nothing is left."""
    os.mkfifo(tmp_path / "waits.cha")  # a reader waits for it for ever
    text = (simulated / "manifest.csv").read_text().replace("transcripts/", f"{simulated}/transcripts/")
    text = text.replace(f"{simulated}/transcripts/SYN0001-1.cha", "waits.cha")
    (tmp_path / "manifest.csv").write_text(text)
    options = ["--bilm", tiny_bilm] if command == "features" else []
    process = begin(command, tmp_path / "manifest.csv", tmp_path / "out", "--jobs", 2, *options)
    wait_until(lambda: len(children(process)) >= 2, process)
    time.sleep(1)
    for child in children(process):
        os.kill(child, signal.SIGKILL)
    out, err = process.communicate()
    line = "adscreen: a process was ended from outside, most likely because memory ran out; use fewer --jobs\n"
    assert (1, "", line) == (process.returncode, out, err)
    assert ["manifest.csv", "waits.cha"] == sorted(path.name for path in tmp_path.iterdir())


# A month


class Month(NamedTuple):
    """SYNTHETIC transcripts of 30 nights: the manifest of each, and that of all."""

    nights: list[Path]
    everything: Path


NIGHTS, FILES = 30, 20


def speak(rng: random.Random) -> str:
    """Return a short SYNTHETIC transcript."""
    lines = (" ".join(rng.choices(WORDS, k=rng.randint(4, 7))) for _ in range(3))
    return "".join([CHAT, *(f"*PAR:\t{line} .\n" for line in lines), "@End\n"])


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, simulated: Path) -> Month:
    """600 recordings of 300 subjects, whose visits fall on different nights; 3 corrupt files, 2 training subjects."""
    folder, rng = tmp_path_factory.mktemp("month"), random.Random(17)
    rows = [
        {"subject_id": f"P{number // 2:03d}", "visit": str(1 + number % 2), "transcript": f"p{number}.cha"}
        for number in range(NIGHTS * FILES)
    ]
    for row in rows:
        (folder / row["transcript"]).write_text(speak(rng), encoding="utf-8")
    rng.shuffle(rows)
    for row, bad in zip(rows[50::200], (b"", b"\x89PNG\x00\x01\x02" * 30, INTERVIEWER.encode()), strict=True):
        (folder / row["transcript"]).write_bytes(bad)
    for row, subject in zip(rows[130::400], ("SYN0003", "syn 0007"), strict=True):
        row["subject_id"] = subject
        (folder / row["transcript"]).write_bytes((simulated / "transcripts" / "SYN0020-1.cha").read_bytes())
    rows = [row | {"note": "SYNTHETIC"} for row in rows]

    def manifest(name: str, some: list[dict[str, str]]) -> Path:
        with (folder / name).open("w", encoding="utf-8", newline="") as table:
            writer = csv.DictWriter(table, rows[0])
            writer.writeheader()
            writer.writerows(some)
        return folder / name

    nights = [manifest(f"night{night:02d}.csv", rows[night * FILES :][:FILES]) for night in range(NIGHTS)]
    return Month(nights, manifest("all.csv", rows))


def written(out: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a folder but run.json, which holds the time."""
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name != "run.json":
            yield path.relative_to(out).as_posix(), path.read_bytes()


def test_a_second_night_is_added(
    run: Run, model_folder: Path, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """A folder made with --append takes another night's recordings; without --append it is refused, as is --force."""
    files = sorted((simulated / "transcripts").iterdir())[:2]
    out, options = tmp_path / "scores", ["--bilm", tiny_bilm, "--allow-training-subjects", *SCORE]
    assert 0 == run("score", model_folder, files[0], out, "--append", *options).status
    assert 0 == run("score", model_folder, files[1], out, "--append", *options).status
    assert 2 == len(pd.read_csv(out / "scores.csv"))
    assert "already holds a run" in run("score", model_folder, files[1], out, *options).err
    both = run("score", model_folder, files[1], out, "--append", "--force", *options)
    assert (2, True) == (both.status, "contradicts --append" in both.err)


@pytest.mark.slow
def test_a_month_of_nights_is_one_run(
    run: Run, model_folder: Path, month: Month, tiny_bilm: Path, tmp_path: Path
) -> None:
    """30 nights of 20 files, one killed while it wrote, give scores, reports and pages of one run over all, byte by
    byte; every recording has its row.
    """
    out, options = tmp_path / "scores", ["--append", "--bilm", tiny_bilm, *SCORE]
    statuses = []
    for number, night in enumerate(month.nights):
        if number == 17:
            before = dict(written(out))
            process = begin("score", model_folder, night, out, *options)
            wait_until((tmp_path / ".scores.new" / "report").exists, process)
            time.sleep(random.Random(number).uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert before == dict(written(out))
            assert (tmp_path / ".scores.new").exists()
        statuses.append(run("score", model_folder, night, out, *options).status)
    assert [tmp_path / "scores"] == list(tmp_path.iterdir())
    assert 3 == run("score", model_folder, month.everything, tmp_path / "one", *options).status
    assert dict(written(tmp_path / "one")) == dict(written(out))
    scores = pd.read_csv(out / "scores.csv")
    assert (NIGHTS * FILES, scores["recording_id"].nunique()) == (len(scores), NIGHTS * FILES)
    counts = scores["result"].value_counts()
    assert (3, 2) == (counts["unreadable"], counts["in_training"])
    assert NIGHTS * FILES - 5 == counts["screen_positive"] + counts["screen_negative"]
    assert {0: NIGHTS - 5, 3: 5} == {status: statuses.count(status) for status in set(statuses)}


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.4])
def test_a_night_killed_at_any_moment_loses_no_row(
    run: Run, model_folder: Path, month: Month, tiny_bilm: Path, tmp_path: Path, delay: float
) -> None:
    """The folder has the rows of the nights before, or those of this one too; the next run completes it."""
    out, options = tmp_path / "scores", ["--append", "--bilm", tiny_bilm, *SCORE]
    run("score", model_folder, month.nights[0], out, *options)
    process = begin("score", model_folder, month.nights[1], out, *options)
    wait_until(lambda: (tmp_path / ".scores.new").exists() or len(list(written(out))) > FILES + 6, process)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    scores = pd.read_csv(out / "scores.csv")
    assert len(scores) in (FILES, 2 * FILES)
    assert len(scores) + 1 == len(list((out / "report").iterdir()))
    run("score", model_folder, month.nights[1], out, *options)
    assert 2 * FILES == len(pd.read_csv(out / "scores.csv"))
    assert 2 * FILES + 1 == len(list((out / "report").iterdir()))
    assert [out] == list(tmp_path.iterdir())
