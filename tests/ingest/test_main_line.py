"""One CHAT main line -> an Utterance that keeps its disfluency."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.tokens import TERMINATORS
from adscreen.records import Event, Pause, Transcript, Utterance, Word
from adscreen.speech import split_sentences

CASES_FILE = Path(__file__).resolve().parents[3] / "shared" / "CHAT_CASES.toml"
CASES = tomllib.loads(CASES_FILE.read_text(encoding="utf-8"))["case"] if CASES_FILE.is_file() else []
DEFAULTS: dict[str, Any] = dict.fromkeys(
    (
        "fillers",
        "fragments",
        "repetitions",
        "retracings",
        "pauses",
        "pause_seconds_timed",
        "errors",
        "unintelligible",
        "omissions",
        "events",
        "other_language",
    ),
    0,
) | {"excluded": False, "terminator": "complete", "start_ms": None, "end_ms": None}


def parse(line: str, languages: tuple[str, ...] = ()) -> Utterance:
    """Return the utterance alone."""
    return parse_main_line(line, languages=languages).utterance


def view(utterance: Utterance, name: str) -> list[str]:
    """Return the tokens of one view, none where the utterance is excluded."""
    transcript = Transcript("r", "s", (utterance,), "PAR")
    return [t for sentence in split_sentences(transcript, view=name) for t in sentence.tokens]  # type: ignore[arg-type]


def described(utterance: Utterance) -> dict[str, Any]:
    """Return what the shared cases state of an utterance."""
    return {
        "spoken": view(utterance, "spoken"),
        "fluent": view(utterance, "fluent"),
        "fillers": sum(word.kind == "filler" for word in utterance.words),
        "fragments": sum(word.kind == "fragment" for word in utterance.words),
        "repetitions": utterance.repetitions,
        "retracings": utterance.retracings,
        "pauses": len(utterance.pauses),
        "pause_seconds_timed": sum(pause.seconds or 0 for pause in utterance.pauses),
        "errors": sum(word.error is not None for word in utterance.words),
        "unintelligible": utterance.unintelligible,
        "omissions": utterance.omissions,
        "events": len(utterance.events),
        "other_language": sum(word.language is not None for word in utterance.words),
        "excluded": utterance.excluded,
        "terminator": utterance.terminator,
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
    }


def test_the_cases_are_there(shared: Path) -> None:
    """The shared cases are found, so the test over them is not empty."""
    assert 16 <= len(tomllib.loads((shared / "CHAT_CASES.toml").read_text(encoding="utf-8"))["case"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_shared_case(case: Mapping[str, Any]) -> None:
    """Every shared case comes out as it says, without a message."""
    expected = DEFAULTS | {key: value for key, value in case.items() if key != "line"}
    parsed = parse_main_line(case["line"])
    assert expected == described(parsed.utterance)
    assert () == parsed.messages


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # Retracing and repetition, alone, in groups, nested and stacked.
        ("the [//] a boy .", {"fluent": ["a", "boy"], "retracings": 1}),
        ("I want the [///] give me .", {"fluent": ["I", "want", "give", "me"], "retracings": 1}),
        ("<the book> [/-] the magazine .", {"fluent": ["the", "magazine"], "retracings": 1}),
        ("the [/?] the boy .", {"fluent": ["the", "boy"], "retracings": 1}),
        ("<the boy> [/] the boy .", {"fluent": ["the", "boy"], "repetitions": 1}),
        (
            "<the <big> [/] big dog> [//] the cat .",
            {"fluent": ["the", "cat"], "repetitions": 1, "retracings": 1},
        ),
        ("<<the> [/] the boy> [/] the boy .", {"fluent": ["the", "boy"], "repetitions": 2}),
        ("<ingroup [/]> [<] after .", {"spoken": ["ingroup", "after"], "fluent": ["after"], "repetitions": 1}),
        ("<&-uh the &+b> [//] the boy .", {"fluent": ["the", "boy"], "retracings": 1, "fillers": 1, "fragments": 1}),
        ("then [% pause] [//] and now .", {"fluent": ["and", "now"], "retracings": 1}),
        ("the (.) [/] the boy .", {"fluent": ["the", "boy"], "repetitions": 1, "pauses": 1}),
        ("the &=laughs [/] the boy .", {"fluent": ["the", "boy"], "repetitions": 1, "events": 1}),
        ("the[/] the<boy>[//] girl.", {"fluent": ["the", "girl"], "repetitions": 1, "retracings": 1}),
        ("xxx [/] the boy .", {"fluent": ["the", "boy"], "repetitions": 1, "unintelligible": 1}),
        ("go [x 3] now .", {"spoken": ["go", "go", "go", "now"], "fluent": ["go", "now"], "repetitions": 2}),
        (
            "<ha ho> [x 2] .",
            {"spoken": ["ha", "ho", "ha", "ho"], "fluent": ["ha", "ho"], "repetitions": 1},
        ),
        # Replacements and errors.
        ("<get it> [: forget it now] .", {"spoken": ["get", "it"], "fluent": ["forget", "it", "now"]}),
        ("goed [:: went] home .", {"spoken": ["goed", "home"], "fluent": ["went", "home"]}),
        ("male [: female] [* s:r] [/] male [: female] .", {"fluent": ["female"], "errors": 1, "repetitions": 1}),
        ("a wug@n [: x@n] [* n:uk] .", {"spoken": ["a", "wug"], "fluent": ["a"], "errors": 1}),
        ("<wug dax> [: x@n] &-um .", {"spoken": ["wug", "dax", "um"], "fluent": [], "fillers": 1}),
        ("a &~ba boy .", {"spoken": ["a", "ba", "boy"], "fluent": ["a", "boy"]}),
        ("a &~ba [: big] boy .", {"spoken": ["a", "ba", "boy"], "fluent": ["a", "big", "boy"]}),
        ("the is [: 0] boy .", {"spoken": ["the", "is", "boy"], "fluent": ["the", "boy"]}),
        ("<it is> [: 0] ˈʌ@u [: 0] so .", {"spoken": ["it", "is", "ʌ", "so"], "fluent": ["so"]}),
        # Excluded words are read by no view; a group counts as one item, and nested codes stay.
        ("the dog [e] boy .", {"spoken": ["the", "boy"], "fluent": ["the", "boy"]}),
        ("<what is [/] is it> [e] a boy .", {"spoken": ["a", "boy"], "fluent": ["a", "boy"], "repetitions": 1}),
        ("dog-*0s run .", {"fluent": ["dog", "run"]}),
        ("wug [: xxx] .", {"spoken": ["wug"], "fluent": ["wug"]}),
        ("it fit [* m:0ed] [*] .", {"spoken": ["it", "fit"], "fluent": ["it", "fit"], "errors": 1}),
        ("<the dog> [* s:r] ran .", {"fluent": ["the", "dog", "ran"], "errors": 1}),
        ("0aux [*] 0det [*] duck .", {"spoken": ["duck"], "fluent": ["duck"], "omissions": 2}),
        (
            "rocking+house [: rocking+horse] [*] ?",
            {"fluent": ["rocking", "horse"], "errors": 1, "terminator": "question"},
        ),
        ("<ˈzɪŋk@u> [: sink] .", {"spoken": ["sink"], "fluent": ["sink"]}),
        ("ˈgənə@u [: going to] .", {"spoken": ["going", "to"], "fluent": ["going", "to"]}),
        # Comments leave the words as they are.
        (
            "you [!!] did [!] that [?] [= his] [=! sings] [=? this] [%com: x] [!*] [^ c] .",
            {"fluent": ["you", "did", "that"]},
        ),
        ("<some time> [>1] we <get> [<2] my foo [>] [<] .", {"fluent": "some time we get my foo".split()}),
        ('he said ["] [^c] so [+ gram] .', {"fluent": ["he", "said", "so"]}),
        ("this [= a [note] inside] is .", {"fluent": ["this", "is"]}),
        ("so . [+ exc] [+ gram]", {"spoken": [], "fluent": [], "excluded": True}),
        ("so . [+ excuse]", {"fluent": ["so"]}),
        # Sounds, other speakers and pauses.
        ("&=clears:throat <hm &=laughs> [>] .", {"fluent": ["hm"], "events": 2}),
        (
            "&{n=BANG} what &{l=X is that &}l=X ?",
            {"fluent": ["what", "is", "that"], "events": 1, "terminator": "question"},
        ),
        ("wow &*INV:oh_hm!", {"fluent": ["wow"]}),
        ("the &*INV:a:h yeah .", {"fluent": ["the", "yeah"]}),
        ("0 foo 0 〔bar baz〕 .", {"fluent": ["foo"], "events": 1}),
        ("a (2:3.) b (3.4) c (1:02.5) d (.5) .", {"fluent": list("abcd"), "pauses": 4, "pause_seconds_timed": 189.4}),
        ("a(.)b ( .. ) c(2.)d .", {"fluent": list("abcd"), "pauses": 3, "pause_seconds_timed": 2}),
        ("a # b ## c #2_5 d [#] e [# 1] .", {"fluent": list("abcde"), "pauses": 5, "pause_seconds_timed": 3.5}),
        ("xxx yyy XXX xx .", {"spoken": [], "fluent": [], "unintelligible": 4}),
        ("xxx@s:spa [=? water] .", {"spoken": [], "fluent": [], "unintelligible": 1}),
        ("0 [= does nothing] .", {"spoken": [], "fluent": []}),
        # Linkers, quotations, conversation analysis.
        ('+< +" give me that .', {"fluent": ["give", "me", "that"]}),
        ("+^ yes .", {"fluent": ["yes"]}),
        ("+, ++ in the park !", {"fluent": ["in", "the", "park"]}),
        ("+≈ more .", {"fluent": ["more"]}),
        ("she said “I want it” , “now” .", {"fluent": "she said I want it now".split()}),
        ('"hello" there .', {"fluent": ["hello", "there"]}),
        ("‹il y a› ‡ no „ yes , so ; there .", {"fluent": "il y a no yes so there".split()}),
        ("⌈ one ⌉ ⌈2 two⌉2 ⌊plea:se⌋ .", {"fluent": ["one", "two", "please"]}),
        ("≡ ∆fast∆ and °soft° ↗ then →", {"fluent": ["fast", "and", "soft", "then"]}),
        ("coming here ⇗ ≋", {"fluent": ["coming", "here"], "terminator": "question"}),
        ("coming here⇗", {"fluent": ["coming", "here"], "terminator": "question"}),
        # Times.
        ("a . \x15100_200\x15 \x15250_900\x15", {"fluent": ["a"], "start_ms": 100, "end_ms": 900}),
        ('a . \x15%snd:"x"_100_200\x15', {"fluent": ["a"], "start_ms": 100, "end_ms": 200}),
        ('a \x15%pic:"x.jpg"\x15 b .', {"fluent": ["a", "b"]}),
        ("a . 100_200", {"fluent": ["a"], "start_ms": 100, "end_ms": 200}),
        # Punctuation that touches a word, initials, numbers.
        ("well, I (would) go, yes; so.", {"fluent": "well I would go yes so".split()}),
        ("on T.V. at 10:30 or 1,000 .", {"fluent": ["on", "TV", "at", "10", "30", "or", "1,000"]}),
        ("the stool...", {"fluent": ["the", "stool"], "terminator": "trailing_off"}),
        ("クッキー を 取ろう 。", {"fluent": ["クッキー", "を", "取ろう"]}),
        ("can I go？", {"fluent": ["can", "I", "go"], "terminator": "question"}),
        ("on and on +...?", {"fluent": ["on", "and", "on"], "terminator": "trailing_off"}),
        ("a #long b #short .", {"fluent": ["a", "b"], "pauses": 2}),
        ('boy %mov:"a b.mov"_100_200 .', {"fluent": ["boy"], "start_ms": 100, "end_ms": 200}),
        ("boy&-uh fell &+s&-um .", {"fluent": ["boy", "fell"], "fillers": 2, "fragments": 1}),
        ("a\x02\x03b\x02\x04 \x02\x05c\x02\x06 \x01\x04d .", {"fluent": ["ab", "c", "d"]}),
        ("und\x02\x01er\x02\x02line .", {"fluent": ["underline"]}),
    ],
)
def test_grammar(line: str, expected: dict[str, Any]) -> None:
    """Each construct of the grammar leaves the words, flags and counts that the CHAT manual gives it."""
    parsed = parse_main_line(line)
    defaults = DEFAULTS | {"spoken": None}
    found = described(parsed.utterance) | ({} if "spoken" in expected else {"spoken": None})
    assert defaults | expected == found | {"pause_seconds_timed": pytest.approx(found["pause_seconds_timed"])}
    assert () == parsed.messages


@pytest.mark.parametrize(("mark", "terminator"), TERMINATORS.items(), ids=str)
@pytest.mark.parametrize("space", [" ", ""])
def test_every_terminator_is_read(mark: str, terminator: str, space: str) -> None:
    """A terminator sets how the utterance ends, adds no word, and may touch the word before it."""
    parsed = parse_main_line(f"the boy{space}{mark}")
    assert (["the", "boy"], terminator, ()) == (
        [word.text for word in parsed.utterance.words],
        parsed.utterance.terminator,
        parsed.messages,
    )


@pytest.mark.parametrize(
    ("mark", "terminator"),
    [
        ("+...", "trailing_off"),
        ("+..?", "trailing_off"),
        ("+!?", "question"),
        ("+/.", "interrupted"),
        ("+/?", "interrupted"),
        ("+//.", "interrupted"),
        ("+//?", "interrupted"),
        ('+"/.', "complete"),
        ('+".', "complete"),
        ("+”/.", "complete"),
        ("+.", "complete"),
    ],
)
def test_special_terminators(mark: str, terminator: str) -> None:
    """Trailing off and interruption are told from complete utterances, whoever interrupts."""
    assert terminator == parse(f"the boy {mark}").terminator


def test_pauses_and_events_know_their_place() -> None:
    """A pause or event comes before the word of its index; at the end, the index is the number of words."""
    utterance = parse("(.) the &=sighs boy (..) fell (...)")
    assert [(0, "short"), (2, "medium"), (3, "long")] == [(pause.before, pause.length) for pause in utterance.pauses]
    assert [(1, "sighs")] == [(event.before, event.name) for event in utterance.events]


def test_words_keep_what_was_typed() -> None:
    """``raw`` is the typed word; a replaced group holds its target on the first word and nothing on the others."""
    utterance = parse("<fallin(g) of> [: falling off] m:e@q [* p:n] .")
    assert ["fallin(g)", "of", "m:e@q"] == [word.raw for word in utterance.words]
    assert [("falling", "off"), ("",), ()] == [word.target for word in utterance.words]
    assert [None, None, "p:n"] == [word.error for word in utterance.words]


def test_language_switches() -> None:
    """``[- spa]`` holds for the words after it, ``@s`` for one word, and the file's main language is never foreign."""
    words = parse("the casa@s:spa is@s:eng [- spa] la casa house@s big@s:eng .", ("eng", "spa")).words
    assert [None, "spa", None, "spa", "spa", None, None] == [word.language for word in words]
    assert ["spa"] == [word.language for word in parse("casa@s .", ("eng", "spa")).words]
    assert ["und"] == [word.language for word in parse("casa@s .", ("eng",)).words]


