"""Matched pairs and permuted labels, through the command that a user types."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

STUDY = """\
members = ["lexical"]
folds = 5
repeats = 1
inner_folds = 2
permutations = 20
[search]
C = [0.1]
"""
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated cohort of 40 pairs, whose members are of like age, sex, education and site."""
    from adscreen.simulate import simulate_cohort

    folder = tmp_path_factory.mktemp("matched")
    simulate_cohort(folder / "cohort", subjects=80, visits=1, seed=1)
    (folder / "study.toml").write_text(STUDY)
    return folder / "cohort"


def add(manifest: Path, out: str, **columns: Callable[[int], str]) -> Path:
    """Write the manifest with more columns, each a function of the subject's number from 0."""
    rows = list(csv.DictReader(manifest.open(encoding="utf-8", newline="")))
    for row in rows:
        row |= {name: make(int(row["subject_id"].removeprefix("SYN")) - 1) for name, make in columns.items()}
    with (manifest.parent / out).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return manifest.parent / out


def pair(number: int) -> str:
    """Return the id of a subject's pair, in one of two spellings."""
    return f"Pair {number // 2}" if number % 2 else f"pair{number // 2}"


def evaluate(run: Run, manifest: Path, out: Path, bilm: Path, *others: str) -> Any:
    """Return what the command did."""
    study = manifest.parent.parent / "study.toml"
    return run("evaluate", manifest, out, "--bilm", bilm, "--config", study, *others)


def area(out: Path, method: str) -> float:
    """Return the AUC of a method by recording."""
    rows = pd.read_csv(out / "metrics.csv")
    wanted = (rows["method"] == method) & (rows["level"] == "recording") & (rows["measure"] == "auc")
    return float(rows.loc[wanted, "value"].iloc[0])


@pytest.mark.slow
def test_what_was_matched_is_worth_a_half_where_pairs_stay_together(
    run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Demographics of a matched cohort fall below 0.5, unless `match` names the pairs; screen, page and files say so.

    Of 100 such cohorts of 100 subjects they come to 0.360 (SD 0.052) without `match`, and to 0.502 (SD 0.034) with it.
    """
    alone = evaluate(run, cohort / "manifest.csv", tmp_path / "alone", tiny_bilm)
    matched = evaluate(run, add(cohort / "manifest.csv", "matched.csv", match=pair), tmp_path / "matched", tiny_bilm)
    assert (0, 0) == (alone.status, matched.status), matched.err
    assert area(tmp_path / "alone", "demographics") < 0.38
    assert 0.5 == pytest.approx(area(tmp_path / "matched", "demographics"), abs=0.12)

    assert (
        "40 matched sets (column `match`; by number of subjects: 40 of 2): folds keep each set together" in matched.err
    )
    assert "40 matched sets are written in more than one way" in matched.err
    assert "40 clusters (40 matched sets among them), which folds keep together" in " ".join(matched.out.split())
    predictions = pd.read_csv(tmp_path / "matched" / "predictions.csv")
    assert 40 == predictions["group"].nunique() == predictions["cluster"].nunique()
    assert 1 == predictions.groupby(["method", "group"])["fold"].nunique().max()
    certificate = json.loads((tmp_path / "matched" / "certificate.json").read_text())
    assert (40, 40) == (certificate["clusters"], certificate["matched_sets"])
    assert "no subject, matched set or copied text is on both sides" in certificate["protocols"][0]["verdict"]
    page = (tmp_path / "matched" / "report.html").read_text(encoding="utf-8")
    assert "40 matched sets kept together" in page
    assert "column <code>match</code>" in (tmp_path / "alone" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_chance_is_in_files_and_on_the_page(run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """permutations.csv has every permutation of every baseline, chance.csv follows from it; no method is permuted."""
    few = add(cohort / "manifest.csv", "few.csv", few=lambda number: "yes" if number < 30 else "no")
    done = evaluate(run, few, tmp_path / "run", tiny_bilm, "--where", "few == 'yes'")
    assert 0 == done.status, done.err
    permutations, chance = (pd.read_csv(tmp_path / "run" / f"{name}.csv") for name in ("permutations", "chance"))
    baselines = ["tfidf_baseline", "word_count", "demographics", "interviewer"]
    assert ["all_words", *baselines] == permutations["method"].unique().tolist()
    assert {20} == set(permutations.groupby("method")["auc"].count())
    assert ["adscreen", *baselines] == chance["method"].tolist()
    drawn = permutations.pivot(index="permutation", columns="method", values="auc")
    highest = drawn[["word_count", "demographics", "interviewer"]].max(axis=1)
    for row in chance.itertuples():
        assert area(tmp_path / "run", row.method) == pytest.approx(row.auc, abs=1e-12)
        assert (1 + (drawn[row.reference] >= row.auc).sum()) / 21 == pytest.approx(row.p_value)
        if row.method not in ("adscreen", "tfidf_baseline"):
            assert (1 + (highest >= row.auc).sum()) / 21 == pytest.approx(row.p_best)
    first = chance.iloc[0]
    certified = json.loads((tmp_path / "run" / "certificate.json").read_text())["protocols"][0]
    assert [first["mean"], first["sd"], 20] == pytest.approx(
        [certified["permuted"], certified["permuted_spread"], certified["permuted_times"]]
    )
    assert f"mean AUC {first['mean']:.3f} (SD {first['sd']:.3f}); p = {first['p_value']:.3f}" in " ".join(
        done.out.split()
    )
    assert "permuted_labels" not in set(pd.read_csv(tmp_path / "run" / "metrics.csv")["method"])
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert f"p = {first['p_value']:.3f}: the share of permutations with at least its AUC" in page
    assert 'id="chance-subject"' in page


def test_a_set_in_both_cohorts_is_refused(run: Run, cohort: Path, tiny_bilm: Path, tmp_path: Path) -> None:
    """A matched set whose case is in the training cohort and whose control is in the test cohort is named."""
    manifest = add(cohort / "manifest.csv", "both.csv", match=pair)
    frame = pd.read_csv(manifest, dtype=str)
    for name, rows in (("first", frame.iloc[:41]), ("second", frame.iloc[41:])):
        rows.to_csv(cohort / f"{name}.csv", index=False)
    second = ("--test", cohort / "second.csv", "--bilm", tiny_bilm)
    status, _, err = run("evaluate", cohort / "first.csv", tmp_path / "run", *second)
    assert 2 == status
    assert "1 matched sets are in the training cohort as well" in err
