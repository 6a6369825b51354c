"""Cross-validation without leakage: what is learned never sees the held-out side, and null labels are worth 0.5."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.estimator import Stack, build_estimator
from adscreen.estimator.study import StudySettings
from adscreen.estimator.tuning import Tuned, tune
from adscreen.evaluation import ADSCREEN, TFIDF, ProtocolEvaluation, evaluate_protocol, shortcuts
from adscreen.evaluation import folds as folds_module
from adscreen.evaluation.frames import evaluation_frames, predictions_frame
from adscreen.evaluation.protocols import outer_splits
from adscreen.evaluation.results import MAJORITY, METHODS, TASK
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import (
    INTERVIEWER_TOKENS,
    NOT_NUMBERS,
    SENTENCE_WORDS,
    SENTENCES,
    STATES,
    TOKENS,
    FeatureTable,
    Fold,
)
from adscreen.model.trained_model import _dump
from adscreen.simulate import simulate_cohort

RAN = [method for method in METHODS if method != TASK]  # the simulated cohort has one task


@dataclass
class Learned:
    """An evaluation and what each outer fold learned, in the order of the folds."""

    evaluation: ProtocolEvaluation
    estimators: list[Stack]
    baselines: list[Pipeline]
    tuned: list[Tuned]
    inner: list[tuple[FeatureTable, list[Fold]]]


def build_all(tuned: Tuned, **options: Any) -> Stack:
    """Build as tuning chose, but let every member count a little, so that each is fitted and can be compared."""
    weights = tuple(weight or 1e-6 for weight in tuned.fusion.weights)
    return build_estimator(tuned.members, replace(tuned.fusion, weights=weights), **options)


def watch(table: FeatureTable, study: StudySettings, *, protocol: str = "subject") -> Learned:
    """Evaluate in this process and keep what every fold builds, which the real code then fits."""
    seen = Learned(None, [], [], [], [])  # type: ignore[arg-type]

    def kept(into: list[Any], build: Callable[..., Any]) -> Callable[..., Any]:
        def building(*args: Any, **options: Any) -> Any:
            built = build(*args, **options)
            into.append(built)
            return built

        return building

    def tuning(train_table: FeatureTable, *args: Any, **options: Any) -> Tuned:
        seen.inner.append((train_table, options["inner"]))
        return tune(train_table, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tuned, "build", kept(seen.estimators, build_all))
        patch.setattr(shortcuts, "build_shortcut", kept(seen.baselines, shortcuts.build_shortcut))
        patch.setattr(folds_module, "tune", kept(seen.tuned, tuning))
        seen.evaluation = evaluate_protocol(table, study, protocol=protocol)  # type: ignore[arg-type]
    return seen


def overwrite(table: FeatureTable, rows: np.ndarray) -> FeatureTable:
    """Return the table with every input of these rows replaced: words, sentence perplexities and all numbers."""
    rng = np.random.default_rng(9)
    inputs = table.inputs.copy()
    for row in rows.tolist():
        inputs.at[row, TOKENS] = ["something", "else", "entirely", "was", "said"] * 30
        inputs.at[row, SENTENCE_WORDS] = [5] * 30
        inputs.at[row, STATES] = rng.normal(size=(150, inputs.at[row, STATES].shape[1])).astype(np.float16)
        inputs.at[row, INTERVIEWER_TOKENS] = ["well", "what", "happens", "there"] * 9
        inputs.at[row, SENTENCES] = [50.0] * 40
        for name in inputs.columns.drop(list(NOT_NUMBERS)):
            inputs.at[row, name] = rng.normal(1000, 300)
    ids = set(table.subjects["recording_id"].iloc[rows])
    sentences = table.sentences.copy()
    numbers = ["words", "out_of_vocabulary", "forward", "backward", "joint"]
    sentences.loc[sentences["recording_id"].isin(ids), numbers] = 77
    return FeatureTable(table.subjects, inputs, sentences, table.provenance)


@pytest.fixture(scope="module")
def original(simulated_table: FeatureTable, small_study: StudySettings) -> Learned:
    """What is learned from the cohort as it is."""
    return watch(simulated_table, small_study)


@pytest.fixture(scope="module")
def published(simulated_table: FeatureTable, small_study: StudySettings) -> Learned:
    """The same under the published protocol."""
    return watch(simulated_table, small_study, protocol="paper")


@pytest.fixture(scope="module")
def held_out_replaced(simulated_table: FeatureTable, small_study: StudySettings, original: Learned) -> Learned:
    """What is learned where every recording of the first fold's held-out side says something else."""
    return watch(overwrite(simulated_table, original.evaluation.folds[0].rows), small_study)


