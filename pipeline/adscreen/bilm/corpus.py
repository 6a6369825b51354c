"""Text files -> sentences as word-type numbers, with held-out blocks of each source, for pretraining.

Text is normalised by ``adscreen.words`` exactly as transcripts are. One line is one turn; turns are split into
sentences, as scoring reads sentences.
"""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from adscreen.errors import InputError
from adscreen.words import split_text, tokenize

MAX_WORDS = 60
BLOCK_LINES, HELD_OUT_EVERY = 100, 50  # of every 50 blocks of 100 lines one is held out: 2% of each source
_SUFFIXES = (".txt", ".txt.gz", ".txt.xz")


@dataclass(frozen=True, slots=True)
class Source:
    """One text file's sentences: word-type ids end to end, and where each sentence begins (last entry: the end)."""

    name: str
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    held_out: NDArray[np.bool_]

    def sentence(self, number: int) -> NDArray[np.int32]:
        """Return the word-type ids of one sentence."""
        return self.ids[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All sources over one list of word types; ``counts`` are those of the training sentences."""

    types: list[str]
    counts: NDArray[np.int64]
    sources: list[Source]


def read_corpus(folder: Path) -> Corpus:
    """Read every .txt, .txt.gz and .txt.xz of a folder, in name order.

    Raises:
        InputError: the folder is missing or holds no word, or a file is damaged or not UTF-8.
    """
    paths = text_files(folder)
    if not paths:
        raise InputError("no text files", where=str(folder), remedy=f"give a folder of {', '.join(_SUFFIXES)} files")
    numbers: dict[str, int] = {}
    sources = [_read_source(path, numbers) for path in paths]
    if not numbers:
        raise InputError("the text files hold no word", where=str(folder), remedy="give text, one turn a line")
    counts = np.zeros(len(numbers), dtype=np.int64)
    for source in sources:
        kept = np.repeat(~source.held_out, np.diff(source.starts))
        counts += np.bincount(source.ids[kept], minlength=len(numbers))
    return Corpus(list(numbers), counts, sources)


def text_files(folder: Path) -> list[Path]:
    """Return the files that ``read_corpus`` reads, in name order."""
    return sorted(path for path in folder.glob("*") if path.name.endswith(_SUFFIXES)) if folder.is_dir() else []


def _read_source(path: Path, numbers: dict[str, int]) -> Source:
    ids: list[int] = []
    starts, held_out = [0], []
    for line_number, line in enumerate(_lines(path)):
        for words in _sentences(line):
            ids.extend(numbers.setdefault(word, len(numbers)) for word in words)
            starts.append(len(ids))
            held_out.append(line_number // BLOCK_LINES % HELD_OUT_EVERY == HELD_OUT_EVERY // 2)
    name = path.name.split(".txt")[0]
    return Source(name, np.array(ids, dtype=np.int32), np.array(starts, dtype=np.int64), np.array(held_out, dtype=bool))


def _sentences(line: str) -> Iterator[list[str]]:
    for sentence in split_text(line):
        words = [token.text.lower() for token in tokenize(sentence)]
        for start in range(0, len(words), MAX_WORDS):
            yield words[start : start + MAX_WORDS]


def _lines(path: Path) -> Iterator[str]:
    try:
        with _open(path) as stream:
            yield from stream
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", where=str(path), remedy="save it as UTF-8") from error
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise InputError("cannot be read, or damaged", where=str(path), remedy="copy the file again") from error


def _open(path: Path) -> IO[str]:
    if path.name.endswith(".xz"):
        return lzma.open(path, "rt", encoding="utf-8")
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def choose_vocabulary(corpus: Corpus, *, size: int, required: Sequence[str] = ()) -> list[str]:
    """Return the softmax vocabulary, commonest first: the three marks, then words by count (ties by spelling)."""
    counts = Counter(dict(zip(corpus.types, corpus.counts.tolist(), strict=True)))
    ranked = sorted((word for word in counts if counts[word] > 0), key=lambda word: (-counts[word], word))
    wanted = set(required)
    chosen = wanted | set([word for word in ranked if word not in wanted][: max(0, size - 3 - len(wanted))])
    return ["<S>", "</S>", "<UNK>", *sorted(chosen, key=lambda word: (-counts[word], word))]


def epoch_batches(
    corpus: Corpus, *, weights: Mapping[str, float], tokens_per_batch: int, seed: int, epoch: int
) -> list[list[tuple[int, int]]]:
    """Return one epoch's batches of (source, sentence), of like length, in an order fixed by seed and epoch.

    A source of weight 2.5 passes twice, and half of it (drawn anew each epoch) a third time.
    """
    rng = np.random.default_rng([seed, epoch])
    drawn: list[tuple[int, int, int]] = []
    for number, source in enumerate(corpus.sources):
        training = np.flatnonzero(~source.held_out)
        weight = weights.get(source.name, 1.0)
        whole, rest = int(weight), weight - int(weight)
        passes = [training] * whole + [np.sort(rng.permutation(training)[: int(len(training) * rest)])]
        lengths = np.diff(source.starts)
        drawn.extend((number, int(s), int(lengths[s])) for s in np.concatenate(passes))
    order = rng.permutation(len(drawn))
    batches: list[list[tuple[int, int]]] = []
    for chunk in np.array_split(order, max(1, len(order) // 20_000)):  # sort by length within chunks only
        by_length = sorted((drawn[k] for k in chunk), key=lambda item: item[2])
        batches.extend(_cut(by_length, tokens_per_batch))
    return [batches[k] for k in rng.permutation(len(batches))]


def _cut(items: list[tuple[int, int, int]], tokens_per_batch: int) -> Iterator[list[tuple[int, int]]]:
    batch: list[tuple[int, int]] = []
    longest = 0
    for source, sentence, length in items:
        longest = max(longest, length + 1)
        if batch and longest * (len(batch) + 1) > tokens_per_batch:
            yield batch
            batch, longest = [], length + 1
        batch.append((source, sentence))
    if batch:
        yield batch