def test_unmarked_hesitations_are_fillers_in_english_only() -> None:
    """``um`` is a hesitation in English, and the word for "a" in Portuguese."""
    assert ["filler", "word"] == [word.kind for word in parse("um yes .", ("eng",)).words]
    assert ["word", "word"] == [word.kind for word in parse("um dia .", ("por",)).words]
    assert ["word", "word"] == [word.kind for word in parse("[- por] um dia .", ("eng", "por")).words]


@pytest.mark.parametrize(
    ("line", "words", "message"),
    [
        ("<the boy fell .", "the boy fell", "a group < without >"),
        ("the boy> fell .", "the boy fell", "a group > without <"),
        ("the [boy fell .", "the boy fell", "a bracket, quotation or time mark without its counterpart"),
        ("the boy] fell .", "the boy fell", "a bracket, quotation or time mark without its counterpart"),
        ("the boy fell . \x15100_200", "the boy fell", "a bracket, quotation or time mark without its counterpart"),
        ("[/] the boy .", "the boy", "a code [/] without an item before it"),
        ("< [//] the> boy .", "the boy", "a code [/] without an item before it"),
        ("the boy [: ] .", "the boy", "a replacement [: ] without words"),
        ("the boy [x 5000] .", "the boy", "a repetition count [x N] out of range"),
        ("<the boy [x 1]> [x 150] .", "the boy", "a repetition count [x N] out of range"),
        ("the [laughter] boy .", "the boy", "an unknown code in square brackets"),
        ("the &= boy .", "the boy", "an event without a name"),
        ("the &- boy .", "the boy", "a mark without its word"),
        ("the [# soon] boy .", "the boy", "a pause without a time that can be read"),
        ("the boy . \x15900_100\x15", "the boy", "a time bullet that ends before it starts"),
        ("the boy . fell .", "the boy fell", "words after the utterance terminator"),
        ("the boy", "the boy", "no utterance terminator"),
        ("the boy . www .", "the boy", "speech that is not transcribed (www)"),
        ("[e] the boy .", "the boy", "a code [e] without an item before it"),
        ("[: x@n] the boy .", "the boy", "a code [:] without an item before it"),
        ("the boy . *INV: yes .", "the boy yes", "a speaker code inside a line; begin each turn on a line of its own"),
        ("the (2,5) boy .", "the boy", "a pause that is not written as CHAT has it; read as seconds"),
        ("the boy(3 sec.) fell .", "the boy fell", "a pause that is not written as CHAT has it; read as seconds"),
        ("the ((laughs)) boy .", "the boy", "double parentheses, read as an event; write &="),
    ],
)
def test_malformed_lines_keep_their_words(line: str, words: str, message: str) -> None:
    """What does not fit is passed over with a message; the words around it stay."""
    parsed = parse_main_line(line)
    assert words.split() == [word.text for word in parsed.utterance.words]
    assert message in parsed.messages


