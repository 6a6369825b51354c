"""Cohorts in another language, through the commands: refused, allowed and said, or read with a language file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SPANISH = (
    "el niño está subido en un taburete y coge galletas del armario mientras la madre friega los platos y el agua se "
    "sale del fregadero . la niña le pide una galleta y se ríe porque el taburete se está cayendo al suelo . por la "
    "ventana se ve un jardín con árboles y un camino . la señora no se da cuenta de nada de lo que pasa ."
)
LANGUAGE_FILE = """\
name = "Tiny"
codes = ["xtn"]
bilm = "tiny"
fillers = "um"
"""


Run = Callable[..., Any]


def write_cohort(folder: Path, texts: dict[str, str], **columns: list[str]) -> Path:
    """Write transcripts of these names and texts, and their manifest."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    labels = [("control", "case")[number % 2] for number in range(len(texts))]
    frame = {"subject_id": [f"S{n}" for n in range(len(texts))], "transcript": list(texts), "label": labels}
    pd.DataFrame(frame | columns).to_csv(folder / "manifest.csv", index=False)
    return folder / "manifest.csv"


def chat(languages: str, *lines: str) -> str:
    """Return a CHAT file."""
    head = f"@UTF8\n@Begin\n@Languages:\t{languages}\n@Participants:\tPAR Participant\n"
    return head + "".join(f"*PAR:\t{line} .\n" for line in lines) + "@End\n"


def check_refused(outcome: Any, message: str) -> None:
    """Check that a command was refused in one line that says what, and how to go on."""
    assert (2, "", 1) == (outcome.status, outcome.out, len(outcome.err.splitlines())), outcome.err
    assert message in outcome.err
    assert "--language" in outcome.err
    assert "--allow-other-language" in outcome.err


@pytest.mark.parametrize("command", ["features", "evaluate", "train"])
def test_a_header_in_another_language_is_refused(command: str, run: Run, tmp_path: Path) -> None:
    """Spanish CHAT is refused by its header, with how many recordings and the first file; nothing is written."""
    texts = {
        "a.cha": chat("eng", "the boy falls"),
        "b.cha": chat("spa", "el niño cae"),
        "c.cha": chat("spa, eng", "sí"),
    }
    outcome = run(command, write_cohort(tmp_path, texts), tmp_path / "out")
    check_refused(outcome, "2 of 3 recordings are not in English")
    assert "(spa; the first is b.cha)" in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_column_is_refused_before_a_transcript_is_read(run: Run, tmp_path: Path) -> None:
    """Mandarin by the column is refused although the transcripts do not exist; the line says how to choose rows."""
    manifest = write_cohort(tmp_path, {"a.txt": "x", "b.txt": "y"}, language=["English", "Mandarin"])
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).unlink()
    outcome = run("evaluate", manifest, tmp_path / "out")
    check_refused(outcome, "1 of 2 recordings are not in English")
    assert '--where (language == "English")' in outcome.err


@pytest.mark.parametrize("command", ["features", "evaluate", "train"])
def test_a_column_that_contradicts_a_header_is_not_passed_over(command: str, run: Run, tmp_path: Path) -> None:
    """A header says `eng` by default in many files; the researcher who writes `es` beside it is believed."""
    texts = {"a.cha": chat("eng", "the boy falls"), "b.cha": chat("eng", "el niño cae"), "c.cha": chat("eng", "so")}
    outcome = run(command, write_cohort(tmp_path, texts, language=["en-GB", "es", "eng, spa"]), tmp_path / "out")
    check_refused(outcome, "1 of 3 recordings are not in English")
    assert "(es; the first is b.cha)" in outcome.err


def test_plain_text_is_refused_by_its_words(run: Run, tmp_path: Path) -> None:
    """Spanish plain text names no language; its words do."""
    outcome = run("features", write_cohort(tmp_path, {"a.txt": SPANISH, "b.txt": SPANISH}), tmp_path / "out")
    check_refused(outcome, "2 of 2 recordings are not in English")
    assert "(by their words; the first is a.txt)" in outcome.err


