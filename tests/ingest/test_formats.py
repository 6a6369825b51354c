"""Every file of ../shared/formats is read with the right speakers and words, as counted in the files."""

from __future__ import annotations

import gzip
import lzma
import re
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.recognisers import read_recogniser
from adscreen.records import Transcript

# Words are tokens: the six and six [PII] of the call are redactions, not words, and Google's 1,766 pieces hold three
# hyphenated words.
EXPECTED: dict[str, tuple[str, dict[str, int]]] = {
    "aws_mit0/example-call.json": ("aws-call", {"AGENT": 317, "CUSTOMER": 133}),
    "bbc_mit/gcpSttSpeakerDiarization.sample.json": ("google", {"1": 2, "2": 1767}),
    "bbc_mit/todayinfocus.sample.json": ("aws", {"spk_0": 206, "spk_1": 519}),
    "deepgram_mit/assemblyai_utterances.json": ("assemblyai", {"A": 60}),
    "deepgram_mit/dg_speakers.json": ("deepgram", {"0": 46, "1": 122, "2": 58}),
    "deepgram_mit/dg_utterances.json": ("deepgram", {"PAR": 62}),
    "deepgram_mit/whisper_timestamped.json": ("whisper-timestamped", {"PAR": 60}),
    "praatio_mit/all_tiers_have_the_same_name.TextGrid": ("textgrid", {"Mary": 3}),
    "praatio_mit/bobby_words_with_newlines.TextGrid": ("textgrid", {"PAR": 4}),
    "praatio_mit/bobby_words_with_newlines_longfile_elan.TextGrid": ("textgrid", {"PAR": 4}),
    "praatio_mit/mary.TextGrid": ("textgrid", {"PAR": 4}),
    "pympi_mit/sample_2.8.eaf": ("elan", {"text": 1995}),
    "webvtt_mit/captions_with_bom.vtt": ("vtt", {"PAR": 12}),
    "webvtt_mit/comments.vtt": ("vtt", {"PAR": 20}),
    "webvtt_mit/sample.srt": ("srt", {"PAR": 15}),
    "webvtt_mit/sample.vtt": ("vtt", {"PAR": 48}),
    "webvtt_mit/using_identifiers.vtt": ("vtt", {"PAR": 18}),
    "whisper_mit/jfk.json": ("whisper", {"PAR": 22}),
}


def read(path: Path, speaker: str | None = "longest") -> Transcript:
    """Read as recording r of subject s."""
    return read_transcript(path, recording_id="r", subject_id="s", speaker=speaker)


def words_of_speakers(transcript: Transcript) -> dict[str, int]:
    """Count each speaker's words."""
    counts: Counter[str] = Counter()
    for utterance in transcript.utterances:
        counts[utterance.speaker] += len(utterance.words)
    return dict(counts)


def test_every_shared_file_has_its_expected_value(shared: Path) -> None:
    """No file of the folder is left out of the table above."""
    files = {
        path.relative_to(shared / "formats").as_posix()
        for path in (shared / "formats").rglob("*")
        if path.is_file() and not path.name.startswith("LICEN")
    }
    assert EXPECTED.keys() == files


@pytest.mark.parametrize("name", EXPECTED)
def test_speakers_and_words(shared: Path, name: str) -> None:
    """The format is recognised, and each speaker says the words that the file gives them."""
    transcript = read(shared / "formats" / name)
    assert EXPECTED[name] == (transcript.source_format, words_of_speakers(transcript))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_name_of_the_file_plays_no_part(shared: Path, name: str, tmp_path: Path) -> None:
    """Under another name and extension, or without, the same is read."""
    renamed = tmp_path / "recording"
    renamed.write_bytes((shared / "formats" / name).read_bytes())
    assert EXPECTED[name] == (read(renamed).source_format, words_of_speakers(read(renamed)))


@pytest.mark.parametrize(
    ("name", "timed"),
    [
        ("deepgram_mit/dg_speakers.json", 226),
        ("bbc_mit/todayinfocus.sample.json", 725),
        ("whisper_mit/jfk.json", 0),
        ("praatio_mit/mary.TextGrid", 4),
        ("webvtt_mit/sample.vtt", 0),
    ],
)
def test_words_with_times_and_without(shared: Path, name: str, timed: int) -> None:
    """Every word has its times where the file gives them, and null times where it does not."""
    words = [word for utterance in read(shared / "formats" / name).utterances for word in utterance.words]
    assert timed == sum(word.start_ms is not None and word.end_ms is not None for word in words)
    assert all(word.start_ms is None and word.end_ms is None for word in words) == (timed == 0)