@given(st.text(alphabet=st.characters() | st.sampled_from("<>[]()/+&=*:@#.?!\x15“”0x_ "), max_size=80))
def test_random_text_never_raises(line: str) -> None:
    """Any text is parsed; flags and places stay inside the utterance."""
    utterance = parse(line, ("eng",))
    places = [pause.before for pause in utterance.pauses] + [event.before for event in utterance.events]
    assert all(0 <= place <= len(utterance.words) for place in places)
    assert all(word.text for word in utterance.words)


MARKS = st.sampled_from(
    [
        *"< > <> [/] [//] [///] [/-] [/?] [:] [*] [?] [!] [>1] [<] (.) (..) (2.5) (1:02.5) # ## 0 0the xxx www".split(),
        *'&=laughs &*INV:mhm &{n=BANG} &- &+ & &~ +... +/. +//? +" +^ +< ++ +, . ? ! , „ ‡ “ ” ⌈ ⌉2 ⌊ ↑ ° ≈'.split(),
        *("[* p:n]", "[= so]", "[% so]", "[+ gram]", "[- spa]", "[^ c]", "[# 0.4]", "[unknown]", "\x15100_200\x15"),
    ]
)
LETTERS = st.text("abcdefghijklmnopqrstuvz", min_size=3, max_size=8)  # xxx, yyy and www are not words
WORDS = LETTERS.map(lambda letters: ("word", letters))


