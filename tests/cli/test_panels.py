"""Help in sections: the same ones in every command, in one order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from adscreen.cli import app
from adscreen.cli.panels import ARGUMENTS, COHORT, ESTIMATOR, LANGUAGE, OPTIONS, OUTPUT, PANELS


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(commands(typer.main.get_command(app)))


def read_panels(*words: str) -> dict[str, list[str]]:
    """Return the names that each section of a command's help lists, in order."""
    lines = CliRunner().invoke(app, [*words, "--help"], catch_exceptions=False).output.splitlines()
    panels: dict[str, list[str]] = {}
    for line in lines:
        if head := re.match(r"(\w[\w ]*):$", line):
            panels[head[1]] = names = []
        elif panels and (row := re.match(r"  (?:-\w, )?([\w.-]+)", line)):
            names.append(row[1])
    return panels


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_sections_come_in_one_order(words: tuple[str, ...]) -> None:
    """A command has no section of its own, the order is that of PANELS, and --help is last."""
    panels = read_panels(*words)
    assert [panel for panel in PANELS if panel in panels] == list(panels)
    assert OUTPUT == list(panels)[-1]
    assert "--help" == panels[OUTPUT][-1]


def test_an_option_has_one_panel_in_every_command() -> None:
    """What several commands have stands in the same section; a seed belongs to the estimator where there is one."""
    places: dict[str, set[str]] = {}
    for words in COMMANDS:
        for panel, names in read_panels(*words).items():
            for name in names:
                places.setdefault(name, set()).add(panel)
    options = {name: panels for name, panels in places.items() if name.startswith("--") and len(panels) > 1}
    assert {"--seed": {OPTIONS, ESTIMATOR}} == options


def test_evaluate_is_grouped() -> None:
    """Who, with what, from which features, and where to: each of these is one section of evaluate's help."""
    panels = read_panels("evaluate")
    assert [COHORT, ESTIMATOR, LANGUAGE, OUTPUT] == list(panels)
    assert "manifest" == panels[COHORT][0]
    assert {"--where", "--missing", "--same-id", "--participant", "--task", "--positive", "--test"} <= set(
        panels[COHORT]
    )
    assert {"--config", "--members", "--threshold", "--folds", "--protocol", "--seed"} <= set(panels[ESTIMATOR])
    assert {"--bilm", "--language", "--norms", "--elmo-engine", "--cache"} <= set(panels[LANGUAGE])
    assert ["out", "--jobs", "--force", "--quiet", "--json", "--help"] == panels[OUTPUT]


def test_what_has_no_panel_is_listed_first() -> None:
    """Arguments and options without a panel stand under Arguments and Options."""
    panels = read_panels("perplexity")
    assert [ARGUMENTS, OPTIONS, LANGUAGE, OUTPUT] == list(panels)
    assert (["model", "files..."], ["--view"]) == (panels[ARGUMENTS], panels[OPTIONS])
