"""A condition on the columns of a manifest -> the recordings that meet it.

The condition is a pandas query, checked against a list of allowed syntax before pandas sees it: comparisons, ``and``,
``or``, ``not``, ``in``, column names, constants and ``+ - * /``. It can call nothing and reach nothing but the table.
"""

from __future__ import annotations

import ast
import io
import json
import re
import shlex
import tokenize
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from adscreen.cohort.cohort import Cohort, Recording
from adscreen.cohort.columns import standard_name
from adscreen.cohort.identity import identity_key, list_some, show, tidy
from adscreen.cohort.sex import as_joined
from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas

_NOT_COLUMNS = ("row", "transcript", "extra", "content", "spelling", "default_speaker", "default_task", "default_gem")
_COLUMNS = tuple(field.name for field in fields(Recording) if field.name not in _NOT_COLUMNS)
_OPTION = "where="
_REMEDY = "write a condition such as 'mmse >= 20' or \"site in ['ES', 'IS']\""
_SINGLE_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")
_ALLOWED = (
    *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.UAdd, ast.USub),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
)
_WORD_OF = {"&": "and", "|": "or"}  # as pandas reads them
_CONDITIONS = (ast.Compare, ast.BoolOp)
_EQUALITIES = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def select(cohort: Cohort, where: str) -> Cohort:
    """Return the cohort with only the recordings that meet ``where``; a missing value meets no ``==``, ``<`` or ``in``.

    Text is compared in one Unicode form and with plain spaces. A note names the values that no row has.

    Raises InputError where the condition is malformed, names an unknown column or one of several spellings of a value,
    or leaves no recording.
    """
    frame = _tidied(cohort.frame(_COLUMNS))
    where = _with_known_names(_as_words(unicodedata.normalize("NFC", where)), frame, cohort.sexes)
    _check(where, frame)
    notes = _compare_spellings(where, frame)
    met = _meets(frame, where)
    kept = tuple(recording for recording, meets in zip(cohort.recordings, met, strict=True) if meets)
    if not kept:
        raise InputError(f"none of the {len(frame)} rows of {cohort.path.name} meets the condition", where=_OPTION)
    left_out = tuple(recording for recording, meets in zip(cohort.recordings, met, strict=True) if not meets)
    return replace(cohort, recordings=kept, left_out=(*cohort.left_out, *left_out), notes=(*cohort.notes, *notes))


def _tidied(frame: pandas.DataFrame) -> pandas.DataFrame:
    tidied = frame.copy()
    for name in tidied:
        if tidied[name].dtype != float:
            tidied[name] = tidied[name].map(tidy, na_action="ignore")
    return tidied


