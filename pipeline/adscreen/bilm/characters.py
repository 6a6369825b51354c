"""Word -> character ids, as ELMo numbers them: UTF-8 bytes between a begin and an end mark, padded to 50.

Ids are those of the weight files' 261 rows (bilm-tf): 0-255 bytes, 256/257 sentence begin/end, 258/259 word
begin/end, 260 padding. (AllenNLP adds 1 to each so that 0 can mask a missing word; we keep no masked words.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

N_CHARACTERS = 261
BEGIN_SENTENCE, END_SENTENCE, BEGIN_WORD, END_WORD, PADDING = 256, 257, 258, 259, 260

BOUNDARY_BEGIN = "<S>"
BOUNDARY_END = "</S>"


def character_ids(words: Sequence[str], *, max_characters: int = 50) -> NDArray[np.int32]:
    """Return ids of shape (len(words), max_characters); a longer word keeps its first max_characters - 2 bytes."""
    ids = np.full((len(words), max_characters), PADDING, dtype=np.int32)
    for row, word in zip(ids, words, strict=True):
        codes = _codes(word)[: max_characters - 2]
        row[0] = BEGIN_WORD
        row[1 : 1 + len(codes)] = codes
        row[1 + len(codes)] = END_WORD
    return ids


def _codes(word: str) -> list[int]:
    if word == BOUNDARY_BEGIN:
        return [BEGIN_SENTENCE]
    if word == BOUNDARY_END:
        return [END_SENTENCE]
    return list(word.encode("utf-8", "surrogatepass"))
