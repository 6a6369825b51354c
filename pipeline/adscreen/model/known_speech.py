"""Words of the training recordings -> keyed digests and sketches, which tell whether new speech is a copy of them.

A sketch holds the SIZE smallest keyed hashes of a recording's word 5-grams (a bottom-k sketch; Broder 1997, Cohen and
Kaplan 2007). Of two recordings, the smallest hashes of both sketches together are a random sample of the union of their
5-grams, and the share of them that is in both sketches estimates their Jaccard index: exactly where neither has more
5-grams than SIZE, else with a standard error of at most 0.5 / sqrt(SIZE), 0.044.

Neither words nor ids are stored. The key is the model's own, so that sketches of two models cannot be compared; whoever
has the model can try whether it knows some given text, as they can with its vocabulary.
"""

from __future__ import annotations

import base64
import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from adscreen.extract.copies import THRESHOLD, fingerprint, word_grams

SIZE = 128  # hashes in a sketch: half a kilobyte for each recording
_HASH = np.dtype(">u4")


def speech_digest(words: Sequence[str], key: str) -> str | None:
    """Return the HMAC-SHA256 of a recording's words, None for fewer than 5."""
    mark = fingerprint(words)
    return mark and hmac.digest(key.encode(), mark.encode(), "sha256").hex()


def speech_digests(texts: Iterable[Sequence[str]], key: str) -> list[str]:
    """Return the digests of recordings, each once and in an order that says nothing of theirs."""
    return sorted({digest for words in texts if (digest := speech_digest(words, key))})


def speech_sketches(texts: Iterable[Sequence[str]], key: str) -> list[str]:
    """Return the sketches of recordings in base64, each once and sorted; a recording below 5 words has none."""
    sketches = (sketch_speech(words, key) for words in texts)
    packed = (np.array(sketch, dtype=_HASH).tobytes() for sketch in sketches if sketch)
    return sorted({base64.b64encode(content).decode() for content in packed})


def sketch_speech(words: Sequence[str], key: str) -> tuple[int, ...]:
    """Return the SIZE smallest keyed hashes (32 bits) of the 5-grams of words, in order."""
    secret = key.encode()
    hashes = {_hash(gram, secret) for gram in word_grams(words)}
    return tuple(sorted(hashes)[:SIZE])


def _hash(gram: str, secret: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, gram.encode("utf-8", "surrogatepass"), "sha256")[:4], "big")


def closest_speech(words: Sequence[str], sketches: Sequence[str], key: str) -> float:
    """Return the greatest estimated Jaccard index of a recording and those that were sketched.

    Recordings whose sketches have so little in common that they cannot reach THRESHOLD are not compared: where that is
    all of them, it is 0.
    """
    own = sketch_speech(words, key)
    known, holders = _index(tuple(sketches))
    shared = Counter(number for one in own for number in holders.get(one, ()))
    fewest = len(own) * THRESHOLD / 2
    near = (estimate_overlap(own, known[number]) for number, count in shared.items() if count >= fewest)
    return max(near, default=0.0)


def estimate_overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the estimated Jaccard index of two sketched recordings, 0 where one has no 5-gram.

    >>> estimate_overlap([1, 2, 3, 4], [2, 3, 4, 5])
    0.6
    """
    whole = len(first) < SIZE and len(second) < SIZE
    union = sorted({*first, *second})[: None if whole else SIZE]
    both = {*first} & {*second}
    return sum(one in both for one in union) / len(union) if union else 0.0


@lru_cache(maxsize=2)
def _index(sketches: tuple[str, ...]) -> tuple[list[list[int]], dict[int, list[int]]]:
    """Return the hashes of each sketch, and which sketches hold a hash; kept for the model that scores."""
    known = [np.frombuffer(base64.b64decode(sketch), dtype=_HASH).tolist() for sketch in sketches]
    holders: dict[int, list[int]] = {}
    for number, hashes in enumerate(known):
        for one in hashes:
            holders.setdefault(one, []).append(number)
    return known, holders