def test_elan_words_whose_slots_have_no_time_stay_without(shared: Path) -> None:
    """Of the words on the time-subdivided tier, those at a slot with a time have it.

    One annotation is spelt otherwise on that tier (with an accent), so its words have no times.
    """
    text = (shared / "formats/pympi_mit/sample_2.8.eaf").read_text(encoding="utf-8")
    slots = set(re.findall(r'TIME_SLOT_ID="(ts\d+)" TIME_VALUE', text))
    tier = re.search(r'TIER_ID="words-timesub">(.*?)</TIER>', text, re.DOTALL)
    assert tier
    starts = re.findall(r'TIME_SLOT_REF1="(ts\d+)".*?<ANNOTATION_VALUE>(.*?)<', tier.group(1), re.DOTALL)
    transcript = read(shared / "formats/pympi_mit/sample_2.8.eaf")
    words = [word for utterance in transcript.utterances for word in utterance.words]
    assert len(starts) == len(words)
    assert sum(start in slots and text != "Thé" for start, text in starts) == sum(
        word.start_ms is not None for word in words
    )


@pytest.mark.parametrize(
    "name", ["bbc_mit/todayinfocus.sample.json", "deepgram_mit/dg_speakers.json", "aws_mit0/example-call.json"]
)
def test_a_diarised_file_is_never_guessed(shared: Path, name: str) -> None:
    """Without a speaker the error lists the candidates with their words; a label picks one; `longest` is a choice."""
    path = shared / "formats" / name
    counts = EXPECTED[name][1]
    with pytest.raises(InputError, match="more than one speaker may be the participant") as caught:
        read(path, speaker=None)
    assert all(f"{speaker} {count}" in str(caught.value) for speaker, count in counts.items())
    for speaker in counts:
        assert speaker == read(path, speaker=speaker).participant
    assert max(counts, key=lambda speaker: counts[speaker]) == read(path, speaker="longest").participant


@pytest.mark.parametrize(
    "name", ["praatio_mit/mary.TextGrid", "deepgram_mit/dg_speakers.json", "webvtt_mit/sample.srt"]
)
def test_compressed_files_and_archives(shared: Path, name: str, tmp_path: Path) -> None:
    """A .gz, a .xz and a folder inside a .zip read as the file itself, with the same digest."""
    content = (shared / "formats" / name).read_bytes()
    (tmp_path / "a.gz").write_bytes(gzip.compress(content))
    (tmp_path / "a.xz").write_bytes(lzma.compress(content))
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("control/visit 1/a.file", content)
    expected = read(shared / "formats" / name)
    for path in ("a.gz", "a.xz", "c.zip/control/visit 1/a.file"):
        found = read(tmp_path / path)
        assert (expected.utterances, expected.source_digest) == (found.utterances, found.source_digest)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", [name for name in EXPECTED if name.endswith(".TextGrid")])
def test_textgrids_in_every_encoding(shared: Path, name: str, encoding: str, tmp_path: Path) -> None:
    """Praat writes UTF-8 and UTF-16; both are read, with a byte-order mark too."""
    text = (shared / "formats" / name).read_text(encoding="utf-8")
    (tmp_path / "a.TextGrid").write_bytes(text.encode(encoding))
    assert EXPECTED[name][1] == words_of_speakers(read(tmp_path / "a.TextGrid"))


STARTS = [
    "",
    "WEBVTT\n\n",
    "1\n00:00:01,000 --> ",
    '{"results": ',
    '{"segments": [',
    '{"text": 1}',
    "<?xml ",
    "PK\x03\x04",
]
STARTS += [
    'File type = "ooTextFile"\n"TextGrid" 0 1 <exists> 9 "IntervalTier" "w" ',
    "text\tspeaker\n",
    '{"recording_id":',
]
STARTS += ["@Begin\n*PAR:\t", "\x1f\x8b", "<ANNOTATION_DOCUMENT>", '[{"text": ']


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_no_content_raises_anything_but_our_own_error(
    tmp_path_factory: pytest.TempPathFactory, start: str, rest: str, encoding: str
) -> None:
    """Whatever a file holds, it is read or refused by an InputError."""
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes((start + rest).encode(encoding, errors="replace"))
    with suppress(InputError):
        read(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "results items alternatives words word text start end speaker segments utterances Transcript Items "
                "Content channels startTime seconds nanos speakerTag start_time content type transcript".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_json_of_any_shape_is_read_or_refused(value: object) -> None:
    """Fields of the wrong kind read like absent ones; nothing but an InputError is raised."""
    with suppress(InputError):
        read_recogniser(value, file="a.json", where="a.json")