@pytest.fixture(scope="module")
def training_replaced(simulated_table: FeatureTable, small_study: StudySettings, original: Learned) -> Learned:
    """What is learned where three controls of the first fold's training side say something else."""
    training = np.setdiff1d(np.arange(len(simulated_table)), original.evaluation.folds[0].rows)
    controls = training[simulated_table.cases[training] == 0]
    return watch(overwrite(simulated_table, controls[:3]), small_study)


def part(member: int, name: str, step: int) -> Callable[[Learned], list[Any]]:
    """Return what reads all that a step of a block of a member of the first fold's estimator learned."""

    def read(learned: Learned) -> list[Any]:
        columns = learned.estimators[0].fitted_[member].named_steps["columns"]
        chosen = columns.named_transformers_[name][step]
        return learned_of(getattr(chosen, "pca_", chosen))

    return read


def learned_of(part: Any) -> list[Any]:
    """Return all that a part learned."""
    return [value for key, value in sorted(vars(part).items()) if key.endswith("_")]


def head(number: int) -> Callable[[Learned], list[Any]]:
    """Return what reads all that one of the hybrid heads of the first fold learned, its Doc2Vec included."""

    def read(learned: Learned) -> list[Any]:
        fitted = learned.estimators[0].fitted_[3].named_steps["columns"].named_transformers_["hybrid"][0].heads_[number]
        return [*learned_of(fitted.doc2vec_), *[value for value in learned_of(fitted) if value is not fitted.doc2vec_]]

    return read


def paired(label: int) -> Callable[[Learned], list[Any]]:
    """Return what reads all that the paired head of controls (0) or cases (1) learned."""

    def read(learned: Learned) -> list[Any]:
        fitted = learned.estimators[0].fitted_[0]
        return [fitted.shifts_, *learned_of(fitted.heads_[label])]

    return read


def coefficients(member: int) -> Callable[[Learned], list[Any]]:
    """Return what reads the classifier of a member of the first fold's estimator."""

    def read(learned: Learned) -> list[Any]:
        classifier = learned.estimators[0].fitted_[member].named_steps["classifier"]
        return [classifier.coef_, classifier.intercept_]

    return read


LEARNED: dict[str, Callable[[Learned], list[Any]]] = {
    "settings and threshold": lambda seen: [str(seen.tuned[0].settings), seen.evaluation.folds[0].threshold],
    "candidates": lambda seen: [seen.tuned[0].candidates.to_csv()],
    "inner log-odds": lambda seen: [seen.tuned[0].logits],
    "inner probabilities": lambda seen: [seen.tuned[0].probabilities],
    "fusion": lambda seen: [str(seen.tuned[0].fusion)],
    "paired head of controls": paired(0),
    "paired head of cases": paired(1),
    "Doc2Vec": part(1, "doc2vec", 0),
    "Doc2Vec's scale": part(1, "doc2vec", 1),
    "Doc2Vec coefficients": coefficients(1),
    "ELMo scaler": part(2, "elmo", 0),
    "ELMo components": part(2, "elmo", 1),
    "ELMo's scale": part(2, "elmo", 2),
    "ELMo coefficients": coefficients(2),
    "controls' percentile": part(3, "bilm_share", 0),
    "imputer of the share above it": part(3, "bilm_share", 1),
    "scale of the share above it": part(3, "bilm_share", 2),
    "perplexity imputer": part(3, "bilm", 0),
    "perplexity scale": part(3, "bilm", 1),
    "first hybrid head": head(0),
    "last hybrid head": head(2),
    "hybrid limit of controls": lambda seen: [
        seen.estimators[0].fitted_[3].named_steps["columns"].named_transformers_["hybrid"][0].limit_
    ],
    "hybrid imputer": part(3, "hybrid", 1),
    "hybrid scale": part(3, "hybrid", 2),
    "perplexity coefficients": coefficients(3),
    **{
        f"{family} {name}": part(4, family, step)
        for family in ("lexical", "syntactic", "fluency", "semantic")
        for step, name in enumerate(("imputer", "scale"))
    },
    "linguistic coefficients": coefficients(4),
    "the estimator as saved": lambda seen: [_dump([seen.estimators[0]]).hex()],
    "baseline words": lambda seen: [str(sorted(tfidf(seen, 2).vocabulary_.items())), tfidf(seen, 2).idf_],
    "baseline coefficients": lambda seen: [seen.baselines[2][-1].coef_],
    "baseline threshold": lambda seen: [seen.evaluation.folds[1].threshold],
    "apparent measures": lambda seen: [str(fold.apparent) for fold in seen.evaluation.folds[:2]],
    "word count baseline": lambda seen: [seen.baselines[6][1].mean_, seen.baselines[6][-1].coef_],
    "interviewer's words": lambda seen: [str(sorted(tfidf(seen, 12).vocabulary_.items())), tfidf(seen, 12).idf_],
    "interviewer baseline": lambda seen: [seen.baselines[12][-1].coef_],
}


