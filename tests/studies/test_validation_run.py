"""A frozen model is tested as it is: on everybody new, on nobody it learned from, with every row accounted for."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adscreen.cohort import make_cohort, read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.feature_table import FeatureTable
from adscreen.model.trained_model import (
    FORMAT,
    ModelManifest,
    TrainedModel,
    load_model,
    loose_subject_digest,
    subject_digest,
)
from adscreen.studies.audit_run import audit
from adscreen.studies.comparison_run import compare
from adscreen.studies.evaluation_run import evaluate
from adscreen.studies.schemas import schemas
from adscreen.studies.scores import score
from adscreen.studies.tested import match_labels
from adscreen.studies.validation_run import Validation, validate

KEY = "key"
IDS = ("José-01", "S 7 Müller", "abc'9")
INVISIBLE = ("\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad")
SPACES = ("", " ", "\u00a0", "\u3000", "\t")
DASHES = ("-", "\u2010", "\u2011", "\u2013", "\u2212", "\uff0d")


def known(*ids: str) -> TrainedModel:
    """Return a model that learned from these subjects, and can do nothing."""
    manifest = ModelManifest(
        format=FORMAT,
        positive_label="case",
        negative_label="control",
        settings={},
        threshold=0.5,
        visit_correlation=1.0,
        subject_threshold=0.5,
        inner_auc=0.7,
        seed=0,
        minimum_words=1,
        recordings={},
        subjects={},
        subject_key=KEY,
        subject_digests=[subject_digest(name, KEY) for name in ids],
        loose_subject_digests=[loose_subject_digest(name, KEY) for name in ids],
        speech_digests=[],
        speech_sketches=[],
        reference={},
        sentence_reference=[],
    )
    return TrainedModel(None, (), manifest)  # type: ignore[arg-type]


def pair(*ids: str) -> pd.DataFrame:
    """Return a manifest of a case and controls whose transcripts are not there."""
    labels = ["case", *["control"] * (len(ids) - 1)]
    return pd.DataFrame({"subject_id": ids, "transcript": [f"{n}.cha" for n in range(len(ids))], "label": labels})


@st.composite
def spellings(draw: st.DrawFn, name: str) -> str:
    """Return an id as another program or keyboard may write it."""
    written = "".join(draw(st.sampled_from(DASHES)) if char == "-" else char for char in name)
    written = "".join(
        draw(st.sampled_from((char, char.upper() if len(char.upper()) == 1 else char, char.lower())))
        for char in written
    )
    written = unicodedata.normalize(draw(st.sampled_from(("NFC", "NFD", "NFKC", "NFKD"))), written)
    if draw(st.booleans()):  # full-width letters and digits
        written = "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in written)
    place = draw(st.integers(0, len(written)))
    written = written[:place] + draw(st.sampled_from(("", *INVISIBLE))) + written[place:]
    return draw(st.sampled_from(SPACES)) + written + draw(st.sampled_from(SPACES))


@settings(max_examples=150)
@given(st.tuples(*map(spellings, IDS)))
@example(("JOSE\u0301\u201301", "s\u00a07 mu\u0308ller", "ABC\u20199"))
def test_every_spelling_of_a_training_subject_is_caught(written: tuple[str, ...]) -> None:
    """Nobody is left to validate on, whatever case, Unicode form, spaces, invisible characters and dashes ids have."""
    with pytest.raises(InputError, match="every subject was in training"):
        validate(known(*IDS), pair(*written))


def test_leading_zeros_are_asked_for() -> None:
    """7 and 007 may be two people; with same_id they are one."""
    with pytest.raises(InputError, match="every subject was in training"):
        validate(known("7", "S-010"), pair("007", "s-10"), same_id=True)
    with pytest.raises(InputError, match="every subject was in training"):
        validate(known("7", "S-010"), pair("7", "s-010"))
    model = known("7")
    assert (False, True) == (model.knows_subject("007"), model.may_know_subject("007"))


@pytest.mark.parametrize(
    ("labels", "options", "expected"),
    [
        (("control", "case"), {}, {"control": "control", "case": "case"}),
        (("HC", "AD"), {"positive": "AD"}, {"HC": "control", "AD": "case"}),
        (("control", "AD"), {"positive": "AD"}, {"control": "control", "AD": "case"}),
    ],
)
def test_labels_are_those_of_the_model(
    labels: tuple[str, str], options: dict[str, Any], expected: dict[str, str]
) -> None:
    """The model's own labels need no word; others only where the cohort's case is named, and a note says so."""
    cohort = make_cohort(["a b c", "d e f"], subjects=["S1", "S2"], labels=list(labels), **options)
    found, notes = match_labels(cohort, negative="control", positive="case")
    assert expected == found
    assert bool(notes) == (set(labels) != {"control", "case"})


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (("control", "case", "MCI"), {}, "label 'MCI' is neither 'control' nor 'case', the labels of the model"),
        (("HC", "AD"), {}, "label 'AD' is neither"),
        (("control", "case"), {"positive": "control"}, "the case is 'control', that of the model is 'case'"),
        (("control", "control"), {}, "needs two labels, found 1: control"),
        (("control", None), {}, r"row 2 has no label \(1 such rows\)"),
    ],
)
def test_other_labels_are_refused_by_name(labels: tuple[Any, ...], options: dict[str, Any], message: str) -> None:
    """A label that the model does not know, one that is missing, and swapped ones end the validation at once."""
    subjects = [f"S{number}" for number in range(len(labels))]
    cohort = make_cohort([f"text {name}" for name in subjects], subjects=subjects, labels=list(labels), **options)
    with pytest.raises(InputError, match=message):
        match_labels(cohort, negative="control", positive="case")


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, 8.0])
def test_a_prevalence_is_a_share(prevalence: float) -> None:
    """Anything else is refused before the model is loaded."""
    with pytest.raises(InputError, match="is no prevalence"):
        validate("no such model", "no such manifest.csv", prevalence=prevalence)


@pytest.fixture(scope="module")
def odd(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The held-out cohort, with two recordings of a training subject in disguise, a short and a missing transcript."""
    held_out = pd.read_csv(simulated / "held_out.csv", dtype=str, keep_default_na=False)
    training = pd.read_csv(simulated / "training.csv", dtype=str, keep_default_na=False).head(2)
    disguised = training.assign(subject_id=training["subject_id"].str.lower() + "\u200b")
    folder = tmp_path_factory.mktemp("odd")
    (folder / "short.txt").write_text("um yes .\n")
    more = held_out.head(2).assign(subject_id=["N1", "N2"], transcript=["short.txt", "gone.cha"])
    frame = pd.concat([held_out, disguised, more])
    frame["transcript"] = [
        str(folder / name if name in ("short.txt", "gone.cha") else simulated / name) for name in frame["transcript"]
    ]
    frame.to_csv(folder / "odd.csv", index=False)
    return folder / "odd.csv"


