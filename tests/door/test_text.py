"""Plain text and SALT through the command: whose words, which times, and what is refused by which name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[1] / "ingest" / "samples"

# The sentences are ours; the layout is that of the page or repository named, or, where none is, as users describe it.
TOOLS = [
    # UmbraLimi/research, Comm-Helpers/.claude/commands/r-otter.md; transcript-indexer.pages.dev, "readers.otter"
    ("text/otter.txt", {"Anna Smith": 12, "Speaker 2": 17}, [2_000, 9_000, 31_000, 34_000]),
    # danyelf/parse-vtt, notes.md: name and time in brackets above the words
    ("text/rev.txt", {"Interviewer": 10, "Mary Jones": 13}, [2_000, 9_000, 20_000]),
    # the example zoom.txt of the cases that this project was given
    ("text/zoom.txt", {"Anna Smith": 8, "Mary Jones": 10}, [50_521_000, 50_529_000, 50_551_000, 50_554_000]),
    # the example teams.txt of the same; laxman006/Slack2teams-2 for the two notices
    ("text/teams.txt", {"Anna Smith": 6, "Mary Jones": 12}, [2_000, 9_000]),
    # a converter of Teams documents: "Speaker Name   MM:SS Text of what they said"
    ("text/teams_one_line.txt", {"Anna Smith": 6, "Mary Jones": 12}, [2_000, 9_000, 3_729_000]),
    # amm3/transcriptformatter, docs/SPEAKER_FEATURE_GUIDE.md: what DaVinci Resolve exports
    ("text/resolve.txt", {"Anna": 6, "Mary": 12}, [3_602_000, 3_609_000, 3_612_000]),
    # a time before each label: phantom47m/leon-system, skills/ai-meeting-notes/examples/input-transcript.md
    ("text/descript.txt", {"Anna": 8, "Mary": 6}, [2_000, 9_000, 31_000]),
    # oTranscribe/oTranscribe, README.md: a time wherever its key was pressed
    ("text/otranscribe.txt", {"Anna": 8, "Mary": 19}, [2_000, 9_000, 14_000, 31_000, 34_000]),
    # no public file was at hand: a time with a fraction and a dash before the speaker, as users describe it
    ("text/happy_scribe.txt", {"Speaker 1": 6, "Speaker 2": 6}, [2_010, 9_120]),
    # docs.aseed.ai, "Text transcripts", lists Google Meet among name and colon; its header and footer as users describe
    ("text/google_meet.txt", {"Anna Smith": 8, "Mary Jones": 13}, [0, 300_000]),
    # help-nv.qsrinternational.com, "Import transcripts": tab-delimited lines with a timestamp
    ("text/nvivo.txt", {"Anna": 8, "Mary": 10}, [2_000, 9_000, 31_000, 34_000]),
    # the example whisperx.txt of the cases that this project was given
    ("text/whisperx.txt", {"SPEAKER_00": 6, "SPEAKER_01": 12}, []),
    # ggml-org/whisper.cpp#1031
    ("text/whisper_cpp.txt", {"speaker 0": 6, "speaker 1": 12}, [2_000, 9_000, 12_500]),
    # Karish-Gupta/Video-to-Dialog-Reports-Via-VLM-and-Adaptive-Generated-QA-Dataset, VLM/transcript_context.py
    ("text/diarised.txt", {"Unknown": 6, "Mary": 12}, [2_233, 9_255, 12_321]),
]


@pytest.mark.parametrize(("sample", "counts", "starts"), TOOLS, ids=[tool[0] for tool in TOOLS])
def test_the_files_of_tools_are_read_with_speakers_words_and_times(
    ingest: Any, sample: str, counts: dict[str, int], starts: list[int]
) -> None:
    """Each speaker has the words of his turns and no digit of a time; a time before a turn is its start."""
    seen = ingest(SAMPLES / sample)
    assert counts == seen.counts
    assert starts == [start for _, start, _ in seen.spans if start is not None]


def test_f4_marks_the_end_of_a_paragraph(ingest: Any) -> None:
    """`#00:00:05-1#` is five seconds and a tenth, and the end of what stands before it."""
    seen = ingest(SAMPLES / "text/f4.txt")
    assert {"I": 8, "B": 12} == seen.counts
    assert [("I", None, 5_100), ("B", None, 12_400), ("I", None, 14_000), ("B", None, 19_700)] == seen.spans
    assert ["lacht"] == seen.events


def test_what_whisper_prints_is_read_as_captions(ingest: Any) -> None:
    """Whisper's console output names no speaker: its times are those of cues, and no digit of them is a word."""
    seen = ingest(SAMPLES / "text/whisper_console.txt")
    assert [("PAR", 2_000, 5_500), ("PAR", 9_000, 12_500)] == seen.spans
    assert "srt" == seen.row["format"]


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ("otter.txt", {"Anna Smith": 10, "Speaker 2": 15}),
        ("otter_min.txt", {"Anna Smith": 8, "Mary Jones": 18}),
        ("rev.txt", {"Interviewer": 10, "Participant": 15}),
        ("zoom.txt", {"Anna Smith": 7, "Mary Jones": 10}),
        ("teams.txt", {"Doctor Smith": 6, "Anna B": 9}),
        ("whisperx.txt", {"SPEAKER_00": 4, "SPEAKER_01": 5}),
        ("f4.txt", {"I": 7, "B": 13}),
        ("tc.txt", {"PAR": 7}),
        ("bare_name.txt", {"Interviewer": 6, "Participant": 4}),
        ("lower_speaker.txt", {"speaker 1": 6, "speaker 2": 4}),
        ("interviewer_brackets.txt", {"Interviewer": 6, "Participant": 4}),
        ("long_name.txt", {"Dr. Anna Maria van der Berg": 6, "Mary Jones": 4}),
        ("paren.txt", {"speaker 0": 5, "speaker 1": 9}),
        ("chatty.txt", {"PAR": 9, "INV": 1}),
    ],
)
def test_what_was_misread_is_read(door: Path, ingest: Any, case: str, counts: dict[str, int]) -> None:
    """No label, time, footer or code is a word, and no word is another speaker's."""
    assert counts == ingest(door / case).counts


