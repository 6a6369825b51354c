"""Language files: what is read, what is refused by name, and what does not change the digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.language import ENGLISH, NO_PARSER, is_told, language_of, mark_fillers, read_language, short_code
from adscreen.records import Transcript, Utterance, Word

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "french" / "french.toml"
SMALL = 'name = "Tiny"\ncodes = ["xtn"]\n'


def write(folder: Path, text: str) -> Path:
    """Write a language file."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("codes = ['xtn']", "no field 'name'"),
        ("name = 'Tiny'", "no field 'codes'"),
        (SMALL + "filers = 'um'", "unknown field 'filers'"),
        (SMALL + "[frequencies]\nlist = 'xx'", "unknown field 'list' in [frequencies]"),
        (SMALL + "[frequencies]\nwordfreq = 'xx'", "wordfreq has no list 'xx'"),
        (SMALL + "bilm = 'nowhere'", "'bilm' leads to nothing: nowhere"),
        (SMALL + "fillers = 3", "'fillers' is neither a text of words nor a list"),
        ("name = 'English'\ncodes = ['eng']", "English ships with adscreen"),
        ("name = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_refused_by_name(text: str, message: str, tmp_path: Path) -> None:
    """The line names the field and the page that explains it."""
    with pytest.raises(InputError) as caught:
        read_language(write(tmp_path, text))
    assert message in str(caught.value)
    assert "languages.md" in str(caught.value)


def test_what_is_left_out_is_not_defined(tmp_path: Path) -> None:
    """A file of a name and codes defines nothing else: no English list stands in."""
    file = read_language(write(tmp_path, SMALL))
    own = file.language
    assert (None, None, None, None) == (own.fillers, own.pronouns, own.frequencies, own.negation)
    assert (None, NO_PARSER, ("don't",)) == (file.bilm, file.parser, own.contractions.split("don't"))


def test_the_definition_makes_the_same_language_again(tmp_path: Path) -> None:
    """A model holds the definition; the places of the biLM and the parser are no part of it."""
    words = SMALL + "fillers = 'um'\n[frequencies]\nfile = 'words.csv'\n"
    (tmp_path / "words.csv").write_text("word,count\na,90\nb,10\n", encoding="utf-8")
    own = read_language(write(tmp_path, words)).language
    again = language_of(own.provenance())
    assert (own, own.digest, 8.0) == (again, again.digest, round(again.frequencies.zipf("b"), 6))  # type: ignore[union-attr]
    assert own.digest == read_language(write(tmp_path, 'parser = "other"\n' + words)).language.digest
    assert own.digest != read_language(write(tmp_path, words.replace("um", "uh"))).language.digest


def test_the_example_splits_as_the_treebank_does(tmp_path: Path) -> None:
    """French elisions are taken off, and a contraction behind one is split too."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('bilm = "french-bilm"', "").replace("task_files", "#")
    own = read_language(write(tmp_path, text)).language
    assert [("l'", "évier"), ("à", "le"), ("qu'", "il"), ("chat",)] == [
        own.contractions.split(word) for word in ("l'évier", "au", "qu'il", "chat")
    ]
    assert ("évier", "n'est") == (own.without_clitics("l'évier"), own.without_clitics("n'est"))


def test_fillers_are_those_of_the_language(tmp_path: Path) -> None:
    """English fillers of plain text become words, the language's own become fillers; CHAT's marks stay."""
    own = read_language(write(tmp_path, SMALL + "fillers = 'euh'")).language
    words = (Word("um", kind="filler"), Word("euh"), Word("um", raw="&-um", kind="filler"), Word("chat"))
    transcript = Transcript("R", "S", (Utterance("PAR", "Participant", words),), "PAR")
    kinds = [word.kind for word in mark_fillers(transcript, own).utterances[0].words]
    assert ["word", "filler", "filler", "word"] == kinds
    assert transcript is mark_fillers(transcript, ENGLISH)


def test_names_of_a_language_are_one() -> None:
    """Codes, names and regions of a language are compared by one code; ``und`` names none."""
    assert {"en"} == {
        short_code(name) for name in ("en", "eng", "ENG", "en-GB", "English", "British English", "eng, spa")
    }
    assert "yue" == short_code("Cantonese") != short_code("cmn")
    assert [False, False, False, True] == [is_told(name) for name in (None, "", "und", "spa")]
