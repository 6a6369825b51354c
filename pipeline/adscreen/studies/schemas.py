"""The types in code -> JSON Schemas (draft 2020-12) of what crosses the boundary, one file each in data_schemas/.

``python -m adscreen.studies.schemas data_schemas`` writes them. A schema describes what adscreen writes: every field is
there, and a number that is not defined (NaN) is null. The manifest row alone describes what adscreen reads.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from adscreen.display import Form
from adscreen.records import View

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
MANIFEST_REQUIRED = ("subject_id", "transcript")


@dataclass(frozen=True, slots=True)
class FeatureEntry:
    """One entry of dictionary.json: what a feature is. ``name`` is the column, ``family.name``.

    On pages it is called ``title``; its number is written as ``shown_as`` says (percent of a share, count without
    decimals, one or two decimals, perplexity as exp of the value, three digits), with ``shown_unit`` after it.
    ``reading`` says how a value is read.
    """

    name: str
    family: str
    unit: str
    formula: str
    view: View
    minimum_words: int
    source: str
    title: str
    shown_as: Form
    shown_unit: str
    reading: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """run.json: how a run folder was made. ``versions`` has null for a library that was not installed."""

    adscreen: str
    command: str
    time: datetime
    settings: dict[str, Any]
    python: str
    versions: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One schema: its file's stem, its title, whether a number may be null for NaN, and defaults are left out."""

    name: str
    title: str
    nullable: bool = False
    sparse: bool = False

    @property
    def file(self) -> str:
        """The file name in data_schemas/."""
        return self.name + SUFFIX


KINDS = (
    Kind("manifest_row", "Cohort manifest: one row"),
    Kind("transcript", "transcripts.jsonl: one line", sparse=True),
    Kind("feature_dictionary", "dictionary.json: one entry"),
    Kind("score_row", "Scores: one row", nullable=True),
    Kind("subject_row", "subjects.csv: one row", nullable=True),
    Kind("report", "Report of one recording", nullable=True),
    Kind("model_manifest", "model.json"),
    Kind("run", "run.json"),
    Kind("lock", "lock.json"),
    Kind("evaluation_report", "report.json of an evaluation", nullable=True),
    Kind("certificate", "certificate.json of an evaluation", nullable=True),
)


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema by the ``name`` of its kind."""
    types = _types()
    built = {kind.name: _schema(types[kind.name], kind) for kind in KINDS}
    further = built["score_row"] | {"additionalProperties": {"type": ["string", "number", "null"]}}  # of the manifest
    return built | {"manifest_row": _as_input(built["manifest_row"]), "score_row": further}


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (folder / f"{name}{SUFFIX}").write_text(text + "\n", encoding="utf-8")


def _types() -> dict[str, Any]:
    from adscreen.cohort import Recording
    from adscreen.evaluation.certificate import Certificate
    from adscreen.model.trained_model import ModelManifest
    from adscreen.records import Transcript
    from adscreen.report.evaluation.contents import EvaluationReport
    from adscreen.scoring.carried import ScoreLine
    from adscreen.scoring.recording_report import RecordingReport
    from adscreen.scoring.subjects import SubjectRow
    from adscreen.studies.lock import Lock

    return {
        "manifest_row": Recording,
        "transcript": Transcript,
        "feature_dictionary": FeatureEntry,
        "score_row": ScoreLine,
        "subject_row": SubjectRow,
        "report": RecordingReport,
        "model_manifest": ModelManifest,
        "run": RunRecord,
        "lock": Lock,
        "evaluation_report": EvaluationReport,
        "certificate": Certificate,
    }


def _schema(type_: Any, kind: Kind) -> dict[str, Any]:
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class NaNAsNull(GenerateJsonSchema):
        """Schemas in which a float may be null."""

        def float_schema(self, schema: Any) -> dict[str, Any]:
            return {"type": ["number", "null"]}

    generator = NaNAsNull if kind.nullable else GenerateJsonSchema
    mode: Literal["validation", "serialization"] = "validation" if kind.sparse else "serialization"
    found = TypeAdapter(type_).json_schema(mode=mode, schema_generator=generator)
    body: dict[str, Any] = _tidy(found, sparse=kind.sparse)
    definitions = {"$defs": body.pop("$defs")} if "$defs" in body else {}
    return {"$schema": DIALECT, "title": kind.title} | body | definitions


def _tidy(node: Any, *, sparse: bool) -> Any:
    """Return a schema without titles, in which an object has no other fields, and all of its own.

    Where ``sparse``, fields with a default may be absent, and the schema names it.
    """
    if isinstance(node, list):
        return [_tidy(item, sparse=sparse) for item in node]
    if not isinstance(node, dict):
        return node
    tidied: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            tidied[key] = {name: _tidy(part, sparse=sparse) for name, part in value.items()}
        elif key == "description":
            tidied[key] = " ".join(value.split())
        elif key != "title" and (sparse or key != "default"):
            tidied[key] = _tidy(value, sparse=sparse)
    if "properties" in tidied:
        required = node.get("required", []) if sparse else list(tidied["properties"])
        tidied |= {"required": required, "additionalProperties": False}
    return _joined(tidied)


def _joined(node: dict[str, Any]) -> dict[str, Any]:
    """Return ``anyOf`` of two plain types as one ``type``."""
    choices = node.get("anyOf", ())
    if not choices or any(choice.keys() != {"type"} for choice in choices):
        return node
    types = [kind for choice in choices for kind in _as_list(choice["type"])]
    return {"type": list(dict.fromkeys(types))} | {k: v for k, v in node.items() if k != "anyOf"}


def _as_list(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


_NOT_WRITTEN = (
    "row",
    "extra",
    "content",
    "spelling",
    "default_speaker",
    "default_task",
    "default_gem",
)  # fields of a Recording that are no columns


def _as_input(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a manifest row as a user writes it: two columns required, any further column carried."""
    properties = {name: part for name, part in schema["properties"].items() if name not in _NOT_WRITTEN}
    text_or_null = properties["visit"]
    plain = {name: part for name, part in schema.items() if name != "$defs"}  # those of speech in memory
    return plain | {
        "description": "One recording. `transcript` is a path relative to the manifest; `age` and `education` are in "
        "years. `recording_id` is by default `subject_id` and `visit` joined by `_`. Any further column is carried.",
        "properties": properties | {"recording_id": text_or_null, "transcript": {"type": "string"}},
        "required": list(MANIFEST_REQUIRED),
        "additionalProperties": True,
    }


def main() -> None:
    """Write the schemas into the folder that the command line names."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m adscreen.studies.schemas", description="Write the JSON Schemas.")
    parser.add_argument("folder", type=Path, help="folder to write: data_schemas")
    write_schemas(parser.parse_args().folder)


if __name__ == "__main__":
    main()