@pytest.fixture(scope="module")
def found(model_folder: Path, odd: Path, tiny_bilm: Path) -> Validation:
    """The validation of the model on ``odd``."""
    return validate(model_folder, odd, bilm=tiny_bilm, prevalence=0.1)


@pytest.fixture(scope="module")
def folder(found: Validation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its run folder."""
    return found.save(tmp_path_factory.mktemp("validation") / "out")


def test_every_row_is_in_the_flow(found: Validation, odd: Path) -> None:
    """Training subjects, short and unreadable recordings are counted with a reason, and no measure is of them."""
    flow = found.frames["flow"].set_index("step")
    steps = ["read", "in_training", "insufficient_speech", "unreadable", "out_of_scope", "used"]
    read, in_training, short, unreadable, outside, used = (int(flow["recordings"][name]) for name in steps)
    assert (len(pd.read_csv(odd)), 2, 1) == (read, in_training, unreadable)
    assert short >= 1
    assert read == in_training + short + unreadable + outside + used
    assert used == len(found.predictions) == int(found.metrics[["negative", "positive"]].iloc[0].sum())
    assert "no such file" in flow["reason"]["unreadable"]
    assert not set(found.predictions["subject_id"]) & {"N1", "N2", "syn0001\u200b", "SYN0001"}
    assert f"{used} of {read} recordings were scored and are measured." in found.notes
    assert "1 unreadable: no such file (1)." in found.notes
    assert f"{short} insufficient_speech: fewer words than the model needs ({short})." in found.notes
    assert read - used == found.tested.missing
    assert "2 recordings of training subjects left out." in found.notes


@pytest.mark.slow
def test_recordings_are_scored_as_score_scores_them(
    found: Validation, model_folder: Path, odd: Path, tiny_bilm: Path
) -> None:
    """Every row is that of `score`, to the bit; the measures' probabilities are those rows'."""
    expected = score(model_folder, odd, bilm=tiny_bilm, allow_training_subjects=True).to_pandas()
    pd.testing.assert_frame_equal(expected, found.scores, check_exact=True)
    scored = expected.set_index("recording_id")["probability"]
    assert scored[found.predictions["recording_id"]].tolist() == found.predictions["probability"].tolist()


def test_the_folder_holds_what_an_evaluation_holds(folder: Path) -> None:
    """Tables, scores, certificate, report and run.json; what was invented says so."""
    names = {path.name for path in folder.iterdir()}
    assert {"scores.csv", "subjects.csv", "metrics.csv", "recalibration.json", "report.html", "run.json"} <= names
    assert {"predictive_values.csv", "abstentions.csv", "certificate.json", "flow.csv", "table1.csv"} <= names
    assert "validate" == json.loads((folder / "run.json").read_text())["command"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in page
    assert "Validation of a frozen model" in page
    for name in ("certificate", "evaluation_report", "run"):
        file = {"evaluation_report": "report"}.get(name, name)
        Draft202012Validator(schemas()[name]).validate(json.loads((folder / f"{file}.json").read_text()))


def test_a_recalibration_is_offered_and_not_applied(found: Validation, folder: Path) -> None:
    """Its file warns that it was fitted here; no probability of the run is changed by it."""
    content = json.loads((folder / "recalibration.json").read_text())
    assert "another cohort is needed" in content["warning"]
    assert ["intercept", "intercept_and_slope"] == [one["kind"] for one in content["recalibrations"]]
    assert len(found.predictions) == content["recordings"]
    intercept = found.found.evaluation.metric("calibration_intercept").value
    assert pytest.approx(intercept) == content["recalibrations"][0]["intercept"]


def test_an_audit_confirms_the_figures(folder: Path, found: Validation, tmp_path: Path) -> None:
    """`audit` computes every measure again from the predictions, and finds a figure that was changed."""
    findings = audit(folder)
    assert ["note"] == list({one.level for one in findings})
    assert f"{len(found.metrics)} measures computed anew" in next(
        one.what for one in findings if one.where == "metrics.csv"
    )
    copy = found.save(tmp_path / "copy")
    metrics = pd.read_csv(copy / "metrics.csv")
    metrics.loc[metrics["measure"] == "observed_minus_expected", "value"] += 0.1
    metrics.to_csv(copy / "metrics.csv", index=False)
    assert "error" == audit(copy)[0].level


def test_two_validations_are_compared_and_an_evaluation_is_not_one(
    folder: Path, found: Validation, simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """Two models on the same recordings are paired; a run under another protocol is refused."""
    same = compare(folder, folder)
    assert {"validate"} == set(same["protocol"])
    assert [0.0] == same["difference"].dropna().unique().tolist()
    assert found.metrics["value"].equals(same["first"])


@pytest.mark.slow
def test_it_is_the_external_test_of_the_same_model(
    model_folder: Path, simulated: Path, simulated_table: FeatureTable, small_study: StudySettings, tiny_bilm: Path
) -> None:
    """`evaluate A --test B` trains the model that `train A` trains: threshold, probabilities and AUC are the same."""
    held_out = extract_cohort(read_cohort(simulated / "held_out.csv"), ExtractSettings(tiny_bilm))
    external = evaluate(simulated_table, test=held_out, study=small_study)
    every = {"minimum_words": 1, "allow_out_of_scope": True}
    frozen = validate(model_folder, simulated / "held_out.csv", bilm=tiny_bilm, **every)  # type: ignore[arg-type]
    theirs = external.predictions[external.predictions["method"] == "adscreen"]
    assert theirs["recording_id"].tolist() == frozen.predictions["recording_id"].tolist()
    assert theirs["threshold"].unique().tolist() == [load_model(model_folder).manifest.threshold]
    np.testing.assert_allclose(frozen.predictions["probability"], theirs["probability"], rtol=0, atol=1e-12)
    expected = external.metrics[external.metrics["method"] == "adscreen"].set_index(["level", "measure"])["value"]
    values = frozen.metrics.set_index(["level", "measure"])["value"]
    np.testing.assert_allclose(values[expected.index], expected, rtol=0, atol=1e-12)


@pytest.mark.slow
def test_jobs_and_a_cache_change_nothing(
    model_folder: Path, odd: Path, tiny_bilm: Path, folder: Path, tmp_path: Path
) -> None:
    """Every file but run.json has the same bytes in two processes, and from a cache."""
    for number, jobs in enumerate((2, 1)):
        options = {"cache": tmp_path / "cache", "jobs": jobs, "prevalence": 0.1}
        out = validate(model_folder, odd, bilm=tiny_bilm, **options).save(tmp_path / str(number))  # type: ignore[arg-type]
        for path in folder.iterdir():
            if path.name != "run.json":
                assert path.read_bytes() == (out / path.name).read_bytes(), path.name