def _as_words(where: str) -> str:
    """Return the condition with ``and`` for ``&`` and ``or`` for ``|``, which do not bind tighter than ``==`` here."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(where.strip()).readline))
    except (tokenize.TokenError, SyntaxError):
        return where  # which the check refuses
    if not any(token.type == tokenize.OP and token.string in _WORD_OF for token in tokens):
        return where
    return " ".join(_WORD_OF.get(token.string, token.string) for token in tokens).strip()


def _meets(frame: pandas.DataFrame, where: str) -> list[bool]:
    """Evaluate the condition on each row."""
    import pandas as pd

    try:
        met: object = frame.eval(where, engine="python")
    except (TypeError, ValueError, NameError, AttributeError, ArithmeticError, NotImplementedError, RecursionError):
        met = None
    if not isinstance(met, pd.Series) or met.dtype.kind != "b":
        raise InputError("not a condition on the columns", where=_OPTION, remedy=_REMEDY)
    return [bool(value) for value in met]


def _with_known_names(where: str, frame: pandas.DataFrame, sexes: Mapping[str, str]) -> str:
    """Return the condition with the known names of columns that it names as the manifest's header may (``MMSE``).

    A sex is named as the manifest writes it (``F``) or as it counts (``female``).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(where.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return where  # which the check refuses
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in frame]
    changed = [node for node in names if standard_name(node.id) in frame]
    for node in changed:
        node.id = standard_name(node.id)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    untidy = [node for node in texts if node.value != tidy(str(node.value))]
    for text in untidy:
        text.value = tidy(str(text.value))
    joined = [_join_sexes(node, sexes) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return ast.unparse(tree) if changed or untidy or any(joined) else where


def _join_sexes(comparison: ast.Compare, sexes: Mapping[str, str]) -> bool:
    """Write the sexes that a comparison names under the spelling that they count as; return whether one changed."""
    sides = [comparison.left, *comparison.comparators]
    if not any(isinstance(side, ast.Name) and side.id == "sex" for side in sides):
        return False
    changed = False
    for node in ast.walk(comparison):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            joined = as_joined(node.value, sexes)
            changed, node.value = changed or joined != node.value, joined
    return changed


def _check(where: str, frame: pandas.DataFrame) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            nodes = list(ast.walk(ast.parse(where.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError("cannot be understood", where=_OPTION, remedy=_how_to_write(where, frame)) from None
    given = [column for column in frame.columns if frame[column].notna().any()]
    for node in nodes:
        if not isinstance(node, _ALLOWED) or (isinstance(node, ast.Constant) and not _is_plain(node.value)):
            raise InputError(f"may not hold a {type(node).__name__.lower()}", where=_OPTION, remedy=_REMEDY)
        if isinstance(node, ast.Name) and node.id not in given:
            found = ", ".join(given)
            if corrected := _with_quotes(where.strip(), nodes, frame[given]):
                what = f"{node.id!r} is no column, but a value of one"
                raise InputError(what, where=_OPTION, remedy=f"put text in quotes: {corrected}")
            what = f"no column {node.id!r} with values; columns: {found}"
            raise InputError(what, where=_OPTION, remedy="correct the name, and put text in quotes")
    for node in nodes:
        if isinstance(node, ast.Compare):
            _check_types(node, frame)
        _check_operands(node)


def _how_to_write(where: str, frame: pandas.DataFrame) -> str:
    """Return what may be wrong with a condition that is none."""
    spaced = next((str(name) for name in frame if not str(name).isidentifier() and str(name) in where), None)
    if spaced is not None:
        return f"a condition cannot name the column {spaced!r}: call it by one word of letters, digits and _"
    return "write == where you compare" if _SINGLE_EQUALS.search(where) else _REMEDY


def _check_operands(node: ast.AST) -> None:
    """Refuse to join a value with a condition (``label == 'AD' or 'MCI'``), which pandas may answer with any row."""
    joined = node.values if isinstance(node, ast.BoolOp) else []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        joined = [node.operand]
    for part in joined:
        if not isinstance(part, _CONDITIONS) and not (isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not)):
            what = f"`and`, `or` and `not` need conditions, and {ast.unparse(part)} is none"
            raise InputError(what, where=_OPTION, remedy="write both in full: label == 'AD' or label == 'MCI'")


def _compare_spellings(where: str, frame: pandas.DataFrame) -> list[str]:
    """Return notes on values that no row has.

    Raises:
        InputError: a value is written otherwise as well (``es`` for ``ES``), and the condition does not name that.
    """
    comparisons = [node for node in ast.walk(ast.parse(where.strip(), mode="eval")) if isinstance(node, ast.Compare)]
    named: dict[str, dict[str, None]] = {}
    for comparison in comparisons:
        leaves = _leaves(comparison)
        columns = [leaf.id for leaf in leaves if isinstance(leaf, ast.Name) and frame[leaf.id].dtype != float]
        if columns and all(isinstance(operator, _EQUALITIES) for operator in comparison.ops):
            texts = [str(leaf.value) for leaf in leaves if isinstance(leaf, ast.Constant)]
            named.setdefault(columns[0], {}).update(dict.fromkeys(texts))
    return [note for column, texts in named.items() for note in _compare_values(column, list(texts), frame[column])]


def _compare_values(column: str, texts: Sequence[str], values: pandas.Series) -> list[str]:
    found = [str(value) for value in values.dropna().unique()]
    keys = {identity_key(text): text for text in texts}
    alike = [value for value in found if identity_key(value) in keys and value not in texts]
    if alike:
        text = keys[identity_key(alike[0])]
        what = f"{column} is written {show(alike[0])} in some rows, and the condition names {show(text)}"
        every = [value for value in found if identity_key(value) == identity_key(text)]
        meant = f"{column} in {json.dumps(every, ensure_ascii=False)}"
        raise InputError(what, where=_OPTION, remedy=f"name what the rows hold, such as {meant}")
    absent = [text for text in texts if text not in found]
    return [f"{_OPTION} names values of {column} that no row has: {list_some(map(show, absent))}"] if absent else []


def _with_quotes(where: str, nodes: Sequence[ast.AST], frame: pandas.DataFrame) -> str:
    """Return the condition with quotes around words that are values of the columns they are compared with.

    Empty where a word is none; ``task == cookie`` becomes ``task == "cookie"``, as the column writes the value.
    """
    values: dict[tuple[int, int], str] = {}
    unknown = {(n.col_offset, n.end_col_offset or 0) for n in nodes if isinstance(n, ast.Name) and n.id not in frame}
    for comparison in (node for node in nodes if isinstance(node, ast.Compare)):
        names = [leaf for leaf in _leaves(comparison) if isinstance(leaf, ast.Name)]
        found = {
            str(value).casefold(): str(value)
            for name in names
            if name.id in frame
            for value in frame[name.id].dropna().unique()
        }
        for name in names:
            if name.id not in frame and name.id.casefold() in found:
                values[name.col_offset, name.end_col_offset or 0] = found[name.id.casefold()]
    if set(values) != unknown or "\n" in where:
        return ""
    line = where.encode()  # whose bytes the offsets count
    for (start, end), value in sorted(values.items(), reverse=True):
        line = line[:start] + json.dumps(value, ensure_ascii=False).encode() + line[end:]
    return shlex.quote(line.decode())


def _leaves(comparison: ast.Compare) -> list[ast.expr]:
    """Return what is compared, the members of lists included."""
    sides = [comparison.left, *comparison.comparators]
    return [leaf for side in sides for leaf in (side.elts if isinstance(side, (ast.List, ast.Tuple)) else [side])]


def _is_plain(value: object) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and "`" not in value)


def _check_types(comparison: ast.Compare, frame: pandas.DataFrame) -> None:
    """Refuse to compare text with numbers, which pandas answers with "no row"."""
    leaves = _leaves(comparison)
    named = [leaf.id for leaf in leaves if isinstance(leaf, ast.Name)]
    is_text = {name: frame[name].dtype != float for name in named}
    is_text |= {repr(leaf.value): isinstance(leaf.value, str) for leaf in leaves if isinstance(leaf, ast.Constant)}
    if len(set(is_text.values())) > 1:
        kinds = ", ".join(f"{name} is {'text' if text else 'a number'}" for name, text in is_text.items())
        raise InputError(f"compares text with a number: {kinds}", where=_OPTION, remedy="put quotes around text only")
