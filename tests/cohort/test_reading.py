"""What a command is told of a manifest reaches ``read_cohort`` whole."""

from __future__ import annotations

import inspect
from dataclasses import fields

from adscreen.cohort import read_cohort
from adscreen.cohort.reading import Reading, ReadingArguments


def test_a_reading_has_the_arguments_of_read_cohort() -> None:
    """A new argument of the library is one of every command, and the other way round."""
    arguments = [name for name in inspect.signature(read_cohort).parameters if name != "source"]
    assert sorted(arguments) == sorted(field.name for field in fields(Reading))
    assert arguments == list(ReadingArguments.__annotations__)


def test_only_what_was_given_is_named() -> None:
    """Defaults are left out of what a source may not be asked for."""
    assert {} == Reading().given()
    assert {"where": "age > 60", "same_id": True} == Reading(where="age > 60", same_id=True).given()
