"""Labels with brackets in them -> the one name of a person; and turns with another's words in brackets -> both.

    Anna (laughing): ...  beside  Anna: ...              one speaker, Anna
    PAR: the boy is (INT: mhm) on the stool              a turn of PAR, and one of INT

Source: Dresing and Pehl 2018 (f4), rule on backchannels, for words of another in brackets within a turn.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from adscreen.ingest.label_forms import Head, label_key
from adscreen.ingest.prose import label_role

_REMARK = re.compile(r"(?P<name>[^()]+?) ?\((?P<remark>[^()]{1,40})\)")
_LABEL = r"[^\W\d_][\w .'’-]{0,30}"
_ASIDE = re.compile(
    rf"[(\[{{]{{1,2}}[ ]?(?P<label>{_LABEL}):[ ]?(?P<said>[^()\[\]{{}}:]{{1,80}})[)\]}}]{{1,2}}"
    rf"|//[ ]?(?P<slashed>{_LABEL}):[ ]?(?P<spoken>[^/:]{{1,80}})//"
)


def fold_remarks(heads: Sequence[Sequence[Head]]) -> list[list[Head]]:
    """Take remarks off labels that stand with several, or without one as well; a role is no remark but tells people."""
    remarks: dict[str, set[str]] = defaultdict(set)
    plain: set[str] = set()
    for head in (head for line in heads for head in line):
        match = _REMARK.fullmatch(head.label)
        if match:
            remarks[label_key(match["name"])].add(match["remark"].casefold())
        else:
            plain.add(label_key(head.label))
    folded = {
        name for name, found in remarks.items() if (len(found) > 1 or name in plain) and not any(map(label_role, found))
    }
    return [[_without_remark(head, folded) for head in line] for line in heads]


def _without_remark(head: Head, folded: set[str]) -> Head:
    match = _REMARK.fullmatch(head.label) if folded else None
    return head._replace(label=match["name"]) if match and label_key(match["name"]) in folded else head


def part_asides(text: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield speaker (empty: the turn's own) and words: the turn without what others say in brackets, then theirs."""
    asides = [match for match in _ASIDE.finditer(text) if label_key(match["label"] or match["slashed"]) in names]
    if not asides:
        yield "", text
        return
    own, end = "", 0
    for match in asides:
        own += text[end : match.start()]
        end = match.end()
    yield "", " ".join((own + text[end:]).split())
    for match in asides:
        yield names[label_key(match["label"] or match["slashed"])], (match["said"] or match["spoken"]).strip()
