"""A document of JSON and what was read of it -> the first field with speech in it that was not read.

A recogniser is known by the whole shape of its JSON, not by one key, so every reading is checked against all of the
document, whatever its fields are called:

    words     a field that holds speech holds words that were read; a copy of them (alternatives, the whole text beside
              the segments, a second list of words) is accounted for, up to SLACK of words that are written otherwise
    speakers  no records of words name more speakers than were read; where records of times name several, so was read;
              where no field names any, texts do not begin with them (``Anna: ...``)
    times     words were read with times, or as many segments as there are records of words with times

What services add about the speech (ADDITIONS) is not speech: summaries, chapters, entities, translations, settings.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adscreen.ingest.recognisers.fields import Reader, Reading, clock_ms, label

SLACK = 0.1
ADDITIONS = frozenset(
    """
    additionalformats audiourl autohighlights autohighlightsresult boostparam categories chapterization chapters
    config contactsummary contentmoderation contentsafety contentsafetylabels conversationcharacteristics
    customspelling displayname entities error errors file filename highlights iabcategories iabcategoriesresult id
    info initialprompt intents issuesdetected job keyphrases keyterms keytermsprompt keywords keywordsresult
    language languagecodes languageidentification languages logprobs metadata model modelinfo models moderation
    namedentities namedentityrecognition options parameters params prompt qualitymetrics request sentiment
    sentimentanalysis sentimentanalysisresults sentimentpersegment sentiments speechunderstanding status subtitles
    summaries summarization summary systeminfo task topics toxicitydetection translatedtexts translation
    translations usage warnings wordboost
    """.split()
)
_SPEECH = frozenset(
    """
    body caption captions content dialogue display displaytext fulltext fulltranscript lexical line lines message
    monologue normalizedtext paragraph phrase predtext punctuatedword rawtext said sentence sentences speech spoken text
    token transcript transcription transcripts turn utterance utterances value word words
    """.split()
)
_SPEAKER = frozenset(
    """
    channel channelid channelindex channellabel channelnumber channeltag participant participantid participantrole
    person role speaker speakerid speakerlabel speakername speakernumber speakertag spk talker voice who
    """.split()
)
_PERSON = re.compile(
    r"(?:actor|agent|author|caller|channel|client|cluster|doctor|examin|interview|participant|party|patient|person|sender|"
    r"speaker|spkr?|subject|talker|therap|user|voice|who)(?:s|id|er|ee|ist|name|label|tag|idx|index|number)*"
)
_NAMES = frozenset(
    {"label", "name", "role", "side", "sp", "from", "by", "s", "identity", "displayname"}
)  # of a person where they are the whole name
_MEASURES = frozenset({"confidence", "score", "scores", "prob", "probability", "count", "embedding", "gender", "age"})
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[\W_\d]+")
_TIME = re.compile(
    r"(?:start|begin|end|stop|from|to|ts|endts|onset|offset|time|timestamps?|t0|t1|at)"
    r"(?:time|offset|ms|s|sec|secs|seconds|millis|milliseconds|inticks|inseconds)?|(?:audio|time)(?:start|end)",
)
_ALTERNATIVES = frozenset({"alternatives", "nbest"})
_PROSE = 3  # words of a value on average, from which a field of an unknown name is prose
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
_LABEL = re.compile(
    r"[\[(]?([^\W\d_][\w .]{0,30})[\])]?:(?:\s|$)"
    r"|[\[(<{](?P<marked>(?:speaker|spk|participant|person)[ _-]?\w{1,4})[\])>}]",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z_@$][\w@$-]{0,40}")  # of a field, as programs write it
_LABEL_PIECES = 4
_NUMBER = re.compile(r"\s*-?\d{1,15}(?:\.\d{1,12})?s?\s*")

Path = tuple[str, ...]


class Unread(NamedTuple):
    """A field that holds speech, speakers or times that were not read; ``words`` is how many words lie in it."""

    field: str
    what: str
    words: int = 0


@dataclass(slots=True)
class _Field:
    """What the records of one path hold in a field."""

    texts: list[str] = field(default_factory=list)  # of a list of records, joined where each is a word
    labels: set[tuple[str, str]] = field(default_factory=set)  # of the speakers beside the texts, and their fields
    turns: set[str] = field(default_factory=set)  # of the speakers beside times
    timed: int = 0
    records: int = 0


def account(document: Any, reading: Reading, reader: Reader) -> tuple[list[Unread], int]:
    """Return the fields that were not read, and how many words of others were not among those read."""
    fields = _survey(document, ADDITIONS | {_plain(name) for name in reader.repeats})
    unread, missing = _unread_words(fields, reading)
    speakers = [*_unread_speakers(fields, reading), *_written_speakers(reading)]
    found = [*unread, *speakers, *_unread_times(fields, reading)]
    said = {word for own in fields.values() for value in own.texts for word in _tokens(value)}
    return [one._replace(field=_shown(one.field, said)) for one in found], missing


def holds_speech(document: Any) -> bool:
    """Tell whether any field of a document may hold speech: any text in a field of such a name, or below one."""
    fields = _survey(document, ADDITIONS).items()
    return any(found.texts and any(_plain(name) in _SPEECH for name in path) for path, found in fields) or any(
        _is_speech(path, found) for path, found in fields
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _survey(document: Any, passed_over: frozenset[str]) -> dict[Path, _Field]:
    """Gather what every field holds, by its path of names; a list counts as what lies in it."""
    fields: dict[Path, _Field] = defaultdict(_Field)
    for path, records in _lists_of_records(document, passed_over):
        said: dict[str, list[str]] = defaultdict(list)
        for record in records:
            timed = any(_is_time(name, value) for name, value in record.items())
            labels = {name: _speaker(value) for name, value in record.items() if _names_speaker(name)}
            for name, value in record.items():
                if _plain(name) in passed_over:
                    continue
                here = fields[(*path, name)]
                here.records += 1
                here.turns |= {labels[name]} - {""} if timed and _plain(name) in _SPEAKER else set()
                if _is_text(value):
                    said[name].append(value)
                    here.timed += timed
                    here.labels |= {(field, speaker) for field, speaker in labels.items() if speaker}
        for name, values in said.items():
            fields[(*path, name)].texts += [" ".join(values)] if _are_words(values) else values
    return fields


def _is_text(value: Any) -> bool:
    """Tell text from a number or a time that is written as text."""
    spoken = isinstance(value, str) and _WORD.search(value) is not None
    return spoken and _NUMBER.fullmatch(value) is None and clock_ms(value) is None


def _names_speaker(name: str) -> bool:
    """Tell whether a field may say who speaks: ``speakerLabel``, ``spk_id``, ``is_patient``.

    >>> [_names_speaker(name) for name in ("talker_name", "isPatient", "name", "filename", "speaker_confidence")]
    [True, True, True, False, False]
    """
    parts = [part.casefold() for part in _HUMP.split(name) if part]
    if _MEASURES.intersection(parts):
        return False
    return _plain(name) in _SPEAKER | _NAMES or any(map(_PERSON.fullmatch, parts))


def _speaker(value: Any) -> str:
    """Return the label of a speaker, who may be an object of his own; in ``is_patient`` true and false are labels."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return next((name for own in ("@id", "id", "label", "name") if (name := label(value.get(own)))), "")
    return label(value)