def tfidf(seen: Learned, number: int) -> Any:
    """Return a baseline's TF-IDF. Of an outer fold each baseline is built after those of its two inner folds.

    TF-IDF is 2, the majority (which has no inner folds) 3, word count 6, demographics 9, interviewer 12.
    """
    return seen.baselines[number].named_steps["tfidf"]


def of_method(seen: Learned, method: str = ADSCREEN) -> list[Any]:
    """Return the folds of a method."""
    return [fold for fold in seen.evaluation.folds if fold.method == method]


def as_bytes(values: list[Any]) -> list[bytes]:
    """Return the exact bytes of what was learned."""
    assert values
    arrays = [np.asarray(value) for value in values]
    return [str(array.tolist()).encode() if array.dtype == object else array.tobytes() for array in arrays]


@pytest.mark.parametrize("name", LEARNED)
def test_held_out_text_changes_nothing_that_is_learned(
    original: Learned, held_out_replaced: Learned, name: str
) -> None:
    """Whatever the held-out recordings say, each learned part of the training side is the same to the byte."""
    assert as_bytes(LEARNED[name](original)) == as_bytes(LEARNED[name](held_out_replaced))


@pytest.mark.parametrize("name", LEARNED)
def test_training_text_changes_what_is_learned(original: Learned, training_replaced: Learned, name: str) -> None:
    """The test above can fail: training recordings that say something else change each learned part."""
    assert as_bytes(LEARNED[name](original)) != as_bytes(LEARNED[name](training_replaced))


def test_held_out_text_changes_its_own_predictions(original: Learned, held_out_replaced: Learned) -> None:
    """The held-out side was replaced in earnest: its probabilities move."""
    before, after = (seen.evaluation.folds[0] for seen in (original, held_out_replaced))
    assert np.array_equal(before.rows, after.rows)
    assert (before.probabilities != after.probabilities).all()


def test_the_published_protocol_learns_from_held_out_text(
    simulated_table: FeatureTable, small_study: StudySettings, published: Learned
) -> None:
    """Under ``paper`` Doc2Vec reads all recordings, so held-out text moves the coefficients: that protocol leaks."""
    held_out = published.evaluation.folds[0].rows
    after = watch(overwrite(simulated_table, held_out), small_study, protocol="paper")
    assert as_bytes(LEARNED["Doc2Vec coefficients"](published)) != as_bytes(LEARNED["Doc2Vec coefficients"](after))


@pytest.fixture(scope="module")
def acoustic(simulated_table: FeatureTable) -> FeatureTable:
    """The table with a block of two columns of the user's, a cell of which is missing."""
    rng = np.random.default_rng(4)
    numbers = rng.normal(simulated_table.cases[:, None], 1.0, size=(len(simulated_table), 2))
    numbers[::7, 0] = np.nan
    frame = pd.DataFrame(numbers, columns=["f0_mean", "jitter"], index=simulated_table.subjects["recording_id"])
    return simulated_table.join(frame, block="acoustic")


@pytest.fixture(scope="module")
def acoustic_study(small_study: StudySettings) -> StudySettings:
    """A study whose members read the block, alone and beside a family."""
    return replace(small_study, members=("acoustic", "acoustic+lexical"))


