"""The public API: what ``import adscreen`` offers, from a cohort to an evaluation, as a script uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import adscreen
from adscreen import Evaluation, FeatureTable, InputError, StudySettings, compare, evaluate, extract_features

FOREST = RandomForestClassifier(n_estimators=20)


@pytest.fixture(scope="module")
def forest(simulated_table: FeatureTable, small_study: StudySettings) -> Evaluation:
    """A random forest, evaluated on the simulated cohort."""
    return evaluate(simulated_table, estimator=FOREST, study=small_study)


@pytest.fixture(scope="module")
def default(simulated_table: FeatureTable, small_study: StudySettings) -> Evaluation:
    """The default estimator on the same folds."""
    return evaluate(simulated_table, study=small_study)


def test_every_public_name_is_there_and_explains_itself() -> None:
    """Each name of the package can be imported and has a docstring; an unknown one is an AttributeError."""
    for name in adscreen.__all__:
        found = getattr(adscreen, name)
        assert name == "__version__" or (found.__doc__ or "").strip(), name
    assert set(adscreen.__all__) == set(dir(adscreen))
    with pytest.raises(AttributeError, match="nothing"):
        _ = adscreen.nothing


def test_importing_the_package_imports_nothing_heavy() -> None:
    """Names are imported when they are used, so the package itself comes at once."""
    heavy = "numpy pandas scipy sklearn torch gensim h5py spacy matplotlib joblib pyarrow pydantic typer rich".split()
    source = f"import sys, adscreen; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


def test_an_estimator_is_tested_on_the_folds_of_the_default(forest: Evaluation, default: Evaluation) -> None:
    """Same table, seed, folds and repeats: the same recordings in the same folds, and the same shortcut baselines."""
    keys = ["protocol", "repeat", "fold", "recording_id", "label"]
    sides = [
        one.predictions[one.predictions["method"] == name].sort_values(keys)[keys].reset_index(drop=True)
        for one, name in ((forest, "random_forest_classifier"), (default, "adscreen"))
    ]
    pd.testing.assert_frame_equal(*sides)
    shared = ["tfidf_baseline", "word_count", "demographics"]
    baselines = [one.metrics[one.metrics["method"].isin(shared)].reset_index(drop=True) for one in (forest, default)]
    pd.testing.assert_frame_equal(*baselines, check_exact=True)
    assert "adscreen" not in set(forest.metrics["method"])


def test_an_estimators_figures_are_those_of_scikit_learn(
    forest: Evaluation, simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """The AUC within each fold is scikit-learn's on ``table.folds``, the seed being the fold's."""
    seeded = RandomForestClassifier(n_estimators=20, random_state=small_study.seed)
    folds = simulated_table.folds(small_study.folds, seed=small_study.seed)
    areas = cross_val_score(seeded, simulated_table.X, simulated_table.y, cv=folds, scoring="roc_auc")
    assert areas.mean() == pytest.approx(forest.protocols[0].metric("auc").value, abs=0.02)  # folds weigh by pairs
    assert small_study.folds == len(areas)


def test_the_page_names_the_estimator(forest: Evaluation, tmp_path: Path) -> None:
    """Report, certificate and tables speak of the estimator that was evaluated, in the folder that a command writes."""
    folder = forest.save(tmp_path / "run")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Random forest classifier distinguishes" in page
    assert "adscreen distinguishes" not in page
    parts = [part.part for part in forest.certificate.protocols[0].fitted]
    assert ["biLM", "estimator", "threshold"] == parts
    assert forest.certificate.protocols[0].sound
    assert "RandomForestClassifier(n_estimators=20)" in (folder / "methods.csv").read_text(encoding="utf-8")
    page = forest.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Random forest classifier distinguishes" in page
    with pytest.raises(InputError, match="already exists"):
        forest.report(tmp_path / "page.html")


def test_two_evaluations_are_compared(forest: Evaluation, default: Evaluation, tmp_path: Path) -> None:
    """In memory and from their folders the difference is the same; it is that of the two AUCs."""
    frame = compare(forest, default)
    row = frame[(frame["measure"] == "auc") & (frame["level"] == "recording")].iloc[0]
    values = [one.protocols[0].metric("auc").value for one in (forest, default)]
    assert values[0] - values[1] == pytest.approx(row["difference"], abs=1e-12)
    assert row["low"] <= row["difference"] <= row["high"]
    assert "random_forest_classifier minus adscreen" == row["method"]
    saved = compare(forest.save(tmp_path / "one"), default.save(tmp_path / "two"))
    pd.testing.assert_frame_equal(frame, saved, check_exact=True)
    of_one = compare(default, methods=("adscreen", "tfidf_baseline"))
    stated = default.differences.query("method == 'tfidf_baseline' and level == 'recording' and measure == 'auc'")
    found = of_one.query("level == 'recording' and measure == 'auc'")
    assert stated["value"].iloc[0] == pytest.approx(found["difference"].iloc[0], abs=1e-12)
    with pytest.raises(InputError, match="needs a second evaluation or two methods"):
        compare(default)


def test_a_run_can_be_repeated(forest: Evaluation, simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """An estimator without a random_state gets the seed: the same bytes again, with two jobs too."""
    again = evaluate(simulated_table, estimator=RandomForestClassifier(n_estimators=20), study=small_study, jobs=2)
    pd.testing.assert_frame_equal(forest.predictions, again.predictions, check_exact=True)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (RandomForestClassifier, "estimator: RandomForestClassifier is no scikit-learn classifier"),
        ("forest", "estimator: str is no scikit-learn classifier"),
        (LinearSVC(), "estimator: LinearSVC gives no probabilities; wrap it in CalibratedClassifierCV"),
        (
            LogisticRegression(),
            "estimator: LogisticRegression cannot predict: Input X contains NaN; features that cannot be",
        ),
    ],
)
def test_an_estimator_that_cannot_be_used_is_one_line(
    simulated_table: FeatureTable, small_study: StudySettings, estimator: object, message: str
) -> None:
    """The line names the parameter and what to do."""
    missing = simulated_table.inputs.assign(**{"lexical.gap": [float("nan"), *range(1, len(simulated_table))]})
    gap = [name for name in simulated_table.X if simulated_table.X[name].isna().any()]
    table = FeatureTable(simulated_table.subjects, missing.drop(columns=gap), simulated_table.sentences)
    with pytest.raises(InputError) as caught:
        evaluate(table, estimator=estimator, study=small_study)
    assert str(caught.value).startswith(message)


class Turned(DummyClassifier):
    """A classifier whose classes, and so its columns, stand in the other order."""

    def fit(self, X: object, y: object) -> Turned:
        """Fit, then turn the classes."""
        super().fit(X, y)
        self.classes_ = self.classes_[::-1]
        return self

    def predict_proba(self, X: pd.DataFrame) -> object:
        """Return the probability of a case first."""
        case = X["lexical.mattr"].rank(pct=True).fillna(0.5).to_numpy()
        return pd.DataFrame({"case": case, "control": 1 - case}).to_numpy()


class Broken(DummyClassifier):
    """A classifier that gives what is no probability."""

    def predict_proba(self, X: pd.DataFrame) -> object:
        """Return numbers beyond 1."""
        return pd.DataFrame({"control": 7.0, "case": -6.0}, index=X.index).to_numpy()


def test_the_case_is_found_by_its_class(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """The probability of a case is the column of class 1, wherever it stands; what is no probability is refused."""
    found = evaluate(simulated_table, estimator=Turned(), study=small_study)
    own = found.predictions[found.predictions["method"] == "turned"]
    for _, fold in own.groupby(["repeat", "fold"]):
        ranks = simulated_table.X.loc[fold["recording_id"], "lexical.mattr"].rank(pct=True)
        assert ranks.tolist() == pytest.approx(fold["probability"].tolist())
    with pytest.raises(InputError, match="Broken cannot predict: it gave values that are not probabilities"):
        evaluate(simulated_table, estimator=Broken(), study=small_study)


def test_a_splitter_inside_an_estimator_gets_the_seed(
    simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """Two runs give the same bytes where a parameter is a shuffling splitter, and no address of memory is written."""

    def run() -> Evaluation:
        shuffled = CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), cv=StratifiedKFold(3, shuffle=True))
        return evaluate(simulated_table, estimator=shuffled, study=small_study)

    one, other = run(), run()
    pd.testing.assert_frame_equal(one.predictions, other.predictions, check_exact=True)
    assert one.settings == other.settings
    assert "members" not in one.settings
    assert " at 0x" not in str(one.settings["estimator"])


def test_labels_that_are_numbers_are_text(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """0 and 1 in a data frame mean what "0" and "1" mean in a manifest: the same predictions and report."""
    numbers = simulated_table.subjects.assign(label=simulated_table.y)
    table = FeatureTable(
        numbers, simulated_table.inputs, simulated_table.sentences, simulated_table.provenance, labels=("0", "1")
    )
    assert simulated_table.y.tolist() == table.y.tolist()
    found = evaluate(table, estimator=DummyClassifier(), study=small_study)
    assert {"0", "1"} == set(found.predictions["label"])
    with pytest.raises(InputError, match="labels: are not two"):
        FeatureTable(numbers, simulated_table.inputs, simulated_table.sentences, labels=("0", "0"))


def test_a_pipeline_goes_by_its_last_step(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Imputing and scaling inside the estimator are fitted inside the fold."""
    pipeline = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), DummyClassifier())
    found = evaluate(simulated_table, estimator=pipeline, study=small_study)
    assert "dummy_classifier" == found.protocols[0].main
    assert 0.5 == found.protocols[0].metric("auc").value


