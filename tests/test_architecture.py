"""Imports point one way along the line: a stage imports from its own layer and lower ones, never from a higher one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pipeline" / "adscreen"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

# Lowest first. A room is a module or a folder directly under the package; one that exists must be listed here, and
# docs/architecture.md says what each is for. ``__init__`` is the public API: it stands above all but the command line.
LAYERS = (
    ("errors", "records", "words", "display", "version", "bundled", "checksums", "progress", "writing"),
    ("speech", "metrics"),
    ("language",),
    ("cohort",),
    ("ingest", "bilm", "simulate"),
    ("parser", "pretrain"),
    ("features",),
    ("extract",),
    ("text",),
    ("estimator",),
    ("model",),
    ("evaluation", "scoring"),
    ("auditing",),
    ("report",),
    ("studies",),
    ("__init__", "doctor"),
    ("cli",),
    ("__main__",),
)
LAYER = {stage: depth for depth, stages in enumerate(LAYERS) for stage in stages}


class Import(NamedTuple):
    """One import of a stage, and where it stands."""

    importer: str
    imported: str
    where: str


def _stages() -> set[str]:
    """Return the names of the modules and folders with Python files directly under the package."""
    return {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}


def _dotted_names(node: ast.AST, package: tuple[str, ...]) -> list[str]:
    """Return the full dotted names that a node imports; ``package`` is the importing module's own package."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            base = package[: len(package) - level + 1] if level else ()
            return [".".join((*base, *filter(None, [module]), alias.name)) for alias in names]
        case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
            return [name] if ast.unparse(function).endswith("import_module") else []
        case _:
            return []


def read_imports(source: str, *, package: tuple[str, ...], stages: set[str]) -> Iterator[tuple[str, int]]:
    """Yield (stage, line) for every import of the package in ``source``, lazy ones and ``import_module`` included."""
    for node in ast.walk(ast.parse(source)):
        for name in _dotted_names(node, package):
            root, *rest = name.split(".")
            if root == "adscreen":
                stage = rest[0] if rest and rest[0] in stages else "__init__"
                yield stage, node.lineno  # type: ignore[attr-defined]


def _imports() -> list[Import]:
    """Return every import between two stages of the package."""
    stages = _stages()
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        for stage, line in read_imports(path.read_text(encoding="utf-8"), package=parts[:-1], stages=stages):
            if stage != parts[1]:
                found.append(Import(parts[1], stage, f"{path.relative_to(PACKAGE.parent).as_posix()}:{line}"))
    return found


def test_every_stage_has_a_layer() -> None:
    """The list has every module and folder and no other name, so it stays true."""
    assert _stages() == LAYER.keys()


def test_no_stage_is_listed_twice() -> None:
    """A stage has one layer."""
    assert len(LAYER) == sum(len(stages) for stages in LAYERS)


def test_the_page_lists_every_room_from_the_top_down() -> None:
    """docs/architecture.md has one row for every room of the list, none for another, and higher layers come first."""
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert sorted(LAYER) == sorted(listed)
    assert sorted((LAYER[room] for room in listed), reverse=True) == [LAYER[room] for room in listed]


def test_files_that_the_page_names_exist() -> None:
    """Every path of code on the page leads to a file or folder of the package or the repository."""
    paths = re.findall(r"`([\w./]+(?:/|\.py))`", PAGE)
    assert paths
    assert [] == [path for path in paths if not ((PACKAGE / path).exists() or (ROOT / path).exists())]


def test_imports_point_one_way() -> None:
    """No stage imports from a higher layer."""
    known = [found for found in _imports() if {found.importer, found.imported} <= LAYER.keys()]
    assert known
    assert [] == [
        f"{found.where}: {found.importer} imports {found.imported}"
        for found in known
        if LAYER[found.importer] < LAYER[found.imported]
    ]


def test_stages_of_one_layer_do_not_import_each_other_in_a_ring() -> None:
    """Stages can be put in an order in which each imports only earlier ones."""
    graph: dict[str, set[str]] = {}
    for found in _imports():
        graph.setdefault(found.importer, set()).add(found.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(
    "source",
    [
        "import adscreen.table",
        "import numpy, adscreen.table as t",
        "from adscreen.table import FeatureTable",
        "from adscreen import table",
        "from .. import table",
        "from ..table import FeatureTable",
        "def lazy():\n    from adscreen.table import FeatureTable",
        "if TYPE_CHECKING:\n    from adscreen.table import FeatureTable",
        "importlib.import_module('adscreen.table')",
    ],
)
def test_the_reader_sees_every_form_of_import(source: str) -> None:
    """Absolute, aliased, relative, lazy, typing-only and dynamic imports of a stage are all seen."""
    found = read_imports(source, package=("adscreen", "bilm"), stages={"table", "bilm"})
    assert ["table"] == [stage for stage, _ in found]


def test_the_reader_tells_names_of_the_package_from_stages() -> None:
    """A name of the package reads ``__init__``, ``from . import x`` stays in its folder; other packages are ignored."""
    source = "from adscreen import Transcript\nfrom . import files\nimport numpy.linalg\nfrom adscreens import table"
    found = read_imports(source, package=("adscreen", "bilm"), stages={"table", "bilm"})
    assert ["__init__", "bilm"] == [stage for stage, _ in found]
