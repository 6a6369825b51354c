"""What a user sees of manifests as researchers have them, and of one person under several spellings of an id.

Tables follow what programs write: Excel with a semicolon or the line ``sep=``, its "Unicode Text" (UTF-16, tabs), R's
write.csv and write.csv2 (the R manual, "write.table"), and pandas' to_csv. All speech is SYNTHETIC.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

READ = ("semi", "sepline", "tab", "caps", "rdefault", "zwsp", "nfd_label", "luk", "nfd_subject")


Run = Callable[..., Any]


@pytest.fixture(scope="session")
def cohort(study_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `adscreen simulate . --subjects 16 --visits 1 --seed 3`, with a small study."""
    from adscreen.simulate import simulate_cohort

    folder = tmp_path_factory.mktemp("door") / "cohort"
    simulate_cohort(folder, subjects=16, visits=1, seed=3)
    (folder / "study.toml").write_text(study_text)
    return folder


@pytest.fixture
def manifests(cohort: Path, shared: Path) -> Path:
    """The cohort's folder with the manifests of the door beside its transcripts."""
    for file in (shared / "door").glob("*.csv"):
        shutil.copy(file, cohort)
    for name, one in (("t1.cha", "SYN0001-1.cha"), ("t2.cha", "SYN0002-1.cha")):
        shutil.copy(cohort / "transcripts" / one, cohort / name)
    return cohort


