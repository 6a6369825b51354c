"""The command line: one call, one line for bad input, exit 0, 2 or 1, and nothing left on disk when it fails."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer

import adscreen
from adscreen.cli import app, main
from adscreen.estimator.study import read_study
from adscreen.extract.feature_table import FeatureTable

ROOT = Path(__file__).resolve().parents[1]
INTERVIEWER = "@UTF8\n@Begin\n@Participants:\tPAR Participant, INV Investigator\n*INV:\ttell me more .\n@End\n"


Run = Callable[..., Any]


@pytest.fixture(scope="module")
def cohort(simulated: Path, study_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with manifest.csv of the simulated training cohort, study.toml and transcripts good and bad."""
    folder = tmp_path_factory.mktemp("cohort")
    manifest = (simulated / "training.csv").read_text()
    (folder / "manifest.csv").write_text(manifest.replace("transcripts/", f"{simulated}/transcripts/"))
    held_out = (simulated / "held_out.csv").read_text()
    (folder / "held_out.csv").write_text(held_out.replace("transcripts/", f"{simulated}/transcripts/"))
    (folder / "study.toml").write_text(study_text)
    (folder / "empty.cha").write_bytes(b"")
    (folder / "binary.cha").write_bytes(b"\x89PNG\x00\x01\x02" * 40)
    (folder / "interviewer.cha").write_text(INTERVIEWER)
    return folder


def rewritten(cohort: Path, out: Path, change: Callable[[pd.DataFrame], pd.DataFrame], name: str = "manifest") -> Path:
    """Write a changed copy of the manifest into ``out``."""
    frame = pd.read_csv(cohort / f"{name}.csv", dtype=str, keep_default_na=False)
    path = out / "changed.csv"
    change(frame).to_csv(path, index=False)
    return path


