"""Text -> words: the one normalisation that ingestion, pretraining and scoring share.

A word is a run of letters, digits and inner apostrophes; the marks that follow a letter (accents, vowel signs, points,
harakat) and the zero-width joiners inside a word belong to it (Unicode Standard Annex 29). Emoji are no words. Case is
kept here (a biLM may be cased); whether it is folded belongs to the biLM. Hyphenated words are split, because
recognisers and transcribers differ on them, except backchannels (``mm-hmm``). Initials written ``L_C_D_`` or ``T.V.``
are joined. Clitics that a treebank split off (``does n't``, ``I 'm``) are joined again. A trailing hyphen marks a
fragment (``wh-``), as speech transcripts write it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

FILLERS = frozenset(
    "uh um er erm hm hmm hmmm mm mmm eh ah uhm umm uhh ehm mhm huh mm-hmm mm-hm uh-huh uh-uh uh-hmm".split()
)

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": " ", "”": " ", "–": " ", "—": " ", "…": "... "})
_SPLIT_CLITIC = re.compile(r"(?<=\w) (?='(?:m|s|re|ve|ll|d)\b)|(?<=[^\W\d_]) (?=n't\b)", re.IGNORECASE)
_INITIALS = re.compile(r"\b(?:[A-Za-z][_.]){2,}s?(?![A-Za-z])|\b[A-Za-z]_(?![A-Za-z])")
_KEPT_HYPHEN = "\u2011"
_BACKCHANNEL = re.compile(r"\b(m+|uh|um|hm+)-(h?[um]+h?m*)\b", re.IGNORECASE)
_WORD = re.compile(r"\d+(?:[.,]\d+)*\w*|'?[^\W_]+(?:['\u2011][^\W_]+)*'?-*", re.UNICODE)
_FIRST_MARK = "\u0300"  # no character before it is a mark or a joiner
_JOINERS = "\u200c\u200d"  # Persian and the scripts of India write them inside words
_IGNORED = re.compile("[\u00ad\u2060\ufeff]")  # soft hyphen, word joiner, byte-order mark: seen by nobody
_EMOJI = re.compile("[0-9#*]\ufe0f?\u20e3|.\ufe0f")  # keycaps, and whatever is to be shown as an emoji
_APHAERESIS = frozenset("'cause 'em 'til 'till 'kay 'n 'bout 'round 'cos 'cuz 'tis 'twas 'fraid 'less 'nother".split())
_SENTENCE_END = re.compile(r"(?<=[.?!])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|(?<=\.\.\.)\s+|\s+--\s+")


class Token(NamedTuple):
    """A word and whether the transcript marks it as broken off."""

    text: str
    fragment: bool


def tokenize(text: str) -> list[Token]:
    """Return the words of ``text`` in order.

    >>> [token.text for token in tokenize("Mm-hmm, it's a well-known L_C_D_ -- wh- what?")]
    ['Mm-hmm', "it's", 'a', 'well', 'known', 'LCD', 'wh', 'what']
    """
    text = text.replace("`", "'") if text.isascii() else _fold(text)
    if "'" in text:
        text = _SPLIT_CLITIC.sub("", text)
    if "_" in text or "." in text:
        text = _INITIALS.sub(lambda match: match.group().replace("_", "").replace(".", ""), text)
    if "-" in text:
        text = _BACKCHANNEL.sub(rf"\1{_KEPT_HYPHEN}\2", text)
    tokens = []
    marked = not text.isascii() and max(text) >= _FIRST_MARK
    for match in (_marked_word() if marked else _WORD).finditer(text):
        word = match.group()
        broken_off = (
            word.endswith("-") and not word.endswith("--") and not text[match.end() : match.end() + 1].isalnum()
        )
        word = _unquote(word.rstrip("-").replace(_KEPT_HYPHEN, "-"))
        if marked:  # what stood between a letter and its mark may be gone
            word = unicodedata.normalize("NFC", word.strip(_JOINERS))
        if word:
            tokens.append(Token(word, broken_off))
    return tokens


def _fold(text: str) -> str:
    """Compose letters and their accents, write quotation marks and dashes plainly, and drop what nobody sees."""
    text = unicodedata.normalize("NFC", _IGNORED.sub("", text)).translate(_QUOTES)
    return _EMOJI.sub(" ", text) if "\ufe0f" in text or "\u20e3" in text else text


@lru_cache(maxsize=1)
def _marked_word() -> re.Pattern[str]:
    """Return the pattern of a word whose letters may carry marks; made where first needed, for it takes a while."""
    planes = (range(ord(_FIRST_MARK), 0x20000), range(0xE0100, 0xE01F0))  # all others hold ideographs
    marks = "".join(chr(code) for plane in planes for code in plane if unicodedata.category(chr(code))[0] == "M")
    marked = rf"(?:[^\W_][{marks}{_JOINERS}]*)"
    return re.compile(rf"\d+(?:[.,]\d+)*(?:\w|[{marks}])*|'?{marked}+(?:['\u2011\u05f3\u05f4]{marked}+)*'?-*")


def _unquote(word: str) -> str:
    """Drop quotation marks; keep the apostrophe of a clipped word (``'cause``, ``fallin'``)."""
    if word.startswith("'") and word.lower() not in _APHAERESIS and not word[1:2].isdigit():
        return word[1:].removesuffix("'")
    if word.endswith("'") and not word.lower().endswith(("in'", "o'")):
        word = word[:-1]
    return word


def split_text(text: str) -> list[str]:
    """Split a line of prose at sentence ends; a line without punctuation is one sentence.

    >>> split_text("It's good. That's the reason I changed it... Yeah")
    ["It's good.", "That's the reason I changed it...", 'Yeah']
    """
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]
