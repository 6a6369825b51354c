"""Errors name parameters in the library and options on the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adscreen.cli.flags import OTHER_NAMES, PARAMETER, in_flags, option_names
from adscreen.errors import InputError

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline" / "adscreen"
ONLY_IN_PYTHON = {
    "source",  # score(model, source): no recording, or records beside paths; the command takes paths, at least one
    "estimator",  # evaluate(table, estimator=...): an object
    "table",  # evaluate(table), ScreeningModel.fit(table): an object
    "columns",  # table.join(frame, columns=...)
}
NAMED_BY_VALUE = {"minimum_words"}  # among the options that append= compares with those of the folder
SOURCES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if "cli" not in path.relative_to(PACKAGE).parts
}


def read_texts(source: str) -> Iterator[str]:
    """Yield the strings of a module that can raise InputError, less its docstrings; an f-string's values are dots."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    if "InputError" not in {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}:
        return
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    parts |= {id(value) for node in nodes if isinstance(node, ast.JoinedStr) for value in node.values}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(value.value) if isinstance(value, ast.Constant) else "…" for value in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def read_names(source: str) -> set[str]:
    """Return the parameters that a module's errors name, ``where="layer="`` and "leave it out with where=" alike."""
    return {name for text in read_texts(source) for name in PARAMETER.findall(text)}


RAISED = {name for source in SOURCES.values() for name in read_names(source)}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("raise InputError(f'no layer {x!r}', where='layer=')", {"layer"}),
        ("raise InputError('no', remedy=f'use dim= {x} and projection_dim= {y}')", {"dim", "projection_dim"}),
        ("REMEDY = 'name it with python= or X'\nraise InputError('no', remedy=REMEDY)", {"python"}),
        ("raise InputError(f'bytes={x}')", set()),
        ("'''Takes layer=.'''\nraise InputError('no')", set()),
        ("raise ValueError('layer=')", set()),
    ],
)
def test_the_reader_sees_what_errors_name(source: str, names: set[str]) -> None:
    """Names at the end of a string, before a space or a stop are read; docstrings and other errors are not."""
    assert names == read_names(source)


def test_every_parameter_that_an_error_names_is_an_option() -> None:
    """What the library says of a parameter, a user of the command line reads as an option that exists."""
    assert {"where", "layer", "engine", "force"} <= RAISED
    assert set() == RAISED - option_names().keys() - OTHER_NAMES.keys() - ONLY_IN_PYTHON


def test_the_lists_of_names_are_no_longer_than_needed() -> None:
    """A name of another option is one that errors use and leads to an option; one of Python alone is no option."""
    assert OTHER_NAMES.keys() | ONLY_IN_PYTHON <= RAISED | NAMED_BY_VALUE
    assert set(OTHER_NAMES.values()) <= set(option_names().values())
    assert set() == ONLY_IN_PYTHON & option_names().keys()


def test_no_error_of_the_library_names_an_option() -> None:
    """The library says ``where=``, which a call understands; audit's findings, which are advice, may say --where."""
    flags = set(option_names().values())
    assert "--where" in flags
    assert [] == [
        f"{module}: {text}"
        for module, source in SOURCES.items()
        if not module.startswith("auditing/")
        for text in read_texts(source)
        if flags & set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
    ]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("no layer '9'", where="layer="), "--layer: no layer '9'"),
        (InputError("no engine 'tf'", where="engine="), "--elmo-engine: no engine 'tf'"),
        (InputError("old", where="run", remedy="add force= to replace it"), "run: old; add --force to replace it"),
        (
            InputError("no", where="a", remedy="use dim= 8 and projection_dim= 4."),
            "a: no; use --dim 8 and --projection-dim 4.",
        ),
        (InputError("no column `mmse=`, `x= 2`", where="where="), "--where: no column `mmse=`, `x= 2`"),
        (InputError("no such file", where="layer=2.csv"), "layer=2.csv: no such file"),
    ],
)
def test_an_error_is_written_with_options(error: InputError, line: str) -> None:
    """A parameter becomes its option wherever it stands; a user's own words with an equals sign stay."""
    assert line == in_flags(error)
