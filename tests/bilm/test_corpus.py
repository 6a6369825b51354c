"""Text files -> sentences, vocabulary and batches for pretraining."""

from __future__ import annotations

import gzip
import lzma
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.bilm.corpus import MAX_WORDS, Corpus, Source, choose_vocabulary, epoch_batches, read_corpus
from adscreen.errors import InputError


def sentences(corpus: Corpus, number: int = 0) -> list[list[str]]:
    """Return the words of every sentence of a source."""
    source = corpus.sources[number]
    return [[corpus.types[k] for k in source.sentence(n)] for n in range(len(source.held_out))]


def corpus_of(*lengths: list[int], held_out_every: int = 0) -> Corpus:
    """Return a corpus of sources whose sentences have these lengths."""
    sources = []
    for number, of_source in enumerate(lengths):
        starts = np.concatenate([[0], np.cumsum(of_source)]).astype(np.int64)
        held = np.array([bool(held_out_every) and k % held_out_every == 0 for k in range(len(of_source))], dtype=bool)
        sources.append(Source(f"s{number}", np.zeros(starts[-1], dtype=np.int32), starts, held))
    return Corpus(["word"], np.array([1]), sources)


def test_lines_become_lower_case_sentences(tmp_path: Path) -> None:
    """A line is a turn; its sentences are cut as scoring cuts them, its words normalised and folded."""
    (tmp_path / "talk.txt").write_text("The boy's UP. He fell down\n\n  \n-- ?\nMm-hmm L_C_D_\n", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [["the", "boy's", "up"], ["he", "fell", "down"], ["mm-hmm", "lcd"]] == sentences(corpus)
    assert ["the", "boy's", "up", "he", "fell", "down", "mm-hmm", "lcd"] == corpus.types
    assert "talk" == corpus.sources[0].name


def test_plain_and_compressed_files_in_name_order(tmp_path: Path) -> None:
    """.txt, .txt.gz and .txt.xz are read in the order of their names; types are shared; other files are passed over."""
    (tmp_path / "b.txt").write_text("two one\n")
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(b"three two\n", mtime=0))
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress("one café\n".encode()))
    (tmp_path / "notes.md").write_text("not a source\n")
    corpus = read_corpus(tmp_path)
    assert ["a", "b", "c"] == [source.name for source in corpus.sources]
    assert ["one", "café", "two", "three"] == corpus.types
    assert [2, 1, 2, 1] == corpus.counts.tolist()


def test_a_long_turn_is_cut(tmp_path: Path) -> None:
    """A sentence longer than 60 words is cut into stretches of 60 and a rest, nothing lost."""
    words = [f"w{number}" for number in range(2 * MAX_WORDS + 5)]
    (tmp_path / "a.txt").write_text(" ".join(words))
    read = sentences(read_corpus(tmp_path))
    assert [MAX_WORDS, MAX_WORDS, 5] == [len(sentence) for sentence in read]
    assert words == [word for sentence in read for word in sentence]


