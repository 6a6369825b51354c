"""Words -> ParsedSentence, by a spaCy pipeline: the one that ships, or one that the user has installed.

Case is folded first, so that no number hangs on a transcriber's or a recogniser's capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adscreen.language.contractions import ENGLISH_CONTRACTIONS, Contractions
from adscreen.parser.tree import ROOT, ParsedSentence, ParsedWord
from adscreen.parser.treebank import FEATURES

BATCH = 64
_KEPT = frozenset((*FEATURES, "VerbType"))  # VerbType=Mod: how spaCy's own pipelines mark a modal


@dataclass(frozen=True, slots=True)
class Parser:
    """A loaded spaCy pipeline; ``digest`` is the SHA-256 over its files, ``contractions`` how words are taken apart.

    Without a pipeline (``nlp`` None: a language that has no parser) every tree is empty.

    One call parses one recording's utterances: what a call returns depends on its own arguments alone.
    """

    nlp: Any
    name: str = ""
    digest: str = ""
    contractions: Contractions = ENGLISH_CONTRACTIONS

    def parse(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return one tree for every utterance of words as adscreen.words spells them, empty for an empty one."""
        split = [[self.contractions.split(word) for word in sentence] for sentence in sentences]
        sources = [[index for index, parts in enumerate(words) for _ in parts] for words in split]
        return self._trees([[part for parts in words for part in parts] for words in split], sources)

    def parse_words(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return one tree for every sentence of syntactic words, taken as they are but for case."""
        folded = [[word.lower() for word in sentence] for sentence in sentences]
        return self._trees(folded, [list(range(len(sentence))) for sentence in folded])

    def _trees(self, sentences: list[list[str]], sources: list[list[int]]) -> list[ParsedSentence]:
        """Parse every different sentence once, in order of first appearance: speech repeats itself."""
        if self.nlp is None:
            return [ParsedSentence(()) for _ in sentences]
        different = list(dict.fromkeys(tuple(words) for words in sentences if words))
        docs = self.nlp.pipe(map(self._doc, different), batch_size=BATCH)
        parsed = dict(zip(different, docs, strict=True))
        return [
            _tree(parsed[tuple(words)], own) if words else ParsedSentence(())
            for words, own in zip(sentences, sources, strict=True)
        ]

    def _doc(self, words: tuple[str, ...]) -> Any:
        from spacy.tokens import Doc

        # Sentence starts are given, so that an utterance stays one tree.
        return Doc(self.nlp.vocab, words=list(words), sent_starts=[index == 0 for index in range(len(words))])


def _tree(doc: Any, sources: list[int]) -> ParsedSentence:
    """Return spaCy's tree; where it left several roots, the later ones depend on the first as ``parataxis``."""
    roots = [token.i for token in doc if token.head.i == token.i]
    words = []
    for token, source in zip(doc, sources, strict=True):
        head, deprel = token.head.i, token.dep_
        if token.i in roots:
            head, deprel = (ROOT, "root") if token.i == roots[0] else (roots[0], "parataxis")
        words.append(
            ParsedWord(token.text, token.lemma_ or token.text, token.pos_, _features(token), head, deprel, source)
        )
    return ParsedSentence(tuple(words))


def _features(token: Any) -> str:
    return "|".join(part for part in str(token.morph).split("|") if part.partition("=")[0] in _KEPT)
