"""WordprocessingML -> its paragraphs and tables as Word shows them, in the order of the page.

Text is what stands in runs, wherever they lie: in tracked insertions and moves, content controls, links, fields, text
boxes. Deletions, hidden text, codes of fields, prompts of empty content controls, comments, notes, headers and
automatic numbers are not. Of alternatives for older and newer programs the first is taken. A merged cell comes once.

Source: ECMA-376 (Office Open XML), part 1, "WordprocessingML", transitional and strict; part 3, "AlternateContent".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_MAIN = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
    "{http://purl.oclc.org/ooxml/officeDocument/math}",
)
_NOT_SHOWN = frozenset(
    "del moveFrom rt instrText delText delInstrText pPr rPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr".split()
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off")
_PRIVATE = range(0xF000, 0xF100)  # glyphs of symbol fonts: arrows and faces, not letters


class Cell(NamedTuple):
    """A cell: the first column it covers, how many it covers, and whether it goes on from the cell above."""

    column: int
    span: int
    blocks: tuple[Block, ...]
    continued: bool = False


class Table(NamedTuple):
    """The rows of a table."""

    rows: tuple[tuple[Cell, ...], ...]


Block: TypeAlias = "str | Table"  # a paragraph, whose lines `\n` parts, or a table


def read_blocks(document: Element, *, hidden_styles: frozenset[str] = frozenset()) -> tuple[Block, ...]:
    """Return the blocks of a main document part; raises RecursionError where elements are nested without end."""
    body = next((child for child in document if _local(child) == "body"), None)
    return tuple(_Reader(hidden_styles).blocks(body)) if body is not None else ()


def find_hidden_styles(styles: Element) -> frozenset[str]:
    """Return the ids of the styles whose text Word hides, those based on them included."""
    based_on: dict[str, str] = {}
    hidden: dict[str, bool] = {}
    for style in styles:
        if _local(style) == "style":
            name = _value(style, "styleId")
            properties = _child(style, "rPr")
            based_on[name] = _value(_child(style, "basedOn"))
            if properties is not None and (vanish := _child(properties, "vanish")) is not None:
                hidden[name] = _value(vanish) not in _OFF
    found = set()
    for name in based_on:
        seen = {""}
        ancestor = name
        while ancestor not in seen and ancestor not in hidden:
            seen.add(ancestor)
            ancestor = based_on.get(ancestor, "")
        if hidden.get(ancestor):
            found.add(name)
    return frozenset(found)


def holds_imported_text(document: Element) -> bool:
    """Tell whether text lies in another part, a web page as a rule, that Word takes in when it opens the document."""
    return any(_local(element) == "altChunk" for element in document.iter())


def _local(element: Element) -> str:
    """The name of an element of WordprocessingML without its namespace; of another, its whole name."""
    tag = element.tag
    return next((tag.removeprefix(main) for main in _MAIN if tag.startswith(main)), tag)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child) == name), None)


def _value(element: Element | None, name: str = "val") -> str:
    found = (element.get(f"{main}{name}") for main in _MAIN) if element is not None else ()
    return next((value for value in found if value is not None), "")


@dataclass(slots=True)
class _Reader:
    """Reads blocks; ``codes`` says for each open field whether its code, which is not shown, is being read."""

    hidden_styles: frozenset[str]
    codes: list[bool] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    def blocks(self, parent: Element) -> Iterator[Block]:
        """Yield the paragraphs and tables in an element; a paragraph whose mark is deleted goes on in the next."""
        carried = ""
        for element in _flat(parent):
            if _local(element) == "tbl":
                if carried:
                    yield carried
                carried = ""
                yield self._table(element)
                continue
            text = carried + self._paragraph(element)
            carried = text if self._mark_is_hidden(element) else ""
            if not carried:
                yield text
            boxes, self.boxes = self.boxes, []
            for box in boxes:
                yield from self.blocks(box)
        if carried:
            yield carried

    def _paragraph(self, paragraph: Element) -> str:
        style = _value(_child_of(paragraph, "pPr", "pStyle"))
        text = "".join(self._inline(paragraph, hidden=style in self.hidden_styles))
        self.codes = [False for code in self.codes if not code]  # a field whose code never ends hides no paragraph
        return text

    def _mark_is_hidden(self, paragraph: Element) -> bool:
        properties = _child_of(paragraph, "pPr", "rPr")
        names = {_local(child) for child in properties if _value(child) not in _OFF} if properties is not None else ()
        return not {"del", "moveFrom", "vanish", "specVanish"}.isdisjoint(names)

    def _inline(self, parent: Element, *, hidden: bool) -> Iterator[str]:
        for element in parent:
            name = _local(element)
            if name == "r":
                yield from self._inline(element, hidden=self._is_hidden(element, hidden=hidden))
            elif name == "fldChar":
                self._turn_field(_value(element, "fldCharType"))
            elif name == "txbxContent":
                self.boxes.append(element)
            elif name == "sdt" and _prompts(element):
                continue
            elif name == f"{_COMPATIBILITY}AlternateContent":
                yield from self._inline(_chosen(element), hidden=hidden)
            elif name in _NOT_SHOWN:
                continue
            elif len(element):
                yield from self._inline(element, hidden=hidden)
            elif not hidden and not any(self.codes):
                yield _characters(element, name)

    def _is_hidden(self, run: Element, *, hidden: bool) -> bool:
        properties = _child(run, "rPr")
        if properties is None:
            return hidden
        vanish = _child(properties, "vanish")
        if vanish is not None:
            return _value(vanish) not in _OFF
        return hidden or _value(_child(properties, "rStyle")) in self.hidden_styles

    def _turn_field(self, kind: str) -> None:
        if kind == "begin":
            self.codes.append(True)
        elif kind == "separate" and self.codes:
            self.codes[-1] = False
        elif kind == "end" and self.codes:
            self.codes.pop()

    def _table(self, table: Element) -> Table:
        rows = []
        for row in _flat(table, "tr"):
            properties = _child(row, "trPr")
            names = (
                {_local(child) for child in properties if _value(child) not in _OFF} if properties is not None else ()
            )
            if {"del", "hidden"}.isdisjoint(names):
                rows.append(tuple(self._cells(row)))
        return Table(tuple(rows))

    def _cells(self, row: Element) -> Iterator[Cell]:
        column = _number(_child_of(row, "trPr", "gridBefore"), least=0)
        for element in _flat(row, "tc"):
            if _child_of(element, "tcPr", "cellDel") is not None:
                continue
            span = _number(_child_of(element, "tcPr", "gridSpan"), least=1)
            blocks = tuple(self.blocks(element))
            across, down = (_child_of(element, "tcPr", name) for name in ("hMerge", "vMerge"))
            if across is None or _value(across) == "restart":
                continued = down is not None and _value(down) != "restart"
                yield Cell(column, span, () if continued else blocks, continued)
            column += span


def _flat(parent: Element, *wanted: str) -> Iterator[Element]:
    """Yield paragraphs and tables (or what is wanted), also those that content controls and the like wrap."""
    names = wanted or ("p", "tbl")
    for element in parent:
        name = _local(element)
        if name in names:
            yield element
        elif name == f"{_COMPATIBILITY}AlternateContent":
            yield from _flat(_chosen(element), *wanted)
        elif name not in _NOT_SHOWN and not (name == "sdt" and _prompts(element)):
            yield from _flat(element, *wanted)


def _chosen(alternatives: Element) -> Element:
    """Return the alternative that Word takes: the first that is there."""
    return next(iter(alternatives), alternatives)


def _prompts(control: Element) -> bool:
    """Tell whether a content control is empty, so that Word shows its prompt."""
    prompt = _child_of(control, "sdtPr", "showingPlcHdr")
    return prompt is not None and _value(prompt) not in _OFF


def _child_of(element: Element, *path: str) -> Element | None:
    found: Element | None = element
    for name in path:
        found = _child(found, name) if found is not None else None
    return found


def _number(element: Element | None, *, least: int) -> int:
    value = _value(element)
    return max(least, int(value)) if value.isascii() and value.isdigit() and len(value) < 4 else least


def _characters(element: Element, name: str) -> str:
    if name == "t" or name in [f"{maths}t" for maths in _MATHS]:
        return " ".join((element.text or "").split("\n"))
    if name == "sym":
        code = _value(element, "char")
        try:
            point = int(code, 16)
            return " " if point in _PRIVATE else chr(point)
        except (ValueError, OverflowError):
            return ""
    return _CHARACTERS.get(name, "")


def parse_part(content: bytes) -> Element:
    """Parse a part of a document; raises ElementTree.ParseError where it is damaged."""
    return ElementTree.fromstring(content)
