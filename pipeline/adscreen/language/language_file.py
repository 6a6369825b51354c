"""A language file (TOML) -> LanguageFile: the language, and where its biLM, parser, task files and norms lie.

Paths begin at the file's folder. docs/languages.md says what each field is for.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adscreen.bundled import bundled
from adscreen.errors import InputError
from adscreen.language.codes import is_told, short_code
from adscreen.language.frequencies import Frequencies
from adscreen.language.language import ENGLISH, Language, known_language

NO_PARSER = "none"
_LISTS = ("fillers", "pronouns", "empty_words", "negation_lemmas")
_KEYS = frozenset(
    {"name", "codes", "bilm", "parser", "task_files", "norms", "frequencies", "contractions", "negation", *_LISTS}
)
_TABLES = {
    "frequencies": frozenset({"wordfreq", "file"}),
    "contractions": frozenset({"whole", "before", "after"}),
    "negation": frozenset({"words", "clause_starts", "clitics"}),
}


@dataclass(frozen=True, slots=True)
class LanguageFile:
    """A language file as read. ``bilm`` is None where it names none; ``parser`` is ``none`` where it has none."""

    language: Language
    bilm: Path | None
    parser: str
    task_files: tuple[Path, ...]
    norms: tuple[Path, ...]


def read_language(path: Path) -> LanguageFile:
    """Read a language file.

    Raises:
        InputError: it cannot be read, is no TOML, a field is unknown, missing or wrong, or a file is not there.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as a language file", where=str(path), remedy=_see()) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(" ".join(str(error).split()), where=str(path), remedy=_see()) from error
    try:
        _check_keys(content)
        language = _language(content, path.parent)
        return LanguageFile(
            language,
            bilm=_path(content, "bilm", path.parent),
            parser=_parser(content, path.parent),
            task_files=_paths(content, "task_files", path.parent),
            norms=_paths(content, "norms", path.parent),
        )
    except ValueError as error:
        raise InputError(str(error), where=str(path), remedy=_see()) from error


def _see() -> str:
    return f"see {bundled('docs/languages.md')}"


def _check_keys(content: Mapping[str, Any]) -> None:
    """Raise ValueError where a field is not known, or is no table."""
    unknown = sorted(content.keys() - _KEYS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; fields are {', '.join(sorted(_KEYS))}")
    for name, keys in _TABLES.items():
        table = content.get(name, {})
        if not isinstance(table, dict):
            raise ValueError(f"{name!r} is not a table")
        wrong = sorted(table.keys() - keys)
        if wrong:
            raise ValueError(f"unknown field {wrong[0]!r} in [{name}]; fields are {', '.join(sorted(keys))}")


def _language(content: Mapping[str, Any], folder: Path) -> Language:
    name, codes = content.get("name"), _words(content.get("codes"), "codes")
    if not isinstance(name, str) or not is_told(name):
        raise ValueError("no field 'name'" if name is None else "'name' is no name of a language")
    if not codes:
        raise ValueError("no field 'codes'")
    if any(ENGLISH.goes_by(code) for code in (name, *codes)):
        raise ValueError("English ships with adscreen; a language file is for another language")
    if not all(map(is_told, codes)):
        raise ValueError("'codes' holds something that names no language")
    plain: dict[str, Any] = {"name": name, "codes": sorted({short_code(code) for code in codes})}
    plain |= {one: sorted(set(_words(content[one], one))) for one in _LISTS if one in content}
    if "frequencies" in content:
        plain["frequencies"] = _frequencies(content["frequencies"], folder).as_stored()
    if "contractions" in content:
        plain["contractions"] = _contractions(content["contractions"])
    if "negation" in content:
        plain["negation"] = {
            one: _words(content["negation"].get(one, ""), one) for one in ("words", "clause_starts", "clitics")
        }
    return known_language(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def _words(value: Any, field: str) -> list[str]:
    """Return the words of a field, lower case: a text with spaces between them, or a list.

    Raises:
        ValueError: the field is neither.
    """
    if value is None:
        return []
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError(f"{field!r} is neither a text of words nor a list of them")
    return [word.strip().lower() for word in words]


def _frequencies(content: Mapping[str, Any], folder: Path) -> Frequencies:
    if len(content) != 1:
        raise ValueError("[frequencies] has one field: wordfreq or file")
    if "file" in content:
        path = _path(content, "file", folder)
        assert path is not None
        try:
            frequencies = Frequencies(table=path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"the word frequencies {content['file']!r} cannot be read as UTF-8") from None
    else:
        frequencies = Frequencies(code=str(content["wordfreq"]))
    frequencies.check()
    return frequencies


def _contractions(content: Mapping[str, Any]) -> dict[str, Any]:
    whole = content.get("whole", {})
    if not isinstance(whole, dict):
        raise ValueError("'whole' is not a table of words and their parts")
    return {
        "whole": {word.lower(): _words(parts, "whole") for word, parts in whole.items()},
        "before": _longest_first(_words(content.get("before", ""), "before")),
        "after": _longest_first(_words(content.get("after", ""), "after")),
    }


def _longest_first(clitics: Sequence[str]) -> list[str]:
    return sorted(set(clitics), key=lambda clitic: (-len(clitic), clitic))


def _path(content: Mapping[str, Any], field: str, folder: Path) -> Path | None:
    """Return the path in a field, None where the field is missing; raises ValueError where nothing is there."""
    value = content.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ValueError(f"{field!r} is no path")
    path = folder / value
    if not path.exists():
        raise ValueError(f"{field!r} leads to nothing: {value}")
    return path


def _paths(content: Mapping[str, Any], field: str, folder: Path) -> tuple[Path, ...]:
    values = content.get(field, [])
    if not isinstance(values, list):
        raise ValueError(f"{field!r} is not a list of paths")
    found = (_path({field: value}, field, folder) for value in values)
    return tuple(path for path in found if path is not None)


def _parser(content: Mapping[str, Any], folder: Path) -> str:
    """Return the parser: a folder from the file's own, an installed pipeline's name, or ``none``."""
    value = content.get("parser", NO_PARSER)
    if not isinstance(value, str) or not value:
        raise ValueError("'parser' is neither a folder nor the name of a spaCy pipeline")
    return str(folder / value) if (folder / value).is_dir() else value
