"""The bytes of a transcript -> bytes of nearly the same format, as faulty tools, people and attackers write them.

Random bytes rarely pass a parser, so each mutator changes what its format is made of: lines and words of text, values
and keys of JSON, elements and attributes of XML, the XML inside an office document. A mutator takes the content, a
source of chance (of Atheris or of Hypothesis) and ``words``, strings that occur in the format; it never fails.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

Mutator = Callable[[bytes, Random, Sequence[str]], bytes]

NUMBERS = (
    "-1 0 1 -0.5 0.001 1e3 1e9 1e308 -1e308 inf nan 999999999999999999999 0x10 1_000 ١٢ ２ 1.5.2 12,5 "
    "00:00:01.000 99:99:99,999 -0:01 1:2:3:4 PT1S PT1e9S 25:61 0.5s"
).split()
FRAGMENTS = (
    *("", " ", "\t", "\n", "\r", "\x00", "\x01", "\x0b", "\x15", "\x1a", "\x85", "\xa0", "\u00ad", "\u200b", "\u2028"),
    *("\ue000", "\ufeff", "\ufffd", "\u0301", "e\u0301", "\U0001f600", "हिन्दी", "ﬁ", "İ", "'", '"', "''", "-", "--"),
    *("...", "…", "[", "]", "(", ")", "((", "))", "<", ">", "{", "}", "&amp;", "&#0;", "-->", ":", ";", ",", "|", "/"),
    *("\\", "#", "*PAR:", "@End", "%wor:", "Anna:", "Speaker 1:", "[laughs]", "(0.5)", "[00:01]", "xxx", "wh-", "2nd"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**30, 1e308, float("nan"), float("inf"), -0.5, "", " ", "0", "-1", "1.5"),
    *("\ud83d", [], {}, [[]], [{}], [None], {"": None}),
)
_FEW, _MANY = (1, 1, 1, 2, 3, 9), 2_000  # how often something is repeated; many, so that quadratic time is felt
_LARGEST = 40_000  # characters of what is repeated
_DEEPEST = 3_000
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+|[^\w\s]")
_ROOT = re.compile(rb"<[A-Za-z]")
_XML_MEMBER = re.compile(r"word/document\.xml|xl/worksheets/[^/]+\.xml")


def mutate_lines(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    """Change lines of text and words in them; now and then the encoding too."""
    lines = _decode(content).split("\n")
    for _ in range(random.randint(1, 4)):
        random.choice(_LINE_STEPS)(lines, random, words)
    return _encode("\n".join(lines)[:_LARGEST], random)


def mutate_json(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    """Change values, keys and order in a JSON document, or in one line of JSON Lines; what is neither, by lines."""
    lines = _decode(content).split("\n")
    for held, whole in ((["\n".join(lines)], True), (lines, False)):
        number = random.choice([number for number, line in enumerate(held) if line.strip()] or [0])
        try:
            tree = [json.loads(held[number])]
        except (ValueError, RecursionError):
            continue
        for _ in range(random.randint(1, 4)):
            _change_tree(tree, random, words)
        try:
            text = json.dumps(tree[0] if tree else None, ensure_ascii=random.random() < 0.5)
        except RecursionError:
            return content
        if len(text) > 4 * _LARGEST:
            return content
        if not random.randrange(30):
            text = "[" * _DEEPEST + text
        return _encode("\n".join([text] if whole else [*lines[:number], text, *lines[number + 1 :]]), random)
    return mutate_lines(content, random, words)


def mutate_xml(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    """Change elements, attributes and texts of XML; what is none, by lines."""
    start = _ROOT.search(content)
    try:
        if start is None or b"<!ENTITY" in content or not random.randrange(12):
            return mutate_lines(content, random, words)
        root = ET.fromstring(content[start.start() :])
        for _ in range(random.randint(1, 4)):
            _change_element(root, random, words)
        body = ET.tostring(root, encoding="unicode")
    except (ET.ParseError, ValueError, LookupError, RecursionError, TypeError):
        return mutate_lines(content, random, words)
    if not random.randrange(30):
        name = root.tag.rpartition("}")[2]
        body = body.replace("</", f"{f'<{name}>' * _DEEPEST}{f'</{name}>' * _DEEPEST}</", 1)
    return content[: start.start()] + body.encode("utf-8", errors="replace")


def mutate_office(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    """Change the XML inside a .docx or .xlsx; now and then drop one of its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # a damaged archive, as only bytes can be
        return content
    named = sorted(parts)
    chosen = next(filter(_XML_MEMBER.fullmatch, named), named[0] if named else "")
    if named and not random.randrange(8):
        chosen = random.choice(named)
    if named and not random.randrange(20):
        del parts[chosen]
    elif chosen:
        parts[chosen] = mutate_xml(parts[chosen], random, words)
    return pack(parts)


