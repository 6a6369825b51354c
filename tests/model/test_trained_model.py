"""A trained model on disk: the same bytes from the same training, only arrays inside, checked before it is read."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from adscreen.errors import InputError
from adscreen.estimator import Stack
from adscreen.estimator.fusion import fit_fusion
from adscreen.estimator.study import CLASSIFIERS, StudySettings
from adscreen.estimator.tuning import on_one_thread, tune
from adscreen.extract.feature_table import SENTENCES, TOKENS, FeatureTable
from adscreen.model.trained_model import (
    FORMAT,
    MODEL_FILES,
    TrainedModel,
    load_model,
    save_model,
    subject_digest,
    train_model,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(model_folder: Path) -> TrainedModel:
    """The model trained on the simulated cohort, as loaded."""
    return load_model(model_folder)


@pytest.fixture
def copied(model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the model's folder to tamper with."""
    return Path(shutil.copytree(model_folder, tmp_path / "model"))


def sign(folder: Path) -> None:
    """Write SHA256SUMS anew, as one who tampers would."""
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in MODEL_FILES]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_a_loaded_model_scores_as_the_trained_one(
    simulated_table: FeatureTable, small_study: StudySettings, model: TrainedModel
) -> None:
    """Every estimator gives identical probabilities before saving and after loading."""
    trained, _ = train_model(simulated_table, small_study)
    before = [estimator.predict_proba(simulated_table.inputs) for estimator in (trained.estimator, *trained.spread)]
    after = [estimator.predict_proba(simulated_table.inputs) for estimator in (model.estimator, *model.spread)]
    assert [array.tobytes() for array in before] == [array.tobytes() for array in after]
    assert trained.manifest == model.manifest