@given(st.lists(st.one_of(WORDS, MARKS.map(lambda mark: ("mark", mark))), max_size=30))
def test_every_uttered_word_survives_any_marks(pieces: list[tuple[str, str]]) -> None:
    """Whatever marks stand between them, in any order, the words come out whole and in order."""
    line = " ".join(piece for _, piece in pieces)
    parsed = parse_main_line(line)
    assert [piece for kind, piece in pieces if kind == "word"] == [word.text for word in parsed.utterance.words]


@given(st.lists(WORDS, min_size=1, max_size=10), st.lists(MARKS, max_size=10))
def test_messages_hold_no_transcript_text(words: list[tuple[str, str]], marks: list[str]) -> None:
    """A message is one of a fixed set, whatever was said."""
    line = " ".join([*marks, *("q" + word for _, word in words), *marks])
    assert not [
        message for message in parse_main_line(line).messages if any("q" + word in message for _, word in words)
    ]


def test_deep_nesting_is_no_recursion() -> None:
    """Ten thousand open groups are parsed like ten."""
    depth = 10_000
    assert ["boy"] == [word.text for word in parse("<" * depth + "boy" + "> [/] " * depth + ".").words]


NAMES = st.text("abcdefghijklmnopqrstuvz", min_size=3, max_size=7).map(lambda letters: "q" + letters)
TARGETS = st.lists(NAMES, min_size=1, max_size=2).map(tuple)
PREFIXES = {"word": "", "filler": "&-", "fragment": "&+", "nonword": "&~"}
ENDINGS = {"complete": ".", "question": "?", "trailing_off": "+...", "interrupted": "+/."}
LENGTHS = {"short": "(.)", "medium": "(..)", "long": "(...)"}


