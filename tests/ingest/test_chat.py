"""A CHAT file -> the turns of all its speakers."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pylangacq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.chat import join_lines, read_chat
from adscreen.records import Diagnostic

HEAD = """@UTF8
@Begin
@Languages:\teng, spa
@Participants:\tPAR Participant, INV Mary Investigator
@ID:\teng|corpus|PAR|70;|male|||Participant|||
@ID:\teng|corpus|INV|||||Investigator|||
"""
FILE = f"""{HEAD}*INV:\ttell me what you see .
%mor:\tverb|tell pron|me .
*PAR:\twell the boy is
\ton the stool . \x15100_900\x15
%mor:\ttoo|few .
*PAR:\tand he is falling +...
@End
"""
GEMS = f"""{HEAD}@Bg:\tCookie_Theft
*PAR:\tthe boy .
@Eg:\tCookie_Theft
@G:\tfluency
*PAR:\tcat dog .
*INV:\tmore ?
@G:\trecall
*PAR:\tthe story .
@End
"""


def words(text: str, *, task: str | None = None, gem: str | None = None) -> list[tuple[str, str]]:
    """Return speaker and words of every utterance."""
    conversation = read_chat(text, file="a.cha", task=task, gem=gem)
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in conversation.utterances]


def whats(text: str) -> list[str]:
    """Return what the diagnostics of a file say."""
    return [diagnostic.what for diagnostic in read_chat(text, file="a.cha").diagnostics]


def test_a_valid_file_is_read_without_a_diagnostic() -> None:
    """Main tiers become utterances with speaker, role, line number and times; dependent tiers are not read."""
    conversation = read_chat(FILE, file="a.cha")
    assert () == conversation.diagnostics
    assert "eng" == conversation.language
    assert [("INV", "Investigator", 7), ("PAR", "Participant", 9), ("PAR", "Participant", 12)] == [
        (u.speaker, u.role, u.line) for u in conversation.utterances
    ]
    assert "well the boy is on the stool" == " ".join(word.text for word in conversation.utterances[1].words)
    assert (100, 900) == (conversation.utterances[1].start_ms, conversation.utterances[1].end_ms)


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_byte_order_mark_and_windows_line_ends_change_nothing(change) -> None:
    """A file saved by a Windows editor reads like the same file without."""
    assert read_chat(FILE, file="a.cha") == read_chat(change(FILE), file="a.cha")


def test_a_bad_utterance_is_reported_and_the_rest_kept() -> None:
    """A malformed line gives a diagnostic with its number; its words and all other utterances stay."""
    broken = FILE.replace("well the boy", "well <the boy")
    assert words(FILE) == words(broken)
    assert (Diagnostic("a.cha", 9, "a group < without >"),) == read_chat(broken, file="a.cha").diagnostics


def test_lines_that_belong_nowhere_are_reported() -> None:
    """A line that is no tier, and a main line without a colon, are passed over with their line numbers."""
    broken = FILE.replace("@End", "stray words\n*PAR no colon .\n@End")
    assert words(FILE) == words(broken)
    assert [13, 14] == [diagnostic.line for diagnostic in read_chat(broken, file="a.cha").diagnostics]


@pytest.mark.parametrize(
    ("removed", "what"),
    [
        ("@End\n", "no @End header"),
        ("@Begin\n", "no @Begin header"),
        ("@Languages:\teng, spa\n", "no @Languages header"),
        ("@ID:\teng|corpus|PAR|70;|male|||Participant|||\n", "no @ID header for PAR"),
        ("@Participants:\tPAR Participant, INV Mary Investigator\n", "no @Participants header"),
    ],
)
def test_a_missing_header_is_a_diagnostic(removed: str, what: str) -> None:
    """A missing header is said and the words are read all the same; @ID and @Participants stand in for each other."""
    assert [what] == whats(FILE.replace(removed, ""))
    assert words(FILE) == words(FILE.replace(removed, ""))
    roles = {u.speaker: u.role for u in read_chat(FILE.replace(removed, ""), file="a.cha").utterances}
    assert {"INV": "Investigator", "PAR": "Participant"} == roles


def test_conversation_analysis_needs_no_terminator() -> None:
    """``@Options: CA`` allows a line to end without a mark; elsewhere that is said."""
    text = f"{HEAD}*PAR:\tthe boy\n@End\n"
    assert ["no utterance terminator"] == whats(text)
    assert [] == whats(text.replace("@Participants", "@Options:\tCA\n@Participants"))


def test_the_languages_of_the_file_reach_its_words() -> None:
    """``@s`` without a code is the second language, and the first is not foreign."""
    conversation = read_chat(f"{HEAD}*PAR:\tla@s um casa@s:spa so@s:eng .\n@End\n", file="a.cha")
    (utterance,) = conversation.utterances
    assert ["spa", None, "spa", None] == [word.language for word in utterance.words]
    assert "filler" == utterance.words[1].kind


def test_a_given_language_stands_in_for_a_missing_header() -> None:
    """Without @Languages the language of the manifest is used; with it, the header holds."""
    bare = FILE.replace("@Languages:\teng, spa\n", "")
    assert "por" == read_chat(bare, file="a.cha", language="por").language
    assert "eng" == read_chat(FILE, file="a.cha", language="por").language


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (None, ["the boy", "cat dog", "more", "the story"]),
        ("Cookie Theft", ["the boy"]),
        ("fluency", ["cat dog", "more"]),
        ("recall", ["the story"]),
    ],
)
def test_a_gem_is_chosen_by_its_name(task: str | None, expected: list[str]) -> None:
    """``@Bg`` to ``@Eg``, and ``@G`` up to the next one; a task that has the very name of a gem chooses it."""
    assert expected == [text for _, text in words(GEMS, gem=task)]
    assert expected == [text for _, text in words(GEMS, task=task)]


def test_the_choice_of_a_gem_goes_before_the_task() -> None:
    """The task of the manifest does not decide what is read where a gem is chosen."""
    assert ["the story"] == [text for _, text in words(GEMS, task="fluency", gem="recall")]
    assert words(GEMS) == words(GEMS, task="fluency", gem="All")


@pytest.mark.parametrize(
    ("task", "gem"), [("stroop", None), ("cookie", None), (None, "stroop"), (None, "cookie"), ("recall", "stroop")]
)
def test_a_gem_that_is_not_there_is_an_error(task: str | None, gem: str | None) -> None:
    """The line lists the gems; a part of a name is none, and speech of several gems is not taken for one task."""
    named = gem or task
    with pytest.raises(InputError, match=rf"a\.cha: no gem '{named}'; the file marks Cookie_Theft, fluency, recall"):
        read_chat(GEMS, file="a.cha", task=task, gem=gem)


def test_a_chosen_gem_is_not_looked_for_where_none_is_marked() -> None:
    """A file without gems is not the gem that was chosen; all of it is ``all``."""
    with pytest.raises(InputError, match=r"a\.cha: no gem 'cookie'; the file marks no gems"):
        read_chat(FILE, file="a.cha", gem="cookie")
    assert words(FILE) == words(FILE, gem="all")


def test_several_gems_without_a_choice_are_told() -> None:
    """All of them are read, and a diagnostic names them; the choice of all says that this is meant."""
    (diagnostic,) = read_chat(GEMS, file="a.cha").diagnostics
    assert "marks 3 gems, and all of them were read: Cookie_Theft, fluency, recall" == diagnostic.what
    assert () == read_chat(GEMS, file="a.cha", gem="all").diagnostics
    assert () == read_chat(GEMS, file="a.cha", gem="fluency").diagnostics


def test_the_only_gem_may_be_called_otherwise_than_the_task() -> None:
    """The whole file is read, which a diagnostic says."""
    one = f"{HEAD}*INV:\thello .\n@G:\trecall\n*PAR:\tthe story .\n@End\n"
    assert ["hello", "the story"] == [text for _, text in words(one, task="story")]
    (diagnostic,) = read_chat(one, file="a.cha", task="story").diagnostics
    assert "the whole file was read: its only gem, recall, is not called as the task is" == diagnostic.what


def test_speech_that_ran_into_a_gem_header_is_not_in_the_error() -> None:
    """A lost line break makes a turn part of the label; the error names only labels that can be names."""
    text = "@Begin\n@Bg:\tcookie\n*PAR:\tthe boy .\n@Bg:\t| *PAR:\tthe girl .\n*PAR:\tthe stool .\n@End\n"
    with pytest.raises(InputError) as caught:
        words(text, gem="stroop")
    assert "no gem 'stroop'; the file marks cookie" == caught.value.what
    with pytest.raises(InputError) as caught:
        words(text.replace("\n@Bg:\tcookie", ""), gem="stroop")
    assert "no gem 'stroop'; the file marks gems without a short name" == caught.value.what


def test_a_file_without_gems_is_of_any_task() -> None:
    """Where nothing is marked the whole file belongs to the task."""
    assert words(FILE) == words(FILE, task="cookie")


def test_what_a_task_leaves_out_is_counted() -> None:
    """Utterances that are left out because of the name of the task, which nobody gave as a choice, are told."""
    (diagnostic,) = read_chat(GEMS, file="a.cha", task="recall").diagnostics
    expected = "only the gem that is called as the task is was read; 3 utterances outside it were left out"
    assert expected == diagnostic.what


def test_one_gem_names_the_task() -> None:
    """A file with a single gem states its task."""
    assert "recall" == read_chat(f"{HEAD}@G:\trecall\n*PAR:\tthe story .\n@End\n", file="a.cha").task
    assert read_chat(GEMS, file="a.cha").task is None


def _files(shared: Path) -> list[Path]:
    """Return the transcribed files; one of the 143 says by @Media that it is not."""
    return sorted(path for path in (shared / "chat").rglob("*.cha") if path.name != "headers-media-notrans.cha")


def test_every_shared_file_is_read(shared: Path) -> None:
    """All constructed and clinical files are read; nearly all, being valid, without a diagnostic."""
    read = [read_chat(path.read_text(encoding="utf-8"), file=path.name) for path in _files(shared)]
    assert 142 == len(read)
    assert 0.95 * len(read) < sum(conversation.diagnostics == () for conversation in read)


@pytest.mark.filterwarnings("ignore:mor/word misalignment")
def test_speakers_and_utterances_agree_with_pylangacq(shared: Path) -> None:
    """An independent reader finds as many utterances of each speaker in every file."""
    for path in _files(shared):
        theirs = pylangacq.CHAT.from_files([str(path)], strict=False).utterances()
        ours = read_chat(path.read_text(encoding="utf-8"), file=path.name).utterances
        expected = Counter(u.participant for u in theirs if u.participant is not None)  # None: a header between turns
        assert expected == Counter(u.speaker for u in ours), path.name


@given(st.text(alphabet=st.characters() | st.sampled_from("@*%:\t\n|, PARINV"), max_size=120))
def test_random_text_never_raises(text: str) -> None:
    """Any text is read, and every line is either read or reported."""
    conversation = read_chat(text, file="a.cha")
    lines, passed_over = join_lines(text, file="a.cha")
    turns = sum(line.text.startswith("*") for line in lines)
    malformed = sum(d.what == "a main line without `*CODE:` was passed over" for d in conversation.diagnostics)
    assert turns == len(conversation.utterances) + malformed
    assert set(passed_over) <= set(conversation.diagnostics)


@pytest.mark.parametrize(
    "line", ["\tand so on\n", "@Bg:\tcookie {}\n*PAR:\tso .\n", "*PAR:\t<so> [/] so .\n", "@Eg:\tx\n"]
)
def test_time_is_linear_in_the_length(line: str) -> None:
    """Eight times the lines take about eight times as long: continuation lines, open gems and all."""

    def seconds(count: int) -> float:
        text = HEAD + "*PAR:\tso\n" + "".join(line.format(number) for number in range(count))
        times = []
        for _ in range(3):
            start = time.process_time()
            read_chat(text, file="a.cha", gem="cookie 0" if "@Bg" in line else None)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(8 * 1000) < 24 * max(seconds(1000), 0.001)
