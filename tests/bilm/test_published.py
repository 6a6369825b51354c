"""Published biLMs: the registry, and fetching from a server on this machine."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adscreen.bilm.format import read_bilm
from adscreen.bilm.published import (
    PublishedFile,
    PublishedModel,
    ask_size,
    fetch,
    files_of,
    find_published,
    list_published,
    read_registry,
    verify,
)
from adscreen.errors import InputError
from adscreen.progress import Progress

NAMES = ("options.json", "softmax.hdf5", "vocabulary.txt", "weights.hdf5")
QUIET = Progress(shown=False)


class Handler(SimpleHTTPRequestHandler):
    """A server of files that knows ranges, breaks off when told to, and keeps what it was asked for."""

    asked: list[tuple[str, str]]
    break_after: dict[str, int]

    def do_GET(self) -> None:
        """Send a file, from where the request says."""
        name = self.path.strip("/")
        path = Path(self.directory) / name
        wanted = self.headers.get("Range", "")
        self.asked.append((name, wanted))
        if not path.exists():
            self.send_error(404)
            return
        content = path.read_bytes()
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.break_after.pop(name, None)])

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tiny_bilm: Path, tmp_path: Path) -> Path:
    """A copy of a biLM's files, to be served."""
    folder = tmp_path / "served"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(tiny_bilm / name, folder / name)
    return folder


