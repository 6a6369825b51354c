"""JSON of recognisers through the command: the words, speakers and times that the file holds, or a refusal by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[1] / "ingest" / "samples" / "json"
TWO = {"A": "What do you see here", "B": "The kettle boils on the stove Somebody forgot it"}
QUESTION, ANSWER = TWO.values()

CASES: dict[str, dict[str, str]] = {
    "eleven.json": {"speaker_0": "What do you see", "speaker_1": "A boy on a stool"},
    "watson.json": {"0": "what do you see", "1": "water runs over"},
    "ibm.json": {"0": "what do you see", "1": "the boy fell"},
    "speechmatics.json": {"S1": "What happens", "S2": "Water overflows"},
    "nemo.json": {"speaker_1": "what happens", "speaker_2": "sunny day"},
    "openai_words.json": {"PAR": "The boy takes a cookie"},
    "google_snake.json": {"1": "what do you see", "2": "a boy"},
    "hf.json": {"PAR": "The boy takes a cookie"},
    "revai.json": {"0": "what do you see", "1": "the boy fell"},
    "azure.json": {"1": "What do you see", "2": "The boy fell"},
    "vibe.json": {"0": "yeah we got it okay", "1": "the swinging workshop"},
}
PAUSES = {"eleven.json": [1.0], "watson.json": [1.0], "ibm.json": [1.0], "openai_words.json": [1.3], "hf.json": [1.1]}


@pytest.mark.parametrize("name", CASES)
def test_words_of_each_speaker(door: Path, ingest: Any, name: str) -> None:
    """Each speaker has the words that the file gives them, whatever the service calls its fields."""
    assert CASES[name] == ingest(door / name).words


@pytest.mark.parametrize("name", PAUSES)
def test_times_of_words_give_pauses(door: Path, ingest: Any, name: str) -> None:
    """Words keep their times, so the silence between them is a pause."""
    seen = ingest(door / name)
    assert PAUSES[name] == seen.pauses
    assert all(start is not None for _, start, _ in seen.word_times)


def test_a_sound_is_an_event(door: Path, ingest: Any) -> None:
    """ElevenLabs' laughter is an event, and its spacing is nothing."""
    assert ["laughter"] == ingest(door / "eleven.json").events


def test_a_word_without_times_keeps_its_phrase(door: Path, ingest: Any) -> None:
    """Azure's times are ISO 8601; where only one word of a phrase is listed, the display text has the others."""
    seen = ingest(door / "azure.json")
    assert ("What", 100, 400) == seen.word_times[0]
    assert [("1", 100, 2100), ("2", 3000, 5000)] == seen.spans


def test_hundredths_of_a_second(door: Path, ingest: Any) -> None:
    """Vibe's times are hundredths of a second."""
    assert [("0", 960, 7120), ("1", 7120, 14_560)] == ingest(door / "vibe.json").spans


@pytest.mark.parametrize(("name", "dropped"), [("nonmono.json", 5), ("nonmono_big.json", 13)])
def test_word_times_out_of_order(door: Path, ingest: Any, name: str, dropped: int) -> None:
    """Times out of order are dropped and counted; the words stay, and no utterance ends before it starts."""
    seen = ingest(door / name)
    words = [word for item in json.loads((door / name).read_text())["segments"] for word in item["words"]]
    assert sum(any(map(str.isalnum, word["word"])) for word in words) == len(seen.word_times)
    assert dropped == sum(start is None for _, start, _ in seen.word_times)
    assert "out of the order of the text" in seen.diagnostics
    assert all(start is None or end is None or start <= end for _, start, end in seen.spans)
    starts = [start for _, start, _ in seen.word_times if start is not None]
    assert sorted(starts) == starts


def test_json_lines_are_named(door: Path, ingest: Any) -> None:
    """A manifest of NeMo is no damaged JSON: it is refused as what it is."""
    assert "a NeMo manifest: 2 documents of JSON in one file" in ingest(door / "nemo_manifest.json").refused


