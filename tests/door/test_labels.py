"""What a user sees of labels in groups, of converters, of codes for missing values and of the spellings of sex.

All speech is SYNTHETIC; the diagnoses are those of a Pitt manifest (Control, MCI, ProbableAD, Vascular).
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SIDES = ("--positive", "ProbableAD,MCI", "--negative", "Control")
CODES = ("--missing", "nacc", "--missing", "age=-99")
Rows = list[dict[str, str]]


Run = Callable[..., Any]


@pytest.fixture(scope="session")
def folder(study_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with transcripts of 16 subjects, most with two visits, and a small study."""
    from adscreen.simulate import simulate_cohort

    folder = tmp_path_factory.mktemp("labels") / "cohort"
    simulate_cohort(folder, subjects=16, visits=2, seed=5)
    (folder / "study.toml").write_text(study_text)
    return folder


@pytest.fixture(scope="session")
def diagnoses(folder: Path) -> Rows:
    """The manifest's rows: cases are ProbableAD and MCI in turn, one is Vascular, one control has no label."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    cases = list(dict.fromkeys(row["subject_id"] for row in rows if row["label"] == "case"))
    controls = list(dict.fromkeys(row["subject_id"] for row in rows if row["label"] == "control"))
    label = {subject: ("MCI", "ProbableAD")[n % 2] for n, subject in enumerate(cases)}
    label |= dict.fromkeys(controls, "Control") | {cases[0]: "Vascular", controls[0]: ""}
    return [row | {"label": label[row["subject_id"]]} for row in rows]


def write(folder: Path, name: str, rows: Rows) -> Path:
    """Write rows as a manifest into the folder; return its path."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def refused(outcome: Any) -> str:
    """Return the one line of a refusal."""
    assert (2, "", 1) == (outcome.status, outcome.out, len(outcome.err.splitlines())), outcome.err
    return outcome.err


def two_visits(rows: Rows, label: str) -> str:
    """Return the first subject with this label who has two visits."""
    own = [row["subject_id"] for row in rows if row["label"] == label]
    return next(subject for subject in own if own.count(subject) == 2)


@pytest.fixture(scope="session")
def converting(diagnoses: Rows) -> Rows:
    """The same, but one control has MCI at the second visit, sex has several spellings and some values are codes."""
    subject = two_visits(diagnoses, "Control")
    rows = [row | {"sex": row["sex"][:1].upper() if n % 2 else row["sex"]} for n, row in enumerate(diagnoses)]
    rows = [row | {"label": "MCI"} if (row["subject_id"], row["visit"]) == (subject, "2") else row for row in rows]
    codes = [{"age": "-99"}, {"mmse": "88"}, {"mmse": "-4"}, {"education": "99"}]
    return [row | (codes[n] if n < len(codes) else {}) for n, row in enumerate(rows)]