def test_english_in_a_header_alone_does_not_settle_it(run: Run, tmp_path: Path) -> None:
    """Tools write ``eng`` unasked: Spanish under it is refused by its words, unless the column says English too."""
    from adscreen.bundled import BUNDLED_BILM, bundled
    from adscreen.cohort import read_cohort
    from adscreen.extract.cohort_language import hear_chunk
    from adscreen.language import ENGLISH, find_other

    texts = {"a.cha": chat("eng", SPANISH), "b.cha": chat("eng", "the boy is on the stool and the water runs " * 8)}
    outcome = run("features", write_cohort(tmp_path, texts), tmp_path / "out")
    check_refused(outcome, "1 of 2 recordings are not in English")
    assert "(by their words; the first is a.cha)" in outcome.err
    settled = read_cohort(write_cohort(tmp_path, texts, language=["eng", "eng"]))
    assert [] == find_other(hear_chunk([*settled.recordings], bundled(BUNDLED_BILM)), ENGLISH)


def test_short_texts_are_judged_together(run: Run, tmp_path: Path) -> None:
    """Spanish texts that are too short to be judged by themselves are refused together."""
    texts = {f"{number}.txt": part for number, part in enumerate(SPANISH.split(" . "))}
    outcome = run("features", write_cohort(tmp_path, texts), tmp_path / "out")
    check_refused(outcome, f"{len(texts)} of {len(texts)} recordings are not in English")


def test_english_and_code_switching_pass(run: Run, tmp_path: Path, tiny_bilm: Path) -> None:
    """Short English, jargon whose small words stay, and a code-switcher whose first language is English pass."""
    jargon = "the zib is on the flark and he is going to trep it so she was like oh my the glorp . " * 4
    switching = chat("eng, spa", "the boy is on the taburete@s:spa", "[- spa] se cae")
    texts = {"a.txt": "the boy falls off the stool", "b.txt": jargon, "c.cha": switching}
    outcome = run("features", write_cohort(tmp_path, texts), tmp_path / "out", "--bilm", tiny_bilm, "-q")
    assert (0, "") == (outcome.status, outcome.err)
    assert "other_language" not in json.loads((tmp_path / "out" / "run.json").read_text())["settings"]


def test_audit_says_it(run: Run, tmp_path: Path) -> None:
    """An audit goes on, and its first finding says which recordings are in another language."""
    texts = {"a.cha": chat("eng", "the boy falls"), "b.cha": chat("spa", "el niño cae")}
    outcome = run("audit", write_cohort(tmp_path, texts), "--json")
    first = json.loads(outcome.out)[0]
    assert ("error", "language", 1.0) == (first["level"], first["where"], first["value"])
    assert "1 of 2 recordings are not in English" in first["what"]


def test_real_english_raises_no_alarm(shared: Path) -> None:
    """None of the meeting excerpts is taken for another language."""
    from adscreen.bundled import BUNDLED_BILM, bundled
    from adscreen.cohort import read_cohort
    from adscreen.extract.cohort_language import hear_chunk
    from adscreen.language import ENGLISH, find_other

    cohort = read_cohort(shared / "ami" / "manifest_excerpts.csv")
    recordings = [*cohort.recordings[::20]]
    assert [] == find_other(hear_chunk(recordings, bundled(BUNDLED_BILM)), ENGLISH)