# Our own sentences in the shape of each service's documentation, as the docstrings of the readers name it; those of
# whisper, whisperx, aws, google_v1, deepgram and assemblyai also after the public files in ../shared/formats.
NAMES: dict[str, tuple[str, tuple[str, str]]] = {
    "assemblyai": ("assemblyai", ("A", "B")),
    "aws": ("aws", ("spk_0", "spk_1")),
    "azure_batch": ("azure", ("1", "2")),
    "azure_fast": ("azure", ("1", "2")),
    "deepgram": ("deepgram", ("0", "1")),
    "elevenlabs": ("elevenlabs", ("speaker_0", "speaker_1")),
    "gladia": ("gladia", ("0", "1")),
    "google_printed": ("google", ("1", "2")),
    "google_v1": ("google", ("1", "2")),
    "nemo": ("nemo", ("speaker_0", "speaker_1")),
    "revai": ("revai", ("Interviewer", "Participant")),
    "soniox": ("soniox", ("1", "2")),
    "speechmatics": ("speechmatics", ("S1", "S2")),
    "whisper_cpp": ("whisper-cpp", ("0", "1")),
    "whisperx": ("whisperx", ("SPEAKER_00", "SPEAKER_01")),
}
ONE = {"huggingface_words": "huggingface", "openai_verbose": "whisper", "whisper": "whisper"}
WITHOUT_WORD_TIMES = {
    "insanely_fast_whisper": ("huggingface", ("SPEAKER_00", "SPEAKER_01")),
    "openai_diarized": ("openai", ("A", "B")),
    "vibe": ("vibe", ("0", "1")),
}
TIMES = [500, 900, 1300, 1700, 2100, 4000, 4400, 4800, 6000, 6400, 6800, 7200, 7600, 8000]


@pytest.mark.parametrize("name", NAMES)
def test_samples_of_two_speakers(ingest: Any, name: str) -> None:
    """Words, speakers, the time of every word and the one pause are those that the sample was written with."""
    seen = ingest(SAMPLES / f"{name}.json")
    format, (first, second) = NAMES[name]
    said = {speaker: words.casefold() for speaker, words in seen.words.items()}
    assert format == seen.row["format"]
    assert {first: QUESTION.casefold(), second: ANSWER.casefold()} == said
    assert TIMES == [start for _, start, _ in seen.word_times]
    assert [0.9] == seen.pauses
    assert "" == seen.diagnostics


@pytest.mark.parametrize("name", ONE)
def test_samples_without_speakers(ingest: Any, name: str) -> None:
    """A file that tells no speakers apart is one speaker's; its words have their times."""
    seen = ingest(SAMPLES / f"{name}.json")
    assert ONE[name] == seen.row["format"]
    assert {"PAR": f"{QUESTION} {ANSWER}"} == seen.words
    assert TIMES == [start for _, start, _ in seen.word_times]


@pytest.mark.parametrize("name", WITHOUT_WORD_TIMES)
def test_samples_with_times_of_segments(ingest: Any, name: str) -> None:
    """Where only segments have times, no word has any, and nothing is said of pauses."""
    seen = ingest(SAMPLES / f"{name}.json")
    format, (first, second) = WITHOUT_WORD_TIMES[name]
    assert format == seen.row["format"]
    assert {first: QUESTION, second: ANSWER} == seen.words
    assert (first, 500, 2400) == seen.spans[0]
    assert {(None, None)} == {(start, end) for _, start, end in seen.word_times}


def test_hesitations_of_watson(ingest: Any) -> None:
    """What Watson writes for uh and um is a filler, not the word "hesitation"."""
    seen = ingest(SAMPLES / "watson.json")
    assert {"0": f"uh {QUESTION}".casefold(), "1": f"uh {ANSWER}".casefold()} == seen.words
    assert "1" == seen.row["removed_fillers"]


def test_a_google_operation_is_unwrapped(ingest: Any) -> None:
    """Version 2 writes the transcript of a batch below the address of its file."""
    seen = ingest(SAMPLES / "google_v2.json")
    assert ("google", {"1": ANSWER}) == (seen.row["format"], seen.words)


SEGMENTS = [
    {"start": 0.0, "end": 2.9, "text": " The boy is standing on the stool."},
    {"start": 3.5, "end": 6.0, "text": " The water runs over the sink."},
]
WHOLE = "".join(str(item["text"]) for item in SEGMENTS)