def test_a_setting_or_protocol_that_is_wrong_is_one_line(simulated_table: FeatureTable) -> None:
    """Errors of the library name its parameters."""
    with pytest.raises(InputError, match=r"^protocol: unknown protocol 'random'; use subject, paper, site or both$"):
        evaluate(simulated_table, protocol="random")
    with pytest.raises(InputError, match="folds: must be a whole number of at least 2"):
        evaluate(simulated_table, folds=1)


def test_texts_in_memory_become_a_table(tiny_bilm: Path, tmp_path: Path) -> None:
    """A list of texts gives the rows that files of the same text give, and no word of them is shown."""
    texts = ["the boy is um falling off the stool", "well the the girl is reaching up"]
    cohort = adscreen.make_cohort(texts, subjects=["S1", "S2"], labels=["dementia", "control"], age=[71, 69])
    table = extract_features(cohort, bilm=tiny_bilm)
    rows = []
    for name, text in zip(("S1", "S2"), texts, strict=True):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        rows.append({"subject_id": name, "transcript": f"{name}.txt", "label": "x" if name == "S1" else "control"})
    pd.DataFrame(rows).to_csv(tmp_path / "manifest.csv", index=False)
    of_files = extract_features(tmp_path / "manifest.csv", bilm=str(tiny_bilm))
    pd.testing.assert_frame_equal(table.X, of_files.X, check_exact=True)
    assert ([1, 0], "dementia") == (table.y.tolist(), table.positive)
    assert [71.0, 69.0] == table.subjects["age"].tolist()
    assert "falling" not in repr(table) + repr(cohort) + str(table.to_pandas())


