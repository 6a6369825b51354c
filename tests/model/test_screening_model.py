"""ScreeningModel: trained on a table, applied to others, kept in a folder; what would mislead is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.features.norms import read_norms
from adscreen.model.screening_model import ScreeningModel
from adscreen.model.trained_model import load_model
from adscreen.scoring.scoring import score_recordings


@pytest.fixture(scope="module")
def model(model_folder: Path) -> ScreeningModel:
    """The model of the simulated cohort, from its folder."""
    return ScreeningModel.load(model_folder)


@pytest.fixture(scope="module")
def held_out(simulated: Path, tiny_bilm: Path) -> FeatureTable:
    """The table of people whom the model has not seen."""
    return extract_cohort(read_cohort(simulated / "held_out.csv"), ExtractSettings(tiny_bilm))


def test_fit_trains_what_the_command_trains(
    simulated_table: FeatureTable, small_study: StudySettings, model_folder: Path, held_out: FeatureTable
) -> None:
    """The same table and study give the model of the folder: its digest and, to the last bit, its probabilities."""
    fitted = ScreeningModel(study=small_study).fit(simulated_table)
    of_folder = ScreeningModel.load(model_folder)
    assert load_model(model_folder).digest == fitted.trained.digest
    assert of_folder.manifest.threshold == fitted.threshold_ == of_folder.threshold_
    assert np.array_equal(of_folder.predict_proba(held_out), fitted.predict_proba(held_out))


def test_probabilities_are_those_of_score(
    model: ScreeningModel, held_out: FeatureTable, simulated: Path, tiny_bilm: Path
) -> None:
    """Columns follow ``classes_``, the second is the probability that ``score`` writes, and rows add up to 1."""
    reports = score_recordings(
        model.trained, read_cohort(simulated / "held_out.csv").recordings, ExtractSettings(tiny_bilm)
    )
    probabilities = model.predict_proba(held_out)
    assert ["control", "case"] == model.classes_.tolist()
    assert [report.score.probability for report in reports] == probabilities[:, 1].tolist()
    assert (len(held_out), 2) == probabilities.shape
    assert np.ones(len(held_out)) == pytest.approx(probabilities.sum(axis=1))


def test_labels_follow_the_models_threshold(model: ScreeningModel, held_out: FeatureTable) -> None:
    """A probability at the threshold is positive and one below it is not, wherever the threshold lies."""
    positive = np.sort(model.predict_proba(held_out)[:, 1])
    for threshold in positive[[1, -2]]:
        moved = ScreeningModel()
        moved.trained_ = replace(model.trained, manifest=replace(model.manifest, threshold=float(threshold)))
        expected = np.where(moved.predict_proba(held_out)[:, 1] >= threshold, "case", "control")
        assert expected.tolist() == moved.predict(held_out).tolist()
        assert {"case", "control"} == set(moved.predict(held_out))


def test_a_users_block_is_trained_and_needed(
    simulated_table: FeatureTable, held_out: FeatureTable, small_study: StudySettings
) -> None:
    """Members read a block, joined or carried; a table without its columns is refused, a missing cell is imputed."""
    rng = np.random.default_rng(2)

    def carrying(table: FeatureTable) -> FeatureTable:
        return replace(table, subjects=table.subjects.assign(f0=rng.normal(table.cases, 0.3)))

    training, tested = carrying(simulated_table), carrying(held_out)
    model = ScreeningModel(["acoustic"], study=small_study).fit(training.with_block("acoustic", ["f0"]))
    assert {"acoustic": ["f0"]} == model.manifest.blocks
    assert ["intercept", "acoustic"] == model.contributions(tested).columns.tolist()
    assert (model.predict(tested) == tested.subjects["label"]).mean() > 0.8
    joined = held_out.join(tested.subjects, block="acoustic", columns=["f0"])
    assert np.array_equal(model.predict_proba(tested), model.predict_proba(joined))
    gap = replace(tested, subjects=tested.subjects.assign(f0=[np.nan, *tested.subjects["f0"][1:]]))
    assert np.isfinite(model.predict_proba(gap)).all()
    assert np.array_equal(model.predict_proba(tested)[1:], model.predict_proba(gap)[1:])
    with pytest.raises(InputError, match="no column 'f0' to put into block 'acoustic'"):
        model.predict(held_out)


def test_contributions_add_up_to_the_log_odds(model: ScreeningModel, held_out: FeatureTable) -> None:
    """One row per recording, by its id; the columns are the intercept and the families of features."""
    found = model.contributions(held_out)
    assert held_out.subjects["recording_id"].tolist() == found.index.tolist()
    assert "intercept" == found.columns[0]
    families = {"paired", "words", "doc2vec", "elmo", "perplexity", "lexical", "syntactic", "fluency", "semantic"}
    assert families >= set(found) - {"intercept"}
    positive = model.predict_proba(held_out)[:, 1]
    assert np.log(positive / (1 - positive)) == pytest.approx(found.sum(axis=1).to_numpy())


def test_a_row_does_not_depend_on_the_others(model: ScreeningModel, held_out: FeatureTable) -> None:
    """Alone, or in another order, a recording has the same contributions to the last bit."""
    whole = model.contributions(held_out)
    alone = model.contributions(held_out.rows([3]))
    turned = model.contributions(held_out.rows(range(len(held_out))[::-1]))
    pd.testing.assert_frame_equal(whole.iloc[[3]], alone, check_exact=True)
    pd.testing.assert_frame_equal(whole, turned.iloc[::-1], check_exact=True)


@pytest.mark.parametrize("verb", ["predict", "predict_proba", "contributions"])
def test_training_subjects_are_refused(model: ScreeningModel, simulated_table: FeatureTable, verb: str) -> None:
    """Rows of people that trained the model are judged only where that is allowed by name."""
    table = simulated_table.rows([0, 1, 2])
    message = r"the table: 2 subjects were in training, the first is SYN0001; .*allow_training_subjects="
    with pytest.raises(InputError, match=message):
        getattr(model, verb)(table)
    assert 3 == len(getattr(model, verb)(table, allow_training_subjects=True))


def test_rows_measured_otherwise_are_refused(
    model: ScreeningModel, held_out: FeatureTable, simulated: Path, tiny_bilm: Path, tmp_path: Path
) -> None:
    """Another layer, or another file of word norms, is not what the model learned from; file names do not matter."""
    cohort = read_cohort(simulated / "held_out.csv")
    layer = extract_cohort(cohort, ExtractSettings(tiny_bilm, layer="1"))
    with pytest.raises(InputError, match="the table: layer is 1, the model was trained with mean; extract the table"):
        model.predict(layer)
    names = [tmp_path / name for name in ("one.csv", "two.csv")]
    for name in names:
        name.write_text("word,aoa\nboy,2\nthe,3\n", encoding="utf-8")
    normed, again = (extract_cohort(cohort, ExtractSettings(tiny_bilm, norms=read_norms([name]))) for name in names)
    with pytest.raises(InputError, match="the word norms are not those that the model was trained with"):
        model.predict_proba(normed)
    other = ScreeningModel()
    provenance = model.manifest.provenance | {"norms": normed.provenance["norms"]}
    other.trained_ = replace(model.trained, manifest=replace(model.manifest, provenance=provenance))
    assert np.array_equal(model.predict_proba(held_out), other.predict_proba(again))


def test_rows_without_words_or_labels_are_refused(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Nothing can be learned from them: one line names the first and counts them, without what was said."""
    silent = replace(simulated_table, inputs=simulated_table.inputs.copy())
    silent.inputs["tokens"] = [[], *silent.inputs["tokens"][1:]]
    with pytest.raises(InputError, match=r"recording 'SYN0001_1': the participant has no words \(1 such rows\)"):
        ScreeningModel(study=small_study).fit(silent)
    labels = [None, *simulated_table.subjects["label"][1:]]
    unlabelled = replace(simulated_table, subjects=simulated_table.subjects.assign(label=labels))
    with pytest.raises(InputError, match=r"recording 'SYN0001_1' has no label"):
        ScreeningModel(study=small_study).fit(unlabelled)


