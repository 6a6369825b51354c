"""The tiers of an annotation tool -> which of them hold speech, whose it is, and which hold something else.

A tier is judged by its name (and that of its type), by what it holds, and beside the other tiers of the file:

    name     ``tx@Anna``, ``Anna - words``, ``Anna_transcription``: what it holds, and who speaks; ``Anna``: only who
    content  ids (``cookie_anna.001``) are no speech
    beside   two tiers that annotate the same stretches of time are one speech and something about it, never two people

Sources: ELAN and Praat manuals; short codes are those of SIL Toolbox and FLEx exports (``tx``, ``mb``, ``ge``, ``ps``,
``ft``, ``nt``), of DoReCo (``wd``, ``ph``) and of WebMAUS (``ORT-MAU``, ``MAU``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from adscreen.errors import InputError
from adscreen.ingest.pieces import start_of

Use = Literal["utterances", "words", "other", ""]

SILENT = frozenset({"", "sil", "<sil>", "sp", "<p:>", "<p>", "#", "<eps>", "silence", "silent", "sounding"})
LISTED = 12  # tiers named in one line

_OTHER = frozenset(
    "translation translations translated transl gloss glosses glossing morph morphs morpheme morphemes morphology "
    "note notes comment comments commentary pos lemma lemmas phone phones phoneme phonemes phon phonetic phonetics "
    "phonemic phonology ipa sampa syllable syllables syll syl tone tones tobi pitch intensity break breaks misc point "
    "points gesture gestures gest gaze act acts code codes coding event events noise noises pause pauses silence "
    "silences ref refs reference id ids segnum annotator metadata background disfluency disfluencies error errors "
    "kommentar kommentare übersetzung übersetzungen uebersetzung glosse glossen notiz notizen anmerkung anmerkungen "
    "bemerkung bemerkungen pausen geräusche wortart wortarten traduction traductions commentaire commentaires glose "
    "gloses remarque remarques bruit bruits traducción traduccion comentario comentarios glosa glosas nota notas ruido "
    "ruidos tradução traducao traduzione traduzioni commento commenti vertaling opmerking opmerkingen".split()
)
_WORDS = frozenset("word words token tokens wrd".split())
_UTTERANCES = frozenset(
    "text texts txt tx transcript transcripts transcription transcriptions transkript transkription utterance "
    "utterances utt utts phrase phrases sentence sentences speech orth ortho ort orthography orthographic "
    "orthographical verbatim "
    "turn turns ipu ipus".split()
)
_SHORT: dict[str, Use] = {
    **dict.fromkeys("ge gl gls gn ps mb mp mc mt ft fte ftg nt lt cm ph tr trl hd".split(), "other"),
    **dict.fromkeys("wd w tok".split(), "words"),
    **dict.fromkeys("ut trs".split(), "utterances"),
}
_WHOLE: dict[str, Use] = {
    **dict.fromkeys("mau kan kan-mau mas kas kas-mau sap".split(), "other"),
    "ort-mau": "words",
    "trn": "utterances",
}
_TOKEN = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"([^\W\d_]+|\d+)")
_DIGITS = re.compile(r"\d+")


class Span(NamedTuple):
    """A stretch of time, in milliseconds, and what a tier holds there."""

    start_ms: int | None
    end_ms: int | None
    text: str


class Name(NamedTuple):
    """What the name of a tier says: who speaks (empty where it says nobody), and what the tier holds."""

    speaker: str
    use: Use


class Said(NamedTuple):
    """A tier of speech, for comparison with others: its own name, its speaker, what it holds and where."""

    tier: str
    name: Name
    spans: Sequence[Span]


def read_name(name: str, *, kind: str = "") -> Name:
    """Read the name of a tier; ``kind`` is the name of its type, which decides where the name is only a person's.

    >>> read_name("tx@Anna"), read_name("Anna - words"), read_name("PS"), read_name("PS", kind="ft").use
    (Name(speaker='Anna', use='utterances'), Name(speaker='Anna', use='words'), Name(speaker='PS', use=''), 'other')
    """
    name = " ".join(name.replace('"', " ").split())
    head, at, speaker = name.partition("@")
    if at and speaker.strip():
        return Name(speaker.strip(), _use(head, short=True) or _use(kind, short=True))
    if name.casefold() in _WHOLE:
        return Name("", _WHOLE[name.casefold()])
    use = _use(name)
    before, dash, rest = name.rpartition(" - ")
    if dash and _use(rest):
        return Name(before.strip(), _use(rest))
    return Name(_person(name) if use else name, use or _use(kind, short=True))


def _use(name: str, *, short: bool = False) -> Use:
    """Tell what a tier of this name holds, empty where its words tell nothing."""
    folded = name.casefold().strip()
    if short and (folded in _SHORT or folded in _WHOLE):
        return _SHORT.get(folded) or _WHOLE[folded]
    found = set(_TOKEN.findall(folded))
    if found & _OTHER:
        return "other"
    if found & _WORDS:
        return "words"
    return "utterances" if found & _UTTERANCES else ""


def _person(name: str) -> str:
    """Return what of a name is not the name of a kind of tier: ``Anna_words`` -> ``Anna``."""
    known = _OTHER | _WORDS | _UTTERANCES
    parts = _PARTS.split(name)
    kept = "".join(part for part in parts if part.casefold() not in known).strip(" _-.:/()[]")
    return kept if _TOKEN.search(kept) else ""


def holds_ids(texts: Iterable[str]) -> bool:
    """Tell whether all texts that are not empty are ids or running numbers.

    >>> holds_ids(["anna.001", "anna.002"]), holds_ids(["the boy", ""]), holds_ids(["2003"]), holds_ids(["1", "2", "3"])
    (True, False, False, True)
    """
    filled = [text.strip() for text in texts if text.strip()]
    if not filled or not all(_DIGITS.search(text) for text in filled):
        return False
    if all(text.isdigit() for text in filled):
        return len(filled) > 2 and len(set(filled)) == len(filled)
    if not any(" " in text for text in filled):
        return True
    forms = {_DIGITS.sub("0", text) for text in filled}
    brief = all(text.count(" ") == 1 for text in filled)  # as in `Anna 001`
    return brief and len(filled) > 1 and len(set(filled)) == len(filled) and len(forms) <= max(1, len(filled) // 4)


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


def spelling(spans: Iterable[Span]) -> str:
    """Return the letters of all spans in order of time."""
    return "".join(letters(span.text) for span in sorted(spans, key=start_of))


def choose_tiers(tiers: Sequence[Said], *, where: str, remedy: str) -> tuple[list[Said], list[str]]:
    """Return the tiers of utterances that are speech, each speech once, and the names of those left out.

    Of two tiers that say the same words the finer is kept. Of two that annotate the same stretches of time with
    different words, or the speech of one person twice, one must be known for a transcription by its name; raises
    InputError where that does not decide.
    """
    kept: list[Said] = []
    left: list[str] = []
    for tier in tiers:
        rival = next((other for other in kept if _same_speech(tier, other)), None)
        if rival is None:
            kept.append(tier)
            continue
        chosen, dropped = _better(rival, tier, where=where, remedy=remedy)
        kept[kept.index(rival)] = chosen
        left.append(dropped.tier)
    return kept, left


def _better(first: Said, second: Said, *, where: str, remedy: str) -> tuple[Said, Said]:
    if spelling(first.spans) == spelling(second.spans):
        return (second, first) if len(_filled(second)) > len(_filled(first)) else (first, second)
    if (first.name.use == "utterances") != (second.name.use == "utterances"):
        return (first, second) if first.name.use == "utterances" else (second, first)
    raise undecided([first.tier, second.tier], where=where, remedy=remedy)


def undecided(tiers: Sequence[str], *, where: str, remedy: str) -> InputError:
    """Return the error that says between which tiers nothing decides."""
    what = f"the file does not say which of these tiers holds the words: {list_tiers(tiers)}"
    return InputError(what, where=where, remedy=remedy)


def list_tiers(names: Iterable[str]) -> str:
    """Write the names of tiers on one line, the first LISTED of them."""
    shown = [" ".join(name.split())[:40] or "(no name)" for name in names]
    more = f" and {len(shown) - LISTED} more" if len(shown) > LISTED else ""
    return ", ".join(shown[:LISTED]) + more


def _filled(tier: Said) -> list[Span]:
    return [span for span in tier.spans if span.text.strip().casefold() not in SILENT]


def _same_speech(first: Said, second: Said) -> bool:
    """Tell whether two tiers annotate the same stretches, or the same person in much the same time."""
    spans = [_filled(first), _filled(second)]
    fewer = min(map(len, spans))
    if fewer > 1:
        ends = [_ends(tier) for tier in spans]
        if len(ends[0] & ends[1]) >= max(2, 0.8 * fewer):
            return True
    elif fewer == 1 and _ends(spans[0]) == _ends(spans[1]):
        return True
    if first.name.speaker.casefold() != second.name.speaker.casefold():
        return False
    return 2 * _shared_time(*spans) > min(_length(tier) for tier in spans)


def _ends(spans: Iterable[Span]) -> set[tuple[int | None, int | None]]:
    return {(span.start_ms, span.end_ms) for span in spans if span.start_ms is not None}


def _length(spans: Iterable[Span]) -> int:
    return sum((span.end_ms or 0) - (span.start_ms or 0) for span in spans if span.end_ms and span.start_ms is not None)


def _shared_time(first: Iterable[Span], second: Iterable[Span]) -> int:
    """The time, in milliseconds, that spans of both lists cover; one pass over each."""
    one, other = (
        sorted((span.start_ms, span.end_ms) for span in spans if span.start_ms is not None and span.end_ms is not None)
        for spans in (first, second)
    )
    shared = left = right = 0
    while left < len(one) and right < len(other):
        shared += max(0, min(one[left][1], other[right][1]) - max(one[left][0], other[right][0]))
        if one[left][1] <= other[right][1]:
            left += 1
        else:
            right += 1
    return shared