def typed(word: Word) -> str:
    """Write a word as a transcriber types it, without its codes."""
    return PREFIXES[word.kind] + word.text + (f"@s:{word.language}" if word.language else "")


@st.composite
def spoken_words(draw: st.DrawFn) -> Word:
    """A word of any kind with target, error, language and one mark of disfluency, or none of them."""
    word = Word(
        text=draw(NAMES),
        kind=draw(st.sampled_from(list(PREFIXES))),  # type: ignore[arg-type]
        target=draw(st.just(()) | TARGETS),
        error=draw(st.none() | st.sampled_from(["m:=ed", "p:n", "s:r"])),
        language=draw(st.none() | st.sampled_from(["spa", "fra"])),
        repeated=draw(st.booleans()),
        retraced=draw(st.booleans()),
    )
    return replace(word, raw=typed(word))


PLACES = st.integers(0, 8)
PAUSES = st.builds(Pause, PLACES, st.sampled_from(list(LENGTHS))) | st.builds(
    Pause, PLACES, st.just("timed"), st.integers(1, 400).map(lambda tenths: tenths / 10)
)


@st.composite
def utterances(draw: st.DrawFn) -> Utterance:
    """Any utterance that a main line can say; its ``raw`` is that line."""
    words = draw(st.lists(spoken_words(), max_size=8).map(tuple))
    times = draw(st.none() | st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(sorted))
    pauses = draw(st.lists(PAUSES, max_size=3))
    events = draw(st.lists(st.builds(Event, PLACES, NAMES), max_size=2))
    utterance = Utterance(
        speaker="PAR",
        role="",
        words=words,
        terminator=draw(st.sampled_from(list(ENDINGS))),  # type: ignore[arg-type]
        pauses=tuple(sorted((p for p in pauses if p.before <= len(words)), key=lambda p: p.before)),
        events=tuple(sorted((e for e in events if e.before <= len(words)), key=lambda e: e.before)),
        omissions=draw(st.integers(0, 2)),
        unintelligible=draw(st.integers(0, 2)),
        repetitions=sum(word.repeated for word in words),
        retracings=sum(word.retraced for word in words),
        excluded=draw(st.booleans()),
        start_ms=times[0] if times else None,
        end_ms=times[1] if times else None,
    )
    return replace(utterance, raw=render(utterance))


