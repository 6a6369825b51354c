"""How often English is taken for another language, and another language for English, by the words alone.

    python benchmarks/other_language.py ../shared/corpora ../shared/presidents/transcripts ../shared/ami/excerpts \
        --other ud_texts

Folders of text (.txt, .txt.xz): first those in English, then, after ``--other``, files in other languages (a UD
treebank's ``# text =`` lines). Each text is cut into stretches of a number of words, and each stretch is judged as a
recording is that names no language (adscreen.language.evidence). The second table replaces words of English by
nonwords: jargon.
"""

from __future__ import annotations

import argparse
import lzma
from collections.abc import Iterator
from pathlib import Path
from random import Random

from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.extract.cohort_language import bilm_vocabulary
from adscreen.language import ENGLISH, Heard
from adscreen.language.evidence import FEWEST_WORDS, Vocabulary
from adscreen.words import tokenize

SIZES = (FEWEST_WORDS, 100, 200)
MOST_CHARACTERS = 1_500_000  # of a file


def read_words(path: Path) -> list[str]:
    """Return the words of a text, lower case."""
    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8")
    return [token.text.lower() for token in tokenize(text[:MOST_CHARACTERS])]


def judge(words: list[str], *, size: int, vocabulary: Vocabulary) -> Iterator[bool]:
    """Yield for each stretch whether it is taken for another language than English."""
    for start in range(0, len(words) - size + 1, size):
        own = words[start : start + size]
        unknown = sum(word not in vocabulary.known for word in own)
        yield Heard("", size, unknown, sum(word in vocabulary.common for word in own)).is_other(ENGLISH)


def with_nonwords(words: list[str], *, share: float, spare: frozenset[str]) -> list[str]:
    """Return the words with a share of those that are not spared replaced by a nonword."""
    rng = Random(0)
    return ["zzq" if word not in spare and rng.random() < share else word for word in words]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("english", type=Path, nargs="+")
    parser.add_argument("--other", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    vocabulary = bilm_vocabulary(bundled(BUNDLED_BILM))
    english = [read_words(path) for folder in given.english for path in sorted(folder.glob("*.txt*"))]
    other = {path.name: read_words(path) for folder in given.other for path in sorted(folder.glob("*.txt*"))}
    for size in SIZES:
        alarms = [one for words in english for one in judge(words, size=size, vocabulary=vocabulary)]
        print(f"{size} words: English taken for another language {sum(alarms)} of {len(alarms)}")
        for name, words in other.items():
            found = list(judge(words, size=size, vocabulary=vocabulary))
            print(f"  {name}: not found {len(found) - sum(found)} of {len(found)}")
    every = [word for words in english[-200:] for word in words]
    for spared, spare in (("small words stay", vocabulary.common), ("any word", frozenset[str]())):
        for share in (0.5, 0.7, 1.0):
            jargon = with_nonwords(every, share=share, spare=spare)
            found = list(judge(jargon, size=100, vocabulary=vocabulary))
            print(f"jargon, {spared}, {share:.0%} nonwords: taken for another language {sum(found)} of {len(found)}")


if __name__ == "__main__":
    main()
