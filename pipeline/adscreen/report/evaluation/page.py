"""EvaluationReport -> report.html, report.json, checklist.csv, probast.csv and certificate.json of a run's folder.

The page is one file: it asks nothing of the network, has no script, and what it shows is escaped.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment

from adscreen.auditing.finding import count_levels
from adscreen.errors import InputError
from adscreen.metrics import Interval
from adscreen.report.evaluation import figures
from adscreen.report.evaluation.conclusions import main_protocol
from adscreen.report.evaluation.contents import EvaluationReport, ProtocolResult
from adscreen.report.evaluation.judgements import judge_differences, judge_retest, judge_sites
from adscreen.report.evaluation.wording import LEVELS, MEASURES, SCALES, STEPS, name_column
from adscreen.report.recording.phrases import name_family
from adscreen.report.templating import open_templates
from adscreen.writing import count, write_csv, write_json

PAGE, DATA, CHECKLIST, CERTIFICATE = "report.html", "report.json", "checklist.csv", "certificate.json"
PROBAST = "probast.csv"
_MINUS = "−"


def write_report(report: EvaluationReport, folder: Path) -> None:
    """Write the page, the same as JSON, the checklists as CSV and the certificate into a run's folder."""
    write_json(asdict(report), folder / DATA)
    write_json(asdict(report.certificate), folder / CERTIFICATE)
    write_csv(pd.DataFrame([asdict(item) for item in report.checklist]), folder / CHECKLIST)
    write_csv(pd.DataFrame([asdict(item) for item in report.probast]), folder / PROBAST)
    write_page(report, folder / PAGE)


def write_page(report: EvaluationReport, path: Path) -> Path:
    """Write the page of an evaluation to a new file; return its path.

    Raises:
        InputError: the file exists.
    """
    if path.exists():
        raise InputError("already exists", where=str(path), remedy="name a new file")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(report), encoding="utf-8", errors="replace", newline="\n")
    return path


def render_report(report: EvaluationReport) -> str:
    """Return the page of an evaluation."""
    first = main_protocol(report.protocols)
    return (
        _environment()
        .get_template("evaluation/report.html.j2")
        .render(
            report=report,
            first=first,
            others=[one for one in report.protocols if one is not first],
            answers=Counter(item.answered for item in report.checklist),
        )
    )


def draw(result: ProtocolResult) -> list[figures.Drawing]:
    """Return a protocol's framed plots."""
    return [figures.draw_roc(result), figures.draw_calibration(result), figures.draw_decisions(result)]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the templates with the filters of an evaluation's page."""
    made = open_templates()
    made.filters |= {
        "figure": format_figure,
        "counted_over": count_over,
        "range": format_range,
        "signed": format_signed,
        "column": name_column,
        "family": name_family,
        "count_levels": count_levels,
        "judge_differences": judge_differences,
        "judge_retest": judge_retest,
        "judge_sites": judge_sites,
    }
    made.globals |= {
        "levels": LEVELS,
        "measures": MEASURES,
        "scales": SCALES,
        "steps": STEPS,
        "draw_protocol": draw,
        "draw_learning": figures.draw_learning,
        "draw_instability": figures.draw_instability,
        "draw_chance": figures.draw_chance,
        "scale_of": figures.scale_of_areas,
    }
    return made


def count_over(report: EvaluationReport) -> str:
    """Return what intervals are over, with its number: 48 subjects, 1 cluster."""
    return count(report.groups, report.over.removesuffix("s"))


def format_figure(value: float, digits: int = 3) -> str:
    """Return a measure with three decimals, a dash where it is not defined.

    >>> format_figure(0.8684), format_figure(-0.05, 2), format_figure(float("nan"))
    ('0.868', '−0.05', '–')
    """
    return f"{value:z.{digits}f}".replace("-", _MINUS) if math.isfinite(value) else "–"


def format_signed(value: float) -> str:
    """Return a difference with its sign, to three decimals.

    >>> format_signed(0.054), format_signed(-0.2)
    ('+0.054', '−0.200')
    """
    return f"{value:+z.3f}".replace("-", _MINUS) if math.isfinite(value) else "–"


def format_range(figure: Interval, signed: bool = False) -> str:
    """Return an interval in words, empty where there is none.

    >>> format_range(Interval(0.8, 0.7, 0.9)), format_range(Interval(0.1, -0.1, 0.3), signed=True)
    ('0.700 to 0.900', '−0.100 to +0.300')
    """
    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        return ""
    form = format_signed if signed else format_figure
    return f"{form(figure.low)} to {form(figure.high)}"
