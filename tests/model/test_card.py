"""A model's card: what it must say, what it must not, and that it is no part of the model."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import srsly

from adscreen.estimator.study import StudySettings
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.model.card import CARD, write_card
from adscreen.model.trained_model import MODEL_FILES, TrainedModel, load_model, save_model, train_model
from adscreen.model.training_summary import FEWEST_SHOWN, _shown

SUMS = {"estimators.skops": "ab" * 32, "model.json": "cd" * 32}


@pytest.fixture(scope="module")
def model(model_folder: Path) -> TrainedModel:
    """The model trained on the simulated cohort, as loaded."""
    return load_model(model_folder)


@pytest.fixture(scope="module")
def card(model: TrainedModel) -> str:
    """Its card."""
    return write_card(model.manifest, SUMS)


def test_the_front_matter_has_the_keys_of_model_hubs(card: str) -> None:
    """YAML between two lines of dashes: licence, language, library, task, tags, and the metrics of model-index."""
    _, front, _ = card.split("---\n", 2)
    found = srsly.yaml_loads(front)
    assert ("unknown", ["en"], "adscreen", "text-classification") == tuple(
        found[name] for name in ("license", "language", "library_name", "pipeline_tag")
    )
    assert "research-only" in found["tags"]
    (entry,) = found["model-index"]
    (result,) = entry["results"]
    assert {"task", "dataset", "metrics"} == set(result)
    assert ["roc_auc", "brier_score"] == [metric["type"] for metric in result["metrics"]] == found["metrics"]
    assert all(0 <= metric["value"] <= 1 for metric in result["metrics"])


def test_it_says_what_a_reader_needs(card: str, model: TrainedModel) -> None:
    """Use, limits, cohort, figures with intervals, subgroups, threshold, digests, how to score, citation."""
    for title in (
        *("Intended use and limits", "Training cohort", "Figures on held-out training recordings", "Subgroups"),
        *("Threshold and calibration", "What a score says of one person", "Digests", "How to score", "Citation"),
    ):
        assert f"\n## {title}\n" in card
    assert "**A score is not a diagnosis**" in card
    assert "they are not those of a nested cross-validation" in card
    assert "**SYNTHETIC**" in card
    assert f"at a probability of {model.manifest.threshold:.4f} or more" in card
    assert model.manifest.provenance["bilm_digest"] in card
    assert f"{SUMS['model.json']}  model.json" in card
    value, low, high = model.manifest.training.measures["auc"]  # type: ignore[union-attr]
    assert f"| AUC | {value:.3f} ({low:.3f} to {high:.3f}) |" in card


def test_it_holds_no_id_no_path_and_no_words(card: str, simulated_table: FeatureTable, simulated: Path) -> None:
    """Nothing of a subject, of this machine, or of what was said beyond words that the card itself uses."""
    for column in ("subject_id", "recording_id"):
        assert [] == [name for name in simulated_table.subjects[column].astype(str) if name in card]
    assert [] == [digest for digest in simulated_table.provenance["transcripts"].values() if digest in card]
    assert str(simulated) not in card
    assert not re.search(r"(^|\s)/\w", card)
    trigrams = {
        " ".join(words[place : place + 3])
        for words in simulated_table.inputs[TOKENS]
        for place in range(len(words) - 2)
    }
    assert [] == [text for text in trigrams if f" {text} " in " ".join(card.lower().split())]


def test_figures_are_those_of_the_inner_folds(simulated_table: FeatureTable, model: TrainedModel) -> None:
    """Of subjects with two recordings each, sensitivity and specificity are those that scores are read against."""
    training, scores = model.manifest.training, model.manifest.scores
    assert training is not None
    assert scores is not None
    assert pytest.approx(scores.sensitivity.value) == training.measures["sensitivity"][0]
    assert pytest.approx(scores.specificity.value) == training.measures["specificity"][0]
    ages = simulated_table.subjects.groupby("subject_id").agg({"age": "mean", "label": "first"})
    for label, row in zip(("control", "case"), training.age, strict=True):
        own = ages.loc[ages["label"] == label, "age"]
        assert [len(own), pytest.approx(own.mean()), pytest.approx(own.std())] == row


def test_the_card_says_what_a_score_says_of_one_person(model: TrainedModel, card: str) -> None:
    """The rates behind predictive values with their exact intervals, and what a range and a set are not."""
    assert model.manifest.scores
    rate = model.manifest.scores.sensitivity
    assert f"| Sensitivity | {rate.value:.3f} ({rate.low:.3f} to {rate.high:.3f}) |" in card
    assert "It is not the chance of a disease, nor how scores of one person differ" in " ".join(card.split())
    old = replace(model.manifest, scores=None)
    assert "of one person" not in write_card(old, SUMS)


def test_small_cells_are_not_shown(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Four people of one sex stand nowhere in model or card, and neither does the only other sex."""
    subjects = simulated_table.subjects
    ids = sorted(subjects.loc[subjects["label"] == "case", "subject_id"].unique())
    few = subjects["subject_id"].isin(ids[: FEWEST_SHOWN - 1])
    table = replace(simulated_table, subjects=subjects.assign(sex=np.where(few, "zeroth", "usual")))
    study = replace(small_study, members=small_study.members[:1])
    trained, _ = train_model(table, study)
    assert trained.manifest.training is not None
    assert "sex" not in {one.column for one in trained.manifest.training.subgroups}
    assert "zeroth" not in write_card(trained.manifest, SUMS)