@pytest.fixture(scope="module")
def evaluation(
    folder: Path, converting: Rows, tiny_bilm: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The folder of an evaluation of grouped labels with a converter, and what was said."""
    out = tmp_path_factory.mktemp("evaluation") / "out"
    manifest = write(folder, "converting.csv", converting)
    arguments = ["evaluate", manifest, out, "--config", folder / "study.toml", "--bilm", tiny_bilm]
    arguments += [*SIDES, *CODES, "--label-by-visit"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "adscreen", *map(str, arguments)],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    return out, done.stderr


# Refusals, at once


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--positive", "MCI"), "3 labels may be the other side: Control ("),
        (("--positive", "MCI"), "name its labels with --negative, separated by commas; rows of neither side are left"),
        (("--positive", "MCI,AD", "--negative", "Control"), "no label 'AD'; labels found: Control ("),
        (("--positive", "MCI", "--negative", "MCI,Control"), "label 'MCI' is named by --positive and by --negative"),
        (("--positive", ",", "--negative", "MCI"), "--positive: names no label"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_labels_that_cannot_be_grouped_are_one_line(
    run: Run, folder: Path, diagnoses: Rows, command: str, options: tuple[str, ...], message: str
) -> None:
    """Before anything is loaded, with the labels found and their counts."""
    manifest = write(folder, "four.csv", diagnoses)
    assert message in refused(run(command, manifest, folder / "none", *options))


def test_more_than_two_labels_are_counted_with_the_remedy(run: Run, folder: Path, diagnoses: Rows) -> None:
    """Without a side named, the line says how to name them."""
    manifest = write(folder, "labelled.csv", [row for row in diagnoses if row["label"]])
    line = refused(run("evaluate", manifest, folder / "none"))
    assert "labelled.csv: needs two labels, found 4: Control (" in line
    assert "; name the cases with --positive and the controls with --negative, or choose rows with --where" in line


def test_a_label_that_differs_between_visits_needs_the_option(run: Run, folder: Path, converting: Rows) -> None:
    """The refusal names the rows and the option."""
    manifest = write(folder, "converting.csv", converting)
    line = refused(run("evaluate", manifest, folder / "none", *SIDES, *CODES))
    assert "has label 'Control' in row" in line
    assert line.endswith("or, if the label is that of the visit, add --label-by-visit\n")


def test_sexes_in_words_and_numbers_are_refused_with_the_mapping(run: Run, folder: Path, diagnoses: Rows) -> None:
    """In one manifest by every command that reads one; the named option is enough."""
    rows = [row | {"sex": "1" if n == 4 else row["sex"], "label": ""} for n, row in enumerate(diagnoses)]
    manifest = write(folder, "sexes.csv", rows)
    for command, *own in (("ingest", folder / "none"), ("features", folder / "none"), ("audit",)):
        line = refused(run(command, manifest, *own))
        assert "sexes.csv: sex is written in words (female, male) and in numbers (1); say what the numbers mean" in line
        assert "--sex 0=male,1=female, or which mean missing: --missing sex=1" in line
    done = run("ingest", manifest, folder / "sexes", "--sex", "1=woman", "--force")
    assert 0 == done.status, done.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("male", "--sex: 'male' does not say what a code means; write 0=male,1=female"),
        ("0=male,0=female", "--sex: '0' comes twice; write 0=male,1=female"),
    ],
)
def test_a_mapping_that_cannot_be_understood(run: Run, folder: Path, option: str, message: str) -> None:
    """At once, as every argument."""
    assert message in refused(run("ingest", folder / "manifest.csv", folder / "none", "--sex", option))


def test_cohorts_that_code_sex_differently_are_refused(run: Run, folder: Path, diagnoses: Rows) -> None:
    """`--test`: female in one, 1 in the other."""
    steady = [row for row in diagnoses if row["label"] in ("Control", "MCI")]
    half = sorted({row["subject_id"] for row in steady})[::2]
    first = write(folder, "first.csv", [row for row in steady if row["subject_id"] in half])
    numbers = [row | {"sex": str(int(row["sex"] == "female"))} for row in steady if row["subject_id"] not in half]
    second = write(folder, "second.csv", numbers)
    line = refused(run("evaluate", first, folder / "none", "--test", second))
    assert "--test: sex is written in words in one cohort and in numbers (0" in line
    assert "in the other; say what the numbers mean, such as --sex 0=male,1=female" in line


@pytest.mark.parametrize(("command", "kind"), [("ingest", "age"), ("features", "mmse"), ("audit", "education")])
def test_codes_of_a_study_are_read_by_every_command(
    run: Run, folder: Path, converting: Rows, command: str, kind: str
) -> None:
    """Without the codes a value is out of range; `score` and `--test` read manifests through the same record."""
    manifest = write(folder, "converting.csv", converting)
    out = [] if command == "audit" else [folder / "none"]
    assert f"{kind} is outside" in refused(run(command, manifest, *out, "--label-by-visit"))


def test_codes_of_a_study_are_counted_in_a_note(run: Run, folder: Path, converting: Rows) -> None:
    """Which code emptied how many cells of which column; a study without a column here is said to change nothing."""
    manifest = write(folder, "converting.csv", converting)
    done = run("ingest", manifest, folder / "codes", *CODES, "--label-by-visit", "--force")
    assert 0 == done.status, done.err
    assert "codes for missing values count as empty cells: age: -99 in 1; mmse: 88 in 1, -4 in 1" in done.err or (
        "mmse: -4 in 1, 88 in 1" in done.err and "education: 99 in 1" in done.err and "age: -99 in 1" in done.err
    )
    bare = [{name: row[name] for name in ("subject_id", "visit", "transcript")} for row in converting]
    done = run("ingest", write(folder, "bare.csv", bare), folder / "codes", "--missing", "nacc", "--force")
    assert "the codes of --missing nacc change nothing: the manifest has none of their columns" in done.err


# An evaluation


def test_an_evaluation_says_how_labels_were_grouped(evaluation: tuple[Path, str]) -> None:
    """In notes, run.json, the flow, Table 1 and on the page."""
    out, said = evaluation
    assert "Note: labels, in recordings: controls Control (" in said
    assert "called 'MCI or ProbableAD'; left out: Vascular (" in said
    settings = json.loads((out / "run.json").read_text())["settings"]
    assert ("MCI or ProbableAD", "Control") == (settings["positive"], settings["negative"])
    assert {"Control": ["Control"], "MCI or ProbableAD": ["MCI", "ProbableAD"]} == settings["label_groups"]
    flow = pd.read_csv(out / "flow.csv").set_index(["step", "reason"], drop=False)
    others = flow.loc["other_label"]
    assert ["label: Vascular", "no label"] == sorted(others["reason"])
    read, used = (int(flow.loc[step, "recordings"].iloc[0]) for step in ("read", "used"))
    assert read == used + int(others["recordings"].sum())
    table = pd.read_csv(out / "table1.csv")
    own = table[table["variable"] == "original_label"].set_index("level")
    assert ["Control", "MCI", "ProbableAD"] == list(own.index)
    assert own["standardised_difference"].isna().all()
    page = (out / "report.html").read_text()
    for text in ("“MCI or ProbableAD”", "Excluded by the label", "label: Vascular", "Label in the manifest: MCI"):
        assert text in page
    assert {"MCI", "ProbableAD"} <= set(pd.read_csv(out / "subgroups.csv")["subgroup"])


def test_a_converter_is_on_one_side_and_not_among_subjects(evaluation: tuple[Path, str]) -> None:
    """Each visit counts under its own label; results by subject and the page say that they leave the subject out."""
    out, said = evaluation
    assert "Note: 1 subject has a label that differs between visits (" in said
    predictions = pd.read_csv(out / "predictions.csv")
    own = predictions[predictions["method"] == "adscreen"]
    labels = own.groupby("subject_id")["label"].nunique()
    (converter,) = labels[labels > 1].index
    assert 1 == own[own["subject_id"] == converter]["fold"].nunique()
    confusion = pd.read_csv(out / "confusion.csv").query("method == 'adscreen' and level == 'subject'").iloc[0]
    counts = confusion[["true_positive", "false_negative", "false_positive", "true_negative"]].sum()
    assert own["subject_id"].nunique() - 1 == counts
    assert "1 subject has a label that differs between visits: each recording counts" in (
        out / "report.html"
    ).read_text().replace("&#39;", "'")
    certificate = json.loads((out / "certificate.json").read_text())
    assert 0.0 == certificate["protocols"][0]["subject_share"]


def test_an_audit_of_the_evaluation_finds_no_error(run: Run, evaluation: tuple[Path, str]) -> None:
    """The measures are computed again from predictions; two labels of a subject are an error only where not allowed."""
    out, _ = evaluation
    found = json.loads(run("audit", out, "--json").out)
    assert [] == [one["what"] for one in found if one["level"] == "error"]
    assert any("computed anew from the predictions, as stated" in one["what"] for one in found)


def test_an_audit_without_the_option_finds_two_labels(run: Run, evaluation: tuple[Path, str], tmp_path: Path) -> None:
    """A run that does not say that labels differ between visits must not have such subjects."""
    out, _ = evaluation
    record = json.loads((out / "run.json").read_text())
    record["settings"]["label_by_visit"] = False
    for file in out.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "run.json").write_text(json.dumps(record))
    found = json.loads(run("audit", tmp_path, "--json").out)
    assert ["more than one label: 1 subject"] == [one["what"] for one in found if one["level"] == "error"]


def test_sexes_are_one_column_of_two_levels(evaluation: tuple[Path, str]) -> None:
    """F, female, M and male are two levels of Table 1 and of the subgroups, and a note says so."""
    out, said = evaluation
    assert "Note: sex is written in more than one way: " in said
    table = pd.read_csv(out / "table1.csv")
    assert ["female", "male"] == list(table[table["variable"] == "sex"]["level"])
    assert {"female", "male"} == set(pd.read_csv(out / "subgroups.csv").query("column == 'sex'")["subgroup"])


def test_a_condition_on_sex_may_use_any_spelling(run: Run, folder: Path, converting: Rows) -> None:
    """No row is chosen, or missed, by how it spells sex."""
    manifest = write(folder, "converting.csv", converting)
    counts = set()
    for spelling in ("F", "female", "Female"):
        where = ("--where", f"sex == '{spelling}'")
        done = run("ingest", manifest, folder / "women", "--force", "--label-by-visit", *CODES, *where)
        assert 0 == done.status, done.err
        counts.add(len((folder / "women" / "ingest.csv").read_text().splitlines()))
    assert 1 == len(counts)


# A model, and another cohort


@pytest.mark.slow
def test_a_model_of_grouped_labels(run: Run, folder: Path, converting: Rows, tiny_bilm: Path, tmp_path: Path) -> None:
    """model.json, run.json and scores name the group; a cohort to score may have converters and codes too."""
    training = [row for row in converting if row["subject_id"] < "SYN0014"]
    manifest = write(folder, "training.csv", training)
    model, common = tmp_path / "model", ("--bilm", tiny_bilm)
    study = ("--config", folder / "study.toml")
    done = run("train", manifest, model, *study, *common, *SIDES, *CODES, "--label-by-visit")
    assert 0 == done.status, done.err
    card = json.loads((model / "model.json").read_text())
    assert ("Control", "MCI or ProbableAD") == (card["negative_label"], card["positive_label"])
    groups = {"Control": ["Control"], "MCI or ProbableAD": ["MCI", "ProbableAD"]}
    assert groups == card["provenance"]["label_groups"]
    settings = json.loads((model / "run.json").read_text())["settings"]
    assert ("Control", "MCI or ProbableAD", groups) == (
        *(settings[name] for name in ("negative", "positive")),
        settings["label_groups"],
    )
    others = [row for row in converting if row["subject_id"] >= "SYN0014"]
    changed = [
        row | {"label": ("Control", "MCI")[n % 2], "mmse": "96", "subject_id": "X", "visit": f"v{n}"}
        for n, row in enumerate(others)
    ]
    held_out = write(folder, "held_out.csv", changed)
    assert "mmse is outside" in refused(run("score", model, held_out, tmp_path / "none", *common, "--label-by-visit"))
    assert "add --label-by-visit" in refused(run("score", model, held_out, tmp_path / "none", *common, *CODES))
    done = run("score", model, held_out, tmp_path / "scores", *common, *CODES, "--label-by-visit", "--no-pages")
    assert 0 == done.status, done.err
    assert len(changed) == len(pd.read_csv(tmp_path / "scores" / "scores.csv"))


@pytest.mark.slow
def test_a_test_cohort_may_lack_a_label_of_the_group(
    run: Run, folder: Path, diagnoses: Rows, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Trained on MCI and ProbableAD, tested on a cohort with ProbableAD and a code in it: the same two names."""
    known = [row for row in diagnoses if row["label"] in ("Control", "MCI", "ProbableAD")]
    subjects = {name: sorted({row["subject_id"] for row in known if row["label"] == name}) for name in
                ("Control", "MCI", "ProbableAD")}  # fmt: skip
    tested = {*subjects["Control"][:2], *subjects["ProbableAD"][:2]}
    first = write(folder, "first.csv", [row for row in known if row["subject_id"] not in tested])
    rows = [row | {"mmse": "98"} for row in known if row["subject_id"] in tested]
    second = write(folder, "second.csv", rows)
    arguments = (first, tmp_path / "out", "--test", second, "--config", folder / "study.toml", "--bilm", tiny_bilm)
    assert "mmse is outside" in refused(run("evaluate", *arguments, *SIDES))
    done = run("evaluate", *arguments, *SIDES, "--missing", "nacc")
    assert 0 == done.status, done.err
    assert {"Control", "MCI or ProbableAD"} == set(pd.read_csv(tmp_path / "out" / "predictions.csv")["label"])
