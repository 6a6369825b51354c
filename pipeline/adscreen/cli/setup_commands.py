"""Commands about the installation and what it reads: demo, formats, settings, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.app import command
from adscreen.cli.options import (
    ForceOpt,
    JobsOpt,
    JsonOpt,
    QuietOpt,
    SeedOpt,
    print_json,
    print_records,
    print_table,
    show_progress,
)
from adscreen.cli.panels import output_argument
from adscreen.errors import InputError


@command()
def demo(
    out: Annotated[Path, output_argument(help="Folder to write.")] = Path("reports/demo"),
    jobs: JobsOpt = 2,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Simulate a cohort, evaluate, train, score a held-out cohort and write reports; needs no input.

    Example: adscreen demo
    """
    from adscreen.studies.demo import run_demo

    with show_progress(quiet) as progress:
        found = run_demo(out, jobs=jobs, seed=seed or 0, force=force, progress=progress)
    if not quiet:
        print("SYNTHETIC data: the figures say nothing about people.")
        print_table(found.measures)
        print(f"Scores:  {found.scores}\nReports: open {found.index} in a browser")


@command()
def formats(
    name: Annotated[
        str | None, typer.Argument(help="A tool, a format or an ending: Otter, WebVTT, .srt [all].", show_default=False)
    ] = None,
    json: JsonOpt = False,
) -> None:
    """List the tools whose transcripts are read: what to export from each, what is read, and what to mind.

    Example: adscreen formats Otter
    """
    from adscreen.ingest.known_tools import SHOWN, list_known

    rows = list_known(name)
    print_json(rows) if json else print_records([{key: row[key] for key in SHOWN} for row in rows])


@command()
def settings() -> None:
    """Print every setting of a study with its default, to copy and change: evaluate and train read it with --config.

    Example: adscreen settings
    """
    from adscreen.bundled import bundled

    print(bundled("docs/study.toml").read_text(encoding="utf-8"), end="")


@command()
def doctor(json: JsonOpt = False) -> None:
    """Check what is installed, what is missing, and how to fix it.

    Example: adscreen doctor
    """
    from dataclasses import asdict

    from adscreen.doctor import examine

    checks = [asdict(check) for check in examine()]
    print_json(checks) if json else print_table(checks)
    if any(check["status"] == "missing" for check in checks):
        raise InputError("something adscreen needs is missing", where="doctor", remedy="see the table above")
