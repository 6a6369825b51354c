"""Files of annotation tools: ELAN, TextGrid, EXMARaLDA and Transcriber are read, other XML is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[1] / "ingest/samples/tiers"
Ingest = Callable[..., Any]


def saved(folder: Path, text: str, name: str, encoding: str = "utf-8") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", ["ref.eaf", "ref_empty.eaf"])
def test_elan_words_below_ids_or_an_empty_tier(door: Path, ingest: Ingest, name: str) -> None:
    """The words are on the child of a tier of ids, or of an empty one; the times are those of the parent (pympi#47)."""
    seen = ingest(door / name)
    assert {"Anna": "the boy is on the stool the water runs over the sink"} == seen.words
    assert [("Anna", 0, 2000), ("Anna", 2500, 5000)] == seen.spans


def test_a_chronological_textgrid(door: Path, ingest: Ingest) -> None:
    """The chronological form is read as a TextGrid, not as prose (praat#2894)."""
    seen = ingest(door / "chrono.TextGrid")
    assert {"Anna": 5, "Interviewer": 2} == seen.counts
    assert [("Anna", 0, 2000), ("Interviewer", 2000, 4000)] == seen.spans


@pytest.mark.parametrize(("name", "events"), [("a.exb", []), ("a.trs", ["laugh"])])
def test_exmaralda_and_transcriber(door: Path, ingest: Ingest, name: str, events: list[str]) -> None:
    """Speakers go by their abbreviation or name; what is no word is an event."""
    seen = ingest(door / name)
    assert {"INV": "What do you see", "PAR": "The boy fell"} == seen.words
    assert [("INV", 0, 2000), ("PAR", 2000, 5000)] == seen.spans
    assert events == seen.events


def test_toolbox_tiers_in_elan(ingest: Ingest) -> None:
    """Of ref, tx, mb, ge, ft and nt the tier tx is the speech, and the others are named.

    After SIL Toolbox's markers as the DoBeS archive's .eaf files and pympi issue 47 have them.
    """
    seen = ingest(SAMPLES / "toolbox.eaf")
    expected = {
        "Ida": "was siehst du da",
        "Rolf": "der Junge steht auf dem Hocker das Wasser läuft über",
    }
    assert expected == seen.words
    assert [("Ida", 300, 2100), ("Rolf", 2600, 5400), ("Rolf", 5900, 7200)] == seen.spans
    assert "" == seen.diagnostics


def test_an_exmaralda_transcription(ingest: Ingest) -> None:
    """Events make one word and one utterance, marks no words; a point without a time keeps its place.

    After the EXMARaLDA Partitur-Editor manual (basic transcription, tier types) and the HIAT conventions.
    """
    seen = ingest(SAMPLES / "interview.exb")
    expected = {
        "INT": "What is outside Mhm",
        "KLA": "Well there is a la a lady with a basket She waters the roses",
    }
    assert expected == seen.words
    assert [("INT", 400, 1900), ("KLA", 2500, 5900), ("INT", None, 5200), ("KLA", 5900, 8000)] == seen.spans
    assert ["points at the window", "coughs"] == seen.events
    assert [1.2, None] == seen.pauses
    assert "tiers not read: KLA [de]" in seen.diagnostics


def test_a_transcriber_document(ingest: Ingest) -> None:
    """Syncs cut turns, ``Who`` parts people who talk at once, and the declared ISO-8859-1 is believed.

    After the Transcriber manual and its trans-14.dtd.
    """
    seen = ingest(SAMPLES / "interview.trs")
    expected = {
        "Enquêteur": "qu'est ce que vous achetez très bien",
        "Denise": "des pommes et des oeufs à la crémière demain oui voilà",
    }
    assert expected == seen.words
    spans = [("Enquêteur", 800, 2600), ("Denise", 2600, 4200), ("Denise", 4200, 7100)]
    assert [*spans, ("Enquêteur", 7100, 9500), ("Denise", 7100, 9500)] == seen.spans
    assert ["rire", "b"] == seen.events
    assert "Windows-1252" not in seen.diagnostics


def test_a_chronological_textgrid_with_notes_and_points(ingest: Ingest) -> None:
    """Comments behind ``!`` are no content, and notes and points no speech (Praat manual, TextGrid file formats)."""
    seen = ingest(SAMPLES / "chronological.TextGrid")
    assert {"Interviewer": "what is on the table", "Greta": "a cup and two plates and bread"} == seen.words
    assert [("Interviewer", 0, 2000), ("Greta", 2250, 4750), ("Greta", 5000, 6500)] == seen.spans
    assert "tiers not read: bell" in seen.diagnostics


def test_a_textgrid_of_an_aligner(ingest: Ingest) -> None:
    """``Olga - words`` is Olga's speech, word by word (Montreal Forced Aligner documentation, output of alignment)."""
    seen = ingest(SAMPLES / "aligner.TextGrid")
    assert {"Olga": "she cuts the bread", "Interviewer": "go on"} == seen.words
    assert [("she", 200, 500), ("cuts", 500, 900), ("the", 1500, 1700)] == seen.word_times[:3]
    assert [0.6] == seen.pauses


BINARY = b"ooBinaryFile\x08TextGrid\x00\x00\x00\x00"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><text>one two</text></TEI>', "a TEI document"),
        (b'<?xml version="1.0"?><folker-transcription><contribution/></folker-transcription>', "a FOLKER transcript"),
        (b'<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>', "TTML captions"),
        (b'<CHAT xmlns="http://www.talkbank.org/ns/talkbank"><u/></CHAT>', "TalkBank XML"),
        (b'<?xml version="1.0" encoding="UTF-16"?><ANNOTATION_DOCUMENT/>', "damaged XML"),
        (b'<?xml version="1.0"?><annotation><body/></annotation>', "an Anvil annotation"),
        (b"<segmented-transcription/>", "an EXMARaLDA segmented transcription"),
        (b'<?xml version="1.0"?><something>the boy</something>', "XML, but no ELAN annotation document"),
        (b'<?xml version="1.0"?><!DOCTYPE Trans [<!ENTITY a "b">]><Trans/>', "XML with a document type declaration"),
        (b'<!DOCTYPE Trans SYSTEM "a" [<!ENTITY a "b">]><Trans/>', "XML with a document type declaration"),
        (BINARY, "a binary Praat file"),
        (b'File type = "ooTextFile"\nObject class = "PitchTier"\n\n0\n1\n', "a Praat object of the class PitchTier"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, ingest: Ingest, content: bytes, named: str) -> None:
    """What is not read is called what it is, and no entity is ever expanded."""
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    assert named in ingest(path).refused


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT FORMAT="2.8" VERSION="2.8"><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="1000"/>
<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="2000"/><TIME_SLOT TIME_SLOT_ID="t4" TIME_VALUE="3000"/></TIME_ORDER>
{}<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="assoc" CONSTRAINTS="Symbolic_Association"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="sub" CONSTRAINTS="Symbolic_Subdivision"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="in" CONSTRAINTS="Included_In" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="transcription" CONSTRAINTS="Symbolic_Association"/>
</ANNOTATION_DOCUMENT>"""


def aligned(tier: str, *texts: str, kind: str = "default-lt", more: str = "", slots: str = "t1 t2 t3 t4") -> str:
    """Return an aligned tier; its annotations are called after the tier."""
    ends = slots.split()
    inner = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{tier}{n}" TIME_SLOT_REF1="{ends[2 * n]}" '
        f'TIME_SLOT_REF2="{ends[2 * n + 1]}"><ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
        "</ANNOTATION>"
        for n, text in enumerate(texts)
    )
    return f'<TIER TIER_ID="{tier}" LINGUISTIC_TYPE_REF="{kind}" {more}>{inner}</TIER>'


def referring(tier: str, parent: str, *texts: tuple[int, str], kind: str = "assoc", more: str = "") -> str:
    """Return a tier whose annotations refer to those of another, by their numbers."""
    inner = "".join(
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{tier}{n}" ANNOTATION_REF="{parent}{ref}"><ANNOTATION_VALUE>{text}'
        "</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
        for n, (ref, text) in enumerate(texts)
    )
    return f'<TIER TIER_ID="{tier}" LINGUISTIC_TYPE_REF="{kind}" PARENT_REF="{parent}" {more}>{inner}</TIER>'


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        # words one by one below ids, and their glosses
        (
            aligned("ref@Eva", "e.1", "e.2")
            + referring("word@Eva", "ref@Eva", (0, "she"), (0, "sits"), (1, "down"), kind="sub")
            + referring("gloss@Eva", "word@Eva", (0, "3SG.F"), (1, "sit.3SG"), (2, "down")),
            {"Eva": "she sits down"},
        ),
        # three tiers deep
        (
            aligned("id", "1-a", "2-b", more='PARTICIPANT="Eva"')
            + referring("empty", "id", (0, ""), (1, ""))
            + referring("tx", "empty", (0, "she sits"), (1, "down"), kind="transcription"),
            {"Eva": "she sits down"},
        ),
        # aligned children of an empty root, one for each person
        (
            aligned("segments", "", "")
            + aligned("A", "she sits", kind="in", more='PARENT_REF="segments" PARTICIPANT="Eva"', slots="t1 t2")
            + aligned("B", "where then", kind="in", more='PARENT_REF="segments" PARTICIPANT="INV"', slots="t3 t4"),
            {"Eva": "she sits", "INV": "where then"},
        ),
        # a translation and notes that are roots of their own
        (
            aligned("Eva", "elle est assise", "en bas")
            + aligned("Eva_translation", "she sits", "down")
            + aligned("Notes", "a dog barks", "again"),
            {"Eva": "elle est assise en bas"},
        ),
        # two tiers of one stretch, of which one is called a transcription
        (
            aligned("transcription", "elle est assise", "en bas", more='PARTICIPANT="Eva"')
            + aligned("English", "she sits", "down", more='PARTICIPANT="Eva"'),
            {"Eva": "elle est assise en bas"},
        ),
        # initials that are also a code
        (
            aligned("PS", "she sits", slots="t1 t2") + aligned("INV", "where", slots="t3 t4"),
            {"PS": "she sits", "INV": "where"},
        ),
    ],
)
def test_elan_tiers_that_the_file_decides(tmp_path: Path, ingest: Ingest, tiers: str, words: dict[str, str]) -> None:
    """By name, content and the whole file, each speech is read once."""
    assert words == ingest(saved(tmp_path, EAF.format(tiers), "a.eaf")).words


@pytest.mark.parametrize(
    ("tiers", "listed"),
    [
        (aligned("Eva", "elle est assise", "en bas") + aligned("Anglais", "she sits", "down"), "Eva, Anglais"),
        (
            aligned("id", "1-a", "2-b")
            + referring("one", "id", (0, "she"), (1, "down"))
            + referring("two", "id", (0, "elle est"), (1, "en bas")),
            "one, two",
        ),
        (
            aligned("Eva", "first topic", "second topic")
            + referring("said", "Eva", (0, "she sits"), (1, "down"), kind="transcription"),
            "Eva, said",
        ),
    ],
)
def test_elan_tiers_that_nothing_decides_are_listed(tmp_path: Path, ingest: Ingest, tiers: str, listed: str) -> None:
    """Where nothing says which tier holds the words, the file is refused with the tiers and what to do in ELAN."""
    refused = ingest(saved(tmp_path, EAF.format(tiers), "a.eaf")).refused
    assert f"does not say which of these tiers holds the words: {listed}" in refused
    assert "in ELAN, " in refused


def test_elan_ids_alone_and_frames_are_refused(tmp_path: Path, ingest: Ingest) -> None:
    """A file of ids holds no speech; times in frames of video are no milliseconds."""
    ids = saved(tmp_path, EAF.format(aligned("ref@Eva", "e.001", "e.002")), "a.eaf")
    assert "no annotation of speech; tiers that hold something: ref@Eva" in ingest(ids).refused
    frames = EAF.format(aligned("Eva", "she sits")).replace('"milliseconds"', '"PAL-frames"')
    assert "times in PAL-frames" in ingest(saved(tmp_path, frames, "b.eaf")).refused


def grid(*tiers: tuple[str, list[tuple[float, float, str]]], end: float = 9) -> str:
    """Return a TextGrid in the short form."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", str(end), "<exists>", str(len(tiers))]
    for name, intervals in tiers:
        lines += ['"IntervalTier"', f'"{name}"', "0", str(end), str(len(intervals))]
        lines += [f'{start}\n{stop}\n"{text}"' for start, stop, text in intervals]
    return "\n".join(lines)