@pytest.mark.slow
def test_what_was_allowed_is_said_everywhere(
    run: Run, tmp_path: Path, simulated: Path, tiny_bilm: Path, study_text: str
) -> None:
    """With --allow-other-language the run goes on; run.json, page, certificate, model and scores say so."""
    for name in ("training", "held_out"):
        frame = pd.read_csv(simulated / f"{name}.csv", dtype=str, keep_default_na=False)
        frame["transcript"] = [str(simulated / path) for path in frame["transcript"]]
        for number, path in enumerate(frame["transcript"]):
            text = Path(path).read_text(encoding="utf-8").replace("@Languages:\teng", "@Languages:\tspa")
            (tmp_path / f"{name}{number}.cha").write_text(text, encoding="utf-8")
        frame["transcript"] = [f"{name}{number}.cha" for number in range(len(frame))]
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "study.toml").write_text(study_text, encoding="utf-8")
    given = ("--bilm", tiny_bilm, "--config", tmp_path / "study.toml", "--allow-other-language", "-q")
    assert 0 == run("evaluate", tmp_path / "training.csv", tmp_path / "evaluation", *given).status
    assert 0 == run("train", tmp_path / "training.csv", tmp_path / "model", *given).status
    scored = run("score", tmp_path / "model", tmp_path / "held_out.csv", tmp_path / "scores", "--bilm", tiny_bilm, "-q")
    assert 0 == scored.status
    said = "recordings are not in English"
    for file in ("evaluation/run.json", "evaluation/report.html", "evaluation/certificate.json",
                 "evaluation/metrics.json", "model/model.json", "model/run.json", "scores/run.json",
                 "scores/scores.csv", "scores/report/index.html"):  # fmt: skip
        assert said in (tmp_path / file).read_text(encoding="utf-8"), file
    pages = [path for path in (tmp_path / "scores" / "report").glob("*.html") if path.name != "index.html"]
    assert pages
    assert all(said in path.read_text(encoding="utf-8") for path in pages)


@pytest.mark.slow
def test_a_language_file_runs_the_whole_line(
    run: Run, tmp_path: Path, simulated: Path, random_bilm: Callable[..., Path], study_text: str
) -> None:
    """Features, evaluation, model and scores with a language file; what it lacks is missing; another is refused."""
    random_bilm(tmp_path / "tiny")
    (tmp_path / "tiny.toml").write_text(LANGUAGE_FILE, encoding="utf-8")
    (tmp_path / "study.toml").write_text(study_text, encoding="utf-8")
    for name in ("training", "held_out"):
        frame = pd.read_csv(simulated / f"{name}.csv", dtype=str, keep_default_na=False)
        for path in frame["transcript"]:
            text = (simulated / path).read_text(encoding="utf-8").replace("@Languages:\teng", "@Languages:\txtn")
            (tmp_path / Path(path).name).write_text(text, encoding="utf-8")
        frame.assign(transcript=[Path(path).name for path in frame["transcript"]]).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    file, config = ("--language", tmp_path / "tiny.toml", "-q"), ("--config", tmp_path / "study.toml")
    assert 0 == run("features", tmp_path / "training.csv", tmp_path / "features", *file).status
    table = pd.read_parquet(tmp_path / "features" / "features.parquet")
    assert table["fluency.fillers"].notna().all()
    for absent in ("lexical.zipf_mean", "lexical.pronoun_share", "lexical.idea_density", "syntactic.tree_depth"):
        assert table[absent].isna().all(), absent
    assert 0 == run("evaluate", tmp_path / "training.csv", tmp_path / "evaluation", *file, *config).status
    assert 0 == run("train", tmp_path / "training.csv", tmp_path / "model", *file, *config).status
    assert 0 == run("score", tmp_path / "model", tmp_path / "held_out.csv", tmp_path / "scores", *file).status
    results = set(pd.read_csv(tmp_path / "scores" / "scores.csv")["result"])
    assert results <= {"screen_positive", "screen_negative"}
    assert "not defined for this language" in next((tmp_path / "scores" / "report").glob("SYN*.html")).read_text()
    (tmp_path / "tiny.toml").write_text(LANGUAGE_FILE.replace('"um"', '"uh"'), encoding="utf-8")
    refused = run("score", tmp_path / "model", tmp_path / "held_out.csv", tmp_path / "other", *file)
    assert (2, True) == (refused.status, "another language file" in refused.err), refused.err