@pytest.fixture(scope="module")
def with_block(acoustic: FeatureTable, acoustic_study: StudySettings) -> Learned:
    """What is learned with the block as it is."""
    return watch(acoustic, acoustic_study)


def replace_block(table: FeatureTable, rows: np.ndarray) -> FeatureTable:
    """Return the table with other numbers in the block in these rows."""
    inputs = table.inputs.copy()
    inputs.loc[rows, ["acoustic.f0_mean", "acoustic.jitter"]] = np.random.default_rng(9).normal(99, 9, (len(rows), 2))
    return replace(table, inputs=inputs)


@pytest.fixture(scope="module")
def held_out_block(acoustic: FeatureTable, acoustic_study: StudySettings, with_block: Learned) -> Learned:
    """What is learned where the first fold's held-out recordings have other numbers in the block."""
    return watch(replace_block(acoustic, with_block.evaluation.folds[0].rows), acoustic_study)


@pytest.fixture(scope="module")
def training_block(acoustic: FeatureTable, acoustic_study: StudySettings, with_block: Learned) -> Learned:
    """What is learned where three controls of the first fold's training side have other numbers in the block."""
    training = np.setdiff1d(np.arange(len(acoustic)), with_block.evaluation.folds[0].rows)
    return watch(replace_block(acoustic, training[acoustic.cases[training] == 0][:3]), acoustic_study)


LEARNED_OF_BLOCK: dict[str, Callable[[Learned], list[Any]]] = {
    **{name: LEARNED[name] for name in ("settings and threshold", "candidates", "inner log-odds", "fusion")},
    "imputer": part(0, "acoustic", 0),
    "scale": part(0, "acoustic", 1),
    "coefficients": coefficients(0),
    "imputer beside a family": part(1, "acoustic", 0),
    "scale beside a family": part(1, "acoustic", 1),
    "coefficients beside a family": coefficients(1),
    "the estimator as saved": LEARNED["the estimator as saved"],
}


@pytest.mark.parametrize("name", LEARNED_OF_BLOCK)
def test_held_out_columns_change_nothing_that_is_learned(
    with_block: Learned, held_out_block: Learned, training_block: Learned, name: str
) -> None:
    """Other numbers in a user's block change what is learned on the training side alone, and that to the byte."""
    read = LEARNED_OF_BLOCK[name]
    assert as_bytes(read(with_block)) == as_bytes(read(held_out_block))
    assert as_bytes(read(with_block)) != as_bytes(read(training_block))


def test_held_out_columns_change_their_own_predictions(with_block: Learned, held_out_block: Learned) -> None:
    """The held-out block was replaced in earnest, and the block is among the families of the evaluation."""
    before, after = (seen.evaluation.folds[0] for seen in (with_block, held_out_block))
    assert (before.probabilities != after.probabilities).all()
    assert {"acoustic", "lexical"} == {row.family for row in with_block.evaluation.families}


def test_every_inner_fold_keeps_subjects_whole(simulated_table: FeatureTable, original: Learned) -> None:
    """The inner folds that evaluation tunes on part no subject, and hold no subject of the outer test side."""
    assert 2 == len(original.inner)
    for held_out, (train_table, inner) in zip(of_method(original), original.inner, strict=True):
        subjects = train_table.subjects["subject_id"]
        assert [set()] * 2 == [set(subjects[a]) & set(subjects[b]) for a, b in inner]
        assert set() == set(subjects) & set(simulated_table.subjects["subject_id"].iloc[held_out.rows])


@st.composite
def cohorts(draw: st.DrawFn) -> FeatureTable:
    """Draw cohorts of 6 to 12 subjects a label with 1 to 4 visits, with or without clusters of one label or both."""
    clustered = draw(st.booleans())
    rows = []
    for label in ("case", "control"):
        for number in range(draw(st.integers(6, 12))):
            own = f"C{draw(st.integers(0, 14))}" if clustered and draw(st.integers(0, 4)) else None
            named = draw(st.lists(st.sampled_from([own, own, None]), min_size=1, max_size=4))
            rows += [(f"{label}{number}", label, cluster) for cluster in named]
    subjects = pd.DataFrame(draw(st.permutations(rows)), columns=["subject_id", "label", "cluster"])
    subjects["recording_id"] = [f"R{number:03d}" for number in range(len(subjects))]
    return FeatureTable(subjects, subjects[["recording_id"]], pd.DataFrame({"recording_id": []}))