def test_a_single_hidden_cell_takes_the_smallest_with_it() -> None:
    """Else it would follow from the total; two hidden ones do not, and a subgroup of one label alone is shown."""
    assert ["a", "b"] == list(_shown({"a": (9, 9), "b": (0, 30)}))
    assert ["b"] == list(_shown({"a": (9, 9), "b": (30, 30), "c": (3, 9)}))
    assert ["a", "b"] == list(_shown({"a": (9, 9), "b": (30, 30), "c": (3, 9), "d": (9, 1)}))
    assert [] == list(_shown({"a": (3, 9)}))


def test_labels_cannot_break_the_card(model: TrainedModel) -> None:
    """Whatever a label holds, the front matter is YAML, the tables keep their columns, and nothing is markup."""
    hostile = 'x"|:\n---\n# <b>*y*\x00\u2028'
    manifest = model.manifest
    renamed = replace(
        manifest,
        positive_label=hostile,
        recordings={"control": 1, hostile: 2},
        subjects={"control": 5, hostile: 6},
    )
    card = write_card(renamed, SUMS)
    _, front, body = card.split("---\n", 2)
    assert srsly.yaml_loads(front)["model-index"]
    assert "<b>" not in re.sub(r"\\.", "", body)
    (row,) = [line for line in card.splitlines() if line.startswith("| Recordings")]
    (head,) = [line for line in card.splitlines() if line.startswith("|  | “control”")]
    assert row.count("|") == len(re.sub(r"\\.", "", head)) - len(re.sub(r"\\.", "", head).replace("|", ""))


def test_a_model_does_not_depend_on_its_card(model_folder: Path, model: TrainedModel, tmp_path: Path) -> None:
    """Edited or removed, the model loads and is the same model; saving writes the card again."""
    folder = Path(shutil.copytree(model_folder, tmp_path / "model"))
    (folder / CARD).write_text("my own words, license: mit")
    assert model.digest == load_model(folder).digest
    (folder / CARD).unlink()
    assert model.digest == load_model(folder).digest
    (tmp_path / "again").mkdir()
    save_model(model, tmp_path / "again")
    for name in (CARD, "SHA256SUMS", *MODEL_FILES):
        assert (model_folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_a_model_of_before_has_a_card_without_figures(model: TrainedModel) -> None:
    """It says what is missing."""
    card = write_card(replace(model.manifest, training=None), SUMS)
    assert "Train again for the other figures." in card
    assert "model-index" not in card
    assert isinstance(srsly.yaml_loads(card.split("---\n", 2)[1]), dict)
    assert pd.notna(model.manifest.inner_auc)
