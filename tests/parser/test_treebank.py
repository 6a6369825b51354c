"""CoNLL-U -> trees, and trees without some words."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.parser import ROOT, ParsedSentence, ParsedWord
from adscreen.parser.treebank import find_part, leave_out, put_in, read_treebank

CONLLU = """# text = Don't fall!
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\tVB\tMood=Imp|VerbForm=Fin\t3\taux\t_\t_
2\tn't\tnot\tPART\tRB\tPolarity=Neg\t3\tadvmod\t_\t_
3\tfall\tfall\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\tSpaceAfter=No
3.1\tgone\tgo\tVERB\t_\t_\t_\t_\t_\t_
4\t!\t!\tPUNCT\t.\t_\t3\tpunct\t_\t_

1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
"""


def sentence(*rows: tuple[str, int, str]) -> ParsedSentence:
    """Return a sentence of (word, head from 1 with 0 the root, relation)."""
    return ParsedSentence(
        tuple(
            ParsedWord(text, text, "PUNCT" if text in ",.(" else "X", "", head - 1, deprel, number)
            for number, (text, head, deprel) in enumerate(rows)
        )
    )


def shape(tree: ParsedSentence) -> list[tuple[str, int, str]]:
    """Return a tree as ``sentence`` takes it."""
    return [(word.text, word.head + 1, word.deprel) for word in tree]


def write(path: Path, text: str) -> Path:
    """Write text, packed where the name says so."""
    content = text.encode()
    if path.suffix == ".xz":
        content = lzma.compress(content)
    elif path.suffix == ".gz":
        content = gzip.compress(content)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["a-train.conllu", "a-train.conllu.gz", "a-train.conllu.xz"])
def test_a_file_is_read(tmp_path: Path, name: str) -> None:
    """Words keep form, lemma, tag, the kept features, head and relation; both parts of a contraction share a source."""
    path = write(tmp_path / name, CONLLU)
    assert path == find_part(tmp_path, "train")
    first, second = read_treebank(path)
    assert first.words[0] == ParsedWord("Do", "do", "AUX", "VerbForm=Fin", 2, "aux", 0)
    assert [0, 0, 1, 2] == [word.source for word in first]
    assert [2, 2, ROOT, 2] == [word.head for word in first]
    assert second.words == (ParsedWord("Yes", "yes", "INTJ", "", ROOT, "root", 0),)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """A line with too few columns stops the reading, with file and line."""
    path = write(tmp_path / "a-dev.conllu", CONLLU + "2\tx\n")
    with pytest.raises(InputError, match=r"a-dev.conllu line 10: not a CoNLL-U line"):
        read_treebank(path)


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    """A folder without the part is no treebank."""
    with pytest.raises(InputError, match=r"0 files named \*-test.conllu"):
        find_part(tmp_path, "test")


def test_dependents_of_what_goes_are_attached_again() -> None:
    """A word whose head goes hangs on the head's head; heads are counted anew."""
    before = sentence(("(", 2, "punct"), ("a", 4, "dep"), (",", 4, "punct"), ("b", 0, "root"), (".", 4, "punct"))
    assert [("a", 2, "dep"), ("b", 0, "root")] == shape(leave_out(before, lambda word: word.upos == "PUNCT"))
    nested = sentence(("a", 2, "dep"), (",", 3, "punct"), ("b", 0, "root"))
    assert [("a", 2, "dep"), ("b", 0, "root")] == shape(leave_out(nested, lambda word: word.upos == "PUNCT"))


def test_a_root_that_goes_is_replaced() -> None:
    """The first dependent of a root that goes becomes the root and heads the rest."""
    before = sentence((".", 0, "root"), ("a", 1, "nsubj"), ("b", 1, "obj"), ("c", 3, "det"))
    after = leave_out(before, lambda word: word.upos == "PUNCT")
    assert [("a", 0, "root"), ("b", 1, "obj"), ("c", 2, "det")] == shape(after)


def test_words_put_in_move_the_heads() -> None:
    """Heads behind the place move on; those before it stay."""
    before = sentence(("a", 2, "det"), ("b", 0, "root"), ("c", 1, "dep"))
    um = ParsedWord("um", "um", "INTJ", "", 2, "discourse", 0)
    after = [("a", 3, "det"), ("um", 3, "discourse"), ("b", 0, "root"), ("c", 1, "dep")]
    assert after == shape(put_in(before, 1, [um]))


def test_every_sentence_of_the_treebank_is_a_tree(shared: Path) -> None:
    """Each has one root, and leaving punctuation out keeps it so."""
    for tree in read_treebank(find_part(shared / "treebank", "dev")):
        for version in (tree, leave_out(tree, lambda word: word.upos == "PUNCT")):
            assert version.words == () or [ROOT] == [word.head for word in version if word.head == ROOT]
            assert all(word.head != index for index, word in enumerate(version))