def pack(parts: dict[str, bytes]) -> bytes:
    """Return a .zip of these parts, not compressed, the same for the same parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()


def split_words(text: str) -> list[str]:
    """Return the words, marks and numbers of a text, each once, in order; mutators insert them elsewhere."""
    return list(dict.fromkeys([*text.split(), *_WORD.findall(text)]))


def _decode(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if wide else "utf-8", errors="replace")


def _encode(text: str, random: Random) -> bytes:
    kind = random.randrange(24)
    if kind == 0:
        text = text.replace("\n", random.choice(["\r\n", "\r", "\n\n", "\u2028"]))
    encoding = {1: "utf-16", 2: "utf-8-sig", 3: "cp1252", 4: "utf-16-be"}.get(kind, "utf-8")
    return text.encode(encoding, errors="replace")


def _snippet(random: Random, words: Sequence[str]) -> str:
    return random.choice((FRAGMENTS, NUMBERS, words or FRAGMENTS)[random.randrange(3)])


def _times(random: Random, size: int) -> int:
    times = _MANY if random.random() < 0.02 else random.choice(_FEW)
    return max(1, min(times, _LARGEST // (size + 1)))


def _change_text(text: str, random: Random, words: Sequence[str]) -> str:
    """Insert, remove, replace or repeat a word."""
    found = list(_WORD.finditer(text))
    match = random.choice(found) if found else None
    start, end = match.span() if match else (0, 0)
    snippet = _snippet(random, words)
    kind = random.randrange(6)
    if kind == 0:
        return text[:start] + snippet + text[start:]
    if kind == 1:
        return text[:start] + text[end:]
    if kind == 2:
        return text[:start]
    if kind == 3:
        again = text[start:end] + random.choice(["", " ", snippet])
        return text[:start] + again * _times(random, len(again)) + text[end:]
    return text[:start] + snippet + text[end:]


def _change_a_line(lines: list[str], random: Random, words: Sequence[str]) -> None:
    place = random.randrange(len(lines))
    lines[place] = _change_text(lines[place], random, words)


def _remove_a_line(lines: list[str], random: Random, words: Sequence[str]) -> None:
    if len(lines) > 1:
        del lines[random.randrange(len(lines))]


def _repeat_lines(lines: list[str], random: Random, words: Sequence[str]) -> None:
    start = random.randrange(len(lines))
    block = lines[start : start + random.randint(1, 4)]
    lines[start:start] = block * _times(random, sum(map(len, block)) + len(block))


def _move_a_line(lines: list[str], random: Random, words: Sequence[str]) -> None:
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randint(0, len(lines)), line)


def _part_or_join_lines(lines: list[str], random: Random, words: Sequence[str]) -> None:
    place = random.randrange(len(lines))
    if random.random() < 0.5 or place + 1 == len(lines):
        cut = random.randint(0, len(lines[place]))
        lines[place : place + 1] = [lines[place][:cut], lines[place][cut:]]
    else:
        lines[place : place + 2] = [lines[place] + random.choice(["", " ", "\t"]) + lines[place + 1]]


def _indent_a_line(lines: list[str], random: Random, words: Sequence[str]) -> None:
    place = random.randrange(len(lines))
    lines[place] = random.choice([" ", "\t", "\u3000", "\ufeff", _snippet(random, words)]) + lines[place]


def _space_otherwise(lines: list[str], random: Random, words: Sequence[str]) -> None:
    place = random.randrange(len(lines))
    lines[place] = lines[place].replace(random.choice("\t ,;:"), random.choice(["\t", " ", "  ", ",", ";", "\xa0", ""]))


def _insert_a_line(lines: list[str], random: Random, words: Sequence[str]) -> None:
    snippets = [_snippet(random, words) for _ in range(random.randint(1, 3))]
    lines.insert(random.randint(0, len(lines)), " ".join(snippets))


_LINE_STEPS: tuple[Callable[[list[str], Random, Sequence[str]], None], ...] = (
    *[_change_a_line] * 6,
    _remove_a_line,
    _repeat_lines,
    _move_a_line,
    _part_or_join_lines,
    _indent_a_line,
    _space_otherwise,
    _insert_a_line,
)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with each of its keys or indices."""
    waiting = [tree]
    while waiting:
        held = waiting.pop()
        for key, value in list(held.items() if isinstance(held, dict) else enumerate(held)):
            yield held, key
            if isinstance(value, dict | list):
                waiting.append(value)


