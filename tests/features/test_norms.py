"""Files of word norms and the features of their columns."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.features import FEATURES, compute_features, feature_dictionary, feature_set, prepare_speech
from adscreen.features.norms import known_norms, norm_features, parse_norms, read_norms, stored_norms
from adscreen.ingest.main_line import parse_main_line
from adscreen.records import Transcript

TEXT = "Word,AoA (years),conc\nboy,2.5,4.9\nfall,3,\nfalling,9,2\nit's,1,1\nstool,5,4.7\nice cream,3,5\n"
LINE = "the boy's falling and the boy falls off a stool, it's &-um bad."


def transcript(*lines: str) -> Transcript:
    """Return a CHAT transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format="chat")


def test_a_file_becomes_columns_of_values() -> None:
    """Names are made safe, titles stay; empty cells and entries of several words hold no value."""
    aoa, concreteness = parse_norms(TEXT, source="norms.csv").norms
    assert ("aoa_years", "AoA (years)", "norms.csv") == (aoa.name, aoa.title, aoa.source)
    assert {"boy": 2.5, "fall": 3.0, "falling": 9.0, "it's": 1.0, "stool": 5.0} == aoa.values
    assert {"boy": 4.9, "falling": 2.0, "it's": 1.0, "stool": 4.7} == concreteness.values


def test_a_word_is_found_as_said_and_else_by_its_lemma() -> None:
    """Hand-computed: ``falling`` has its own value, ``falls`` that of ``fall``, ``boy's`` that of ``boy``."""
    values = compute_features(transcript(LINE), norms=(parse_norms(TEXT, source="norms.csv"),))
    # the boy's falling and the boy falls off a stool it's bad: 12 words
    assert math.isclose((2.5 + 9 + 2.5 + 3 + 5 + 1) / 6, values["lexical.aoa_years_mean"])
    assert 6 / 12 == values["lexical.aoa_years_coverage"]
    assert math.isclose((4.9 + 2 + 4.9 + 4.7 + 1) / 5, values["lexical.conc_mean"])
    assert 5 / 12 == values["lexical.conc_coverage"]


def test_too_few_words_with_a_value_is_nan_with_the_reason() -> None:
    """Four words found of twelve give coverage, but no mean; nine words give neither."""
    mean, coverage = norm_features([parse_norms("word,aoa\nthe,2\nboy,3\n", source="few.csv")])
    speech = prepare_speech(transcript("the boy is on the stool and the cup is on it."))
    assert math.isnan(mean.value(speech))
    assert "fewer than 5 words are in few.csv" == mean.missing_reason(speech)
    assert 4 / 12 == coverage.value(speech)
    short = prepare_speech(transcript("the boy the boy the boy the boy falls."))
    assert [True, True] == [math.isnan(feature.value(short)) for feature in (mean, coverage)]
    assert "9 words, needs 10" == mean.missing_reason(short)


def test_the_dictionary_lists_them_after_the_set() -> None:
    """Each with formula, unit and the file's name as its source; the others are as without norms."""
    norms = (parse_norms(TEXT, source="norms.csv"),)
    entries = feature_dictionary(norms)
    assert feature_dictionary() == entries[: len(FEATURES)]
    names = [f"lexical.{name}_{kind}" for name in ("aoa_years", "conc") for kind in ("mean", "coverage")]
    assert names == [entry["name"] for entry in entries[len(FEATURES) :]]
    assert names == [feature.key for feature in feature_set(norms)[len(FEATURES) :]]
    first = entries[len(FEATURES)]
    assert ("lexical", "AoA (years)", "norms.csv") == (first["family"], first["unit"], first["source"])
    assert "mean AoA (years) of the words that norms.csv holds, as said or else by lemma" == first["formula"]


def test_stored_norms_are_the_same_norms() -> None:
    """What a model's provenance holds, through JSON, gives the file again."""
    norms = (parse_norms(TEXT.replace("\n", "\r\n"), source="norms.csv"),)
    assert norms == known_norms(json.loads(json.dumps(stored_norms(norms))))
    assert norms == (parse_norms(TEXT, source="norms.csv"),)


