"""What a person types (a tool, a format, an ending) -> what to export, what is read of it, and what to mind.

``known_tools.toml`` holds the facts, each tool with the page they come from. `adscreen formats` prints them, and
adscreen.ingest.known_tools_page writes them into docs/transcripts.md and README.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from adscreen.errors import InputError

Group = Literal[
    "Clinical transcription",
    "Transcription services and editors",
    "Meetings and video",
    "Whisper family",
    "Cloud recognisers",
    "Annotation programs",
    "Documents and tables",
]
Read = Literal["speakers", "word times", "segment times", "pauses", "disfluencies"]

GROUPS: tuple[Group, ...] = get_args(Group)
READS: tuple[Read, ...] = get_args(Read)
SHOWN = ("name", "choose", "read", "not_read", "mind")  # of a row, what people need to see
NOTHING = "nothing: it is refused"

_FILE = Path(__file__).with_name("known_tools.toml")


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """A format that is read; ``name`` is the ``source_format`` of its transcripts, ``endings`` those of its files."""

    name: str
    title: str
    endings: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedFormat:
    """A format that is known and not read: why not, and what to give instead."""

    name: str
    title: str
    endings: tuple[str, ...]
    reason: str
    instead: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTool:
    """A program or service: what to export, what is read besides the words, what is not, and what to mind.

    ``formats`` are names of known formats. ``source`` is the page that the facts come from, empty where none was found.
    """

    name: str
    group: Group
    choose: str
    formats: tuple[str, ...]
    reads: tuple[Read, ...]
    not_read: str
    caution: str
    source: str
    aliases: tuple[str, ...] = ()

    def read(self) -> str:
        """Say what is read."""
        return ", ".join(["words", *self.reads])


@dataclass(frozen=True, slots=True)
class Known:
    """All formats and tools, in the order of the file."""

    formats: tuple[KnownFormat, ...]
    refused: tuple[RefusedFormat, ...]
    tools: tuple[KnownTool, ...]


@cache
def read_known() -> Known:
    """Read the file that ships."""
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Known(
        formats=tuple(KnownFormat(**_frozen(entry)) for entry in content["format"]),
        refused=tuple(RefusedFormat(**_frozen(entry)) for entry in content["refused"]),
        tools=tuple(KnownTool(**_frozen(entry)) for entry in content["tool"]),
    )


def list_known(name: str | None = None) -> list[dict[str, Any]]:
    """Return one row per tool, then one per refused format; only those that ``name`` means, where it is given.

    A name is that of a tool, a format or an ending, in any case of letters: ``Otter``, ``webvtt``, ``.srt``.

    Raises:
        InputError: nothing known has this name.
    """
    known = read_known()
    tools = [tool for tool in known.tools if name is None or _fold(name) in _names_of_tool(tool)]
    refused = [format for format in known.refused if name is None or _fold(name) in _names_of_format(format)]
    if not tools and not refused:
        raise InputError(f"no tool or format {name!r} is known", where="formats", remedy=_suggest(name or ""))
    return [*map(_row_of_tool, tools), *map(_row_of_refused, refused)]


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _row_of_tool(tool: KnownTool) -> dict[str, Any]:
    titles = {format.name: format.title for format in read_known().formats}
    return {
        "name": tool.name,
        "choose": tool.choose,
        "read": tool.read(),
        "not_read": tool.not_read,
        "mind": tool.caution,
        "formats": ", ".join(titles[name] for name in tool.formats),
        "source": tool.source,
    }


def _row_of_refused(format: RefusedFormat) -> dict[str, Any]:
    return {
        "name": f"{format.title} ({', '.join(format.endings)})",
        "choose": format.instead,
        "read": NOTHING,
        "not_read": "",
        "mind": format.reason,
        "formats": "",
        "source": "",
    }


def _names_of_tool(tool: KnownTool) -> set[str]:
    formats = [format for format in read_known().formats if format.name in tool.formats]
    return {*map(_fold, (tool.name, *tool.aliases))}.union(*map(_names_of_format, formats))


def _names_of_format(format: KnownFormat | RefusedFormat) -> set[str]:
    return set(map(_fold, (format.name, format.title, *format.endings, *format.aliases)))


def _fold(name: str) -> str:
    """Return a name as names are compared: without case, outer spaces and the dot of an ending.

    >>> _fold(" .VTT")
    'vtt'
    """
    return " ".join(name.casefold().split()).removeprefix(".")


def _suggest(name: str) -> str:
    known = read_known()
    formats = [format.name for format in known.formats] + [format.name for format in known.refused]
    shown = {_fold(each): each for each in formats}
    shown |= {_fold(each): each for tool in known.tools for each in (tool.name, *tool.aliases)}
    near = get_close_matches(_fold(name), shown, n=3, cutoff=0.6)
    if not near:
        return "leave it out to list all; any tool that exports .txt, .docx, .srt, .vtt or .csv will do"
    return f"did you mean {', '.join(shown[each] for each in near)}? leave it out to list all"