def test_textgrid_tiers_of_an_elan_export(tmp_path: Path, ingest: Ingest) -> None:
    """Ids and translations, which ELAN exports beside the words, are not read as other people."""
    spans = [(0, 2), (3, 5)]
    tiers = [("ref@Eva", ["e.1", "e.2"]), ("tx@Eva", ["she sits", "down"]), ("ft@Eva", ["elle est assise", "en bas"])]
    text = grid(*[(name, [(a, b, t) for (a, b), t in zip(spans, texts, strict=True)]) for name, texts in tiers])
    seen = ingest(saved(tmp_path, text, "a.TextGrid"))
    assert {"Eva": "she sits down"} == seen.words
    assert "" == seen.diagnostics


def test_textgrid_words_that_name_nobody_belong_to_the_utterances(tmp_path: Path, ingest: Ingest) -> None:
    """A tier `words` beside `Eva` times Eva's words; nothing is counted twice."""
    text = grid(("Eva", [(0, 2, "She sits.")]), ("words", [(0, 1, "she"), (1, 2, "sits")]))
    seen = ingest(saved(tmp_path, text, "a.TextGrid"))
    assert {"Eva": "She sits"} == seen.words
    assert [("She", 0, 1000), ("sits", 1000, 2000)] == seen.word_times