def test_arguments_win_over_the_study(
    simulated_table: FeatureTable, small_study: StudySettings, tmp_path: Path
) -> None:
    """A study may be a record or a file; members, seed and threshold given by name take the place of its own."""
    path = tmp_path / "study.toml"
    path.write_text("inner_folds = 2\nfolds = 2\nseed = 7\nmembers = ['elmo']\n[search]\nelmo_size = [4]\nC = [1.0]\n")
    of_file = ScreeningModel(study=path).fit(simulated_table)
    assert 7 == of_file.manifest.seed
    assert {"elmo"} == {name.partition(".")[0] for name in of_file.manifest.settings}
    given = ScreeningModel("fluency", study=small_study, seed=3, threshold=0.25).fit(simulated_table)
    assert (3, 0.25) == (given.manifest.seed, given.threshold_)
    assert {"fluency"} == {name.partition(".")[0] for name in given.manifest.settings}
    with pytest.raises(InputError, match="no block 'tea'"):
        ScreeningModel(["tea"], study=small_study).fit(simulated_table)
    with pytest.raises(InputError, match="threshold: must lie between 0 and 1, not 2"):
        ScreeningModel(study=small_study, threshold=2.0).fit(simulated_table)


def test_before_fit_there_is_one_line(held_out: FeatureTable, tmp_path: Path) -> None:
    """Everything that needs a trained model says so; the constructor only stores, so clone copies its arguments."""
    model = ScreeningModel(["doc2vec", "elmo"], seed=2, min_sensitivity=0.9)
    uses = (
        lambda: model.predict(held_out),
        lambda: model.contributions(held_out),
        lambda: model.save(tmp_path / "m"),
        lambda: model.threshold_,
        lambda: model.classes_,
    )
    for use in uses:
        with pytest.raises(NotFittedError, match=r"is not fitted; call fit\(table\), or ScreeningModel.load\(folder\)"):
            use()
    assert [] == list(tmp_path.iterdir())
    assert model.get_params() == clone(model).get_params()


def test_a_model_is_saved_whole_and_loaded_as_it_was(
    model: ScreeningModel, held_out: FeatureTable, model_folder: Path, tmp_path: Path
) -> None:
    """The folder holds the same bytes; one that is not empty, or a file, is left as it is."""
    saved = model.save(tmp_path / "new" / "model")
    assert tmp_path / "new" / "model" == saved
    for name in ("model.json", "estimators.skops", "SHA256SUMS"):
        assert (model_folder / name).read_bytes() == (saved / name).read_bytes()
    assert np.array_equal(model.predict_proba(held_out), ScreeningModel.load(str(saved)).predict_proba(held_out))
    (tmp_path / "empty").mkdir()
    model.save(str(tmp_path / "empty"))
    assert model.trained.digest == ScreeningModel.load(tmp_path / "empty").trained.digest
    (tmp_path / "file").write_text("mine")
    for taken in (saved, tmp_path / "file"):
        with pytest.raises(InputError, match="already exists; name a new folder"):
            model.save(taken)
    assert "mine" == (tmp_path / "file").read_text()
    assert ["empty", "file", "new"] == sorted(path.name for path in tmp_path.iterdir())
