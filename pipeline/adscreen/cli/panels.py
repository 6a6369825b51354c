"""A command's parameters -> its help, in sections that every command shares."""

from __future__ import annotations

from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand

ARGUMENTS, OPTIONS = "Arguments", "Options"  # what no panel claims
SCORING, COHORT, ESTIMATOR, OUTPUT = "Scoring", "Cohort", "Estimator", "Output"
LANGUAGE = "Language model and features"
PANELS = (ARGUMENTS, OPTIONS, SCORING, COHORT, ESTIMATOR, LANGUAGE, OUTPUT)
_MOST_WIDTH = 30  # of the names; a longer one has a line of its own

# typer.Option and typer.Argument of a panel. Typer has the panel for its help by rich; PanelCommand reads it here.
scoring_option = partial(typer.Option, rich_help_panel=SCORING)
scoring_argument = partial(typer.Argument, rich_help_panel=SCORING)
cohort_option = partial(typer.Option, rich_help_panel=COHORT)
cohort_argument = partial(typer.Argument, rich_help_panel=COHORT)
estimator_option = partial(typer.Option, rich_help_panel=ESTIMATOR)
language_option = partial(typer.Option, rich_help_panel=LANGUAGE)
output_option = partial(typer.Option, rich_help_panel=OUTPUT)
output_argument = partial(typer.Argument, rich_help_panel=OUTPUT)


class PanelCommand(TyperCommand):
    """A command whose help lists its parameters by panel, in the order of PANELS."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write one section for each panel that has a parameter; all are aligned, and ``--help`` comes last."""
        sections: dict[str, list[tuple[str, str]]] = {panel: [] for panel in PANELS}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                sections[_panel(parameter)].append(record)
        width = min(_MOST_WIDTH, max(len(name) for rows in sections.values() for name, _ in rows))
        for panel, rows in sections.items():
            if rows:
                with formatter.section(panel):
                    formatter.write_dl([(name.ljust(width), text) for name, text in rows], col_max=_MOST_WIDTH)


def _panel(parameter: Any) -> str:
    if parameter.name == "help":
        return OUTPUT
    return parameter.rich_help_panel or (ARGUMENTS if parameter.param_type_name == "argument" else OPTIONS)