def test_a_textgrid_of_two_languages_is_refused(tmp_path: Path, ingest: Ingest) -> None:
    """Two tiers of the same stretches are never two people."""
    text = grid(("Eva", [(0, 2, "she sits"), (3, 4, "down")]), ("Francais", [(0, 2, "elle est"), (3, 4, "en bas")]))
    refused = ingest(saved(tmp_path, text, "a.TextGrid")).refused
    assert "does not say which of these tiers holds the words: Eva, Francais; in Praat, " in refused


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"Eva"\n0\n9\n2\n', '"Eva"\n0\n9\n7\n', "do not hold as many intervals as they state: Eva"),
        ("<exists>\n1\n", "<exists>\n3\n", "the file states 3 tiers and holds 1"),
        ("0\n9\n<exists>", "0\n3\n<exists>", "1 intervals end after the end of the recording"),
    ],
)
def test_a_textgrid_that_does_not_fit_is_reported(
    tmp_path: Path, ingest: Ingest, old: str, new: str, what: str
) -> None:
    """False counts and intervals behind the end are said; the words are kept."""
    text = grid(("Eva", [(0, 2, "she sits"), (3, 4, "down")]))
    seen = ingest(saved(tmp_path, text.replace(old, new), "a.TextGrid"))
    assert {"Eva": "she sits down"} == seen.words
    assert what in seen.diagnostics