def _are_words(values: Sequence[str]) -> bool:
    return sum(len(value.split()) for value in values) <= 1.5 * len(values)


def _lists_of_records(document: Any, passed_over: frozenset[str]) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Yield the objects of every list, with their path; an object outside lists is a list of one.

    A list such as ``["word", 0.1, 0.3]`` counts as a record with a text and times, a list of texts as records of one.
    """
    waiting: list[tuple[Path, Any]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        items = value if isinstance(value, list) else [value]
        if path and path[-1] and _plain(path[-1]) in _ALTERNATIVES:
            items = items[:1]
        records = [record for item in items if (record := _record(item))]
        if records:
            yield path, records
        for item in items:
            if isinstance(item, dict):
                inner = ((name, own) for name, own in item.items() if isinstance(own, dict | list))
                waiting += [((*path, name), own) for name, own in inner if _plain(name) not in passed_over]
            elif isinstance(item, list) and not _record(item):
                waiting.append((path, item))


def _record(item: Any) -> dict[str, Any]:
    if isinstance(item, dict):
        return item
    if isinstance(item, str):
        return {"": item}
    if isinstance(item, list) and any(isinstance(part, str) for part in item):
        texts = {"": " ".join(part for part in item if isinstance(part, str))}
        numbers = [part for part in item if isinstance(part, int | float) and not isinstance(part, bool)]
        return texts | ({"start": numbers[0]} if len(numbers) > 1 else {})
    return {}


def _is_time(name: str, value: Any) -> bool:
    if not _TIME.fullmatch(_plain(name)) or isinstance(value, bool):
        return False
    if isinstance(value, list):
        return any(isinstance(part, int | float) for part in value)
    if isinstance(value, dict):
        return any(_is_time("start", part) for part in value.values() if not isinstance(part, dict))
    number = isinstance(value, str) and (_NUMBER.fullmatch(value) is not None or clock_ms(value) is not None)
    return isinstance(value, int | float) or number


def _is_speech(path: Path, found: _Field) -> bool:
    """Tell speech by the name of its field, or by prose beside times or speakers; what lies in a list has its name."""
    if not found.texts:
        return False
    name = next((name for name in reversed(path) if name), "")
    if _plain(name) in _SPEECH:
        return True
    words = sum(any(map(str.isalpha, word)) for value in found.texts for word in value.split())
    return bool(found.timed or found.labels) and words >= _PROSE * found.records


def _unread_words(fields: dict[Path, _Field], reading: Reading) -> tuple[list[Unread], int]:
    written = [piece.text for segment in reading.segments for piece in segment.pieces]
    read = [word for piece in [*written, *reading.other_forms] for word in _tokens(piece)]
    counts, stream = Counter(read), "".join(read)
    unread: list[Unread] = []
    most = 0
    for path, found in fields.items():
        if not _is_speech(path, found):
            continue
        tokens = [_tokens(value) for value in found.texts]
        missing = 0 if _is_cut_otherwise(tokens, stream) else sum((Counter(own) - counts).total() for own in tokens)
        total = sum(map(len, tokens))
        if missing > SLACK * total:
            unread.append(Unread(_name(path), "", missing))
        else:
            most = max(most, missing)
    return sorted(unread, key=lambda item: -item.words), most


def _tokens(written: str) -> list[str]:
    return _WORD.findall(written.casefold())


def _is_cut_otherwise(tokens: Sequence[Sequence[str]], stream: str) -> bool:
    """Tell whether a field holds a good part of what was read, letter by letter, however its words are cut."""
    letters = "".join(token for own in tokens for token in own)
    return 10 * len(letters) >= len(stream) and letters in stream


def _unread_speakers(fields: dict[Path, _Field], reading: Reading) -> Iterator[Unread]:
    speakers = {segment.speaker for segment in reading.segments if segment.pieces} - {""}
    for path, found in fields.items():
        most = max(Counter(field for field, _ in found.labels).values(), default=0)
        if most > max(1, len(speakers)) and _is_speech(path, found):
            yield Unread(_name(path[:-1]), "the speakers of ")
            return
        if len(found.turns) > 1 and len(speakers) < 2:
            yield Unread(_name(path[:-1]), "the speakers of ")
            return


def _written_speakers(reading: Reading) -> Iterator[Unread]:
    """Find speakers that are written at the front of the text, where no field names any."""
    if any(segment.speaker for segment in reading.segments):
        return
    texts = (" ".join(piece.text for piece in segment.pieces[:_LABEL_PIECES]) for segment in reading.segments)
    labels = [match[1] or match["marked"] for written in texts if (match := _LABEL.match(written))]
    if len(set(labels)) > 1 and 2 * len(labels) >= len(reading.segments):
        yield Unread("text", "the speakers written in ")


def _unread_times(fields: dict[Path, _Field], reading: Reading) -> Iterator[Unread]:
    if any(piece.start_ms is not None for segment in reading.segments for piece in segment.pieces):
        return
    timed = sum(segment.start_ms is not None for segment in reading.segments)
    for path, found in fields.items():
        if found.timed > (1 + SLACK) * timed and _is_speech(path, found):
            yield Unread(_name(path[:-1]), "the times of ")
            return


def _shown(name: str, said: set[str]) -> str:
    """Write the name of a field without the parts that are words of the speech: some objects have those as names."""
    return ".".join(part if _is_name(part, said) else "..." for part in name.split("."))


def _is_name(part: str, said: set[str]) -> bool:
    if _plain(part) in _SPEECH or part == "(list)":
        return True
    return _NAME.fullmatch(part) is not None and not said.issuperset(_tokens(part))


def _name(path: Path) -> str:
    return ".".join(name for name in path if name) or "(list)"