@settings(max_examples=30)
@given(cohorts(), st.integers(0, 100))
def test_no_group_is_on_both_sides_of_any_fold(table: FeatureTable, seed: int) -> None:
    """Neither a subject nor a cluster is parted by an outer fold, or by an inner fold of its training side."""
    study = StudySettings(folds=3, repeats=2, inner_folds=2, seed=seed)
    try:
        splits = [split for _, split in outer_splits(table, study, protocol="subject")]
        inner = [
            (table.rows(training), fold)
            for training, _ in splits
            for fold in table.rows(training).folds(study.inner_folds, seed=seed)
        ]
    except InputError:
        reject()  # too few clusters of a label
    for of, (training, test) in [*((table, split) for split in splits), *inner]:
        for column in ("subject_id", "cluster"):
            one, other = (set(of.subjects[column].iloc[rows].dropna()) for rows in (training, test))
            assert set() == one & other
        assert len(of) == len(training) + len(test) == len({*training, *test})


def test_every_repeat_draws_new_folds(simulated_table: FeatureTable) -> None:
    """Repeats have seeds of their own, each tests every recording once."""
    study = StudySettings(folds=2, repeats=3)
    splits = outer_splits(simulated_table, study, protocol="subject")
    assert [(repeat, fold) for repeat in range(3) for fold in range(2)] == [number for number, _ in splits]
    sides = {frozenset(test.tolist()) for _, (_, test) in splits}
    assert 6 == len(sides)


def test_every_method_runs_on_the_same_folds(original: Learned) -> None:
    """adscreen and each baseline learn from the same rows and predict the same others in each fold."""
    assert RAN * 2 == [fold.method for fold in original.evaluation.folds]
    for method in RAN:
        for ours, theirs in zip(of_method(original), of_method(original, method), strict=True):
            assert (ours.repeat, ours.fold) == (theirs.repeat, theirs.fold)
            assert np.array_equal(ours.rows, theirs.rows)
            assert np.array_equal(ours.training, theirs.training)


def test_every_recording_is_predicted_once_by_each_method(simulated_table: FeatureTable, original: Learned) -> None:
    """The predictions table has one row a method, repeat and recording, with its own label."""
    frame = predictions_frame(simulated_table, original.evaluation)
    assert len(RAN) * len(simulated_table) == len(frame)
    assert not frame.duplicated(["method", "repeat", "recording_id"]).any()
    assert frame["probability"].between(0, 1).all()
    known = simulated_table.subjects.set_index("recording_id")
    assert known["label"][frame["recording_id"]].tolist() == frame["label"].tolist()
    assert known["subject_id"][frame["recording_id"]].tolist() == frame["subject_id"].tolist()


@pytest.mark.parametrize("method", RAN)
def test_measures_can_be_had_from_the_predictions(
    simulated_table: FeatureTable, original: Learned, method: str
) -> None:
    """AUC counts case-control pairs within folds; the others compare each probability with its fold's threshold."""
    frame = predictions_frame(simulated_table, original.evaluation)
    own = frame[frame["method"] == method]
    pairs = own[own["label"] == "case"].merge(own[own["label"] == "control"], on="fold")
    concordant = (pairs["probability_x"] > pairs["probability_y"]) + 0.5 * (
        pairs["probability_x"] == pairs["probability_y"]
    )
    positive, case = own["probability"] >= own["threshold"], own["label"] == "case"
    expected = {
        "auc": concordant.mean(),
        "accuracy": (positive == case).mean(),
        "sensitivity": positive[case].mean(),
        "specificity": 1 - positive[~case].mean(),
    }
    found = {name: original.evaluation.metric(name, method=method) for name in expected}
    assert expected == pytest.approx({name: row.value for name, row in found.items()})
    assert all(row.low <= row.value <= row.high for row in found.values() if not math.isnan(row.low))
    assert [] == [name for name, row in found.items() if math.isnan(row.low) and (method, name) != ("majority", "auc")]