def render(utterance: Utterance) -> str:
    """Write an utterance as a main line."""
    items: list[str] = []
    for position in range(len(utterance.words) + 1):
        items += [f"&={event.name}" for event in utterance.events if event.before == position]
        items += [
            LENGTHS.get(pause.length, f"({pause.seconds})") for pause in utterance.pauses if pause.before == position
        ]
        if position < len(utterance.words):
            word = utterance.words[position]
            items.append(word.raw)
            items += [f"[: {' '.join(word.target)}]"] if word.target else []
            items += [f"[* {word.error}]"] if word.error else []
            items += ["[/]"] * word.repeated + ["[//]"] * word.retraced
    items += ["0the"] * utterance.omissions + ["xxx"] * utterance.unintelligible
    items += [ENDINGS[utterance.terminator]] + ["[+ exc]"] * utterance.excluded
    items += [f"\x15{utterance.start_ms}_{utterance.end_ms}\x15"] if utterance.start_ms is not None else []
    return " ".join(items)


@given(utterances())
def test_what_is_rendered_parses_back(utterance: Utterance) -> None:
    """Every field of any utterance survives being written as a main line and read again, without a message."""
    assert (utterance, ()) == tuple(parse_main_line(render(utterance)))


HARD = {
    "words": "the boy &-uh fell (.) on it ",
    "nested repeats": "<so ",
    "brackets": "[ ",
    "half codes": "[x [y] ",
    "signs": "〔",
    "bullets": "\x15",
    "pause digits": "(1:",
    "hashes": "#1.",
    "quotes": "“ [: ",
    "long word": "a+(b",
    "letters": "aaaa",
    "targets": "<so [: no] ",
}


@pytest.mark.parametrize("shape", HARD)
def test_time_is_linear_in_the_length(shape: str) -> None:
    """Eight times the line takes about eight times as long, however deep its groups nest."""

    def seconds(count: int) -> float:
        line = HARD[shape] * count
        line += {"nested repeats": "> [/] ", "targets": "> [: no] "}.get(shape, "") * count
        times = []
        for _ in range(3):
            start = time.process_time()
            parse_main_line(line)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(8 * 2000) < 24 * max(seconds(2000), 0.001)