def _change_tree(tree: list[Any], random: Random, words: Sequence[str]) -> None:
    places = list(_places(tree))
    if not places:
        return
    held, key = random.choice(places)
    kind = random.randrange(10)
    if kind == 0:
        del held[key]
    elif kind == 1:
        other, place = random.choice(places)
        with contextlib.suppress(LookupError, RecursionError):
            held[key] = copy.deepcopy(other[place])
    elif kind == 2 and isinstance(held, dict):
        _, name = random.choice(places)
        held[name if isinstance(name, str) else _snippet(random, words)] = held.pop(key)
    elif kind == 2:
        random.shuffle(held)
    elif kind == 3 and isinstance(held, list):
        held[key:key] = [held[key]] * _times(random, len(str(held[key])[:_LARGEST]))
    else:
        held[key] = _changed(held[key], random, words)


def _changed(value: Any, random: Random, words: Sequence[str]) -> Any:
    """Return another value of the same kind, mostly."""
    kind = random.randrange(6)
    if kind == 0:
        return copy.deepcopy(random.choice(VALUES))
    if kind == 1:
        return random.choice([[value], {"text": value}, {_snippet(random, words): value}])
    if isinstance(value, bool) or value is None:
        return random.choice([0, 1.5, "1", not value])
    if isinstance(value, int | float):
        shifts = [-value, value * 1000, value / 1000, value + 1, value - 1, str(value), random.randint(-9, 9), 1e9]
        return random.choice(shifts)
    if isinstance(value, str):
        return _change_text(value, random, words)
    return list(value.values()) if isinstance(value, dict) else {_snippet(random, words): one for one in value}


def _change_element(root: ET.Element, random: Random, words: Sequence[str]) -> None:
    elements = list(root.iter())
    element, other = random.choice(elements), random.choice(elements)
    kind = random.randrange(10)
    children = list(element)
    if kind <= 1 and element.attrib:
        name = random.choice(list(element.attrib))
        element.set(name, random.choice([_change_text(element.attrib[name], random, words), *other.attrib.values()]))
    elif kind == 2 and element.attrib:
        del element.attrib[random.choice(list(element.attrib))]
    elif kind == 3:
        element.tag, element.attrib = random.choice([(other.tag, element.attrib), (element.tag, dict(other.attrib))])
    elif kind == 4 and children:
        element.remove(random.choice(children))
    elif kind == 5 and children:
        child = random.choice(children)
        size = len(ET.tostring(child, encoding="unicode"))
        element[:] = [*children, *[child] * _times(random, size)]
    elif kind == 6 and children:
        random.shuffle(children)
        element[:] = children
    elif kind == 7:
        element.append(copy.deepcopy(other) if sum(1 for _ in other.iter()) < 50 else ET.Element(other.tag))
    elif kind == 8:
        element.tail = _change_text(element.tail or "", random, words)
    else:
        element.text = _change_text(element.text or "", random, words)
