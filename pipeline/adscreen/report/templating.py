"""The template engine of every page: what it escapes, and how it shows characters that cannot be seen."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from adscreen.report.recording import formatting, phrases
from adscreen.scoring.recording_report import ReportSentence, ReportWord
from adscreen.version import __version__
from adscreen.writing import count

INDEX = "index.html"
_CONTROLS = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)]
_BIDI_AND_C1 = [*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_PICTURES = {code: chr(0x2400 + code) for code in _CONTROLS} | {code: f"[U+{code:04X}]" for code in _BIDI_AND_C1}


def show_unseen(value: Any) -> Any:
    """Return text in which a control character, or one that reorders the text after it, is seen; else the value.

    A NUL becomes its picture; a right-to-left override its code, because it would turn what follows back to front.

    >>> show_unseen("a\\x00b\\u202ec\\td"), show_unseen(3)
    ('a␀b[U+202E]c\\td', 3)
    """
    return value.translate(_PICTURES) if isinstance(value, str) else value


def mark_runs(sentence: ReportSentence) -> list[tuple[str, list[ReportWord]]]:
    """Return the sentence's words in runs of one mark, so that a repeated phrase is marked once."""
    return [(mark, list(words)) for mark, words in groupby(sentence.words, lambda word: word.mark)]


def sigmoid(logit: float) -> float:
    """Return the probability of a logit.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))


def open_templates() -> Environment:
    """Return the templates, with what every page uses. Everything is escaped; an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("adscreen.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=show_unseen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": formatting.format_percent, "measure": formatting.format_measure, "counted": count}
    made.tests |= {"finite": math.isfinite}
    made.globals |= {"version": __version__}
    return made


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates with the filters of recordings' pages and of their index."""
    made = open_templates()
    made.filters |= {
        "probability": formatting.format_probability,
        "perplexity": formatting.format_perplexity,
        "signed": formatting.format_signed,
        "clock": formatting.format_clock,
        "anchor": formatting.choose_anchor,
        "plot": formatting.place_dot,
        "stacked": formatting.stack_dots,
        "bar": formatting.place_bar,
        "sigmoid": sigmoid,
        "runs": mark_runs,
        "range": formatting.format_row_range,
        "parts": formatting.split_id,
        "display": formatting.display_feature,
        "written": formatting.write_feature,
        "family_name": phrases.name_family,
    }
    made.tests |= {"referenced": formatting.has_reference}
    made.globals |= {"results": phrases.RESULTS, "marks": phrases.MARKS, "index": INDEX}
    return made