def test_a_model_saved_again_has_the_same_bytes(model: TrainedModel, model_folder: Path, tmp_path: Path) -> None:
    """Saving what was loaded writes every file as it was."""
    save_model(model, tmp_path)
    assert {"README.md", "SHA256SUMS", *MODEL_FILES} == {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        assert (model_folder / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_classifier_is_saved_without_a_pickle(
    simulated_table: FeatureTable, small_study: StudySettings, tmp_path: Path, classifier: str
) -> None:
    """What is loaded scores as what was trained, to the last bit."""
    search = replace(small_study.search, classifier=(classifier,))
    study = replace(small_study, search=search, members=("lexical+fluency",))
    trained, _ = train_model(simulated_table, study)
    save_model(trained, tmp_path)
    inputs = simulated_table.inputs
    assert trained.estimator.weights != [0.0]
    expected = trained.estimator.predict_proba(inputs).tobytes()
    assert expected == load_model(tmp_path).estimator.predict_proba(inputs).tobytes()


TRAIN = """
import sys
from pathlib import Path
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.cohort import read_cohort
from adscreen.model.trained_model import save_model, train_model
from adscreen.estimator.study import read_study
manifest, bilm, study, out = map(Path, sys.argv[1:])
table = extract_cohort(read_cohort(manifest), ExtractSettings(bilm))
save_model(train_model(table, read_study(study))[0], out)
"""


@pytest.mark.slow
def test_the_same_training_gives_the_same_bytes_in_another_process(
    simulated: Path, tiny_bilm: Path, model_folder: Path, tmp_path: Path
) -> None:
    """Neither the process, its hash seed nor the manifest's order shows in any file of the model."""
    header, *rows = (simulated / "training.csv").read_text().splitlines()
    (simulated / "reversed.csv").write_text("\n".join([header, *rows[::-1]]) + "\n")
    search = "[search]\nC = [0.1, 1.0]\ndoc2vec_size = [8]\ndoc2vec_alpha = [0.05]\nelmo_size = [4]\n"
    search += "paired_context = [0.5]\n"
    (tmp_path / "study.toml").write_text(f"folds = 2\ninner_folds = 2\n{search}")
    (tmp_path / "out").mkdir()
    arguments = [simulated / "reversed.csv", tiny_bilm, tmp_path / "study.toml", tmp_path / "out"]
    environment = os.environ | {"PYTHONHASHSEED": "271", "PYTHONPATH": str(ROOT / "pipeline")}
    subprocess.run([sys.executable, "-c", TRAIN, *map(str, arguments)], check=True, env=environment)
    for name in ("README.md", "SHA256SUMS", *MODEL_FILES):
        assert (model_folder / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


def test_the_model_is_tuned_by_inner_folds_and_fitted_on_every_row(
    simulated_table: FeatureTable, small_study: StudySettings, model: TrainedModel
) -> None:
    """Settings and threshold are those of tuning; the estimator is that of a fit on all rows, the spread's on folds.

    A fold's fusion is that of its own training rows' held-out log-odds.
    """
    inner = simulated_table.folds(2, seed=0)
    tuned = tune(simulated_table, small_study.candidates(), inner=inner, seed=0)
    assert (tuned.threshold, tuned.settings) == (model.manifest.threshold, model.manifest.settings)
    cases, inputs = simulated_table.cases, simulated_table.inputs
    expected = on_one_thread(tuned.build(seed=0).fit, inputs, cases).predict_proba(inputs)
    assert expected == pytest.approx(model.estimator.predict_proba(inputs), abs=1e-9)
    training, _ = inner[1]
    own = replace(tuned, fusion=on_one_thread(fit_fusion, tuned.logits[training], cases[training]))
    fold = on_one_thread(own.build(seed=0).fit, inputs.iloc[training], cases[training]).predict_proba(inputs)
    assert fold == pytest.approx(model.spread[1].predict_proba(inputs), abs=1e-9)


def test_the_manifest_describes_the_training_data(simulated_table: FeatureTable, model: TrainedModel) -> None:
    """Counts by label, the fewest words, the controls' percentiles: by hand from the table."""
    subjects, inputs, manifest = simulated_table.subjects, simulated_table.inputs, model.manifest
    assert subjects["label"].value_counts().to_dict() == manifest.recordings
    assert {"control": 8, "case": 8} == manifest.subjects
    assert min(len(tokens) for tokens in inputs[TOKENS]) == manifest.minimum_words
    controls = inputs[subjects["label"] == "control"]
    values = controls["lexical.mattr"]
    assert np.quantile(values, [0.05, 0.5, 0.95]).tolist() == pytest.approx(manifest.reference["lexical.mattr"])
    sentences = np.concatenate(controls[SENTENCES].tolist())
    assert np.quantile(sentences, [0.5, 0.99]).tolist() == pytest.approx(manifest.sentence_reference)
    assert not any(name.startswith(("elmo.", "doc2vec.")) for name in manifest.reference)


def test_a_feature_that_no_control_has_gets_no_reference(
    simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """A column without values among controls has no percentiles to stand beside."""
    inputs = simulated_table.inputs.assign(**{"fluency.pauses": np.nan})
    table = FeatureTable(simulated_table.subjects, inputs, simulated_table.sentences, simulated_table.provenance)
    trained, _ = train_model(table, small_study)
    assert "fluency.pauses" not in trained.manifest.reference
    assert "lexical.mattr" in trained.manifest.reference


def test_a_model_knows_its_subjects_and_names_none(model: TrainedModel, model_folder: Path) -> None:
    """A training subject is recognised, spaces around its id aside; another is not; no id stands in the folder."""
    assert model.knows_subject("SYN0001")
    assert model.knows_subject(" SYN0016 ")
    assert not model.knows_subject("SYN0017")
    assert not model.knows_subject("")
    assert 16 == len(model.manifest.subject_digests)
    for name in MODEL_FILES:
        assert b"SYN00" not in (model_folder / name).read_bytes()


def test_subject_digests_are_keyed(model: TrainedModel) -> None:
    """The same id has another digest under another model's key."""
    key = model.manifest.subject_key
    assert subject_digest("SYN0001", key) in model.manifest.subject_digests
    assert subject_digest("SYN0001", key + "x") not in model.manifest.subject_digests


def test_no_word_that_was_said_stands_in_the_manifest(
    simulated_table: FeatureTable, small_study: StudySettings, tmp_path: Path
) -> None:
    """model.json holds numbers and names of settings, nothing of the transcripts."""
    inputs = simulated_table.inputs.copy()
    inputs[TOKENS] = [[*tokens[:-1], "xylophone"] for tokens in inputs[TOKENS]]
    table = FeatureTable(simulated_table.subjects, inputs, simulated_table.sentences, simulated_table.provenance)
    save_model(train_model(table, small_study)[0], tmp_path)
    assert b"xylophone" not in (tmp_path / "model.json").read_bytes()


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_changed_file_is_refused(copied: Path, name: str) -> None:
    """One byte more, and the digest differs."""
    path = copied / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(InputError, match=f"{name} is not what was trained \\(digest differs\\)"):
        load_model(copied)


@pytest.mark.parametrize("name", [*MODEL_FILES, "SHA256SUMS"])
def test_a_missing_file_is_refused(copied: Path, name: str) -> None:
    """Each file of the folder is needed; the message names it."""
    (copied / name).unlink()
    with pytest.raises(InputError, match=f"no {name}"):
        load_model(copied)


def test_what_is_no_model_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there, and one with something else inside."""
    (tmp_path / "SHA256SUMS").write_text("what\n")
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match=r"(not a model folder|no estimators\.skops)"):
            load_model(folder)


def test_a_foreign_type_is_refused_even_with_its_digest(copied: Path) -> None:
    """A skops file that names another type than those adscreen writes is refused by name before it is built."""
    foreign = Pipeline([("columns", FunctionTransformer(os.system))])
    (copied / "estimators.skops").write_bytes(skops.io.dumps([foreign]))
    sign(copied)
    with pytest.raises(InputError, match=r"holds the type \S*system") as caught:
        load_model(copied)
    assert 1 == len(str(caught.value).splitlines())


def test_a_node_that_skops_would_call_is_refused(copied: Path) -> None:
    """A schema edited to name a function of the standard library is refused too."""
    with zipfile.ZipFile(copied / "estimators.skops") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    schema = contents["schema.json"].decode()
    assert '"Doc2VecVectorizer"' in schema
    edited = schema.replace('"Doc2VecVectorizer"', '"Popen"').replace('"adscreen.estimator.doc2vec"', '"subprocess"')
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (contents | {"schema.json": edited.encode()}).items():
            archive.writestr(name, content)
    (copied / "estimators.skops").write_bytes(target.getvalue())
    sign(copied)
    with pytest.raises(InputError, match=r"holds the type subprocess\.Popen"):
        load_model(copied)


def test_no_pickle_is_read(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a model calls no unpickler, and no file in it is a pickle."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    for name in ("load", "loads", "Unpickler", "_load", "_loads", "_Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    loaded = load_model(model_folder)
    assert isinstance(loaded.estimator, Stack)
    with zipfile.ZipFile(model_folder / "estimators.skops") as archive:
        assert {".json", ".npy"} >= {Path(name).suffix for name in archive.namelist()}
        for name in archive.namelist():
            if name.endswith(".npy"):
                np.load(io.BytesIO(archive.read(name)), allow_pickle=False)


def test_a_model_of_another_format_is_refused(copied: Path) -> None:
    """The message says which format it is and what to do."""
    manifest = json.loads((copied / "model.json").read_text())
    (copied / "model.json").write_text(json.dumps(manifest | {"format": FORMAT + 1, "new": 1}))
    sign(copied)
    with pytest.raises(InputError, match=f"model format {FORMAT + 1}, this adscreen reads {FORMAT}; train the model"):
        load_model(copied)


def test_the_digest_is_of_all_files(model: TrainedModel, copied: Path) -> None:
    """A loaded model carries a digest that another model does not share."""
    assert 64 == len(model.digest)
    manifest = replace(model.manifest, threshold=0.123)
    save_model(TrainedModel(model.estimator, model.spread, manifest), copied)
    assert model.digest != load_model(copied).digest


def test_too_few_subjects_are_refused(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """A class of one subject cannot be tuned on two folds."""
    cases = simulated_table.cases
    table = simulated_table.rows([*np.flatnonzero(cases)[:1], *np.flatnonzero(cases == 0)])
    with pytest.raises(InputError, match="1 subject_id groups of case"):
        train_model(table, small_study)


@pytest.mark.slow
def test_jobs_change_no_byte(
    simulated_table: FeatureTable, small_study: StudySettings, model_folder: Path, tmp_path: Path
) -> None:
    """Two processes train what one trains."""
    model, _ = train_model(simulated_table, small_study, jobs=2)
    save_model(model, tmp_path)
    for name in MODEL_FILES:
        assert (model_folder / name).read_bytes() == (tmp_path / name).read_bytes(), name