def test_the_difference_is_that_of_the_methods(original: Learned) -> None:
    """Every measure of adscreen minus that of each baseline, at both levels."""
    evaluation = original.evaluation
    assert {*RAN} - {ADSCREEN} == {row.method for row in evaluation.differences}
    for row in evaluation.differences:
        values = [
            evaluation.metric(row.measure, method=method, level=row.level).value  # type: ignore[arg-type]
            for method in (ADSCREEN, row.method)
        ]
        assert values[0] - values[1] == pytest.approx(row.value, nan_ok=True)


def test_the_published_protocol_parts_speakers(
    simulated_table: FeatureTable, original: Learned, published: Learned
) -> None:
    """Under ``paper`` most test recordings have a training recording of their speaker; under ``subject`` none has."""
    subjects = simulated_table.subjects["subject_id"].to_numpy()
    known = [
        subject in set(np.delete(subjects, fold.rows))
        for fold in of_method(published)
        for subject in subjects[fold.rows]
    ]
    assert np.mean(known) == pytest.approx(published.evaluation.shared_subject_share)
    assert published.evaluation.shared_subject_share > 0.5
    assert 0.0 == original.evaluation.shared_subject_share


def test_the_manifests_order_changes_no_prediction(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """With its rows in another order a recording has the same prediction, to the last bit."""
    other = simulated_table.rows(np.random.default_rng(0).permutation(len(simulated_table)))
    keys = ["method", "repeat", "recording_id"]
    expected, found = (
        predictions_frame(table, evaluation).sort_values(keys).reset_index(drop=True)
        for table, evaluation in (
            (of, evaluate_protocol(of, small_study, protocol="subject")) for of in (simulated_table, other)
        )
    )
    pd.testing.assert_frame_equal(expected, found, check_exact=True)


def test_the_positive_label_is_the_one_named(
    simulated_table: FeatureTable, small_study: StudySettings, original: Learned
) -> None:
    """With the labels' roles exchanged the probabilities are those of the other label, and the AUC stays."""
    steps: list[int] = []
    swapped = evaluate_protocol(
        replace(simulated_table, labels=("case", "control")), small_study, protocol="subject", progress=steps.append
    )
    for straight, other in zip(original.evaluation.folds, swapped.folds, strict=True):
        if straight.method == TFIDF:
            assert straight.probabilities == pytest.approx(1 - other.probabilities, abs=1e-3)
    auc = original.evaluation.metric("auc", method=TFIDF).value
    assert auc == pytest.approx(swapped.metric("auc", method=TFIDF).value)
    assert [1, 1, 1] == steps  # progress counts the folds, then the permutations


def test_clusters_have_intervals_of_their_own(
    simulated_table: FeatureTable, small_study: StudySettings, original: Learned
) -> None:
    """With clusters, folds keep them whole and a second interval resamples them; without, there is none."""
    subjects = simulated_table.subjects
    number = subjects["subject_id"].str.removeprefix("SYN").astype(int)
    cluster = subjects["label"] + "-" + (number // 4).astype(str)
    clustered = replace(simulated_table, subjects=subjects.assign(cluster=cluster))
    found = evaluate_protocol(clustered, small_study, protocol="subject")
    for fold in found.folds:
        assert set() == set(cluster.iloc[fold.rows]) & set(cluster.drop(index=fold.rows))
    auc, without = found.metric("auc"), original.evaluation.metric("auc")
    assert auc.cluster_low <= auc.value <= auc.cluster_high
    assert (auc.low, auc.high) != (auc.cluster_low, auc.cluster_high)
    assert np.isnan([without.cluster_low, without.cluster_high]).all()


@pytest.mark.parametrize("protocol", ["subject", "paper"])
def test_too_small_a_cohort_is_refused(
    simulated_table: FeatureTable, small_study: StudySettings, protocol: str
) -> None:
    """One case cannot be split: one line says how many there are and how many are needed."""
    cases = simulated_table.cases
    few = simulated_table.rows([*np.flatnonzero(cases == 1)[:1], *np.flatnonzero(cases == 0)])
    with pytest.raises(InputError, match=r"1 (subject_id groups|recordings) of case, splitting them needs"):
        evaluate_protocol(few, small_study, protocol=protocol)  # type: ignore[arg-type]


def test_texts_without_a_common_word_are_refused(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Where no two recordings share a word the baseline has nothing to count: one line, not a traceback."""
    columns = {
        TOKENS: [[f"word{number}"] * 3 for number in range(len(simulated_table))],
        SENTENCE_WORDS: [[3]] * len(simulated_table),
        STATES: [states[:3] for states in simulated_table.inputs[STATES]],
    }
    table = replace(simulated_table, inputs=simulated_table.inputs.assign(**columns))
    with pytest.raises(InputError, match="no word occurs in two training transcripts"):
        evaluate_protocol(table, small_study, protocol="subject")


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["subject", "paper"])
def test_jobs_change_nothing(simulated_table: FeatureTable, small_study: StudySettings, protocol: str) -> None:
    """Two processes predict what one predicts and sum it up the same, to the last bit."""
    one, two = (
        evaluate_protocol(simulated_table, small_study, protocol=protocol, jobs=jobs)  # type: ignore[arg-type]
        for jobs in (1, 2)
    )
    frames = [predictions_frame(simulated_table, evaluation) for evaluation in (one, two)]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    for stem, frame in evaluation_frames([one]).items():
        pd.testing.assert_frame_equal(frame, evaluation_frames([two])[stem], check_exact=True)


def permute_by_subject(table: FeatureTable, seed: int) -> FeatureTable:
    """Return the table with labels dealt out anew, one a subject."""
    dealt = np.where(shortcuts.deal_labels(table, seed=seed), "case", "control")
    return replace(table, subjects=table.subjects.assign(label=dealt))


@pytest.mark.slow
def test_labels_without_meaning_are_worth_a_half(tmp_path: Path, tiny_bilm: Path, small_study: StudySettings) -> None:
    """Labels dealt out by subject give a mean AUC near 0.5 under ``subject``, and look learnable under ``paper``.

    40 subjects: a null AUC has a standard deviation of about 0.12, the mean of 8 one of 0.04; 0.12 is three of them.
    The true labels are found, so the text does hold something to learn.
    """
    manifest = simulate_cohort(tmp_path / "cohort", subjects=40, visits=4, seed=2, effect=1.0)
    table = extract_cohort(read_cohort(manifest), ExtractSettings(tiny_bilm))
    study = replace(small_study, folds=3, splits=3, members=("paired", "doc2vec+elmo"))

    def areas(of: FeatureTable, protocol: str) -> list[float]:
        found = evaluate_protocol(of, study, protocol=protocol)  # type: ignore[arg-type]
        return [found.metric("auc", method=method).value for method in (ADSCREEN, TFIDF)]

    dealt = [permute_by_subject(table, seed) for seed in range(8)]
    without_leak = np.mean([areas(of, "subject") for of in dealt], axis=0)
    leaking = np.mean([areas(of, "paper") for of in dealt[:4]], axis=0)
    assert [0.5, 0.5] == pytest.approx(without_leak, abs=0.12)
    assert (leaking > 0.6).all()
    assert min(areas(table, "subject")) > 0.7


def test_the_threshold_can_be_given(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Every method but the majority then decides at it, in every fold; probabilities are as they were."""
    study = replace(small_study, members=("lexical",))
    youden = evaluate_protocol(simulated_table, study, protocol="subject")
    given = evaluate_protocol(simulated_table, replace(study, threshold=0.3), protocol="subject")
    assert {0.3} == {fold.threshold for fold in given.folds if fold.method != MAJORITY}
    assert {0.3} != {fold.threshold for fold in youden.folds if fold.method != MAJORITY}
    for one, other in zip(youden.folds, given.folds, strict=True):
        assert one.probabilities.tobytes() == other.probabilities.tobytes()


def test_a_site_in_two_spellings_is_one_fold(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Leaving out `south` leaves out `South` too: a model would otherwise have met the site that it is tested on."""
    sites = ["South", "south ", "North", "NORTH"]
    subjects = simulated_table.subjects
    order = {subject: number for number, subject in enumerate(subjects["subject_id"].unique())}
    written = [sites[order[subject] // 2 % 4] for subject in subjects["subject_id"]]
    table = replace(simulated_table, subjects=subjects.assign(site=written))
    splits = outer_splits(table, small_study, protocol="site")
    assert 2 == len(splits)
    for _, (training, test) in splits:
        there = {written[row].strip().casefold() for row in test}
        assert there.isdisjoint(written[row].strip().casefold() for row in training)
