"""A cache key depends on the code that computes the result, and on no other code."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adscreen.extract.code import code_digest, code_files, imported_names, package_digest
from adscreen.report.recording import cached_pages

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline" / "adscreen"
ROW = "adscreen.extract.extraction"
REPORT = "adscreen.scoring.scoring"
EXTRACT_ONE = """
import adscreen, sys
before = set(sys.modules)
from pathlib import Path
from adscreen.cohort import Recording
from adscreen.extract.extraction import ExtractSettings, extract_recordings
recordings = [Recording(1, "r", "s", Path(sys.argv[2]))]
rows = list(extract_recordings(recordings, ExtractSettings(Path(sys.argv[1]), cache=Path(sys.argv[3]))))
assert not rows[0].unreadable, rows[0].unreadable
import json
print(json.dumps(sorted(name for name in set(sys.modules) - before if name.startswith("adscreen."))))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package's code that a test may change."""
    copy = tmp_path_factory.mktemp("code") / "adscreen"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def changes(package: Path, name: str, *, module: str) -> bool:
    """Return whether another line in a file changes the digest of a module's code."""
    path = package / name
    kept = path.read_bytes()
    before = code_digest.__wrapped__(module, package=package)
    path.write_bytes(kept + b"\n")
    try:
        return before != code_digest.__wrapped__(module, package=package)
    finally:
        path.write_bytes(kept)


@pytest.mark.parametrize(
    "name",
    [
        "words.py",
        "speech.py",
        "records.py",
        "version.py",
        "cohort/recordings.py",
        "ingest/__init__.py",
        "ingest/chat.py",
        "bilm/engine.py",
        "bilm/torch_model.py",
        "bilm/allennlp_worker.py",
        "language/contractions.py",
        "language/fillers.py",
        "features/lexical.py",
        "features/information_units.py",
        "features/tasks/cookie_theft.toml",
        "extract/perplexity.py",
        "extract/extraction.py",
    ],
)
def test_code_of_extraction_changes_the_key_of_a_row(package: Path, name: str) -> None:
    """Readers, word rules, engines (a worker process too), parser, features and their data files decide a row."""
    assert changes(package, name, module=ROW)


@pytest.mark.parametrize(
    "name",
    [
        "__init__.py",
        "doctor.py",
        "progress.py",
        "cli/options.py",
        "report/recording/pages.py",
        "report/templates/page.css",
        "studies/demo.py",
        "evaluation/evaluation.py",
        "auditing/conventions.toml",
        "estimator/head.py",
        "model/trained_model.py",
        "scoring/scoring.py",
        "metrics/jackknife.py",
        "simulate/cookie_theft.toml",
        "parser/training.py",
        "features/documentation.py",
    ],
)
def test_other_code_keeps_the_key_of_a_row(package: Path, name: str) -> None:
    """Help texts, pages, studies and what is fitted later leave stored rows valid."""
    assert not changes(package, name, module=ROW)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report/recording/phrases.py", True),
        ("report/templates/page.css", True),
        ("scoring/recording_report.py", True),
        ("evaluation/evaluation.py", False),
        ("features/lexical.py", False),
    ],
)
def test_a_page_depends_on_the_code_that_lays_it_out(package: Path, name: str, expected: bool) -> None:
    """Its modules and templates change a page's key; what measures a recording does not, for the report is a part."""
    assert expected == changes(package, name, module=cached_pages.__name__)


@pytest.mark.parametrize("name", ["scoring/judged.py", "estimator/head.py", "ingest/chat.py"])
def test_a_report_depends_on_the_code_that_scores(package: Path, name: str) -> None:
    """A stored report is computed by scoring, the model's parts and extraction."""
    assert changes(package, name, module=REPORT)


def test_models_beside_the_code_are_left_out(package: Path) -> None:
    """An installed wheel holds models and schemas inside the package; they have digests of their own."""
    names = code_files(ROW, package=package).keys()
    (package / "models").mkdir()
    (package / "models" / "weights.hdf5").write_bytes(b"0")
    assert names == code_files(ROW, package=package).keys()


def test_every_module_that_extraction_loads_is_in_the_key(tiny_bilm: Path, tmp_path: Path) -> None:
    """No module of the package that a process imports while it extracts a transcript is missing."""
    transcript = tmp_path / "a.cha"
    transcript.write_text("@UTF8\n@Begin\n@Participants:\tPAR Participant\n*PAR:\tthe boy is falling .\n@End\n")
    loaded = subprocess.run(
        [sys.executable, "-c", EXTRACT_ONE, tiny_bilm, transcript, tmp_path / "cache"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
    )
    modules = [name.removeprefix("adscreen.").replace(".", "/") for name in json.loads(loaded.stdout)]
    assert len(modules) > 50
    files = code_files(ROW).keys()
    assert [] == [name for name in modules if not {f"{name}.py", f"{name}/__init__.py"} & files]


def test_every_import_of_the_package_is_seen() -> None:
    """Whatever the syntax tree of a module imports from the package, the text's reading finds too."""
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        names = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: a relative import"
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
        assert set() == {name for name in names if name.startswith("adscreen.")} - set(imported_names(source)), path


@pytest.mark.parametrize(
    ("name", "expected"),
    [("cli/app.py", True), ("report/templates/page.css", True), ("bilm/__pycache__/format.pyc", False)],
)
def test_the_digest_of_the_package_is_of_every_file(package: Path, name: str, expected: bool) -> None:
    """A changed page or command counts too, for a lock is of all the code; compiled files do not."""
    before = package_digest.__wrapped__(package=package)
    path = package / name
    kept = path.read_bytes() if path.exists() else b""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(kept + b"\n")
    after = package_digest.__wrapped__(package=package)
    path.write_bytes(kept)
    assert expected == (before != after)