@pytest.fixture
def model(served: Path) -> Iterator[PublishedModel]:
    """That biLM as published at 127.0.0.1, with no digest."""
    Handler.asked, Handler.break_after = [], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    yield PublishedModel("tiny", "a test", "none", tuple(PublishedFile(name, f"{base}/{name}") for name in NAMES))
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(model: PublishedModel, folder: Path) -> None:
    """Fetch all of a model's files."""
    fetch(model, model.files, folder, progress=QUIET)


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_fetched_is_a_biLM(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """The folder holds the served bytes, reads as a cased biLM of the model's name, and passes verification."""
    fetched(model, tmp_path / "out")
    assert [(served / n).read_bytes() for n in NAMES] == [(tmp_path / "out" / n).read_bytes() for n in NAMES]
    files = read_bilm(tmp_path / "out")
    assert ("elmo-tiny", False) == (files.name, files.lowercase)
    rows = verify(tmp_path / "out")
    assert {"equals SHA256SUMS"} == {row["result"] for row in rows}
    assert {"embedding and perplexity"} == {row["use"] for row in rows}
    assert not list((tmp_path / "out").glob("*.partial"))


def test_a_broken_download_goes_on(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """After a break the same command asks for the rest alone, and fetches nothing that is there."""
    Handler.break_after = {"weights.hdf5": 1000}
    with pytest.raises(InputError, match=r"weights\.hdf5: not fetched \(.*1,000.*; give the command again"):
        fetched(model, tmp_path / "out")
    assert 1000 == (tmp_path / "out" / "weights.hdf5.partial").stat().st_size
    Handler.asked.clear()
    fetched(model, tmp_path / "out")
    assert [("weights.hdf5", "bytes=1000-")] == Handler.asked
    assert (served / "weights.hdf5").read_bytes() == (tmp_path / "out" / "weights.hdf5").read_bytes()


def test_a_download_that_broke_off_at_its_end_is_taken(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """A whole .partial, of which the server has nothing left to send, is checked and named."""
    (tmp_path / "out").mkdir()
    shutil.copy(served / "weights.hdf5", tmp_path / "out" / "weights.hdf5.partial")
    fetched(model, tmp_path / "out")
    assert digest(served / "weights.hdf5") == digest(tmp_path / "out" / "weights.hdf5")


def test_a_wrong_digest_is_refused(model: PublishedModel, tmp_path: Path) -> None:
    """A file that is not what the registry says is an InputError with both digests, and is not kept."""
    files = tuple(replace(file, sha256="0" * 64) if file.name == "weights.hdf5" else file for file in model.files)
    with pytest.raises(InputError, match=rf"weights\.hdf5\.partial: SHA-256 is [0-9a-f]{{64}}, not {'0' * 64}"):
        fetch(model, files, tmp_path / "out", progress=QUIET)
    assert not list((tmp_path / "out").glob("weights*"))


def test_a_right_digest_is_accepted(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """With sizes and digests in the registry, the right files are fetched."""
    files = [
        replace(file, sha256=digest(served / file.name), size=(served / file.name).stat().st_size)
        for file in model.files
    ]
    fetch(model, files, tmp_path / "out", progress=QUIET)
    assert set(NAMES) < {path.name for path in (tmp_path / "out").iterdir()}


def test_a_wrong_size_is_refused(model: PublishedModel, tmp_path: Path) -> None:
    """A file of another size than the registry's is an InputError."""
    files = tuple(replace(file, size=7) if file.name == "options.json" else file for file in model.files)
    with pytest.raises(InputError, match=r"has \d+ bytes, not 7"):
        fetch(model, files, tmp_path / "out", progress=QUIET)


def test_the_first_digest_seen_is_kept(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """Where none is published, a later download must equal the first: a changed file is refused."""
    fetched(model, tmp_path / "out")
    first = (tmp_path / "out" / "SHA256SUMS").read_text()
    assert f"{digest(served / 'vocabulary.txt')}  vocabulary.txt\n" in first
    (tmp_path / "out" / "vocabulary.txt").unlink()
    (served / "vocabulary.txt").write_text((served / "vocabulary.txt").read_text().replace("\nboy\n", "\ntoy\n"))
    with pytest.raises(InputError, match=r"vocabulary\.txt\.partial: SHA-256 is"):
        fetched(model, tmp_path / "out")
    assert first == (tmp_path / "out" / "SHA256SUMS").read_text()


def test_a_missing_address_is_one_line(model: PublishedModel, served: Path, tmp_path: Path) -> None:
    """HTTP errors name the address and the status."""
    (served / "softmax.hdf5").unlink()
    with pytest.raises(InputError, match=r"^http://127\.0\.0\.1:\d+/softmax\.hdf5: not fetched \(HTTP 404\); give"):
        fetched(model, tmp_path / "out")


def test_an_unreachable_server_is_one_line(model: PublishedModel, tmp_path: Path) -> None:
    """Without a network, fetching is an InputError that says how to go on."""
    nowhere = replace(model.files[0], address="http://127.0.0.1:1/options.json")
    with pytest.raises(InputError, match=r"^http://127\.0\.0\.1:1/options\.json: not fetched \(.*refused.*\); give"):
        fetch(model, [nowhere], tmp_path / "out", progress=QUIET)


def test_a_folder_that_cannot_be_made_is_one_line(model: PublishedModel, tmp_path: Path) -> None:
    """A file where the folder should be is an InputError, before anything is fetched."""
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="out: cannot be made"):
        fetched(model, tmp_path / "out")
    assert [] == Handler.asked


def test_sizes_come_from_the_registry_or_the_server(model: PublishedModel, served: Path) -> None:
    """A size that is not published is asked for; a server that does not answer leaves it unknown."""
    file = model.files[0]
    assert 7 == ask_size(replace(file, size=7))
    assert (served / file.name).stat().st_size == ask_size(file)
    assert ask_size(replace(file, address="http://127.0.0.1:1/options.json")) is None


def test_verify_finds_a_changed_file(tiny_bilm: Path, model: PublishedModel, tmp_path: Path) -> None:
    """A file that differs from SHA256SUMS, or is missing, is an InputError; a folder without sums is only read."""
    fetched(model, tmp_path / "out")
    card = tmp_path / "out" / "model.json"
    card.write_text(card.read_text().replace("elmo-tiny", "elmo-tinY"))
    with pytest.raises(InputError, match=r"model\.json: SHA-256 is"):
        verify(tmp_path / "out")
    card.unlink()
    with pytest.raises(InputError, match=r"out: lacks model\.json, which SHA256SUMS lists"):
        verify(tmp_path / "out")
    shutil.copytree(tiny_bilm, tmp_path / "plain", ignore=shutil.ignore_patterns("SHA256SUMS"))
    assert {"readable; no recorded digest"} == {row["result"] for row in verify(tmp_path / "plain")}


def test_the_registry_names_four_models() -> None:
    """Small, medium, original and 5.5B; the last two with softmax and vocabulary; every entry complete."""
    registry = read_registry()
    assert ["small", "medium", "original", "5.5B"] == list(registry)
    for name, model in registry.items():
        assert (set(NAMES) if name in ("original", "5.5B") else {NAMES[0], NAMES[3]}) == {f.name for f in model.files}
        assert {"options.json", "weights.hdf5"} == {f.name for f in files_of(model, embedding_only=True)}
        assert all(f.address.startswith("https://") for f in model.files)
        assert model.licence
    assert list(registry) == [row["name"] for row in list_published()]


def test_an_unknown_name_is_one_line() -> None:
    """A name that is not in the registry is an InputError that lists those that are."""
    with pytest.raises(InputError, match=r"^models: no published biLM 'large'; use small, medium, original, 5\.5B$"):
        find_published("large")
