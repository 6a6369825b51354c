"""The name of a parser -> the parser, or one line that says why not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import spacy

from adscreen.bundled import bundled
from adscreen.errors import InputError
from adscreen.parser import load_parser
from adscreen.parser import loading as parser_loading
from adscreen.parser.loading import BUNDLED_PARSER, digest_folder, write_pipeline_sums

SENTENCES = ["she's washing the dishes".split(), "the stool is tipping over".split()]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the parser that ships."""
    return Path(shutil.copytree(bundled(BUNDLED_PARSER), tmp_path / "copied"))


def test_the_bundled_parser() -> None:
    """The parser that ships has a name, a version and the digest of its files, and is loaded once."""
    parser = load_parser()
    assert "english-ud 1.0.0" == parser.name
    assert digest_folder(bundled(BUNDLED_PARSER)) == parser.digest
    assert parser is load_parser("bundled")


def test_it_ships_small_and_without_pickle() -> None:
    """At most 15 MB, a card and digests of every file; no file is a pickle."""
    folder = bundled(BUNDLED_PARSER)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 15_000_000
    assert {"README.md", "SHA256SUMS", "config.cfg", "meta.json"} <= {path.name for path in files}
    assert not [path for path in files if path.suffix in (".pkl", ".pickle", ".joblib", ".pt")]
    assert not [path for path in files if path.read_bytes()[:2] in (b"\x80\x03", b"\x80\x04", b"\x80\x05")]


def test_a_users_own_folder(copied: Path) -> None:
    """A folder of a spaCy pipeline is a parser like the bundled one; its digest is that of its files, not its place."""
    own = load_parser(str(copied))
    assert own.parse(SENTENCES) == load_parser().parse(SENTENCES)
    assert own.digest == load_parser().digest


@pytest.mark.parametrize("name", ["no_such_pipeline", "en_core_web_none", "/no/such/folder"])
def test_a_missing_pipeline_is_one_line(name: str) -> None:
    """What is not installed is named, with the option that named it."""
    with pytest.raises(InputError) as caught:
        load_parser(name)
    line = str(caught.value)
    assert name in line
    assert "parser=" in line
    assert "\n" not in line


def test_a_folder_that_is_no_pipeline_is_one_line(tmp_path: Path) -> None:
    """A folder without a pipeline is named."""
    with pytest.raises(InputError, match="not a spaCy pipeline"):
        load_parser(str(tmp_path))


def test_a_pipeline_that_does_not_parse_is_refused(tmp_path: Path) -> None:
    """A pipeline without tagger and parser is no parser."""
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(InputError, match="no parts of speech or no dependencies"):
        load_parser(str(tmp_path / "blank"))


@pytest.mark.parametrize("change", ["damage", "addition", "loss", "no sums"])
def test_a_damaged_bundled_parser_is_refused(copied: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """A changed, added or lost file of the bundled parser is found before anything is loaded."""
    if change == "damage":
        (copied / "parser" / "model").write_bytes(b"x")
    elif change == "addition":
        (copied / "parser" / "more").write_bytes(b"x")
    elif change == "loss":
        (copied / "parser" / "moves").unlink()
    else:
        (copied / "SHA256SUMS").unlink()
    monkeypatch.setattr(parser_loading, "bundled", lambda name: copied)
    parser_loading._read_parser.cache_clear()
    try:
        with pytest.raises(InputError, match="damaged"):
            load_parser()
    finally:
        parser_loading._read_parser.cache_clear()


def test_the_digest_is_of_names_and_bytes(copied: Path) -> None:
    """Another byte is another digest; the card and the sums are no part of it."""
    first = digest_folder(copied)
    (copied / "README.md").write_text("another card", encoding="utf-8")
    write_pipeline_sums(copied)
    assert first == digest_folder(copied)
    (copied / "meta.json").write_text("{}", encoding="utf-8")
    assert first != digest_folder(copied)