@pytest.fixture
def rows(cohort: Path) -> list[dict[str, str]]:
    """The rows of the cohort's manifest."""
    with (cohort / "manifest.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def write(
    cohort: Path, name: str, rows: list[dict[str, str]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """Write rows as a manifest in the cohort's folder; return its path."""
    path = cohort / name
    with path.open("w", encoding=encoding, newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def ingested(run: Run, manifest: Path, out: Path, *options: str) -> tuple[list[dict[str, str]], str]:
    """Return the rows of ingest.csv and what was said on stderr."""
    done = run("ingest", manifest, out, "--force", *options)
    assert 0 == done.status, done.err
    with (out / "ingest.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table)), done.err


def refused(outcome: Any) -> str:
    """Return the one line of a refusal."""
    assert (2, "", 1) == (outcome.status, outcome.out, len(outcome.err.splitlines())), outcome.err
    return outcome.err


# Tables


@pytest.mark.parametrize("name", READ)
def test_a_manifest_of_another_program_is_read(run: Run, manifests: Path, tmp_path: Path, name: str) -> None:
    """Semicolons, ``sep=``, tabs, R's row names, header case and hidden characters change nothing."""
    found, _ = ingested(run, manifests / f"{name}.csv", tmp_path / "out")
    with (manifests / f"{name}.csv").open(encoding="utf-8") as table:
        lines = [line for line in table if not line.startswith("sep=")]
    assert len(lines) - 1 == len(found)
    assert {"read"} == {row["status"] for row in found}


def test_pandas_row_numbers_are_passed_over_and_the_line_names_the_column_to_rename(run: Run, manifests: Path) -> None:
    """r_write_csv.csv has no `subject_id`: the line lists the named columns and says which it may be."""
    line = refused(run("ingest", manifests / "r_write_csv.csv", manifests / "none"))
    assert "no column `subject_id`; columns found: id, group, age, sex, educ, mmse, f0_mean, text; " in line
    assert "if it is `id`, rename that" in line


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", "\t"), ("utf-16-be", "\t"), ("utf-8", "|"), ("utf-8", "\t")],
)
def test_encodings_and_delimiters(
    run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path, encoding: str, delimiter: str
) -> None:
    """UTF-8 with a byte-order mark and UTF-16, with or without one, are read; the delimiter is seen in the file."""
    changed = [row | {"subject_id": f"Łé{row['subject_id']}"} for row in rows]
    path = write(cohort, f"{encoding}{ord(delimiter)}.csv", changed, encoding=encoding, delimiter=delimiter)
    found, _ = ingested(run, path, tmp_path / "out")
    assert [row["subject_id"] for row in changed] == [row["subject_id"] for row in found]
    assert {"read"} == {row["status"] for row in found}


def test_a_byte_order_mark_before_the_line_sep(
    run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path
) -> None:
    """What Excel writes for another program: a byte-order mark, ``sep=;``, and the table."""
    path = write(cohort, "mark.csv", rows, delimiter=";")
    path.write_bytes("\ufeffsep=;\r\n".encode() + path.read_bytes())
    found, _ = ingested(run, path, tmp_path / "out")
    assert 16 == len(found)


def test_windows_1252_is_refused_by_name(run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path) -> None:
    """A code page could be any, so that letters of ids are not guessed; the line says how to save the table."""
    changed = [row | {"subject_id": f"René{row['subject_id']}"} for row in rows]
    path = write(cohort, "1252.csv", changed, encoding="cp1252")
    line = refused(run("ingest", path, tmp_path / "out"))
    assert "1252.csv: not UTF-8 (perhaps Windows-1252" in line
    assert 'save it as "CSV UTF-8"' in line


def test_decimal_commas_are_numbers(run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path) -> None:
    """R's write.csv2 and Excel in many countries: 70,5 in a table with semicolons is 70.5, in carried columns too."""
    changed = [row | {"age": "70,5", "f0": "151,25"} for row in rows]
    path = write(cohort, "comma.csv", changed, delimiter=";")
    found, _ = ingested(run, path, tmp_path / "all", "--where", "age == 70.5 and f0 == 151.25")
    assert 16 == len(found)


def test_a_note_with_commas_is_no_delimiter(run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path) -> None:
    """Semicolons separate the cells although most notes hold more commas than that."""
    changed = [
        row | {"note": "one, two, three, four, five, six, seven, eight, nine, ten, eleven, SYNTHETIC"} for row in rows
    ]
    found, _ = ingested(run, write(cohort, "notes.csv", changed, delimiter=";"), tmp_path / "out")
    assert {"read"} == {row["status"] for row in found}


@pytest.mark.parametrize(
    "header", ["Subject ID", "subject-id", "SUBJECT.ID", "SubjectId", " subject_id\u00a0", "Subject_ID"]
)
def test_headings_are_known_however_they_are_written(
    run: Run, cohort: Path, rows: list[dict[str, str]], tmp_path: Path, header: str
) -> None:
    """Case, spaces, hyphens and dots in a heading are of no account."""
    changed = [{header: row["subject_id"], "Transcript": row["transcript"], "AGE": row["age"]} for row in rows]
    found, _ = ingested(run, write(cohort, "headings.csv", changed), tmp_path / "out", "--where", "age > 0")
    assert [row["subject_id"] for row in rows] == [row["subject_id"] for row in found]


def test_two_headings_of_one_column_are_refused(run: Run, cohort: Path, rows: list[dict[str, str]]) -> None:
    """Which of `Age` and `AGE` is meant is not guessed."""
    changed = [row | {"Label ": "a", "LABEL": "b"} for row in rows]
    for row in changed:
        del row["label"]
    line = refused(run("ingest", write(cohort, "twice.csv", changed), cohort / "none"))
    assert "the columns 'Label' and 'LABEL' are both `label`; rename or remove one" in line


def test_a_first_column_of_names_without_heading_is_refused(run: Run, cohort: Path, rows: list[dict[str, str]]) -> None:
    """Only row numbers are passed over; text under no heading may be what the user needs."""
    changed = [{"": f"name {row['subject_id']}"} | row for row in rows]
    line = refused(run("ingest", write(cohort, "nameless.csv", changed), cohort / "none"))
    assert "column 1 has no name, and what row 1 holds there is no row number; name the column" in line


def test_a_hidden_character_in_a_label_makes_no_third_label(run: Run, manifests: Path) -> None:
    """nfd_label.csv: two Unicode forms are one label, as are a zero-width space and a no-break space."""
    outcome = run("audit", manifests / "nfd_label.csv", "--json")
    assert 0 == outcome.status
    (balance,) = [one for one in json.loads(outcome.out) if one["where"] == "label"]
    assert "of 16 recordings" in balance["what"]
    assert "démence" in balance["what"]


# Codes for missing values


def test_codes_for_missing_values_are_refused_with_row_and_range(run: Run, manifests: Path) -> None:
    """sentinel.csv: no age of -99 is averaged; the line lists column, rows and range, and how to declare the codes."""
    line = refused(run("evaluate", manifests / "sentinel.csv", manifests / "none"))
    assert "age is outside 18 to 120 in 2 rows (row 1: -99, row 2: 999)" in line
    assert "mmse is outside 0 to 30 in 1 row (row 3: -1)" in line
    assert "--missing age=-99,999, --missing mmse=-1" in line


def test_declared_codes_are_missing(run: Run, manifests: Path, tmp_path: Path) -> None:
    """With the options that the line names the manifest is read, and the rows have no age."""
    declared = ("--missing", "age=-99,999", "--missing", "MMSE=-1")
    found, _ = ingested(run, manifests / "sentinel.csv", tmp_path / "out", *declared)
    assert 16 == len(found)
    found, _ = ingested(run, manifests / "sentinel.csv", tmp_path / "out", *declared, "--where", "age > -1000")
    assert 14 == len(found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("age", "0"), ("age", "-99"), ("age", "999"), ("age", "888.0"), ("mmse", "99"), ("mmse", "-1")),
        *(("mmse", "31"), ("education", "-4"), ("education", "99"), ("education", "97")),
    ],
)
def test_every_known_column_has_a_range(
    run: Run, cohort: Path, rows: list[dict[str, str]], column: str, value: str
) -> None:
    """One value that no person has is enough, in whichever row."""
    changed = [*rows[:-1], rows[-1] | {column: value}]
    line = refused(run("ingest", write(cohort, "range.csv", changed), cohort / "none"))
    assert f"{column} is outside" in line
    assert f"row 16: {float(value):g}" in line


@pytest.mark.parametrize(
    ("option", "message"),
    [("age", "'age' names no codes; write age=-99,999"), ("moca=-1", "--missing: no column 'moca'; columns found: ")],
)
def test_codes_that_cannot_be_used(run: Run, cohort: Path, option: str, message: str) -> None:
    """A code needs a column that is there."""
    assert message in refused(run("ingest", cohort / "manifest.csv", cohort / "none", "--missing", option))


# One person


@pytest.mark.slow
def test_visits_of_one_person_are_on_one_side(run: Run, manifests: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """nfd_subject.csv: José in two Unicode forms is one person in folds and certificate, and a note says so."""
    done = evaluated(run, manifests, "nfd_subject.csv", tiny_bilm, tmp_path / "out")
    assert "'José' = 'Jose<U+0301>'" in done.err
    predictions = pd.read_csv(tmp_path / "out" / "predictions.csv")
    own = predictions[predictions["subject_id"] == "José"]
    assert {"José_1", "José_2"} == set(own["recording_id"])
    assert 1 == own.groupby(["method", "repeat"])["fold"].nunique().max()
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert (15, 16) == (certificate["subjects"], certificate["recordings"])
    assert 0.0 == certificate["protocols"][0]["subject_share"]


def in_training(run: Run, model: Path, manifest: Path, out: Path, bilm: Path, *options: object) -> set[str]:
    """Score a manifest that names training subjects; return the subjects that have no score for it."""
    done = run("score", model, manifest, out, "--bilm", bilm, *options)
    assert 3 == done.status, done.err
    scores = pd.read_csv(out / "scores.csv", dtype=str)
    return set(scores["subject_id"][scores["result"] == "in_training"])


def evaluated(run: Run, cohort: Path, name: str, bilm: Path, out: Path, *options: object) -> Any:
    """Evaluate a manifest with the small study."""
    config = cohort / "study.toml"
    done = run("evaluate", cohort / name, out, "--config", config, "--bilm", bilm, *options)
    assert 0 == done.status, done.err
    return done


@pytest.fixture(scope="session")
def model(cohort: Path, tiny_bilm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on Renée00 to Renée11 in NFC, and on subjects 001 and SYN 0002."""
    with (cohort / "manifest.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    ids = [*(f"Renée{number:02d}" for number in range(12)), "001", "SYN0002"]
    trained = [row | {"subject_id": name} for row, name in zip(rows, ids, strict=False)]
    manifest = write(cohort, "nfc.csv", trained)
    folder = tmp_path_factory.mktemp("model") / "model"
    arguments = ["train", manifest, folder, "--config", cohort / "study.toml", "--bilm", tiny_bilm, "--quiet"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-m", "adscreen", *map(str, arguments)], check=True, env=environment)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "spelling",
    [
        unicodedata.normalize("NFD", "Renée00"),
        "renÉe00",
        "Renée\u200b00",
        "\u2060Renée00\ufeff",
        "Rene\u0301e\u00a000",
        "Ｒｅｎéｅ００",
        "SYN\u00a00002",
        "syn\u00ad0002",
    ],
)
def test_score_knows_training_subjects_however_they_are_written(
    run: Run, cohort: Path, model: Path, tiny_bilm: Path, rows: list[dict[str, str]], spelling: str, tmp_path: Path
) -> None:
    """nfd_score.csv and its kind: Unicode form, case, width, spaces and invisible characters hide nobody."""
    manifest = write(cohort, "variant.csv", [rows[14], rows[15] | {"subject_id": spelling}])
    assert 1 == len(in_training(run, model, manifest, tmp_path / "out", tiny_bilm))


@pytest.mark.slow
def test_score_of_the_doors_manifest(run: Run, manifests: Path, model: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """nfd_score.csv names two people of nfc_train.csv."""
    assert 2 == len(in_training(run, model, manifests / "nfd_score.csv", tmp_path / "out", tiny_bilm))


@pytest.mark.slow
def test_a_leading_zero_is_asked_about(
    run: Run, cohort: Path, model: Path, tiny_bilm: Path, rows: list[dict[str, str]], tmp_path: Path
) -> None:
    """1 may be training's 001: a note says so, and with `--same-id` it is."""
    manifest = write(cohort, "zero.csv", [rows[14] | {"subject_id": "1"}])
    done = run("score", model, manifest, tmp_path / "out", "--bilm", tiny_bilm)
    assert 0 == done.status, done.err
    assert "Note: 1 subject would be in training if leading zeros of ids did not count: '1'; " in done.err
    assert "add --same-id" in done.err
    assert 1 == len(in_training(run, model, manifest, tmp_path / "same", tiny_bilm, "--same-id"))


@pytest.mark.slow
def test_an_older_model_is_refused(run: Run, cohort: Path, model: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """A model of format 1 knew ids by one spelling: one line says to train again."""
    from adscreen.checksums import sums_text

    old = tmp_path / "old"
    shutil.copytree(model, old)
    manifest = json.loads((old / "model.json").read_text())
    (old / "model.json").write_text(json.dumps(manifest | {"format": 1}))
    import hashlib

    files = ("estimators.skops", "model.json")
    (old / "SHA256SUMS").write_text(sums_text({n: hashlib.sha256((old / n).read_bytes()).hexdigest() for n in files}))
    line = refused(run("score", old, cohort / "manifest.csv", tmp_path / "none", "--bilm", tiny_bilm))
    assert "model format 1, this adscreen reads 4; train the model again with this version" in line


def test_a_test_cohort_with_the_same_people_is_refused(run: Run, cohort: Path, rows: list[dict[str, str]]) -> None:
    """`--test` compares people, not spellings; leading zeros with `--same-id`."""
    training = write(
        cohort, "first.csv", [row | {"subject_id": f"Ana {n}", "cluster": f"c{n}"} for n, row in enumerate(rows[:8])]
    )
    people = {"subject_id": "aNA\u00a0\u200b3"}
    for changed in ({"subject_id": "aNA\u00a0\u200b3"}, {"cluster": "C\u200b3"}):
        test = [
            row | {"subject_id": f"B{n}", "cluster": f"d{n}", "visit": "2"} | (changed if n == 2 else {})
            for n, row in enumerate(rows[8:])
        ]
        line = refused(run("evaluate", training, cohort / "none", "--test", write(cohort, "second.csv", test)))
        noun = "subjects" if changed == people else "clusters"
        assert f"--test: 1 {noun} are in the training cohort as well, the first is " in line


def test_an_audit_of_variants_names_them(run: Run, manifests: Path) -> None:
    """luk.csv: case alone makes nobody another person, and the finding shows both spellings."""
    outcome = run("audit", manifests / "luk.csv", "--json")
    notes = [one["what"] for one in json.loads(outcome.out) if one["where"] == "luk.csv"]
    assert any("'łukasz3' = 'Łukasz3'" in note for note in notes)


def test_recordings_whose_ids_collide_as_file_names_are_refused(
    run: Run, cohort: Path, rows: list[dict[str, str]]
) -> None:
    """Two recording ids that differ in case would be one page."""
    changed = [row | {"recording_id": f"r{n}"} for n, row in enumerate(rows)]
    changed[3]["recording_id"] = "R1\u200b"
    line = refused(run("ingest", write(cohort, "ids.csv", changed), cohort / "none"))
    assert "rows 2 and 4 are both recording 'r1' and 'R1<U+200B>'; tell them apart" in line


def test_a_person_of_two_labels_is_refused_under_both_spellings(
    run: Run, cohort: Path, rows: list[dict[str, str]]
) -> None:
    """The line shows how the other row writes the person."""
    changed = [
        row | {"subject_id": "Zoë" if n == 0 else row["subject_id"], "label": "control"} for n, row in enumerate(rows)
    ]
    changed[1] |= {"subject_id": "Zoe\u0308", "label": "case", "visit": "2"}
    line = refused(run("ingest", write(cohort, "labels.csv", changed), cohort / "none"))
    assert "subject 'Zoë' (in row 2 'Zoe<U+0308>') has label 'control' in row 1 and 'case' in row 2" in line


def test_variants_in_a_table_of_talk_keep_their_own_rows(run: Run, cohort: Path, tmp_path: Path) -> None:
    """One file may hold the talk of both spellings: each recording gets its own words."""
    talk = "subject_id,text\nAna,the boy fell off the stool\nANA,she is washing the dishes now\n"
    (cohort / "talk.csv").write_text(talk)
    (cohort / "m.csv").write_text("subject_id,transcript\nAna,talk.csv\nANA,talk.csv\n")
    found, err = ingested(run, cohort / "m.csv", tmp_path / "out")
    assert [("Ana", "Ana"), ("Ana_2", "Ana")] == [(row["recording_id"], row["subject_id"]) for row in found]
    assert "recordings of one subject that differed only in its spelling are numbered: Ana_2" in err
    lines = (tmp_path / "out" / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    first = [word["text"] for u in json.loads(lines[0])["utterances"] for word in u["words"]]
    assert "boy" in first
    assert "dishes" not in first


@pytest.mark.slow
def test_null_labels_under_variant_ids_are_not_predicted(tmp_path: Path) -> None:
    """Labels dealt at random over people whose visits are spelled differently: the words predict nothing (AUC 0.5).

    Folds by spelling recognise the speakers, so that the test can fail.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    from adscreen.auditing import read_speech
    from adscreen.cohort import read_cohort
    from adscreen.evaluation.shortcuts import deal_labels
    from adscreen.extract.feature_table import TOKENS
    from adscreen.simulate import simulate_cohort

    frame = pd.read_csv(simulate_cohort(tmp_path / "null", subjects=24, visits=3, seed=1), dtype=str)
    spell = [str.lower, str.upper, lambda name: f"{name}\u200b", lambda name: f"\u00a0{name}"]
    frame["subject_id"] = [spell[n % 4](name) for n, name in enumerate(frame["subject_id"])]
    frame["transcript"] = [str(tmp_path / "null" / path) for path in frame["transcript"]]
    table, spellings = read_speech(read_cohort(frame)), frame["subject_id"].to_numpy(dtype=str)
    assert 24 == table.subjects["subject_id"].nunique()
    by_person, by_spelling = [], []
    for number in range(20):
        labels = deal_labels(table, seed=[7, number])
        splitter = StratifiedGroupKFold(4, shuffle=True, random_state=number)
        by_person.append(predicted(table.inputs[TOKENS], labels, table.folds(4, seed=number)))
        by_spelling.append(predicted(table.inputs[TOKENS], labels, splitter.split(spellings, labels, spellings)))
    assert abs(np.mean(by_person) - 0.5) < 0.09
    assert np.mean(by_spelling) > 0.65


def predicted(words: pd.Series, labels: NDArray[np.int64], folds: Iterable[tuple[Any, Any]]) -> float:
    """Return the mean AUC of predicting labels from the words alone, over folds whose sides have both labels."""
    from sklearn.metrics import roc_auc_score

    from adscreen.estimator.baseline import words_classifier

    areas = []
    for training, test in folds:
        if len(set(labels[training])) == len(set(labels[test])) == 2:
            fitted = words_classifier(least=1).fit(words.iloc[training], labels[training])
            areas.append(roc_auc_score(labels[test], fitted.predict_proba(words.iloc[test])[:, 1]))
    return float(np.mean(areas))


# Output


@pytest.mark.parametrize(
    ("encoding", "option"),
    [
        ("ascii", ("--json",)),
        pytest.param("cp1252", (), marks=pytest.mark.slow),
        pytest.param("utf-8", (), marks=pytest.mark.slow),
    ],
)
def test_an_encoding_that_lacks_a_letter_breaks_nothing(cohort: Path, encoding: str, option: tuple[str, ...]) -> None:
    """luk.csv: `audit` prints its result and exits with 0, under any output encoding."""
    lines = ["subject_id,transcript,label", "łukasz3,transcripts/SYN0001-1.cha,control"]
    (cohort / "l.csv").write_text(
        "\n".join([*lines, "Łukasz3,transcripts/SYN0002-1.cha,control", ""]), encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "adscreen", "audit", str(cohort / "l.csv"), *option]
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert (0, b"") == (done.returncode, done.stderr)
    shown = done.stdout.decode(encoding)
    assert ("Łukasz3" if encoding == "utf-8" else "\\u0141ukasz3") in shown


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_refusal_is_printed_in_any_encoding(cohort: Path, encoding: str) -> None:
    """The line of an error may hold a letter that the encoding lacks."""
    (cohort / "bad.csv").write_text("subject_id,transcript\nŁ,a\nŁ,b\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "adscreen", "audit", str(cohort / "bad.csv")]
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert 2 == done.returncode
    assert b"\\u0141" in done.stderr