EXB = """<?xml version="1.0" encoding="UTF-8"?><basic-transcription><head><speakertable>
<speaker id="S0"><abbreviation>INV</abbreviation></speaker><speaker id="S1"><abbreviation>PAR</abbreviation></speaker>
</speakertable></head><basic-body><common-timeline><tli id="T0" time="0"/><tli id="T1" time="1"/><tli id="T2" time="2"/>
</common-timeline>{}</basic-body></basic-transcription>"""


def exb_tier(speaker: str, text: str, *, category: str = "v", kind: str = "t", name: str = "") -> str:
    """Return a tier of one event, from the first to the second point."""
    return (
        f'<tier id="{name}" speaker="{speaker}" category="{category}" type="{kind}" display-name="{name}">'
        f'<event start="T0" end="T1">{text}</event></tier>'
    )


@pytest.mark.parametrize(
    ("text", "words", "events", "pauses"),
    [
        ("so (0.5) yes (.) no (--)", "so yes no", [], [0.5, None, None]),
        ("so ((lacht)) yes °hh", "so yes", ["lacht", "breathes"], []),
        ("&lt;&lt;laughing&gt; so yes&gt; [right] then", "so yes right then", [], []),
        ("so (laughs) •• ((2,5 s)) yes (maybe)", "so yes maybe", ["laughs"], [None, 2.5]),
    ],
)
def test_marks_in_exmaralda_are_no_words(
    tmp_path: Path, ingest: Ingest, text: str, words: str, events: list[str], pauses: list[float | None]
) -> None:
    """Pauses, remarks and breath are no words; words under a remark, in overlap or uncertain are."""
    seen = ingest(saved(tmp_path, EXB.format(exb_tier("S1", text)), "a.exb"))
    assert ({"PAR": words}, events, pauses) == (seen.words, seen.events, seen.pauses)


def test_exmaralda_tiers_of_speech(tmp_path: Path, ingest: Ingest) -> None:
    """Of a speaker's tiers of type t that of the category v is read; two of it are listed, none is refused."""
    both = exb_tier("S1", "so yes", name="PAR [v]") + exb_tier("S1", "so yes yes", category="norm", name="PAR [norm]")
    seen = ingest(saved(tmp_path, EXB.format(both), "a.exb"))
    assert {"PAR": "so yes"} == seen.words
    assert "tiers not read: PAR [norm]" in seen.diagnostics
    double = exb_tier("S1", "so", name="one") + exb_tier("S1", "yes", name="two")
    assert "holds the words: one, two" in ingest(saved(tmp_path, EXB.format(double), "b.exb")).refused
    described = EXB.format(exb_tier("S1", "nods", category="nv", kind="d"))
    assert "without a tier of type t" in ingest(saved(tmp_path, described, "c.exb")).refused


