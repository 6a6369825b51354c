"""The spellings of the null benchmark are those of one person, and every command that learns or scores sees it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity_null import NAMES, read_words, spell, spell_visits, write_cohort

from adscreen.cohort.identity import identity_key

PEOPLE = 8
STUDY = """\
members = ["lexical"]
folds = 2
repeats = 1
inner_folds = 2
[search]
C = [0.1]
"""
Run = Callable[..., Any]


@given(st.sampled_from(NAMES), st.integers(1, 999), st.integers(0, 10_000))
def test_spellings_of_an_id_are_one_person(name: str, number: int, seed: int) -> None:
    """However many changes an id gets, its key stays; the visits of a person are all spelled differently."""
    plain, rng = f"{name} {number:03d}-B", random.Random(seed)
    assert identity_key(plain) == identity_key(spell(plain, rng))
    visits = spell_visits(plain, 4, rng)
    assert 4 == len(set(visits))


def test_a_cohort_has_its_people_once(tmp_path: Path) -> None:
    """Read from its manifest, a cohort of variants has as many subjects as were made, one of distinct ids has more."""
    manifests = write_cohort(tmp_path, subjects=PEOPLE, seed=3)
    variants, distinct = (read_words(manifests[arm]) for arm in ("variants", "distinct"))
    assert len(variants) == len(distinct) == distinct.subjects["subject_id"].nunique()
    assert PEOPLE == variants.subjects["subject_id"].nunique()
    assert variants.cases.tolist() == distinct.cases.tolist()


def respell(manifest: Path, out: Path, *, seed: int) -> Path:
    """Write one recording of each person under one more spelling, as another visit."""
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = {identity_key(row["subject_id"]): row for row in csv.DictReader(stream)}
    rng = random.Random(seed)
    changed = [row | {"subject_id": spell(row["subject_id"], rng), "visit": "9"} for row in rows.values()]
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(changed[0]))
        writer.writeheader()
        writer.writerows(changed)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_every_command_knows_a_person_under_any_spelling(run: Run, tiny_bilm: Path, tmp_path: Path, seed: int) -> None:
    """The certificate counts people, `audit` names the spellings, `--test` refuses and `score` refuses or marks all."""
    manifest = write_cohort(tmp_path, subjects=PEOPLE, seed=seed)["variants"]
    again = respell(manifest, tmp_path / "again.csv", seed=seed)
    (tmp_path / "study.toml").write_text(STUDY)
    own = ("--bilm", tiny_bilm, "--config", tmp_path / "study.toml")

    status, _, err = run("evaluate", manifest, tmp_path / "evaluation", *own)
    assert 0 == status, err
    assert f"{PEOPLE} subjects are written in more than one way, and each counts as one" in err
    certificate = json.loads((tmp_path / "evaluation" / "certificate.json").read_text())
    (certified,) = certificate["protocols"]
    assert (PEOPLE, 0.0) == (certificate["subjects"], certified["subject_share"])

    status, out, _ = run("audit", manifest, "--json")
    assert 0 == status
    assert any(f"{PEOPLE} subjects are written in more than one way" in one["what"] for one in json.loads(out))

    status, _, err = run("evaluate", manifest, tmp_path / "none", "--test", again, *own)
    assert 2 == status
    assert f"{PEOPLE} subjects are in the training cohort as well" in err

    assert 0 == run("train", manifest, tmp_path / "model", *own)[0]
    status, _, _ = run("score", tmp_path / "model", again, tmp_path / "scores", "--bilm", tiny_bilm)
    assert 3 == status
    scores = pd.read_csv(tmp_path / "scores" / "scores.csv")
    assert PEOPLE == len(scores) == scores["in_training"].sum() == scores["probability"].isna().sum()