def scaled(factor: float) -> list[dict[str, Any]]:
    """Return the segments with times of another unit."""
    return [item | {"start": item["start"] * factor, "end": item["end"] * factor} for item in SEGMENTS]  # type: ignore[operator]


REFUSED: dict[str, tuple[Any, str]] = {
    "milliseconds": ({"text": WHOLE, "segments": scaled(1000)}, "the times look like milliseconds, not seconds"),
    "hundredths": ({"segments": scaled(100)}, "the times look like hundredths of a second, not seconds"),
    "ticks": ({"segments": scaled(1e7)}, "the times look like ticks of 100 ns, not seconds"),
    "more text": ({"text": f"{WHOLE} And so on and on it goes.", "segments": SEGMENTS}, "its field `text` is not read"),
    "an answer": (
        {"segments": [item | {"reply": "what else is there to see"} for item in SEGMENTS]},
        "JSON that looks like Whisper's, but its field `segments.reply` is not read; export captions",
    ),
    "diarisation beside": (
        {"segments": SEGMENTS, "turns": [{"start": 0, "end": 3, "spk": "A"}, {"start": 3, "end": 6, "spk": "B"}]},
        "the speakers of its field `turns` are not read",
    ),
    "names": (
        {"segments": [item | {"who": name} for item, name in zip(SEGMENTS, "AB", strict=True)]},
        "the speakers of its field `segments` are not read",
    ),
    "labels in the text": (
        {"segments": [{"start": 0, "end": 1, "text": "Anna: so"}, {"start": 2, "end": 3, "text": "Doctor: what now"}]},
        "the speakers written in its field `text` are not read",
    ),
    "times elsewhere": (
        {"segments": [{"text": "the boy fell", "words": [], "begin": 0.5, "finish": 1}]},
        "the times of its field `segments` are not read",
    ),
    "turns without names": (
        {"transcription": [{"offsets": {"from": 0, "to": 900}, "text": " the boy", "speaker_turn_next": True}]},
        "whisper.cpp that marks 1 changes of speaker and names no speaker",
    ),
    "several": ([{"text": WHOLE, "segments": SEGMENTS}] * 2, "JSON of 2 recordings in one file"),
    "by file": ({"a.wav": {"segments": SEGMENTS}, "b.wav": {"segments": SEGMENTS}}, "JSON of 2 recordings"),
    "texts": ([{"file": "a.wav", "text": "the boy"}, {"file": "b.wav", "text": "the girl"}], "JSON of 2 recordings"),
    "a job": ({"jobName": "x", "status": "COMPLETED"}, "JSON that holds no words of speech"),
    "silence": ({"text": "", "segments": [], "language": "en"}, "JSON that holds no words of speech"),
    "only a text": ({"text": "the boy fell", "usage": {"type": "tokens"}}, "a text and neither segments nor words"),
    "nobody's": ({"talk": [{"by": "A", "said": "the boy fell"}]}, "JSON of no recogniser that adscreen knows"),
    "strings": (["the boy fell", "the girl laughs"], "JSON"),
    "manifest": ({"audio_filepath": "a.wav", "duration": 3.0, "text": "the boy fell"}, "a NeMo manifest"),
    "longer than said": (
        {"metadata": {"duration": 6.1}, "results": {"channels": [{"alternatives": [{"words": [
            {"word": "the", "start": 100, "end": 300}, {"word": "boy", "start": 5900, "end": 6100}]}]}]}},
        "the last time is 6,100.0 s, but the recording is said to last 6.1 s: their units differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_all_read_is_refused_by_name(ingest: Any, tmp_path: Path, kind: str) -> None:
    """A field with words, speakers or times that were not read, or a wrong unit, is named; nothing is misread."""
    content, message = REFUSED[kind]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    refused = ingest(path).refused
    assert message in refused
    assert "*PAR" not in refused


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('{"text": "a"}\n{"text": "b"}\n', "JSON lines: 2 documents of JSON in one file"),
        ('{"segments": [{"start": 0, "end": 1, "text": "a"}', "damaged JSON"),
        ('{"segments": [], "segments": [{"start": 0, "text": "a"}]}', "a field stands twice in one object"),
        ("[" * 100_000, "JSON nested beyond reason"),
    ],
)
def test_files_that_are_not_one_document(ingest: Any, tmp_path: Path, written: str, message: str) -> None:
    """Several documents, a cut one, and fields that hide one another are told apart."""
    path = tmp_path / "a.json"
    path.write_text(written, encoding="utf-8")
    assert message in ingest(path).refused