def transcript(name: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return what names another file in the second row."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[1, "transcript"] = name
        return frame

    return change


def names(folder: Path) -> list[str]:
    """Return what a folder holds, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def check_refused(outcome: Any, message: str) -> None:
    """Check that bad input was told in one line on stderr, with exit 2 and nothing on stdout."""
    status, out, err = outcome
    assert (2, "") == (status, out)
    assert 1 == len(err.splitlines()), err
    assert err.startswith("adscreen: ")
    assert message in err
    assert "Traceback" not in err


# Bad input


BAD_MANIFESTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no subject_id": (lambda f: f.rename(columns={"subject_id": "who"}), "no column `subject_id`"),
    "no transcript column": (lambda f: f.drop(columns="transcript"), "no column `transcript`"),
    "no label": (lambda f: f.drop(columns="label"), "no label column"),
    "one label": (lambda f: f.assign(label="case"), "needs two labels, found 1: case"),
    "one transcript twice": (lambda f: f.assign(transcript=f["transcript"][0]), "name the same transcript"),
    "one recording twice": (lambda f: f.assign(recording_id="R"), "are both recording 'R'"),
    "two labels of a subject": (lambda f: f.assign(recording_id=f.index, subject_id="S"), "subject 'S' has label"),
    "no rows": (lambda f: f[:0], "no rows below the header"),
    "missing transcript": (transcript("gone.cha"), "row 2: gone.cha: no such file"),
    "empty transcript": (transcript("empty.cha"), "row 2: empty.cha: the file is empty"),
    "binary transcript": (transcript("binary.cha"), "row 2: binary.cha: a binary file"),
    "interviewer only": (transcript("interviewer.cha"), "row 2: interviewer.cha: holds only the interviewer"),
}


@pytest.mark.parametrize("command", ["evaluate", "train"])
@pytest.mark.parametrize("fault", BAD_MANIFESTS)
def test_a_bad_manifest_is_one_line(
    run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path, command: str, fault: str
) -> None:
    """Whatever is wrong with the manifest or a transcript, learning from it is refused by what, where and remedy."""
    change, message = BAD_MANIFESTS[fault]
    manifest = rewritten(cohort, tmp_path, change)
    for name in ("empty.cha", "binary.cha", "interviewer.cha"):
        (tmp_path / name).write_bytes((cohort / name).read_bytes())
    before = names(tmp_path)
    config = cohort / "study.toml"
    outcome = run(command, manifest, tmp_path / "out", "--bilm", tiny_bilm, "--config", config)
    check_refused(outcome, message)
    assert "changed.csv" in outcome.err
    assert "tell me more" not in outcome.err
    assert before == names(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 3", "unknown setting 'fold'"),
        ("folds = 'three'", "folds: must be a whole number"),
        ("[search]\nC = 'small'", "C must be numbers above 0"),
        ("search = 1", "search is not a table"),
        ("folds", "not TOML"),
        ("folds = 9", "8 subject_id groups of case, splitting them needs 9"),
    ],
)
def test_a_bad_study_is_one_line(
    run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path, text: str, message: str
) -> None:
    """An unknown name, a value of the wrong kind, no TOML, or more folds than subjects."""
    (tmp_path / "study.toml").write_text(text)
    arguments = [cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm, "--config", tmp_path / "study.toml"]
    check_refused(run("evaluate", *arguments), message)
    check_refused(run("train", *arguments), message)
    assert ["study.toml"] == names(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("frobnicate", "No such command 'frobnicate'; see adscreen --help"),
        ("evaluate", "Missing argument 'manifest'; see adscreen evaluate --help"),
        ("evaluate COHORT/manifest.csv OUT --fold 3", "No such option: --fold"),
        ("evaluate COHORT/manifest.csv OUT --folds many", "Invalid value for '--folds'"),
        ("evaluate COHORT/manifest.csv OUT --folds 1", "--folds: must be a whole number of at least 2, not 1"),
        ("evaluate COHORT/manifest.csv OUT --jobs 0", "Invalid value for '--jobs'"),
        ("evaluate COHORT/manifest.csv OUT --seed 99999999999", "--seed: must be at most 2147483647"),
        ("train COHORT/manifest.csv OUT --members elmoo", "--members: no block 'elmoo'"),
        ("train COHORT/manifest.csv OUT --block paired=f0", "--block: the name 'paired' is taken"),
        ("evaluate COHORT/manifest.csv OUT --protocol all", "--protocol: unknown protocol 'all'"),
        ("evaluate COHORT/manifest.csv OUT --positive AD", "no label 'AD'; labels found: case (16), control (16)"),
        ("evaluate COHORT/manifest.csv OUT --where 'mmse >'", "--where: cannot be understood"),
        ("evaluate COHORT/manifest.csv OUT --where 'mmse > 99'", "--where: none of the "),
        ("evaluate COHORT/none.csv OUT", "none.csv: no such file"),
        ("evaluate COHORT OUT", "a manifest is .csv, .tsv, .parquet or .xlsx"),
        ("evaluate COHORT/manifest.csv OUT --config none.toml", "none.toml: cannot be read"),
        ("evaluate COHORT/manifest.csv OUT --bilm none", "none: no such biLM folder"),
        ("train COHORT/manifest.csv OUT --bilm BILM --layer 9", "--layer: no layer '9'"),
        ("train COHORT/manifest.csv OUT --bilm BILM --pooling max", "--pooling: no pooling 'max'"),
        ("features COHORT/manifest.csv OUT --bilm BILM --elmo-engine tf", "--elmo-engine: no engine 'tf'"),
        ("ingest COHORT/none.csv OUT", "none.csv: no such file"),
        ("ingest COHORT/manifest.csv COHORT/study.toml/x", "cannot be written"),
        ("score OUT COHORT/manifest.csv OUT", "not a model folder"),
        ("score MODEL OUT", "Missing argument"),
        ("score MODEL COHORT/none.csv OUT --bilm BILM", "none.csv: no such file"),
        ("score MODEL COHORT/held_out.csv OUT --bilm BILM --append --force", "--force: contradicts --append"),
        ("score MODEL COHORT/held_out.csv COHORT --bilm BILM --append", "holds files that adscreen did not write"),
        ("train COHORT/manifest.csv OUT --skip-unreadable --strict", "--skip-unreadable: contradicts --strict"),
        ("score MODEL COHORT/empty.cha OUT --bilm BILM --where 'mmse > 2'", "--where: needs a manifest"),
        ("score MODEL COHORT/empty.cha OUT --bilm BILM --min-words 0", "Invalid value for '--min-words'"),
        ("simulate OUT --subjects 2", "Invalid value for '--subjects'"),
        ("simulate OUT --effect 9", "--effect: 9.0 is out of range"),
        ("simulate OUT --visits 99", "--visits: 99 is out of range"),
        ("simulate .", "is the folder you are in"),
        ("manifest OUT --layout pitt", "no such folder"),
        ("manifest COHORT --layout dementia", "--layout: unknown layout 'dementia'"),
        ("manifest COHORT --layout folder", "manifest.csv: already exists"),
        ("manifest COHORT --layout folder --out OUT/m.csv", "no such folder"),
        ("audit OUT", "OUT: a manifest is .csv"),
        ("audit COHORT", "no run.json"),
        ("perplexity OUT COHORT/empty.cha", "no such biLM folder"),
        ("perplexity BILM COHORT/empty.cha", "empty.cha: the file is empty"),
        ("perplexity BILM COHORT/none.cha", "none.cha: no such file"),
        ("perplexity BILM COHORT/empty.cha --view written", "--view: unknown view 'written'"),
        ("models", "Missing command"),
        ("models verify OUT", "no such biLM folder"),
        ("models fetch huge", "no published biLM 'huge'"),
        ("formats Ottr", "formats: no tool or format 'Ottr' is known; did you mean Otter"),
        ("formats cassette", "formats: no tool or format 'cassette' is known; leave it out to list all"),
    ],
)
def test_bad_usage_is_one_line(
    run: Run,
    cohort: Path,
    tiny_bilm: Path,
    model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    message: str,
) -> None:
    """A wrong command, argument, option, value or file is one line that says which, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    places = {"COHORT": cohort, "BILM": tiny_bilm, "MODEL": model_folder}
    before = names(cohort)
    arguments = []
    for argument in shlex.split(line):
        head, slash, tail = argument.partition("/")
        arguments.append(f"{places[head]}{slash}{tail}" if head in places else argument)
    check_refused(run(*arguments), message)
    assert ([], before) == (names(tmp_path), names(cohort))


@pytest.mark.parametrize("command", ["simulate", "ingest", "features", "evaluate", "train", "score"])
def test_nothing_is_replaced_unasked(
    run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path, command: str
) -> None:
    """A run that is there needs --force; other people's files are not replaced even then; both are told at once."""
    arguments: dict[str, list[object]] = {
        "simulate": ["--subjects", "4"],
        "ingest": [cohort / "manifest.csv"],
        "features": [cohort / "manifest.csv"],
        "evaluate": [cohort / "manifest.csv", "--config", cohort / "study.toml"],
        "train": [cohort / "manifest.csv", "--config", cohort / "study.toml"],
        "score": [model_folder, cohort / "held_out.csv"],
    }
    paths = [argument for argument in arguments[command] if isinstance(argument, Path) and argument.suffix != ".toml"]
    options = [argument for argument in arguments[command] if argument not in paths]
    if command not in ("simulate", "ingest"):
        options += ["--bilm", tiny_bilm]
    for name, mark in (("run", "run.json"), ("foreign", "thesis.docx")):
        (tmp_path / name).mkdir()
        (tmp_path / name / mark).write_text("{}")
    check_refused(run(command, *paths, tmp_path / "run", *options), "already holds a run; name a new folder, or add")
    for force in ([], ["--force"]):
        outcome = run(command, *paths, tmp_path / "foreign", *options, *force)
        check_refused(outcome, "holds files that adscreen did not write")
    assert ["foreign", "run"] == names(tmp_path)
    assert (["run.json"], ["thesis.docx"]) == (names(tmp_path / "run"), names(tmp_path / "foreign"))


def test_an_interrupted_run_leaves_nothing(
    run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is one line and exit 130, as shells have it; the folder does not appear."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adscreen.studies.feature_run.read_usable", interrupt)
    outcome = run("features", cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm)
    assert (130, "", "adscreen: interrupted\n") == outcome
    assert [] == names(tmp_path)


def test_a_fault_of_our_own_is_not_hidden(
    cohort: Path, tiny_bilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that is no user's passes through with its traceback, so Python exits 1; still nothing is left."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("adscreen.studies.feature_run.read_usable", fail)
    arguments = ["features", cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm]
    monkeypatch.setattr(sys, "argv", ["adscreen", *map(str, arguments)])
    with pytest.raises(ZeroDivisionError):
        main()
    assert [] == names(tmp_path)


# Good input


def without_progress(err: str) -> str:
    """Return what is on stderr besides lines that say, after 10 s of one step, how far it is."""
    return re.sub(r"(?m)^[A-Z][\w ()]+: \d+ of \d+\n", "", err)


def test_the_whole_line_runs(run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path) -> None:
    """Every stage writes its folder, says where, and exits 0."""
    common = ["--bilm", tiny_bilm]
    manifest, study = cohort / "manifest.csv", ["--config", cohort / "study.toml"]
    done = {
        "ingest": run("ingest", manifest, tmp_path / "ingest"),
        "features": run("features", manifest, tmp_path / "features", *common),
        "evaluate": run("evaluate", manifest, tmp_path / "evaluate", *common, *study),
        "train": run("train", manifest, tmp_path / "train", *common, *study),
        "score": run("score", model_folder, cohort / "held_out.csv", tmp_path / "score", *common),
    }
    for command, outcome in done.items():
        assert (0, "") == (outcome.status, without_progress(outcome.err)), command
        assert str(tmp_path / command) in outcome.out
        assert command == json.loads((tmp_path / command / "run.json").read_text())["command"]
    assert ["evaluate", "features", "ingest", "score", "train"] == names(tmp_path)
    audited = run("audit", tmp_path / "evaluate", "--json")
    assert 0 == audited.status
    assert json.loads(audited.out)


def test_a_bad_transcript_does_not_stop_scoring(
    run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path
) -> None:
    """The other rows are scored; the table counts each result; exit 3."""
    manifest = rewritten(cohort, tmp_path, transcript("gone.cha"), name="held_out")
    outcome = run("score", model_folder, manifest, tmp_path / "out", "--bilm", tiny_bilm, "--json")
    assert (3, "") == (outcome.status, outcome.err)
    counts = {row["result"]: row["recordings"] for row in json.loads(outcome.out)}
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert len(pd.read_csv(manifest)) == len(scores) == sum(counts.values())
    assert 1 == counts["unreadable"] == (scores["result"] == "unreadable").sum()
    assert "unreadable" == scores["result"][1]


def test_training_subjects_are_scored_by_leave(
    run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path
) -> None:
    """--allow-training-subjects scores them and marks every row."""
    arguments = [model_folder, cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm, "--quiet"]
    some = ["--where", "subject_id in ['SYN0001', 'SYN0002']"]
    assert (0, "", "") == run("score", *arguments, *some, "--allow-training-subjects")
    assert [True] * 4 == pd.read_csv(tmp_path / "out" / "scores.csv")["in_training"].tolist()


def test_scores_say_what_is_decided_and_what_it_is_worth(
    run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path
) -> None:
    """--confidence and --prevalence fill their columns in every table, and change no result; pages say it in words."""
    arguments = [model_folder, cohort / "held_out.csv"]
    some = ["--bilm", tiny_bilm, "--quiet", "--where", "visit == '1'"]
    assert (0, "", "") == run("score", *arguments, tmp_path / "plain", *some, "--no-pages")
    asked = ["--confidence", 0.8, "--prevalence", 0.1]
    assert (0, "", "") == run("score", *arguments, tmp_path / "asked", *some, *asked)
    plain, found = (pd.read_csv(tmp_path / name / "scores.csv") for name in ("plain", "asked"))
    assert plain["result"].equals(found["result"])
    assert plain["probability"].equals(found["probability"])
    new = ["confidence", "conformal_set", "p_control", "p_case", "probability_at_prevalence", "ppv_low", "npv_high"]
    assert plain[new].isna().all(axis=None)
    assert found[new].notna().all(axis=None)
    assert set(found["conformal_set"]) <= {"control", "case", "control|case", "neither"}
    assert found["crosses_threshold"].dtype == bool
    stored = pd.read_parquet(tmp_path / "asked" / "scores.parquet")
    assert found["conformal_set"].tolist() == stored["conformal_set"].tolist()
    assert bool == stored["crosses_threshold"].dtype
    page = (tmp_path / "asked" / "report" / "index.html").read_text(encoding="utf-8")
    assert f"of {len(found)} scored recordings are decided" in page


def test_a_confidence_that_training_cannot_give_is_refused(
    run: Run, cohort: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path
) -> None:
    """Eight subjects of each label rule nothing out at 0.9; the line says what they allow, and nothing is written."""
    outcome = run(
        "score", model_folder, cohort / "held_out.csv", tmp_path / "out", "--bilm", tiny_bilm, "--confidence", 0.9
    )
    check_refused(
        outcome,
        "--confidence: 0.9 needs 9 training subjects of each label, 'control' has 8; ask for at most 0.88, or leave",
    )
    assert [] == names(tmp_path)


def test_force_replaces_a_run(run: Run, tmp_path: Path) -> None:
    """A second run with --force stands in the first one's place, whole."""
    assert 0 == run("simulate", tmp_path / "c", "--subjects", 4, "--visits", 1).status
    first = (tmp_path / "c" / "manifest.csv").read_text()
    assert 0 == run("simulate", tmp_path / "c", "--subjects", 4, "--visits", 1, "--seed", 7, "--force").status
    assert first != (tmp_path / "c" / "manifest.csv").read_text()
    assert ["c"] == names(tmp_path)


def test_quiet_says_nothing(run: Run, cohort: Path, tmp_path: Path) -> None:
    """--quiet leaves both streams empty."""
    assert (0, "", "") == run("ingest", cohort / "manifest.csv", tmp_path / "out", "--quiet")


FURTHER = ("calibration_curve", "calibration_error", "operating_points", "retest", "fairness", "site_pooling")


def test_an_evaluation_leads_with_subjects(run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """Subjects have two visits: each method by subject, the evaluated one by recording second; tables stand behind."""
    arguments = [cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm, "--config", cohort / "study.toml"]
    status, out, _ = run("evaluate", *arguments)
    assert 0 == status
    rows = [line.split()[1:3] for line in out.splitlines() if line.split()[:1] == ["subject"]]
    assert [["adscreen", "subject"], ["adscreen", "recording"], ["tfidf_baseline", "subject"]] == rows[:3]
    assert {"subject"} == {level for _, level in rows[2:]}
    assert "AUC of adscreen minus baseline by subject" in out
    tables = {name: pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in FURTHER}
    assert [16, 8, 8] == tables["retest"].drop_duplicates("among")["subjects"].tolist()
    assert {"fewer than 10 subjects of a label"} == set(tables["fairness"]["suppressed"])
    assert {"fewer than 10 subjects of a label"} == set(tables["calibration_error"]["absent"])
    assert tables["site_pooling"].iloc[-1]["absent"].startswith("fewer than 3 sites")
    assert {"recording", "subject"} == set(tables["operating_points"]["level"])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "On unseen speakers, each subject counted once, adscreen distinguishes" in page
    assert "By recording, where a subject counts as often as it has visits" in page


def test_json_is_json(run: Run, cohort: Path, tiny_bilm: Path, simulated: Path, tmp_path: Path) -> None:
    """--json prints a list of rows and nothing else, NaN as null."""
    arguments = [cohort / "manifest.csv", tmp_path / "out", "--bilm", tiny_bilm, "--config", cohort / "study.toml"]
    metrics = json.loads(run("evaluate", *arguments, "--json").out)
    assert {"auc", "accuracy", "sensitivity", "specificity"} <= {row["measure"] for row in metrics}
    assert {None} == {row["sd_over_repeats"] for row in metrics}
    path = simulated / "transcripts" / "SYN0001-1.cha"
    sentences = json.loads(run("perplexity", tiny_bilm, path, "--json").out)
    assert list(range(len(sentences))) == [row["sentence"] for row in sentences]
    assert all(isinstance(check["name"], str) for check in json.loads(run("doctor", "--json").out))
    assert ["Otter"] == [row["name"] for row in json.loads(run("formats", "otter", "--json").out)]


def test_a_manifest_is_built(run: Run, simulated: Path, tmp_path: Path) -> None:
    """`manifest` writes a table that other commands read, and says how much it found."""
    (tmp_path / "corpus").mkdir()
    for label, subject in (("control", "S1"), ("case", "S2")):
        (tmp_path / "corpus" / label).mkdir()
        text = (simulated / "transcripts" / "SYN0001-1.cha").read_bytes()
        (tmp_path / "corpus" / label / f"{subject}_1.cha").write_bytes(text)
    outcome = run("manifest", tmp_path / "corpus", "--layout", "folder")
    assert (0, "") == (outcome.status, outcome.err)
    assert "2 recordings of 2 subjects" in outcome.out
    assert 0 == run("ingest", tmp_path / "corpus" / "manifest.csv", tmp_path / "out").status


def test_the_settings_of_a_study_are_printed(run: Run, tmp_path: Path) -> None:
    """`adscreen settings > study.toml` is a file that --config reads and that changes nothing."""
    (tmp_path / "study.toml").write_text(run("settings").out, encoding="utf-8")
    assert read_study(None) == read_study(tmp_path / "study.toml")


def test_the_known_tools_are_listed(run: Run) -> None:
    """`adscreen formats` lists every tool; a name narrows it to the tools and formats that it means."""
    everything = run("formats")
    assert (0, "") == (everything.status, everything.err)
    assert all(name in everything.out for name in ("Otter", "WhisperX", "ELAN", "SALT", "RTTM"))
    named = run("formats", "Deepgram")
    assert "filler_words=true" in named.out
    assert "Otter" not in named.out


def test_the_seed_reaches_the_run(run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """--seed stands in run.json and changes the folds."""
    arguments = ["--bilm", tiny_bilm, "--config", cohort / "study.toml", "--quiet"]
    for seed in (1, 2):
        assert 0 == run("evaluate", cohort / "manifest.csv", tmp_path / str(seed), *arguments, "--seed", seed).status
    one, two = ((tmp_path / name / "predictions.csv").read_text() for name in "12")
    assert one != two
    assert 2 == json.loads((tmp_path / "2" / "run.json").read_text())["settings"]["seed"]


# Help


def commands(group: Any = None, path: str = "adscreen") -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands())


def test_every_command_is_found() -> None:
    """The walk over commands sees those of the contract."""
    expected = "demo simulate manifest ingest features evaluate train score audit pretrain perplexity doctor".split()
    assert {f"adscreen {name}" for name in expected} <= COMMANDS.keys()
    assert "adscreen models fetch" in COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    """--help says what the command does, shows an example, and describes every argument and option."""
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        if parameter.name != "help":
            assert parameter.help, f"{name}: {parameter.name}"
    outcome = run(*name.split()[1:], "--help")
    assert (0, "") == (outcome.status, outcome.err)
    assert f"Example: {name}" in outcome.out
    assert command.help.splitlines()[0].split()[0] in outcome.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_line(name: str) -> None:
    """What the help shows can be parsed by the command."""
    (example,) = [line.strip() for line in COMMANDS[name].help.splitlines() if line.strip().startswith("Example:")]
    words = shlex.split(example.removeprefix("Example:"))
    assert name.split() == words[: len(name.split())]
    context = COMMANDS[name].make_context(name, words[len(name.split()) :])
    assert context.params.keys() == {parameter.name for parameter in COMMANDS[name].params if parameter.name != "help"}


def test_without_a_command_help_is_shown(run: Run) -> None:
    """`adscreen` alone lists the commands; --version prints the version."""
    outcome = run()
    assert (0, "") == (outcome.status, outcome.err)
    assert all(name.split()[1] in outcome.out for name in COMMANDS)
    assert (0, f"adscreen {adscreen.__version__}\n", "") == run("--version")


# In a process of its own


def own_process(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `python -m adscreen` as a user does."""
    command = [sys.executable, "-m", "adscreen", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "pipeline")}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_module_is_the_command(cohort: Path, tmp_path: Path) -> None:
    """`python -m adscreen` has the exit status and the one line of the command."""
    version = own_process("--version", cwd=tmp_path)
    assert (0, f"adscreen {adscreen.__version__}\n", "") == (version.returncode, version.stdout, version.stderr)
    refused = own_process("ingest", "none.csv", "out", cwd=tmp_path)
    check_refused((refused.returncode, refused.stdout, refused.stderr), "adscreen: none.csv: no such file")
    done = own_process("ingest", cohort / "manifest.csv", "out", "--quiet", cwd=tmp_path)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert ["out"] == names(tmp_path)


@pytest.mark.slow
def test_only_errors_go_to_stderr(cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """In a pipe, with two processes, learning and scoring write no bar, no warning and no log to stderr."""
    options = ["--bilm", tiny_bilm, "--jobs", 2]
    study = ["--config", cohort / "study.toml"]
    for arguments in (
        ["evaluate", cohort / "manifest.csv", "evaluation", *options, *study, "--protocol", "both"],
        ["train", cohort / "manifest.csv", "model", *options, *study],
        ["score", "model", cohort / "held_out.csv", "scores", *options],
    ):
        done = own_process(*arguments, cwd=tmp_path)
        assert (0, "") == (done.returncode, without_progress(done.stderr))
    assert ["evaluation", "model", "scores"] == names(tmp_path)


HEAVY = "numpy pandas scipy sklearn torch gensim h5py spacy matplotlib joblib pyarrow".split()


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], [*HEAVY, "pydantic"]),
        (["evaluate", "--help"], HEAVY),  # typer itself reads options with pydantic
        (["evaluate", "manifest.csv", "--no-such-option"], HEAVY),
        (["formats", "Otter"], HEAVY),
    ],
    ids=["help", "help of a command", "usage error", "known tools"],
)
def test_the_command_line_imports_nothing_heavy(arguments: list[str], heavy: list[str]) -> None:
    """These answer at once: numpy, pandas and the rest are imported by the commands that use them."""
    report = f"atexit.register(lambda: print([name for name in {heavy} if name in sys.modules]))"
    source = f"import atexit, sys; {report}; from adscreen.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "pipeline")}
    command = [sys.executable, "-c", source, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "[]" == done.stdout.splitlines()[-1]


def test_two_methods_of_one_run_are_compared(
    run: Run, tmp_path: Path, visited: FeatureTable, draw: Callable[..., Any], write_run: Callable[..., Path]
) -> None:
    """One folder and two names give the table; one folder alone, or two and --methods, say what is missing."""
    folder = write_run(tmp_path / "run", visited, [draw(visited, "subject")])
    done = run("compare", folder, "--methods", "adscreen,tfidf_baseline", "--out", tmp_path / "compared", "--json")
    assert 0 == done.status
    rows = json.loads(done.out)
    assert {"adscreen minus tfidf_baseline"} == {row["method"] for row in rows}
    assert rows == json.loads((tmp_path / "compared" / "comparison.json").read_text(encoding="utf-8"))
    printed = run("compare", folder, "--methods", "adscreen,tfidf_baseline").out.splitlines()
    levels = [line.split()[4] for line in printed if line.split()[:1] == ["subject"]]
    assert ["subject"] * 4 + ["recording"] * 4 == levels
    for arguments, message in (
        ((folder,), "one folder alone; give a second folder, or two methods of this one with --methods A,B"),
        ((folder, folder, "--methods", "adscreen,majority"), "--methods: compares two methods of one folder"),
        ((folder, "--methods", "adscreen"), "--methods: 'adscreen' is not two methods"),
        ((folder, "--methods", "adscreen,elmo"), "no method 'elmo'; found: adscreen, tfidf_baseline"),
    ):
        refused = run("compare", *arguments)
        assert 2 == refused.status
        assert message in refused.err
