"""Text that bears the mark of another format is refused by its name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.foreign_text import refuse_foreign


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("f 1 0.10 0.20 the 0.9\nf 1 0.30 0.20 boy 0.9\n", "CTM"),
        ("f 1 A 0.10 2.20 <o,f0,male> the boy\n", "STM"),
        ("0.1\t2.0\tthe boy\n", "Audacity"),
        ("<a><b>hi</b></a>", "XML"),
        ("Name\tStart\tContent\nA\t1\thi\n", "a table"),
    ],
)
def test_marks_of_formats(text: str, what: str) -> None:
    """The line names the format."""
    with pytest.raises(InputError, match=what):
        refuse_foreign(text, where="a.txt")


@pytest.mark.parametrize(
    "text",
    [
        "<Interviewer> What is it?\n<Participant> A boy.\n",
        "[laughs] so",
        "{so to speak}",
        "Anna, Mary, and the boy\nwere, so to say, there\n",
        "Time: 3 May\nAnna: so\n",
        "0:03 so\n0:05 he\n",
        '"so", he said\n',
    ],
)
def test_prose_passes(text: str) -> None:
    """Labels, notes, times and commas are no mark of a format."""
    refuse_foreign(text, where="a.txt")


@given(st.text(max_size=200))
def test_nothing_but_an_input_error_is_raised(text: str) -> None:
    """Any text passes or is refused."""
    with contextlib.suppress(InputError):
        refuse_foreign(f"a{text}", where="a.txt")
        refuse_foreign(f"<{text}>", where="a.txt")