def test_a_known_file_in_a_list_or_a_wrapper_is_read(ingest: Any, tmp_path: Path) -> None:
    """What a program wraps around the answer of a service changes nothing."""
    for content in ([{"segments": SEGMENTS}], {"output": {"text": WHOLE, "segments": SEGMENTS}}, {"a": SEGMENTS}):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert {"PAR": 13} == ingest(path).counts


def test_sounds_of_whisper_are_events(ingest: Any, tmp_path: Path) -> None:
    """``[Music]`` is an event, not a word."""
    path = tmp_path / "a.json"
    segments = [{"start": 0, "end": 5, "text": " [Music]"}, {"start": 5, "end": 6, "text": " The boy."}]
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    seen = ingest(path)
    assert (["Music"], {"PAR": "The boy"}) == (seen.events, seen.words)


TURNS = [("A", 0.0, 2.9, "The boy is standing on the stool."), ("B", 3.5, 6.0, "The water runs over the sink.")]


@pytest.mark.parametrize(
    "fields",
    [
        {"talker_name": ["A", "B"]},
        {"spkId": ["A", "B"]},
        {"label": ["A", "B"]},
        {"user": ["A", "B"]},
        {"is_patient": [True, False]},
        {"agent": [{"id": 1}, {"id": 2}]},
        {"speaker_change": [False, True]},
        {"spkr": ["A", "B"]},
        {"identity": ["A", "B"]},
    ],
)
def test_speakers_in_a_field_of_another_name_are_refused(
    ingest: Any, tmp_path: Path, fields: dict[str, list[Any]]
) -> None:
    """However the field of the speaker is called: two people are never read as one."""
    ((name, values),) = fields.items()
    segments = [{"start": s, "end": e, "text": t, name: v} for (_, s, e, t), v in zip(TURNS, values, strict=True)]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    assert "the speakers of its field `segments` are not read" in ingest(tmp_path / "a.json").refused


def test_speakers_in_brackets_before_the_text_are_refused(ingest: Any, tmp_path: Path) -> None:
    """``(SPEAKER_00) The boy ...`` in the texts of a recogniser is no speech in brackets."""
    segments = [{"start": s, "end": e, "text": f"(SPEAKER_0{n}) {t}"} for n, (_, s, e, t) in enumerate(TURNS)]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    assert "the speakers written in its field `text` are not read" in ingest(tmp_path / "a.json").refused


def test_speakers_numbered_in_floats(ingest: Any, tmp_path: Path) -> None:
    """A table of numbers with gaps writes speaker 0 as 0.0."""
    segments = [{"start": s, "end": e, "text": t, "speaker": float(n)} for n, (_, s, e, t) in enumerate(TURNS)]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    assert {"0": 7, "1": 6} == ingest(tmp_path / "a.json").counts


def test_a_list_of_segments_with_words_is_one_recording(ingest: Any, tmp_path: Path) -> None:
    """faster-whisper's segments, each with its text and its words, are no recordings."""
    segments = [
        {"start": s, "end": e, "text": t, "words": [{"word": w, "start": s, "end": e} for w in t.split()]}
        for _, s, e, t in TURNS
    ]
    (tmp_path / "a.json").write_text(json.dumps(segments))
    assert {"PAR": 13} == ingest(tmp_path / "a.json").counts


def test_a_speaker_and_a_channel_in_one_record(ingest: Any, tmp_path: Path) -> None:
    """AssemblyAI's multichannel transcripts have both: speaker 1A speaks in channel 1."""
    turns = [
        {"speaker": f"{n}A", "channel": f"{n}", "start": int(s * 1000), "end": int(e * 1000), "text": t}
        for n, (_, s, e, t) in enumerate(TURNS, start=1)
    ]
    (tmp_path / "a.json").write_text(json.dumps({"utterances": turns, "text": " ".join(t for *_, t in TURNS)}))
    assert {"1A": 7, "2A": 6} == ingest(tmp_path / "a.json").counts