@pytest.mark.parametrize("case", ["whisperx.txt", "lower_speaker.txt", "paren.txt", "otter_min.txt"])
def test_a_speaker_is_not_guessed(door: Path, ingest: Any, case: str) -> None:
    """Where two may be the participant and nobody says which, that is the reason why the file is not read."""
    assert "more than one speaker may be the participant" in ingest(door / case, participant=None).refused


@pytest.mark.parametrize("case", ["rev.txt", "teams.txt", "f4.txt", "bare_name.txt", "long_name.txt", "chatty.txt"])
def test_roles_tell_the_participant(door: Path, ingest: Any, case: str) -> None:
    """Where the other one is an interviewer, nothing need be said."""
    assert "" == ingest(door / case, participant=None).refused


def test_codes_of_chat_in_plain_text_are_read_as_in_chat(door: Path, ingest: Any) -> None:
    """Retracings, fillers and fragments are left out of the fluent view; `xxx` is no word and `(..)` a pause."""
    seen = ingest(door / "chatty.txt")
    assert ("9", "6") == (seen.row["words_spoken"], seen.row["words_fluent"])
    assert [None] == seen.pauses


def test_salt_of_the_cases(door: Path, ingest: Any) -> None:
    """P lines are the participant's: 17 words, 16 of them fluent; I is the interviewer."""
    seen = ingest(door / "salt_2.txt", participant=None)
    assert ("17", "16", "salt") == (seen.row["words_spoken"], seen.row["words_fluent"], seen.row["format"])
    assert "I was born in a small town Uh it's in the north They worked on a farm" == seen.words["P"]


def test_salt_keeps_what_was_said_and_marks_the_rest(ingest: Any) -> None:
    """Mazes are left out of the fluent view; codes, omissions and comments are no words."""
    seen = ingest(SAMPLES / "salt/conversation.slt", participant=None)
    assert (
        "Um my sisters came and we we baked a cake And you you you should have seen it It's a all going now "
        "We goed to lake with He want two dishes and this one that great_big one plop there it fell"
    ) == seen.words["C"]
    assert ["laughs"] == seen.events
    assert [3.0, 4.0] == seen.pauses
    assert [("E", 0, None), ("C", 65_000, None)] == [span for span in seen.spans if span[1] is not None]
    fluent = int(seen.row["words_spoken"]) - int(seen.row["words_fluent"])
    assert len("Um we you you a this one".split()) == fluent


