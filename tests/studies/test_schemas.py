"""The committed JSON Schemas are those of the code; what adscreen writes satisfies them, and little else does."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator, ValidationError

from adscreen.bundled import bundled
from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.extract.perplexity import perplexity_dictionary
from adscreen.features import feature_dictionary
from adscreen.ingest import read_transcript
from adscreen.ingest.transcript_json import transcript_to_json
from adscreen.model.trained_model import FORMAT, ModelManifest
from adscreen.records import Word
from adscreen.scoring.carried import ScoreLine
from adscreen.scoring.recording_report import (
    Contribution,
    RecordingReport,
    ReportFeature,
    ReportSentence,
    ReportWord,
    ScoreRow,
)
from adscreen.studies.runs import new_run
from adscreen.studies.schemas import KINDS, MANIFEST_REQUIRED, schemas, write_schemas
from adscreen.writing import as_json

NAN = float("nan")
SCORE = ScoreRow("r", "s", None, "unreadable", "no such file", NAN, NAN, NAN, 0.4, 0, 0, NAN, False, "ab12")
REPORT = RecordingReport(
    score=SCORE,
    positive_label="case",
    negative_label="control",
    sentences=(ReportSentence(0, (ReportWord("boy", "word"),), NAN, 0, 0.0),),
    features=(ReportFeature("rate", "fluency", "words/min", "n / t", NAN, 1.0, 2.0, 3.0, "no times"),),
    intercept=NAN,
    contributions=(Contribution("elmo", 0.25),),
    warnings=("short",),
    model={"digest": "ab12"},
)
MODEL = ModelManifest(
    format=FORMAT,
    positive_label="case",
    negative_label="control",
    settings={"C": 0.1},
    threshold=0.5,
    visit_correlation=0.4,
    subject_threshold=0.45,
    inner_auc=0.7,
    seed=0,
    minimum_words=12,
    recordings={"control": 2, "case": 2},
    subjects={"control": 1, "case": 1},
    subject_key="k",
    subject_digests=["d"],
    loose_subject_digests=["e"],
    speech_digests=["f"],
    speech_sketches=["AAAAAQ=="],
    reference={"lexical.mattr": [0.5, 0.6, 0.7]},
    sentence_reference=[4.0, 7.0],
)


def _plain(content: Any) -> Any:
    """Return content as a reader of the JSON that adscreen writes sees it."""
    return json.loads(as_json(content))


def _check(name: str, content: Any) -> None:
    """Raise ValidationError where the content does not satisfy the schema."""
    _validator(name).validate(content)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[name])


def _clinical_transcript(shared: Path) -> dict[str, Any]:
    """Return a real CHAT transcript, with fillers and interviewer, as JSON."""
    path = next((shared / "chat" / "clinical").glob("*morphotag__eng_clinical_aphasia.jan9.cha"))
    transcript = read_transcript(path, recording_id="r", subject_id="s", visit="1")
    content: dict[str, Any] = json.loads(json.dumps(transcript_to_json(transcript)))
    return content


def test_the_committed_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    """``python -m adscreen.studies.schemas data_schemas`` changes nothing; run it after a change of a record."""
    write_schemas(tmp_path)
    expected = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert expected == {path.name: path.read_text(encoding="utf-8") for path in bundled("data_schemas").glob("*.json")}


def test_every_kind_has_a_schema() -> None:
    """The names that other modules list are the files there are."""
    assert [kind.name for kind in KINDS] == list(schemas())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_is_a_valid_schema(kind: Any) -> None:
    """Each is a draft 2020-12 schema that says what it describes."""
    schema = schemas()[kind.name]
    Draft202012Validator.check_schema(schema)
    assert kind.title == schema["title"]
    assert schema["description"]


def test_a_real_transcript_satisfies_its_schema(shared: Path) -> None:
    """A clinical CHAT file, read and written as JSON, is what the schema says."""
    content = _clinical_transcript(shared)
    assert content["utterances"]
    _check("transcript", content)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "noise"), ("text", None), ("start_ms", 1.5), ("target", "going to"), ("surprise", 1)],
)
def test_a_word_of_the_wrong_kind_fails(shared: Path, field: str, value: object) -> None:
    """An unknown kind of word, a missing text, half a millisecond, an unknown field: each fails."""
    content = _clinical_transcript(shared)
    content["utterances"][0]["words"][0][field] = value
    with pytest.raises(ValidationError):
        _check("transcript", content)


def test_a_transcript_without_a_field_fails(shared: Path) -> None:
    """What has no default must be there; what has one is left out, and the schema gives it."""
    content = _clinical_transcript(shared)
    word = content["utterances"][0]["words"][0]
    assert "retraced" not in word
    described = schemas()["transcript"]["$defs"]["Word"]["properties"]
    defaults = {field.name: field.default for field in fields(Word) if field.default is not MISSING}
    assert defaults | {"target": []} == {name: part["default"] for name, part in described.items() if name != "text"}
    del content["participant"]
    with pytest.raises(ValidationError, match="participant"):
        _check("transcript", content)


@pytest.mark.parametrize("name", ["manifest.csv", "manifest_excerpts.csv"])
def test_real_manifest_rows_satisfy_the_schema(shared: Path, name: str) -> None:
    """Every row of a manifest that adscreen reads is what the schema says, and so is one with a column of its own."""
    path = shared / "ami" / name
    rows = pd.read_csv(path, dtype=str).to_dict("records")
    assert len(rows) == len(read_cohort(path).recordings)
    for row in rows:
        _check("manifest_row", row)
    _check("manifest_row", rows[0] | {"age": 71.5, "mmse": None, "handedness": "left"})


@pytest.mark.parametrize("change", [{"subject_id": None}, {"transcript": None}, {"age": "old"}])
def test_a_wrong_manifest_row_fails(change: dict[str, object]) -> None:
    """No subject, no transcript, an age in words: each fails."""
    with pytest.raises(ValidationError):
        _check("manifest_row", {"subject_id": "S1", "transcript": "S1.cha"} | change)


@pytest.mark.parametrize("column", MANIFEST_REQUIRED)
def test_the_reader_requires_what_the_schema_requires(tmp_path: Path, column: str) -> None:
    """A manifest without a required column is refused by the reader too."""
    row = {"subject_id": "S1", "transcript": "S1.cha"}
    del row[column]
    pd.DataFrame([row]).to_csv(tmp_path / "m.csv", index=False)
    with pytest.raises(InputError, match=f"no column `{column}`"):
        read_cohort(tmp_path / "m.csv")
    with pytest.raises(ValidationError, match=column):
        _check("manifest_row", row)


def test_the_feature_dictionary_satisfies_its_schema() -> None:
    """Every entry of dictionary.json is what the schema says."""
    entries = _plain([*perplexity_dictionary("spoken"), *feature_dictionary()])
    assert {"perplexity", "lexical", "fluency"} <= {entry["family"] for entry in entries}
    for entry in entries:
        _check("feature_dictionary", entry)
    with pytest.raises(ValidationError):
        _check("feature_dictionary", entries[0] | {"view": "written"})


def test_scores_and_reports_satisfy_their_schemas() -> None:
    """A row without a score has null for its numbers; an unknown result or a text for a number fails."""
    row = _plain(asdict(ScoreLine(**asdict(SCORE))))
    assert row["probability"] is None
    _check("score_row", row)
    _check("report", _plain(asdict(REPORT)))
    _check("score_row", row | {"f0_mean": 12.5, "handedness": "left"})
    for change in ({"result": "dementia"}, {"probability": "high"}, {"words": None}):
        with pytest.raises(ValidationError):
            _check("score_row", row | change)


def test_a_model_manifest_satisfies_its_schema() -> None:
    """model.json is what the schema says, and its numbers are never null."""
    content = _plain(asdict(MODEL))
    _check("model_manifest", content)
    with pytest.raises(ValidationError):
        _check("model_manifest", content | {"threshold": None})


def test_a_run_record_satisfies_its_schema(tmp_path: Path) -> None:
    """The run.json of a real run folder is what the schema says."""
    with new_run(tmp_path / "run", force=False, command="evaluate", settings={"seed": 0}):
        pass
    content = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    _check("run", content)
    with pytest.raises(ValidationError):
        _check("run", {name: value for name, value in content.items() if name != "versions"})