def test_transcript_records_become_a_table(tiny_bilm: Path, simulated: Path) -> None:
    """What read_transcript gives can be looked at, changed and extracted; ids are the file's name."""
    path = sorted((simulated / "transcripts").glob("*.cha"))[0]
    transcript = adscreen.read_transcript(str(path))
    assert (path.stem, path.stem) == (transcript.recording_id, transcript.subject_id)
    table = extract_features([transcript], bilm=tiny_bilm)
    assert [path.stem] == table.X.index.tolist()
    assert table.provenance["transcripts"][path.stem] == transcript.source_digest


def test_a_frame_of_paths_is_a_manifest(simulated: Path) -> None:
    """A data frame is read as a manifest file of the same cells would be."""
    frame = pd.read_csv(simulated / "training.csv", dtype=str)
    frame["transcript"] = [str(simulated / path) for path in frame["transcript"]]
    cohort, of_file = adscreen.read_cohort(frame), adscreen.read_cohort(simulated / "training.csv")
    assert tuple(of_file.recordings) == tuple(cohort.recordings)
    with pytest.raises(InputError, match=r"no label 'dementia'; labels found: case \(\d+\), control \(\d+\);"):
        adscreen.read_cohort(frame, positive="dementia")


@pytest.mark.parametrize(
    ("speech", "options", "message"),
    [
        (["a boy"], {}, "subjects: missing; name the speaker of each text"),
        (["a boy"], {"subjects": ["S1", "S2"]}, "make_cohort: subject_id has 2 values for 1 recordings"),
        ([], {"subjects": []}, "DataFrame: no rows"),
        (["a boy", "a girl"], {"subjects": ["S1", "S1"]}, "DataFrame: rows 1 and 2 are both recording 'S1'"),
    ],
)
def test_speech_that_makes_no_cohort_is_one_line(
    speech: list[str], options: dict[str, list[str]], message: str
) -> None:
    """The line says which argument is wrong, never what was said."""
    with pytest.raises(InputError) as caught:
        adscreen.make_cohort(speech, **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert "boy" not in str(caught.value)


def test_the_dictionary_describes_every_feature(simulated_table: FeatureTable) -> None:
    """One row per column of X, in its order, each with a family and a formula."""
    frame = simulated_table.dictionary
    assert list(simulated_table.X) == frame["name"].tolist()
    assert frame[["family", "formula"]].notna().all(axis=None)
    words = frame.set_index("name").loc["lexical.mattr"]
    assert "lexical" == words["family"]
    assert words["source"]


def test_what_is_no_table_is_one_line(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """A manifest's path, a cohort or a matrix in place of a table is named, with the way to make one."""
    for wrong in ("manifest.csv", simulated_table.X):
        with pytest.raises(InputError, match=r"^table: is a (str|DataFrame), not a FeatureTable; make one with"):
            evaluate(wrong, study=small_study)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"^table: is a (str|DataFrame), not a FeatureTable"):
            adscreen.ScreeningModel().fit(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="n_folds: must be a whole number of at least 2, not 1"):
        simulated_table.folds(1)
    with pytest.raises(InputError, match="members: members are those of adscreen's own estimator"):
        evaluate(simulated_table, estimator=FOREST, members="elmo")


def test_texts_that_are_no_paths_are_not_scored_as_files(model_folder: Path, tiny_bilm: Path) -> None:
    """A list of texts is refused without a word of them; a data frame is read as a cohort."""
    with pytest.raises(InputError, match="1 of 1 are neither files nor folders; correct the paths") as caught:
        adscreen.score(model_folder, ["the girl wants a cookie"])
    assert "girl" not in str(caught.value)
    frame = pd.DataFrame({"subject_id": ["N1"], "text": ["well the girl wants a cookie from the jar"]})
    scores = adscreen.score(model_folder, frame, bilm=tiny_bilm, minimum_words=1, allow_out_of_scope=True)
    assert ["N1"] == scores.to_pandas()["recording_id"].tolist()


def test_a_member_without_weight_is_named(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Noise beside speech gets no weight, and a note says that it changed no prediction."""
    noise = pd.DataFrame({"recording_id": simulated_table.subjects["recording_id"], "constant": 1.0})
    table = simulated_table.join(noise, block="acoustic")
    found = evaluate(table, study=small_study, members="lexical,acoustic")
    assert "subject: acoustic had weight 0 in all 2 folds, so it changed no prediction." in found.notes
    text = noise.assign(voice="high")
    with pytest.raises(InputError, match="join: column 'voice' is not numeric; convert it, or name the columns"):
        simulated_table.join(text, block="acoustic")
    with pytest.raises(InputError, match="the frame has no column `recording_id`"):
        simulated_table.join(noise.rename(columns={"recording_id": "id"}), block="acoustic")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            {"subject_id": ["S1"], "transcript": ["um the boy fell"]},
            "DataFrame: row 1: `transcript` is not the path",
        ),
        (None, "source: is a NoneType; give a manifest's path or a data frame"),
    ],
)
def test_a_frame_that_is_no_cohort_is_one_line(frame: dict[str, list[str]] | None, message: str) -> None:
    """Speech in the column of paths is refused without a word of it."""
    with pytest.raises(InputError) as caught:
        adscreen.read_cohort(frame if frame is None else pd.DataFrame(frame))  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert "boy" not in str(caught.value)
    with pytest.raises(InputError, match="columns: column 'text' is given otherwise"):
        adscreen.make_cohort(["a boy"], subjects=["S1"], text=["a girl"])
