"""{Control,Dementia}/TASK/SUBJECT-VISIT.cha -> manifest rows: DementiaBank's Pitt corpus (Becker et al. 1994)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from adscreen.cohort.layouts.corpus import Corpus, ManifestRow, number, participant_header, years


def list_pitt(corpus: Corpus) -> Iterator[ManifestRow]:
    """Read the Pitt corpus, whose @ID holds the MMSE score in place of education and the diagnosis in that of group."""
    found = [(file, _group_of(file)) for file in corpus.files if file.suffix.lower() == ".cha"]
    found = [(file, group) for file, group in found if group]
    tasks = {file.parent.name for file, _ in found}
    for file, group in found:
        subject, _, visit = file.stem.partition("-")
        task = file.parent.name if file.parent.name.lower() != group else None
        fields = participant_header(corpus.text(file))
        yield {
            "recording_id": file.stem.replace("-", "_") + f"_{task}" if len(tasks) > 1 else None,
            "subject_id": subject,
            "visit": visit or None,
            "transcript": corpus.path(file),
            "label": group,
            "age": years(fields.get("age", "")),
            "sex": fields.get("sex") or None,
            "mmse": number(fields.get("education", "")),
            "task": task,
            "diagnosis": fields.get("group") or None,
            "corpus": fields.get("corpus") or None,
            "ses": fields.get("ses") or None,
            "language": fields.get("language") or None,
        }


def _group_of(file: PurePosixPath) -> str:
    """The Pitt group whose folder a file lies in, empty where it lies in none."""
    return next((part.lower() for part in file.parts[:-1] if part.lower() in ("control", "dementia")), "")