def test_a_salt_utterance_goes_on_over_lines(ingest: Any) -> None:
    """A line that begins with no speaker goes on with the utterance above it."""
    seen = ingest(SAMPLES / "salt/participant.slt", participant=None)
    assert {"P": 21, "I": 3} == seen.counts
    assert "" == seen.diagnostics


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("$ Child, Examiner\nHello there.\n", "SALT"),
        ("$ Child, Clinician\nC hi.\n", "SALT"),
        ("+ Language: English\nC He want/ed it.\nE Ok.\n", "SALT"),
        ('{"text" "x"}', "JSON"),
        ('["a", "b"', "JSON"),
        ("<transcript><u who='A'>hi</u></transcript>", "XML"),
        ("<div>hi</div>", "a web page"),
        ("{\\rtf1 hi}", "RTF"),
        ("[Script Info]\nTitle: x\n", "SubStation Alpha"),
        ("{0}{25}hi\n", "MicroDVD"),
        ("[ti:Song]\n[00:01.00]hi\n", "lyrics"),
        ("File type = x\nhello", "Praat"),
        ("SPEAKER f 1 0.00 1.50 <NA> <NA> A <NA> <NA>\n", "RTTM"),
        ("@Languages:\teng\nPAR: hi\n", "CHAT"),
        ("Spkr,Strt,Cntnt\nA,1,hi\nB,2,ho\n", "no column of text"),
        ("\\documentclass{article}\nhi\n", "LaTeX"),
    ],
)
def test_text_of_another_format_is_never_prose(tmp_path: Path, ingest: Any, text: str, named: str) -> None:
    """What bears the mark of another format is refused by the name of it."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    assert named in ingest(file).refused


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("A what do you see\nB the boy fell\nA anything else\nB no", "line starts alternate"),
        ("INT what do you see\nPAR the boy fell\nINT anything else\nPAR no", "line starts alternate"),
        ("Interviewer what is it\nParticipant the boy\nInterviewer ok\nParticipant no", "line starts alternate"),
        ("0:03 what do you see\n0:09 the boy fell", "clock times"),
        ("so it was (0:03)\nand then (0:09)", "clock times"),
        ("1: what do you see\n2: the boy fell\n1: ok", "begin with a number"),
        ("12 13 14\n15 16 17", "number"),
        ("- what do you see\n- the boy fell", "dash"),
        ("PAR: a boy INV: what else PAR: a girl", "among their words"),
    ],
)
def test_line_starts_that_look_like_labels_are_reported(tmp_path: Path, ingest: Any, text: str, what: str) -> None:
    """Where no label was found and line starts look like labels, times or numbers, that is said."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    assert what in ingest(file).diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "The boy is on the stool.\nThe girl laughs.\nThe water runs over.\nAnd the mother dries a plate.",
        "I see a boy.\nA girl is there.\nI think she laughs.\nA plate.",
        "Note: the boy fell\nand he cried\nHe said: go away\nYes\nso that was it",
        "Dog\nHorse\nCat\nCow\nDog\nPig\nCat\nHen",
        "It was at 10:30 in the morning.\nThen we went home.",
        "Yes\nNo\nYes\nNo",
        "Bread; milk and eggs\nCheese; butter\nBread; jam\nMilk; tea",
    ],
)
def test_prose_is_prose(tmp_path: Path, ingest: Any, text: str) -> None:
    """Prose with colons, capitals, repeated lines or a time of day is one person's speech, whole, and not doubted."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    seen = ingest(file)
    spoken = text.translate({ord(":"): " ", ord("="): " ", ord("."): None, ord(";"): None}).split()
    assert {"PAR": " ".join(spoken)} == seen.words
    assert "" == seen.diagnostics


Q, A = "What do you see?", "Well, the boy fell."
Q2, A2 = "Anything else?", "The sink runs over."
ASKED, ANSWERED = "What do you see Anything else", "Well the boy fell The sink runs over"


def dialogue(first: str, second: str) -> str:
    """Return four turns; ``{}`` in the beginnings takes the words."""
    return "\n".join(form.format(said) for form, said in ((first, Q), (second, A), (first, Q2), (second, A2)))


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("Q. {}", "A. {}", ("Q", "A")),
        ("Q) {}", "A) {}", ("Q", "A")),
        ("Interviewer—{}", "Participant—{}", ("Interviewer", "Participant")),
        ("INT; {}", "PAR; {}", ("INT", "PAR")),
        ("INT = {}", "PAR = {}", ("INT", "PAR")),
        ("• INT: {}", "• PAR: {}", ("INT", "PAR")),
        ("* Anna: {}", "* Mary: {}", ("Anna", "Mary")),
        ("(1.2) INT: {}", "[laughs] PAR: {}", ("INT", "PAR")),
        ("[2.1s] Anna: {}", "[7.5s] Mary: {}", ("Anna", "Mary")),
        ("Speaker 1(00:02)\n{}", "Speaker 2(00:07)\n{}", ("Speaker 1", "Speaker 2")),
        ("Interviewer 00:00:02:\n{}", "Participant 00:00:07:\n{}", ("Interviewer", "Participant")),
        ("0:02,1 - 0:05,9, Speaker 1\n{}", "0:07,1 - 0:12,0, Speaker 2\n{}", ("Speaker 1", "Speaker 2")),
        ("[3/1/24, 10:12:05 AM] Anna: {}", "[3/1/24, 10:12:15 AM] Mary: {}", ("Anna", "Mary")),
        ("2024-03-01 10:12:05 Anna: {}", "2024-03-01 10:12:15 Mary: {}", ("Anna", "Mary")),
        ("**Anna Smith** *[00:02]*: {}", "**Mary Jones** *[00:07]*: {}", ("Anna Smith", "Mary Jones")),
        ("Anna Smith  12:02\n{}", "Mary Jones  12:07\n{}", ("Anna Smith", "Mary Jones")),
        ("**[00:02] Anna**: {}", "**[00:07] Mary**: {}", ("Anna", "Mary")),
        ("@0:02 - Anna Smith\n{}", "@0:07 - Mary Jones\n{}", ("Anna Smith", "Mary Jones")),
        ("Médecin : {}", "Mme Dupont : {}", ("Médecin", "Mme Dupont")),
        ("Untersucherin: {}", "Probandin: {}", ("Untersucherin", "Probandin")),
    ],
)  # fmt: skip
def test_forms_of_labels(tmp_path: Path, ingest: Any, first: str, second: str, names: tuple[str, str]) -> None:
    """Labels are labels in every form that clinics and tools write, and no sign, time or date of theirs is a word."""
    file = tmp_path / "a.txt"
    file.write_text(dialogue(first, second), encoding="utf-8")
    assert {names[0]: ASKED, names[1]: ANSWERED} == ingest(file).words


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (("I get up at 10:30", "breakfast at 11:00"), "I get up at 10 30 breakfast at 11 00"),
        (("10:30 I get up.", "11:00, breakfast."), "10 30 I get up 11 00 breakfast"),
        (("10:30", "11:00"), "10 30 11 00"),
        (("It was 3:1 for us.", "The train left at 7:15."), "It was 3 1 for us The train left at 7 15"),
        (("Let me see.\nLunch 12:30\nDinner 18:00", "Bed."), "Let me see Lunch 12 30 Dinner 18 00 Bed"),
        (("Well.\nMonday: we left.\nHe said: go.", "No."), "Well Monday we left He said go No"),
        (("Step 1: boil it.\nStep 2: pour it.", "No."), "Step 1 boil it Step 2 pour it No"),
    ],
)
def test_times_and_colons_in_speech_are_words(
    tmp_path: Path, ingest: Any, answers: tuple[str, str], words: str
) -> None:
    """A time of day is said, at the start, at the end or alone in an answer; what stands before a colon may be too."""
    file = tmp_path / "a.txt"
    file.write_text(f"INT: When?\nPAR: {answers[0]}\nINT: And then?\nPAR: {answers[1]}\n", encoding="utf-8")
    assert {"INT": "When And then", "PAR": words} == ingest(file).words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A (whispering): so\nB: he\nA (laughing): it", {"A": "so it", "B": "he"}),
        ("Anna (2m 10s): so\nMary (2m 15s): he\nAnna (2m 30s): it", {"Anna": "so it", "Mary (2m 15s)": "he"}),
        ("PAR: the boy is (INT: mhm) here.\nINT: Ok", {"PAR": "the boy is here", "INT": "mhm Ok"}),
        ("B: the boy //I: mhm// fell.\nI: Ok", {"B": "the boy fell", "I": "mhm Ok"}),
        ("INT: Animals?\nPAR: 1. dog\n2. cat\nINT: More?\nPAR: 3. cow", {"INT": "Animals More", "PAR": "dog cat cow"}),
    ],
)
def test_one_person_has_one_name_and_own_words(tmp_path: Path, ingest: Any, text: str, words: dict[str, str]) -> None:
    """Remarks in a label make no second person; another's words in brackets and numbers of a list are left out."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    assert words == ingest(file).words