def test_interim_results_are_not_read(ingest: Any, tmp_path: Path) -> None:
    """Watson's stream gives a phrase several times until it is final."""
    stamps = [["the", 0, 0.2], ["boy", 0.3, 0.6], ["fell", 0.7, 1.0]]
    results = [
        {"final": False, "alternatives": [{"transcript": "the boy "}]},
        {"final": True, "alternatives": [{"transcript": "the boy fell ", "timestamps": stamps}]},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"result_index": 0, "results": results}))
    assert {"PAR": "the boy fell"} == ingest(tmp_path / "a.json").words


def test_a_duration_instead_of_an_end(ingest: Any, tmp_path: Path) -> None:
    """YouTube's transcripts give each line's start and how long it lasts."""
    lines = [{"text": t, "start": s, "duration": e - s} for _, s, e, t in TURNS]
    (tmp_path / "a.json").write_text(json.dumps(lines))
    assert [("PAR", 0, 2900), ("PAR", 3500, 6000)] == ingest(tmp_path / "a.json").spans


def test_windows_that_overlap_are_read_once(ingest: Any, tmp_path: Path) -> None:
    """Words at the end of a segment and at the start of the next, in the same time, were said once; copies likewise."""
    texts = ["the boy is on the stool", "is on the stool and falls", "is on the stool and falls", "and falls again"]
    starts = [0, 2, 2, 20]
    segments = [{"start": s, "end": s + 4, "text": t} for s, t in zip(starts, texts, strict=True)]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    seen = ingest(tmp_path / "a.json")
    assert {"PAR": "the boy is on the stool and falls and falls again"} == seen.words
    assert "10 words stood in two segments of the same time; read once" in seen.diagnostics


@pytest.mark.parametrize(
    "content",
    [
        {"task": "translate", "segments": SEGMENTS},
        {"params": {"translate": True}, "transcription": [{"offsets": {"from": 0, "to": 900}, "text": " the boy"}]},
    ],
)
def test_a_translation_is_reported(ingest: Any, tmp_path: Path, content: dict[str, Any]) -> None:
    """Whisper's task `translate` writes English, whatever was said."""
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert "the words are a translation into English" in ingest(tmp_path / "a.json").diagnostics


def test_segments_without_times_or_words_are_no_tool_s(ingest: Any, tmp_path: Path) -> None:
    """Speaker and text alone may come from anywhere: the format is not called after a recogniser."""
    (tmp_path / "a.json").write_text(json.dumps({"segments": [{"speaker": s, "text": t} for s, _, _, t in TURNS]}))
    seen = ingest(tmp_path / "a.json")
    assert ("segments", {"A": 7, "B": 6}) == (seen.row["format"], seen.counts)


def test_minutes_are_refused(ingest: Any, tmp_path: Path) -> None:
    """Minutes read as seconds are speech that is sixty times too fast; the rate is written out."""
    segments = [{"start": s / 60, "end": e / 60, "text": t} for _, s, e, t in TURNS]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    refused = ingest(tmp_path / "a.json").refused
    assert "13 words in 0.090 s (8,700 words a minute): the times look like minutes, not seconds" in refused


def test_hundredths_of_quick_speech_are_refused(ingest: Any, tmp_path: Path) -> None:
    """At 280 words a minute, hundredths read as seconds are 2.8: no utterance in it is as people speak."""
    segments = [{"start": 250 * n, "end": 250 * n + 150, "text": t} for n, (_, _, _, t) in enumerate(TURNS * 3)]
    (tmp_path / "a.json").write_text(json.dumps({"segments": segments}))
    assert "hundredths of a second" in ingest(tmp_path / "a.json").refused


def test_words_that_are_names_of_fields_stay_out_of_errors(ingest: Any, tmp_path: Path) -> None:
    """Some programs write an object with a field for each word: the error names no word of the speech."""
    words = {"zebrafinch": {"text": "the zebrafinch sings to us"}, "the zebrafinch": {"text": "and sings once more"}}
    (tmp_path / "a.json").write_text(json.dumps({"segments": SEGMENTS, "words": words}))
    assert "is not read" in (refused := ingest(tmp_path / "a.json").refused)
    assert "zebrafinch" not in refused
