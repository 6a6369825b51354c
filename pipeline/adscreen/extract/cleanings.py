"""A cohort -> how many words each cleaning of its transcripts reads, and whom it changes.

A cleaning decides which words the biLM, Doc2Vec and TF-IDF read: ``tokens``, ``states``, the biLM's vectors and
perplexities, coherence, and so every block that is learned from them. Linguistic features read the transcript in views
of their own (dictionary.json has each): lexical, syntactic and semantic features the fluent one, whatever the cleaning,
and features of fluency all that was uttered, or there would be no filler to count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from adscreen.cohort import Cohort, Recording
from adscreen.extract.extraction import ExtractSettings, map_chunks
from adscreen.ingest import read_recording
from adscreen.language import Language, mark_fillers
from adscreen.records import Transcript
from adscreen.speech import CLEANINGS, split_sentences


@dataclass(frozen=True, slots=True)
class CleanedWords:
    """What a cleaning reads: its words, the recordings that differ from the main view, and those without words."""

    words: int
    changed: int
    silent: int


def count_cleanings(
    cohort: Cohort, settings: ExtractSettings, *, jobs: int = 1, progress: Callable[[int], None] | None = None
) -> dict[str, CleanedWords]:
    """Return what each cleaning reads, by its name; the settings' own view is the main one, and comes first."""
    names = [settings.view, *(name for name in CLEANINGS if name != settings.view)]
    work = partial(_count_chunk, language=settings.language, names=names)
    counted = list(map_chunks(work, cohort.recordings, jobs=jobs, progress=progress))
    return {
        name: CleanedWords(
            words=sum(words[number] for words, _ in counted),
            changed=sum(changed[number] for _, changed in counted),
            silent=sum(words[number] == 0 for words, _ in counted),
        )
        for number, name in enumerate(names)
    }


def _count_chunk(
    recordings: Sequence[Recording], *, language: Language, names: Sequence[str], threads: int
) -> list[tuple[list[int], list[bool]]]:
    """Return, of each recording that can be read, its words under each name, and whether they are others than first."""
    found = []
    for recording in recordings:
        read = read_recording(recording)
        if isinstance(read, Transcript):
            marked = mark_fillers(read, language)
            views = [[sentence.tokens for sentence in split_sentences(marked, view=name)] for name in names]
            words = [sum(len(tokens) for tokens in view) for view in views]
            found.append((words, [view != views[0] for view in views]))
    return found