TRS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE Trans SYSTEM "trans-14.dtd">
<Trans><Speakers><Speaker id="s1" name="INV"/><Speaker id="s2" name="PAR"/></Speakers><Episode><Section>
{}</Section></Episode></Trans>"""


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        ('<Turn speaker="s2" startTime="0" endTime="2"><Sync time="0">so yes</Sync></Turn>', {"PAR": "so yes"}),
        (
            '<Turn speaker="s2" startTime="0" endTime="2"><Sync time="0"/>so</Turn>'
            '<Turn startTime="2" endTime="3"><Sync time="2"/>music</Turn>',
            {"PAR": "so", "UNKNOWN": "music"},
        ),
        (
            '<Turn speaker="s1 s2" startTime="0" endTime="2"><Sync time="0"/><Who nb="2"/>so<Who nb="1"/>yes</Turn>',
            {"PAR": "so", "INV": "yes"},
        ),
    ],
)
def test_transcriber_turns(tmp_path: Path, ingest: Ingest, turn: str, words: dict[str, str]) -> None:
    """Text inside a Sync counts, a turn without a speaker is nobody's, and the numbers of ``Who`` name the speakers."""
    assert words == ingest(saved(tmp_path, TRS.format(turn), "a.trs")).words


WORDS = [(0, 1, ""), (1, 1.3, "so"), (1.3, 1.6, "yes"), (1.6, 2.9, ""), (2.9, 3.2, "then"), (3.2, 9, "")]


def test_the_tiers_of_webmaus_name_nobody(tmp_path: Path, ingest: Ingest) -> None:
    """TRN and ORT-MAU are one speech: MAU is no speaker, and nothing is counted twice."""
    phones = [(start, end, text and "s") for start, end, text in WORDS]
    whole = [(0, 1, ""), (1, 3.2, "so yes then"), (3.2, 9, "")]
    text = grid(("TRN", whole), ("ORT-MAU", WORDS), ("KAN-MAU", phones), ("MAU", phones))
    seen = ingest(saved(tmp_path, text, "a.TextGrid"))
    assert ({"PAR": "so yes then"}, [1.3], "") == (seen.words, seen.pauses, seen.diagnostics)


@pytest.mark.parametrize("name", ["phone", "pitch", "notes", "traduction", "Kommentar"])
def test_tiers_that_hold_no_speech_by_name_are_not_reported(tmp_path: Path, ingest: Ingest, name: str) -> None:
    """With --strict a diagnostic is a refusal, so what is known is not doubted."""
    text = grid(("Eva", [(0, 2, "she sits down")]), (name, [(0, 1, "H*"), (1, 2, "L%")]))
    seen = ingest(saved(tmp_path, text, "a.TextGrid"), "--strict")
    assert ({"Eva": "she sits down"}, "") == (seen.words, seen.diagnostics)


def test_two_tiers_of_one_stretch_each_are_refused(tmp_path: Path, ingest: Ingest) -> None:
    """One utterance and its translation have the same times: the translation is nobody's speech."""
    text = grid(("Eva", [(0, 1, ""), (1, 2, "she sits down")]), ("Deutsch", [(0, 1, ""), (1, 2, "sie setzt sich")]))
    assert "does not say which of these tiers" in ingest(saved(tmp_path, text, "a.TextGrid")).refused


def test_annotations_without_times_keep_their_order(tmp_path: Path, ingest: Ingest) -> None:
    """An annotation whose start has no time comes after the one before it, not first."""
    text = EAF.format(aligned("Eva", "she sits", "down again")).replace(' TIME_VALUE="2000"', "")
    assert {"Eva": "she sits down again"} == ingest(saved(tmp_path, text, "a.eaf")).words


def test_words_on_a_tier_of_their_own_have_times(tmp_path: Path, ingest: Ingest) -> None:
    """A tier `words` with one word in each annotation times the words."""
    seen = ingest(saved(tmp_path, EAF.format(aligned("Eva - words", "she", "sits")), "a.eaf"))
    assert [("she", 0, 1000), ("sits", 2000, 3000)] == seen.word_times


def test_marks_of_aligners_are_no_words(tmp_path: Path, ingest: Ingest) -> None:
    """``{BR}`` and ``{LG}`` of forced aligners are events, and xxx was not understood."""
    text = grid(("Eva", [(0, 1, "{BR}"), (1, 2, "xxx"), (2, 4, "she {LG} sits")]))
    seen = ingest(saved(tmp_path, text, "a.TextGrid"))
    assert ({"Eva": "she sits"}, ["BR", "LG"]) == (seen.words, seen.events)
    assert "1" == seen.row["unintelligible"]