def test_words_at_the_ends_of_pages_are_speech(tmp_path: Path, ingest: Any) -> None:
    """Turns and single words that come again beside page numbers are no running heads."""
    file = tmp_path / "a.txt"
    file.write_text("INT: so\nPAR: well\nyes\nPage 1\nINT: so\nPAR: he\nyes\nPage 2\n", encoding="utf-8")
    assert {"INT": "so so", "PAR": "well yes he yes"} == ingest(file).words


@pytest.mark.parametrize(
    "furniture",
    [
        ("Visit of Anna\nMarch 1, 2024, 10:12AM\n12m 5s\n", "", ""),
        ("Present: Anna Smith (interviewer), Mary Jones\n", "", ""),
        ("INT: Interviewer\nPAR: Participant\n", "", ""),
        ("Memory Study P017\n", "Page 1\nMemory Study P017\n", "Page 2\n"),
        ("Memory Study\n", "Memory Study\n", "Memory Study\n"),
        ("", "- 1 -\n", "- 2 -\n"),
        ("", "Seite 1 von 2\n", "Seite 2 von 2\n"),
        ("", "Memory Study  Page 1\n", "Memory Study  Page 2\n"),
        ("", "", "*** END ***\n"),
    ],
)
def test_what_stands_around_the_speech_is_no_speech(
    tmp_path: Path, ingest: Any, furniture: tuple[str, str, str]
) -> None:
    """Dates, lists of people, legends of labels, page numbers and running heads are nobody's words."""
    file = tmp_path / "a.txt"
    file.write_text(
        f"{furniture[0]}INT: {Q}\nPAR: {A}\n{furniture[1]}INT: {Q2}\nPAR: {A2}\n{furniture[2]}", encoding="utf-8"
    )
    seen = ingest(file)
    assert {"INT": ASKED, "PAR": ANSWERED} == seen.words
    assert seen.diagnostics or furniture[0].startswith("INT")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("What do you see?\nThe boy fell.\nAnything else?\nNo.", "many sentences are questions"),
        ("What do you see? The boy fell. Anything else? No.", "many sentences are questions"),
        ("Mary: the boy fell.\nHe cried.\nThe end.", "begin as with a speaker label"),
        ("Participant 17\nThe boy fell.\nHe cried.", "looks like a title"),
        ("ID: 17\nThe boy fell.\nHe cried.", "looks like a title"),
        ("Cookie Theft\nThe boy fell.\nHe cried.", "looks like a title"),
        ("INT: so?\nPAR: he.\nINT and?\nPAR: no.", "begin as if they had one"),
        ("INT: so?\nPAR: he.\nNote: the phone rings\nINT: and?\nPAR: no.", "begin as if they had one"),
        ("INT: so?\nPAR: he.\n017: no\nINT: and?\nPAR: no.", "begin as if they had one"),
        ("INT: so?\nPAR: he.\nSpeaker ?: no\nINT: and?\nPAR: no.", "begin as if they had one"),
        ("INT: so?\nPAR: he.\nBob: no\nINT: and?\nPAR: no.", "stands nowhere else"),
        ("A: so 12:02\nB: he\nA: and 11:07\nB: no", "were read as words"),
    ],
)
def test_what_is_uncertain_is_said(tmp_path: Path, ingest: Any, text: str, what: str) -> None:
    """Where lines may be a conversation, a title, another's words or times, a diagnostic says so."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    assert what in ingest(file).diagnostics


@pytest.mark.parametrize("text", ["TV. I watch it.\nTV. Always.\nBBC. No.", "BOY = fell\nGIRL = laughs\nBOY = cries"])
def test_faint_marks_make_labels_of_roles_only(tmp_path: Path, ingest: Any, text: str) -> None:
    """A full stop or `=` behind a word that is no role makes nobody speak; that line starts alternate is said."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    seen = ingest(file)
    assert {"PAR": " ".join(text.replace(".", "").replace("=", "").split())} == seen.words
    assert "line starts alternate" in seen.diagnostics