def test_files_may_be_tab_separated_and_begin_with_a_mark(tmp_path: Path) -> None:
    """A TSV and a byte order mark are read; several files give the columns of each, in order."""
    (tmp_path / "aoa.tsv").write_text("\ufeffword\taoa\nCookie\t3.1\ncookie\t3.1\n", encoding="utf-8")
    (tmp_path / "conc.csv").write_text('word,concreteness\n"cookie",5\n', encoding="utf-8")
    files = read_norms([tmp_path / "aoa.tsv", tmp_path / "conc.csv"])
    assert [("aoa", {"cookie": 3.1}), ("concreteness", {"cookie": 5.0})] == [
        (norm.name, norm.values) for file in files for norm in file.norms
    ]


@pytest.mark.parametrize(
    ("text", "where", "fault"),
    [
        ("", "n.csv", "the file is empty"),
        ("cookie,3.1\nmother,2\n", "n.csv line 1", "the first column is not named word"),
        ("word;aoa\ncookie;3\n", "n.csv line 1", "the first column is not named word"),
        ("word\ncookie\n", "n.csv line 1", "no column of values beside word"),
        ("word,3.1\ncookie,3\n", "n.csv line 1", "a column's name has no letter"),
        ("word,A o A,a-o-a\ncookie,3,4\n", "n.csv line 1", "two columns are named a_o_a"),
        ("word,aoa\n", "n.csv", "a column has no value of a single word"),
        ("word,aoa,conc\ncookie,3,\n", "n.csv", "a column has no value of a single word"),
        ("word,aoa\nice cream,3\n", "n.csv", "a column has no value of a single word"),
        ("word,aoa\ncookie,3\n\nmother,high\n", "n.csv line 4", "a value is no number"),
        ("word\taoa\ncookie\t3,1\n", "n.csv line 2", "a value is no number"),
        ("word,aoa\ncookie,nan\n", "n.csv line 2", "a value is no number"),
        ("word,aoa\ncookie,1_0\n", "n.csv line 2", "a value is no number"),
        ("word,aoa\ncookie,3,4\n", "n.csv line 2", "3 cells, the header has 2"),
        ("word,aoa\n--,3\n", "n.csv line 2", "no word in the first column"),
        ("word,aoa\ncookie,3\nCOOKIE,4\n", "n.csv line 3", "the word has another value further up"),
        ('word,aoa\n"cookie,3\n', "n.csv line 2", "unexpected end of data"),
    ],
)
def test_a_faulty_file_is_one_line_with_its_place(text: str, where: str, fault: str) -> None:
    """File, line and fault, then what to do; a word of the file is never in it."""
    with pytest.raises(InputError) as caught:
        parse_norms(text, source="n.csv")
    line = str(caught.value)
    assert line.startswith(f"{where}: {fault}")
    assert "\n" not in line
    assert "cookie" not in line.lower()


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Missing, and not UTF-8."""
    (tmp_path / "latin.csv").write_bytes("word,aoa\ncafé,3\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_norms([tmp_path / "latin.csv"])
    with pytest.raises(InputError, match="no such file"):
        read_norms([tmp_path / "none.csv"])


@pytest.mark.parametrize(
    ("columns", "owner"), [(("aoa", "AOA"), "0.csv"), (("zipf", "aoa"), "adscreen"), (("aoa", "Zipf"), "adscreen")]
)
def test_two_features_of_one_name_are_refused(tmp_path: Path, columns: tuple[str, str], owner: str) -> None:
    """Of two files, or of a file and the feature set."""
    paths = [tmp_path / f"{number}.csv" for number in range(2)]
    for path, column in zip(paths, columns, strict=True):
        path.write_text(f"word,{column}\ncookie,3\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"_mean is a feature of {owner} already; rename the column"):
        read_norms(paths)
