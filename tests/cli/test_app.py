"""Records of options -> options of a command, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import typer

from adscreen.cli.app import command


@dataclass(frozen=True, kw_only=True)
class Place:
    """An inner record."""

    city: Annotated[str, typer.Option(help="City.")] = "Ghent"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A record that holds a record between two options."""

    name: Annotated[str, typer.Option(help="Name.")] = "Ann"
    place: Place
    age: Annotated[int | None, typer.Option(help="Age.")] = None


def build(got: list[Any]) -> Any:
    """Return a Click command that stores what its function was handed."""
    group = typer.Typer(add_completion=False)

    @command(group=group)
    def greet(
        greeting: Annotated[str, typer.Argument(help="Greeting.")],
        person: Person,
        loud: Annotated[bool, typer.Option("--loud", help="Shout.")] = False,
    ) -> None:
        """Greet."""
        got.append((greeting, person, loud))

    return typer.main.get_command(group)


def test_a_record_stands_for_its_fields() -> None:
    """The fields of a record, and of a record in it, are parameters in their place."""
    names = [parameter.name for parameter in build([]).params]
    assert ["greeting", "name", "city", "age", "loud"] == names


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hi", ("hi", Person(name="Ann", place=Place(city="Ghent"), age=None), False)),
        ("hi --city Lier --age 70 --loud", ("hi", Person(name="Ann", place=Place(city="Lier"), age=70), True)),
    ],
)
def test_the_function_gets_the_record(line: str, expected: tuple[Any, ...]) -> None:
    """Defaults and values reach the record that declares them."""
    got: list[Any] = []
    build(got).main(line.split(), standalone_mode=False)
    assert [expected] == got


def test_two_records_cannot_declare_one_option() -> None:
    """A name that comes twice is refused when the command is declared."""
    with pytest.raises(ValueError, match="duplicate parameter name: 'city'"):

        @command(group=typer.Typer())
        def greet(place: Place, other: Place) -> None:
            """Greet."""
