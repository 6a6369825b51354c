"""Lines of times and words (CTM, STM, labels) and tables of utterances are read, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[1] / "ingest/samples/lines"
Ingest = Callable[..., Any]
WALK = {"Nina": "where did you walk", "Otto": "along the river"}


def saved(folder: Path, text: str, name: str = "a.txt") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def folded(words: dict[str, str]) -> dict[str, str]:
    """Return the words of each speaker in lower case."""
    return {speaker: said.lower() for speaker, said in words.items()}


def test_whisper_tsv_holds_milliseconds(door: Path, ingest: Ingest) -> None:
    """Whole numbers under start and end are milliseconds where speech can be no other (openai/whisper#228)."""
    assert [("PAR", 0, 3000), ("PAR", 3000, 6500)] == ingest(door / "whisper.tsv").spans


def test_ctm_words_have_start_and_duration(door: Path, ingest: Ingest) -> None:
    """A line is a word with its start and duration."""
    assert [("the", 100, 350), ("boy", 400, 700), ("fell", 750, 1100)] == ingest(door / "words.ctm").word_times


def test_stm_segments_have_speakers(door: Path, ingest: Ingest) -> None:
    """Recording, channel and labels are no words."""
    seen = ingest(door / "ref.stm")
    assert {"INV": "what do you see", "PAR": "the boy fell down"} == seen.words
    assert [("INV", 0, 2000), ("PAR", 2200, 5000)] == seen.spans


def test_rttm_is_refused_by_name(door: Path, ingest: Ingest) -> None:
    """A file that says who spoke when, and no words, says so."""
    refused = ingest(door / "diar.rttm").refused
    assert "RTTM, which says who spoke when and holds no words; give the words with their speakers" in refused


@pytest.mark.parametrize(
    ("name", "speakers"), [("audacity.txt", ["INV", "PAR"]), ("aud_whisperx.aud", ["SPEAKER_00", "SPEAKER_01"])]
)
def test_labels_with_times(door: Path, ingest: Ingest, name: str, speakers: list[str]) -> None:
    """Times and names of labels are no words."""
    seen = ingest(door / name)
    assert dict(zip(speakers, ["What do you see", "The boy fell"], strict=True)) == seen.words
    assert [(speakers[0], 100, 2000), (speakers[1], 2200, 5000)] == seen.spans


def test_an_nvivo_table(door: Path, ingest: Ingest) -> None:
    """The columns Timespan, Content and Speaker are times, words and speakers."""
    seen = ingest(door / "nvivo.tsv")
    assert {"Anna": "Tell me what you see", "Mary": "The boy is on a stool"} == seen.words
    assert [("Anna", 0, 3000), ("Mary", 3500, 9000)] == seen.spans


def test_ctm_of_a_telephone_call(ingest: Ingest) -> None:
    """Of several recordings that of the file's name is read; channels are two people; marks are no words.

    After the SCTK manual (NIST), page on the ctm format: alternatives, comments and null words.
    """
    seen = ingest(SAMPLES / "interview.ctm")
    assert {"A": "we walk walked home", "B": "and then"} == seen.words
    assert [("we", 200, 500), ("walk", 550, 800), ("walked", 850, 1200), ("home", 1900, 2300)] == seen.word_times[:4]
    assert ["hesitation"] == seen.events
    assert "1 places with alternative words; the first was read" in seen.diagnostics


def test_stm_of_an_interview(ingest: Ingest) -> None:
    """What is not scored is no speech; an optional word is one, of alternatives the first (SCTK manual, stm format)."""
    seen = ingest(SAMPLES / "interview.stm")
    assert {"Nina": "where did you walk", "Otto": "along the river to the bri bridge and back"} == seen.words
    assert ["hesitation", "cough"] == seen.events
    assert "2 segments that are marked as not scored were not read" in seen.diagnostics


def test_audacity_labels(ingest: Ingest) -> None:
    """Frequencies and empty labels are passed over (Audacity manual, importing and exporting labels)."""
    seen = ingest(SAMPLES / "audacity.txt")
    assert {"Nina": "Where did you walk", "Otto": "Along the river And back"} == seen.words
    assert [("Nina", 500, 2250), ("Otto", 2750, 5000), ("Otto", 5500, 6250)] == seen.spans
    assert "1 labels without a speaker continue the one above" in seen.diagnostics


def test_whisperx_labels(ingest: Ingest) -> None:
    """The name in double brackets is the speaker (m-bain/whisperX, its writer of .aud files)."""
    seen = ingest(SAMPLES / "whisperx.aud")
    assert {"SPEAKER_01": "Where did you walk", "SPEAKER_00": "Along the river and back"} == seen.words
    assert [("SPEAKER_01", 31, 1904), ("SPEAKER_00", 2205, 5800)] == seen.spans


def test_whisper_table(ingest: Ingest) -> None:
    """Whisper's .tsv (openai/whisper, its writer of .tsv files) has no speakers and whole milliseconds."""
    seen = ingest(SAMPLES / "whisper.tsv")
    assert {"PAR": "We walked along the river Then it started to rain"} == seen.words
    assert [("PAR", 0, 2400), ("PAR", 2400, 5060)] == seen.spans


def test_nvivo_rows_that_continue(ingest: Ingest) -> None:
    """An empty speaker continues the one above, and that is said (NVivo help, transcripts of audio)."""
    seen = ingest(SAMPLES / "nvivo.tsv")
    assert {"Nina": "Where did you walk", "Otto": "Along the river And back again"} == seen.words
    assert ("Otto", 6500, 3608100) == seen.spans[-1]
    assert "1 rows without a speaker continue the one above" in seen.diagnostics


@pytest.mark.parametrize(
    ("name", "spans", "said"),
    [
        ("elan_tab.txt", [("Nina", 400, 2100), ("Otto", 2600, 5300)], ""),
        ("elan_header.txt", [("Nina", 400, 2100), ("Otto", 62600, 65300)], ""),
        ("praat_table.tsv", [("Nina", 400, 2100), ("Otto", 2600, 5300)], ""),
    ],
)
def test_tables_of_tiers(ingest: Ingest, name: str, spans: list[tuple[str, int, int]], said: str) -> None:
    """A table with a column of tiers is read as the tiers are, with a header or without.

    After the ELAN manual, "Tab-delimited text file", and the Praat manual, "TextGrid: Down to Table".
    """
    seen = ingest(SAMPLES / name)
    assert WALK == seen.words
    assert spans == seen.spans
    assert said in seen.diagnostics


def test_a_premiere_table(ingest: Ingest) -> None:
    """Times with frames are read to the whole second, and that is said (Adobe Premiere help, exporting transcripts)."""
    seen = ingest(SAMPLES / "premiere.csv")
    assert {"Nina": "Where did you walk", "Otto": "Along the river and back"} == seen.words
    assert [("Nina", 0, 2000), ("Otto", 2000, 5000)] == seen.spans
    assert "4 times with frames were read to the whole second" in seen.diagnostics


SPANS = [("Nina", 400, 2100), ("Otto", 2600, 5300)]


@pytest.mark.parametrize(
    "table",
    [
        "Speaker;Start (s);End (s);Text\nNina;0,4;2,1;where did you walk\nOtto;2,6;5,3;along the river\n",
        "sep=;\nSpeaker;Start;End;Utterance text\nNina;0.4;2.1;where did you walk\nOtto;2.6;5.3;along the river\n",
        "speaker|in|out|transcript\nNina|0.4|2.1|where did you walk\nOtto|2.6|5.3|along the river\n",
        "Speaker Label,startMs,endMs,Content\nNina,400,2100,where did you walk\nOtto,2600,5300,along the river\n",
        "speaker,start,end,text\nNina,400.0,2100.0,where did you walk\nOtto,2600.0,5300.0,along the river\n",
        "who\tOnset\tOffset\tsentence\nNina\t0:00.4\t0:02.1\twhere did you walk\n"
        "Otto\t0:02.6\t0:05.3\talong the river\n",
        "start,end,text\n400,2100,Nina: where did you walk\n2600,5300,Otto: along the river\n",
        "text,start,duration,speaker\nwhere did you walk,0.4,1.7,Nina\nalong the river,2.6,2.7,Otto\n",
        "Tier\tAnfangszeit - hh:mm:ss.ms\tEndzeit - hh:mm:ss.ms\tText\nNina\t00:00:00.400\t00:00:02.100\t"
        "where did you walk\nOtto\t00:00:02.600\t00:00:05.300\talong the river\n",
        "speaker,start,end,text\nOtto,2.6,5.3,along the river\nNina,0.4,2.1,where did you walk\n",
    ],
)
def test_columns_as_tools_name_them(tmp_path: Path, ingest: Ingest, table: str) -> None:
    """Names, units and delimiters of all kinds give the same speakers, words and times."""
    seen = ingest(saved(tmp_path, table))
    assert WALK == folded(seen.words)
    assert SPANS == seen.spans


def test_a_row_a_word(tmp_path: Path, ingest: Ingest) -> None:
    """Rows of a word each are the words of utterances, with their times."""
    seen = ingest(saved(tmp_path, "word,start,end\nthe,0.1,0.3\nboy,0.4,0.7\nfell,1.2,1.5\n"))
    assert [("the", 100, 300), ("boy", 400, 700), ("fell", 1200, 1500)] == seen.word_times
    assert [0.5] == seen.pauses


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("Speaker,Start,End\nNina,0.4,2.1\nOtto,2.6,5.3\n", "no column of text; columns found: Speaker, Start, End"),
        (
            "Begin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tNina\n00:00:00.400\t00:00:02.100\twe walk\n",
            "no column of text",
        ),
        (
            "speaker,transcript,text\nNina,où est il,where is he\nOtto,il est là,he is there\n",
            "more than one column of text: text, transcript",
        ),
        ("0:01\tNina\twe walk home\n0:05\tOtto\tthey stay\n", "a table without a header"),
        (
            "start\tend\ttext\n0\t90000000\twe\n90000000\t180000000\tgo\n",
            "times that are neither seconds nor milliseconds",
        ),
        ("SPKR-INFO a 1 <NA> <NA> <NA> unknown A <NA>\nLEXEME a 1 0.10 0.20 we lex A 0.9\n", "RTTM"),
        ("x 1 0.50 0.90 we\nx 1 0.95 1.40 go\nx 1 1.45 1.90 on\n", "a CTM file whose fourth column holds ends"),
        (
            "one 1 0.1 0.2 we\ntwo 1 0.1 0.2 go\n",
            "holds 2 recordings, none of them called 'S1': one, two; name one in the manifest",
        ),
        ("0.5\t0.9\t\n1.0\t2.0\t\n", "a label track without words"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, ingest: Ingest, table: str, named: str) -> None:
    """The line says what the file is and never holds a word of it."""
    refused = ingest(saved(tmp_path, table)).refused
    assert named in refused
    assert "we walk" not in refused
    assert "*PAR" not in refused


def test_a_translation_beside_the_text_is_named(tmp_path: Path, ingest: Ingest) -> None:
    """A further column of words, which nothing calls a transcript, is not read, and that is said."""
    table = "speaker,text,Translation\nNina,où vas tu,where do you go\nOtto,le long du fleuve,along the river\n"
    seen = ingest(saved(tmp_path, table))
    assert {"Nina": "où vas tu", "Otto": "le long du fleuve"} == seen.words
    assert "columns that hold words and were not read: Translation" in seen.diagnostics


def test_whole_seconds_stay_seconds(tmp_path: Path, ingest: Ingest) -> None:
    """The same header with times that only seconds can be is read in seconds."""
    seen = ingest(saved(tmp_path, "start\tend\ttext\n0\t3\tThe boy takes a cookie.\n3\t7\tThe sink runs over.\n"))
    assert [("PAR", 0, 3000), ("PAR", 3000, 7000)] == seen.spans


@pytest.mark.parametrize("speakers", [("A", "B"), ("Nina", "Nina")])
def test_stm_channels_are_kept_apart(tmp_path: Path, ingest: Ingest, speakers: tuple[str, str]) -> None:
    """One label in two channels is two people."""
    seen = ingest(saved(tmp_path, f"S1 1 {speakers[0]} 0 1.5 so\nS1 2 {speakers[1]} 2 3.5 yes\n", "c.stm"))
    assert ["so", "yes"] == list(seen.words.values())


@pytest.mark.parametrize(
    "text",
    [
        "Words, words, words.\nThat is what he said, all of it.\n",
        "The text is short.\nHe went in, out and home.\n",
        "In 1 2.5 3.5 litres\nof water we cook.\n",
        "INV:\t\twhat do you see\nPAR:\t\tthe boy\n",
    ],
)
def test_prose_is_no_table(tmp_path: Path, ingest: Ingest, text: str) -> None:
    """Lines that only look a little like a header or like columns stay prose."""
    assert "text" == ingest(saved(tmp_path, text)).row["format"]


ROWS = [("A", "0.5", "2.5", "What do you see here?"), ("B", "4.0", "8.0", "The kettle boils, and so on")]


@pytest.mark.parametrize(
    "text",
    [
        'spkr,strt,nd,txt\nA,0.5,2.5,What do you see?\nB,4.0,8.0,"The kettle, boils"\n',
        'Sprekr,Tekst\nA,What do you see?\nB,"The kettle, and so on"\n',
        "A;0.5;What do you see?\nB;4.0;The kettle boils\n",
        "0.5,2.5,A,What do you see?\n4.0,8.0,B,The kettle boils\n",
        "who|what\nA|What do you see?\nB|The kettle boils\n",
    ],
)
def test_rows_of_no_known_columns_are_no_prose(ingest: Ingest, tmp_path: Path, text: str) -> None:
    """Lines that are cut alike are a table, whatever its header is called: no cell becomes speech."""
    assert "no column of text" in ingest(saved(tmp_path, text)).refused


def test_prose_with_commas_is_prose(ingest: Ingest, tmp_path: Path) -> None:
    """A comma in each line, with a space behind it, parts no cells."""
    text = "Well, the kettle boils.\nThen, the boy fell.\nSo, yes.\n"
    assert {"PAR": 10} == ingest(saved(tmp_path, text)).counts


def test_a_table_of_r_between_spaces_is_refused(ingest: Ingest, tmp_path: Path) -> None:
    """R's write.table parts columns by spaces, where no other file in quotes does."""
    text = '"speaker" "text"\n"1" "A" "What do you see here?"\n"2" "B" "The kettle boils"\n'
    assert "columns are separated by spaces" in ingest(saved(tmp_path, text)).refused


def test_minutes_in_the_name_of_a_column(ingest: Ingest, tmp_path: Path) -> None:
    """``Start (min)`` holds minutes."""
    text = "Speaker,Start (min),End (min),Text\nA,0.5,0.55,so it is\nB,1,1.1,yes it is so\n"
    assert [("A", 30_000, 33_000), ("B", 60_000, 66_000)] == ingest(saved(tmp_path, text)).spans


@pytest.mark.parametrize("name", ["Zeitpunkt", "Start frame"])
def test_times_in_a_column_of_no_known_name_are_reported(ingest: Ingest, tmp_path: Path, name: str) -> None:
    """Times are not lost in silence."""
    cells = ["0:01", "0:04"] if name == "Zeitpunkt" else ["25", "100"]
    text = f"Speaker,{name},Text\nA,{cells[0]},so it is\nB,{cells[1]},yes it is so\n"
    seen = ingest(saved(tmp_path, text))
    assert f"columns that hold times and were not read: {name}" in seen.diagnostics


def test_one_false_time_is_no_unit(ingest: Ingest, tmp_path: Path) -> None:
    """A row that ends an hour late is reported; the others show that the times are seconds."""
    text = "speaker,start,end,text\nA,0,3,what do you see in the picture\nB,4,8,the kettle boils\nB,9,3700,and so on\n"
    seen = ingest(saved(tmp_path, text))
    assert {"A": 7, "B": 6} == seen.counts
    assert "1 utterances last longer than any speech of their words" in seen.diagnostics


def test_a_laugh_at_the_end_of_a_word(ingest: Ingest, tmp_path: Path) -> None:
    """``stool.[laughs]`` without a space is a word and an event."""
    text = "speaker,start,end,text\nA,0,3,the boy is on the stool.[laughs]\n"
    seen = ingest(saved(tmp_path, text))
    assert ({"A": "the boy is on the stool"}, ["laughs"]) == (seen.words, seen.events)


def test_a_speaker_in_two_cases_is_one_person(ingest: Ingest, tmp_path: Path) -> None:
    """``Anna`` and ``anna`` in hand-written tables are one, and that is said."""
    seen = ingest(saved(tmp_path, "speaker,text\nAnna,so it is\nINV,yes\nanna,and so on\n"))
    assert {"Anna": "so it is and so on", "INV": "yes"} == seen.words
    assert "1 rows write a speaker in another case" in seen.diagnostics


def test_labels_that_only_name_speakers_are_no_words(ingest: Ingest, tmp_path: Path) -> None:
    """Who spoke when, written as labels, holds no words."""
    text = "0.5\t2.5\tA\n4.0\t8.0\tB\n9.0\t10.0\tA\n"
    assert "a label track without words" in ingest(saved(tmp_path, text)).refused
