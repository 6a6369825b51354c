"""A run's tables, settings and certificate -> its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from adscreen.auditing import Finding
from adscreen.evaluation.certificate import Certificate
from adscreen.evaluation.comparison import auc_gap
from adscreen.evaluation.levels import caution_of_changes
from adscreen.evaluation.results import FlowRow, TableOneRow
from adscreen.report.evaluation.checklist import fill_checklist
from adscreen.report.evaluation.conclusions import caution, conclude
from adscreen.report.evaluation.contents import (
    EvaluationReport,
    FrozenModel,
    ProtocolGap,
    ProtocolResult,
)
from adscreen.report.evaluation.frozen_results import conclude_frozen, summarise_frozen
from adscreen.report.evaluation.lock_contents import read_outcome
from adscreen.report.evaluation.probast import fill_probast
from adscreen.report.evaluation.protocol_results import absent_methods, summarise_protocol
from adscreen.report.evaluation.tables import Frames
from adscreen.version import __version__
from adscreen.writing import count

_PROVENANCE = {
    "adscreen": "adscreen",
    "bilm": "Language model (biLM)",
    "bilm_digest": "biLM SHA-256",
    "engine": "biLM engine",
    "layer": "biLM layer",
    "pooling": "Pooling",
    "view": "View of the speech",
    "feature_set": "Feature set",
}
_STUDY = {
    "folds": "Outer folds",
    "repeats": "Repeats",
    "inner_folds": "Inner folds",
    "splits": "Random splits (paper)",
    "test_share": "Test share (paper)",
    "permutations": "Permutations of labels",
    "seed": "Seed",
}


def assemble_report(
    frames: Frames, settings: Mapping[str, Any], certificate: Certificate, *, synthetic: bool
) -> EvaluationReport:
    """Return the report of a run. ``frames`` are its tables by file stem; ``settings`` those of run.json."""
    positive, negative = str(settings["positive"]), str(settings["negative"])
    protocols = tuple(
        summarise_protocol(name, frames, positive=positive) for name in frames["metrics"]["protocol"].unique()
    )
    gaps = tuple(_gaps(frames, settings, protocols))
    used = [row for row in _records(frames["flow"], FlowRow) if row.step == "used"]
    over = "clusters" if certificate.clusters else "subjects"
    groups = int(frames["predictions"]["group"].nunique())
    fewest = min(min(row.negative_subjects, row.positive_subjects) for row in used)
    frozen = summarise_frozen(frames, settings)
    report = EvaluationReport(
        positive=positive,
        negative=negative,
        manifest=_file_name(settings.get("manifest")),
        test_manifest=_file_name(settings.get("test_manifest")),
        condition=str(settings.get("where") or ""),
        recordings=sum(row.recordings for row in used),
        subjects=sum(row.subjects for row in used),
        over=over,
        groups=groups,
        synthetic=synthetic,
        findings=tuple(_records(frames["findings"], Finding)) if "findings" in frames else None,
        summary=conclude_frozen(protocols[0], frozen, positive=positive, negative=negative)
        if frozen
        else conclude(protocols, gaps, positive=positive, negative=negative),
        cautions=(
            *_other_language(settings),
            *caution(protocols, certificate, groups=groups, over=over, fewest=fewest),
            *caution_of_changes(frames["predictions"]),
        ),
        flow=tuple(_records(frames["flow"], FlowRow)),
        characteristics=tuple(_records(frames["table1"], TableOneRow)),
        protocols=protocols,
        absent=absent_methods(frames["methods"]),
        gaps=gaps,
        certificate=certificate,
        checklist=fill_checklist(_held(frames), validation=frozen is not None),
        provenance=_provenance(settings),
        citation=_cite_validation(settings, frozen) if frozen else _citation(settings, certificate, protocols),
        frozen=frozen,
        lock=read_outcome(settings.get("lock"), frames["metrics"]),
    )
    return replace(report, probast=fill_probast(report))


def _other_language(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield that recordings are in another language than the models, where they are."""
    found = settings.get("provenance", {}).get("other_language")
    if found:
        yield f"{found}: the features do not mean here what they mean in that language."


def _records(frame: pd.DataFrame, kind: type[Any]) -> list[Any]:
    """Return a table's rows as records of the same fields."""
    names = list(kind.__dataclass_fields__)
    return [kind(**dict(zip(names, row, strict=True))) for row in frame[names].itertuples(index=False)]


def _file_name(path: object) -> str:
    return Path(str(path)).name if path else ""


def _gaps(frames: Frames, settings: Mapping[str, Any], protocols: Sequence[ProtocolResult]) -> Iterator[ProtocolGap]:
    """Yield how far the published protocol's AUC is from that of the subject protocol."""
    if {"subject", "paper"} <= {one.protocol for one in protocols}:
        every = frames["predictions"]
        ours = every[every["method"] == protocols[0].ours.method]
        paper, subject = (ours[ours["protocol"] == name] for name in ("paper", "subject"))
        yield ProtocolGap("paper", "subject", auc_gap(paper, subject, positive=str(settings["positive"])))


def _held(frames: Frames) -> set[str]:
    """Return what the run holds of that which items of the checklist need."""
    columns = set(frames["subgroups"]["column"]) if len(frames["subgroups"]) else set()
    held = {"site"} & columns
    held |= {"subgroups"} if columns else set()
    held |= {"size"} if len(frames.get("sample_size", ())) else set()
    return held | ({"external"} if "external" in set(frames["metrics"]["protocol"]) else set())


def _provenance(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what is known of how the run was made, without digests of transcripts."""
    made = settings.get("provenance", {})
    known = {label: str(made[name]) for name, label in _PROVENANCE.items() if made.get(name) not in (None, "")}
    known |= {label: str(settings[name]) for name, label in _STUDY.items() if name in settings}
    known |= {"Model SHA-256": str(settings["model_digest"])} if "model_digest" in settings else {}
    own = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in made.get("blocks", {}).items())
    known |= {"Blocks of own columns": own} if own else {}
    search = settings.get("search", {})
    tried = "; ".join(f"{name} {', '.join(map(str, _as_list(values)))}" for name, values in search.items())
    known |= {"Members of the estimator": ", ".join(_as_list(settings["members"]))} if "members" in settings else {}
    return known | ({"Search space": tried} if tried else {})


def _as_list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _citation(settings: Mapping[str, Any], certificate: Certificate, protocols: Sequence[ProtocolResult]) -> str:
    made = settings.get("provenance", {})
    ran = ", ".join(f"`{one.protocol}` ({count(one.folds, 'fold')})" for one in protocols)
    return (
        f"adscreen {__version__}: evaluation of {_file_name(settings.get('manifest'))}, "
        f"{count(certificate.recordings, 'recording')} of {count(certificate.subjects, 'subject')}, "
        f"{'protocol' if len(protocols) == 1 else 'protocols'} {ran}, seed {settings['seed']}, biLM "
        f"{made.get('bilm', '')} {str(made.get('bilm_digest', ''))[:12]}."
    )


def _cite_validation(settings: Mapping[str, Any], frozen: FrozenModel) -> str:
    made = settings.get("provenance", {})
    return (
        f"adscreen {__version__}: validation of the frozen model {frozen.model[:12]} on "
        f"{_file_name(settings.get('manifest'))}, {frozen.scored} recordings scored, seed {settings['seed']}, biLM "
        f"{made.get('bilm', '')} {str(made.get('bilm_digest', ''))[:12]}."
    )
