"""An evaluation leaves a certificate and a report in its folder, and an audit of the folder confirms them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from adscreen.estimator.study import read_study
from adscreen.extract.feature_table import FeatureTable
from adscreen.progress import Progress
from adscreen.studies.audit_run import audit
from adscreen.studies.evaluation_run import run_evaluation
from adscreen.studies.feature_run import extract_settings

QUIET = Progress(shown=False)


@pytest.fixture(scope="module")
def folder(simulated: Path, tiny_bilm: Path, study_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small evaluation under both protocols."""
    out = tmp_path_factory.mktemp("evaluation") / "run"
    config = out.with_name("study.toml")
    config.write_text(study_text, encoding="utf-8")
    manifest = simulated / "training.csv"
    run_evaluation(
        manifest,
        out,
        protocol="both",
        study=read_study(config),
        extract=extract_settings(tiny_bilm),
        progress=QUIET,
    )
    return out


def test_the_report_lies_in_the_folder(folder: Path) -> None:
    """Page, data, checklist and certificate are written, and what was invented says so."""
    names = {path.name for path in folder.iterdir()}
    assert {"report.html", "report.json", "checklist.csv", "certificate.json"} <= names
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["synthetic"]
    assert "SYNTHETIC" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_certificate_tells_the_protocols_apart(folder: Path) -> None:
    """Keeping subjects apart is sound; the published protocol is not."""
    certificate = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    assert {"subject": True, "paper": False} == {one["protocol"]: one["sound"] for one in certificate["protocols"]}


def test_an_audit_confirms_the_run(folder: Path) -> None:
    """Every figure follows from the predictions, and nothing is an error."""
    findings = audit(folder)
    assert [] == [finding for finding in findings if finding.level == "error"]
    assert any(finding.what.endswith("computed anew from the predictions, as stated") for finding in findings)


def test_only_a_manifest_that_says_so_is_synthetic(simulated_table: FeatureTable) -> None:
    """The word stands in a column of the manifest, or it does not."""
    subjects = simulated_table.subjects
    assert simulated_table.synthetic
    said = [name for name in subjects if subjects[name].astype(str).str.contains("SYNTHETIC").any()]
    bare = FeatureTable(subjects.drop(columns=said), simulated_table.inputs, pd.DataFrame({"recording_id": []}))
    assert not bare.synthetic