def test_two_percent_of_each_source_are_held_out_in_blocks(tmp_path: Path) -> None:
    """Lines 2,500 to 2,599 of every 5,000 are held out, and counts leave them out."""
    (tmp_path / "a.txt").write_text("".join(f"w{number // 100}x\n" for number in range(10_000)))
    corpus = read_corpus(tmp_path)
    held = np.flatnonzero(corpus.sources[0].held_out)
    assert [*range(2500, 2600), *range(7500, 7600)] == held.tolist()
    assert {"w25x", "w75x"} == {corpus.types[k] for k in np.flatnonzero(corpus.counts == 0)}
    assert 9_800 == corpus.counts.sum()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.txt", "café".encode("latin-1"), "not UTF-8"),
        ("a.txt.gz", b"plain text", "cannot be read, or damaged"),
        ("a.txt.gz", gzip.compress(b"some words\n" * 99, mtime=0)[:-9], "cannot be read, or damaged"),
        ("a.txt.xz", b"plain text", "cannot be read, or damaged"),
        ("a.txt.xz", lzma.compress(b"some words\n" * 99)[:-20], "cannot be read, or damaged"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    """Text in another encoding and broken archives are an InputError with the file's path."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_corpus(tmp_path)
    assert (str(tmp_path / name), what) == (caught.value.where, caught.value.what)


def test_a_folder_without_text(tmp_path: Path) -> None:
    """A missing folder, one without text files and one whose files hold no word are an InputError."""
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match="no text files; give a folder of"):
            read_corpus(folder)
    (tmp_path / "a.txt").write_text(" \n... --\n")
    with pytest.raises(InputError, match="hold no word"):
        read_corpus(tmp_path)


def test_the_vocabulary_is_marks_then_words_by_count(tmp_path: Path) -> None:
    """The commonest words follow the three marks, ties by spelling; held-out words are not in it."""
    lines = ["b a c", "a b", "d a"] + ["filler"] * 2497 + ["heldout"] * 100
    (tmp_path / "a.txt").write_text("\n".join(lines))
    corpus = read_corpus(tmp_path)
    marks = ["<S>", "</S>", "<UNK>"]
    assert [*marks, "filler", "a", "b"] == choose_vocabulary(corpus, size=6)
    assert [*marks, "filler", "a", "b", "c", "d"] == choose_vocabulary(corpus, size=100)


@given(
    counts=st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 3)),
    required=st.lists(st.sampled_from("hijxyz"), unique=True),
    size=st.integers(3, 16),
)
def test_required_words_are_always_in_the_vocabulary(counts: dict[str, int], required: list[str], size: int) -> None:
    """They take the places of rarer words, seen in the text or not; without them the size is never passed."""
    corpus = Corpus(list(counts), np.array(list(counts.values()), dtype=np.int64), [])
    vocabulary = choose_vocabulary(corpus, size=size, required=required)
    assert len(set(vocabulary)) == len(vocabulary) <= max(size, 3 + len(required))
    assert set(required) <= set(vocabulary)
    assert ["<S>", "</S>", "<UNK>"] == vocabulary[:3]
    left_out = {word: count for word, count in counts.items() if word not in vocabulary}
    chosen = [counts[word] for word in vocabulary[3:] if word not in required]
    assert max(left_out.values(), default=0) <= min(chosen, default=3)


LENGTHS = st.lists(st.integers(1, 60), max_size=60)


@given(first=LENGTHS, second=LENGTHS, limit=st.integers(61, 400), seed=st.integers(0, 3), epoch=st.integers(0, 3))
def test_an_epoch_holds_each_training_sentence_once(
    first: list[int], second: list[int], limit: int, seed: int, epoch: int
) -> None:
    """Every sentence not held out is drawn once, in batches that, padded, stay within the tokens asked."""
    corpus = corpus_of(first, second, held_out_every=5)
    batches = epoch_batches(corpus, weights={}, tokens_per_batch=limit, seed=seed, epoch=epoch)
    drawn = Counter(pair for batch in batches for pair in batch)
    expected = {(s, k) for s, lengths in enumerate((first, second)) for k in range(len(lengths)) if k % 5}
    assert dict.fromkeys(expected, 1) == drawn
    for batch in batches:
        longest = max((first, second)[source][number] for source, number in batch)
        assert len(batch) * (longest + 1) <= limit
    assert batches == epoch_batches(corpus, weights={}, tokens_per_batch=limit, seed=seed, epoch=epoch)


def test_weights_are_passes_of_a_source() -> None:
    """Weight 2.5 draws each sentence twice and another half of them, anew each epoch, a third time; 0 draws none."""
    corpus = corpus_of([3] * 40, [4] * 10, [5] * 6)
    weights = {"s0": 2.5, "s1": 0.0}
    thirds = []
    for epoch in range(2):
        batches = epoch_batches(corpus, weights=weights, tokens_per_batch=64, seed=0, epoch=epoch)
        drawn = Counter(pair for batch in batches for pair in batch)
        assert [2] * 20 + [3] * 20 == sorted(drawn[0, k] for k in range(40))
        assert 0 == sum(drawn[1, k] for k in range(10))
        assert [1] * 6 == [drawn[2, k] for k in range(6)]
        thirds.append({k for k in range(40) if drawn[0, k] == 3})
    assert thirds[0] != thirds[1]


def test_order_changes_with_seed_and_epoch() -> None:
    """Another epoch or seed has another order of batches."""
    corpus = corpus_of(list(range(1, 41)))

    def batches(seed: int, epoch: int) -> list[list[tuple[int, int]]]:
        return epoch_batches(corpus, weights={}, tokens_per_batch=60, seed=seed, epoch=epoch)

    assert batches(0, 0) != batches(0, 1)
    assert batches(0, 0) != batches(1, 0)


def test_the_training_corpus_is_read_whole(shared: Path, tmp_path: Path) -> None:
    """A real source gives the words that its description counts (0.30M), 2% of its lines held out."""
    (tmp_path / "ami.txt.xz").symlink_to(shared / "corpora" / "ami_nonscenario.txt.xz")
    corpus = read_corpus(tmp_path)
    (source,) = corpus.sources
    assert 290_000 < len(source.ids) < 310_000
    assert 0.01 < source.held_out.mean() < 0.03
    assert {"the", "um", "mm-hmm", "yeah"} <= set(choose_vocabulary(corpus, size=200))
