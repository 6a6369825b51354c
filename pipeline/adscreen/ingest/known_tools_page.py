"""The known tools and formats -> the tables in docs/transcripts.md and README.md.

    python -m adscreen.ingest.known_tools_page docs/transcripts.md README.md

writes each table anew between its two marks; the rest of a page is written by hand.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from adscreen.ingest.known_tools import GROUPS, KnownTool, read_known


def document_tools() -> str:
    """Return one table per group of tools."""
    return "\n".join(_table_of_group(group) for group in GROUPS)


def document_refused() -> str:
    """Return the table of the formats that are refused by name."""
    rows = [
        (f"{format.title} ({', '.join(f'`{ending}`' for ending in format.endings)})", format.reason, format.instead)
        for format in read_known().refused
    ]
    return _table(("format", "why", "instead"), rows)


def document_groups() -> str:
    """Return the short table for README: the tools of each group."""
    tools = read_known().tools
    rows = [(group, ", ".join(tool.name for tool in tools if tool.group == group)) for group in GROUPS]
    return _table(("what you have", "for example"), rows)


TABLES = {"tools": document_tools, "refused": document_refused, "groups": document_groups}


def fill_tables(page: str) -> str:
    """Return a page with every table between its marks: ``<!-- table: tools -->`` and ``<!-- end of table -->``."""
    return re.sub(
        r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)",
        lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}",
        page,
        flags=re.DOTALL,
    )


def _table_of_group(group: str) -> str:
    rows = [_cells(tool) for tool in read_known().tools if tool.group == group]
    return f"### {group}\n\n{_table(('tool', 'choose', 'read', 'not read', 'mind'), rows)}"


def _cells(tool: KnownTool) -> tuple[str, ...]:
    name = f"[{tool.name}]({tool.source})" if tool.source else tool.name
    return (name, tool.choose, tool.read(), tool.not_read, tool.caution)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Fill the tables of the pages that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m adscreen.ingest.known_tools_page", description="Fill the tables.")
    parser.add_argument("files", type=Path, nargs="+", help="pages: docs/transcripts.md README.md")
    for file in parser.parse_args().files:
        file.write_text(fill_tables(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
