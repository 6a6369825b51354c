"""Cohort -> which of its recordings are in another language than the biLM, the parser and the word lists are made for.

Before the biLM runs, the column ``language`` and the headers of all CHAT files are looked at, and a sample of the
transcripts that say nothing there is read for its words. The others are looked at while they are measured
(``watch_rows``): reading long plain text twice would take a good part of the time that the biLM takes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from adscreen.bilm.format import read_vocabulary
from adscreen.cohort import Cohort, Recording
from adscreen.cohort.files import holds_many, read_bytes
from adscreen.errors import InputError
from adscreen.extract.row import Extracted
from adscreen.ingest import read_recording
from adscreen.language import Heard, Language, Vocabulary, find_other, hear, is_told
from adscreen.records import Transcript

SAMPLE, CHUNK = 64, 32  # transcripts read before the biLM runs; at a time
_HEAD = 65_536  # bytes of a CHAT file in which its headers stand
_LANGUAGES = re.compile(rb"^@Languages:[ \t]*([^\r\n]*\S)", re.MULTILINE)
NO_WORDS = Vocabulary(frozenset(), frozenset())
_ELSE = "give a language file with language=, or add allow_other_language=, which marks the results"


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """Recordings that are not in the language of the models: how many of how many, in what, and the first one's file.

    ``languages`` are names as they are written and how many recordings have each; ``by_words`` counts those that name
    none, but whose words are of another language.
    """

    language: str
    recordings: int
    among: int
    languages: tuple[tuple[str, int], ...]
    by_words: int
    first: str

    def __str__(self) -> str:
        """Return what a page says of it."""
        told = [
            f"{count} in {name}" if len(self.languages) > 1 or self.by_words else name for name, count in self.languages
        ]
        told += [f"{self.by_words} by their words" if told else "by their words"] if self.by_words else []
        return (
            f"{self.recordings} of {self.among} recordings are not in {self.language}, which the language model, the "
            f"parser and the word lists are made for ({', '.join(told)}; the first is {self.first})"
        )


def require_language(
    cohort: Cohort,
    language: Language,
    bilm: Path,
    *,
    allowed: bool = False,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> OtherLanguage | None:
    """Return which recordings are in another language where that is ``allowed``; None where there is none.

    Raises:
        InputError: there is one, and it is not allowed.
    """
    look = partial(_read_all, cohort, language, bilm, jobs=jobs, progress=progress)
    if allowed:
        return look()
    told = [_told(recording) for recording in cohort.recordings]
    found = describe_other(cohort.recordings, told, language)
    if found is None and find_other(hear_chunk(_sample(cohort, told), bilm), language):
        found = look()
    if found is not None:
        raise _refusal(cohort, found, language)
    return None


def watch_rows(cohort: Cohort, rows: Iterable[Extracted], language: Language, bilm: Path) -> Iterator[Extracted]:
    """Pass rows on as they are measured.

    Raises:
        InputError: a row is in another language; or, at the end, all those are together that are too short by
            themselves.
    """
    vocabulary, heard = bilm_vocabulary(bilm), []
    for row in rows:
        heard.append(hear_recording(row.transcript or "", row.recording, vocabulary))
        if heard[-1].is_other(language):
            raise _refusal(cohort, _read_all(cohort, language, bilm) or _described(cohort, heard, language), language)
        yield row
    if (found := describe_other(cohort.recordings, heard, language)) is not None:
        raise _refusal(cohort, found, language)


def _described(cohort: Cohort, heard: Sequence[Heard], language: Language) -> OtherLanguage:
    found = describe_other(cohort.recordings[: len(heard)], heard, language)
    assert found is not None
    return found


def _how_to_leave_out(cohort: Cohort, language: Language) -> str:
    own = next((one.language for one in cohort.recordings if one.language and language.goes_by(one.language)), None)
    if own is None:
        return "say in a column `language` what each recording is in, and choose rows by it with where="
    return f'choose rows with where= (language == "{own}")'


def _refusal(cohort: Cohort, found: OtherLanguage, language: Language) -> InputError:
    remedy = f"{_how_to_leave_out(cohort, language)}, {_ELSE}"
    return InputError(str(found), where=str(cohort.path), remedy=remedy)


def _told(recording: Recording) -> Heard:
    """Return what a CHAT file's header, or else the manifest's column, says; no transcript is read for it."""
    if recording.content is None and ".cha" in recording.transcript.suffixes and not holds_many(recording.transcript):
        try:
            head = read_bytes(recording.transcript)[:_HEAD]
        except InputError:  # it is told of when the transcript is read
            head = b""
        if match := _LANGUAGES.search(head):
            name = match[1].decode("utf-8", "replace")
            return _with_column(Heard(short_name(name)) if is_told(name) else Heard(), recording)
    return _with_column(Heard(), recording)


def _with_column(heard: Heard, recording: Recording) -> Heard:
    """Add what the manifest says, which a recording that names no language is in; for others the two may not agree."""
    own = recording.language
    return replace(heard, told=heard.told or own, column=own) if own and is_told(own) else heard


def short_name(names: str) -> str:
    """Return the first of the languages that a header lists."""
    return names.replace(",", " ").split()[0]


def _sample(cohort: Cohort, told: Sequence[Heard]) -> list[Recording]:
    """Return some recordings of whose language the manifest says nothing, evenly spaced."""
    untold = [place for place, one in enumerate(told) if not one.column]
    step = max(1, -(-len(untold) // SAMPLE))
    return [cohort.recordings[place] for place in untold[::step]]


def _read_all(
    cohort: Cohort,
    language: Language,
    bilm: Path,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> OtherLanguage | None:
    """Read every transcript; return those in another language."""
    from joblib import Parallel, delayed

    recordings = cohort.recordings
    chunks = [recordings[start : start + CHUNK] for start in range(0, len(recordings), CHUNK)]
    heard: list[Heard] = []
    workers = Parallel(n_jobs=min(jobs, max(1, len(chunks))), return_as="generator")
    for part in workers(delayed(hear_chunk)(chunk, bilm) for chunk in chunks):
        heard += part
        if progress:
            progress(len(part))
    return describe_other(recordings, heard, language)


def describe_other(recordings: Sequence[Recording], heard: Sequence[Heard], language: Language) -> OtherLanguage | None:
    """Return the recordings that are in another language; None where there is none."""
    places = find_other(heard, language)
    if not places:
        return None
    told = Counter(name for place in places if (name := heard[place].other_name(language)))
    return OtherLanguage(
        language=language.name,
        recordings=len(places),
        among=len(recordings),
        languages=tuple(sorted(told.items(), key=lambda item: (-item[1], item[0]))),
        by_words=sum(not heard[place].other_name(language) for place in places),
        first=recordings[places[0]].transcript.name,
    )


def hear_chunk(recordings: Sequence[Recording], bilm: Path) -> list[Heard]:
    """Read a few transcripts; return what tells the language of each, nothing where one cannot be read."""
    vocabulary = bilm_vocabulary(bilm)
    return [hear_recording(read_recording(one), one, vocabulary) for one in recordings]


def hear_recording(read: Transcript | str, recording: Recording, vocabulary: Vocabulary) -> Heard:
    """Return what tells the language of a recording that was read; its manifest's word where it cannot be read."""
    if isinstance(read, Transcript):
        return _with_column(hear(read, vocabulary), recording)
    return _with_column(Heard(), recording)


@lru_cache(maxsize=2)
def bilm_vocabulary(folder: Path) -> Vocabulary:
    """Return the vocabulary of a biLM's folder, read once a process; an empty one where it has none."""
    path = folder / "vocabulary.txt"
    return Vocabulary.of(read_vocabulary(path)) if path.is_file() else NO_WORDS
