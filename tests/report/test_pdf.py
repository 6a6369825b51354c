"""Pages -> PDF: through what is installed, the same bytes each time, or one line that says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.report.chromium import Chromium, find_chromium
from adscreen.report.pdf import print_pdf
from adscreen.report.recording.pages import render_recording
from adscreen.scoring.recording_report import RecordingReport


@pytest.fixture
def page(make_report: Callable[..., RecordingReport], tmp_path: Path) -> Path:
    """A recording's page on disk."""
    path = tmp_path / "S012_2.html"
    path.write_text(render_recording(make_report()), encoding="utf-8")
    return path


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A search path whose one folder is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_a_printer_one_line_says_what_to_install(page: Path, no_programs: Path) -> None:
    """It names both ways, and nothing is written."""
    with pytest.raises(InputError) as error:
        print_pdf([page], page.parent / "pdf")
    line = str(error.value)
    assert "pdf: needs Chromium or WeasyPrint, and neither is installed; install one of the programs chromium" in line
    assert line.endswith("or the Python package weasyprint")
    assert not (page.parent / "pdf").exists()


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60"])
def test_a_browser_that_does_not_answer_is_an_input_error(no_programs: Path, script: str) -> None:
    """One that ends, or one that is silent, gives one line with its path, and is not left running."""
    program = no_programs / "chromium"
    program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    assert str(program) == find_chromium()
    with pytest.raises(InputError, match=r"Chromium (has ended|gave no answer in 0.3 seconds)") as error:  # noqa: SIM117
        with Chromium(str(program), seconds=0.3) as browser:
            browser.open_tab()
    assert str(program) in str(error.value)
    assert browser._process.returncode is not None


def test_a_program_that_is_none_is_an_input_error(tmp_path: Path) -> None:
    """A path to nothing is told as such."""
    with pytest.raises(InputError, match="Chromium cannot be started"), Chromium(str(tmp_path / "nothing")):
        pass


@pytest.mark.browser
def test_each_page_becomes_a_pdf_of_its_name(page: Path, chromium: str) -> None:
    """The same page gives the same bytes; no path of this machine stands in them."""
    other = page.with_name("index.html")
    other.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    first = print_pdf([page, other], page.parent / "one")
    second = print_pdf([page], page.parent / "two")
    assert [page.parent / "one" / "S012_2.pdf", page.parent / "one" / "index.pdf"] == list(first)
    content = first[0].read_bytes()
    assert content.startswith(b"%PDF-")
    assert content == second[0].read_bytes() == first[1].read_bytes()
    assert str(page.parent).encode() not in content


@pytest.mark.browser
def test_a_page_that_is_missing_is_an_input_error(tmp_path: Path, chromium: str) -> None:
    """The line says where and what to do."""
    with pytest.raises(InputError, match=r"nothing\.html: cannot be read"):
        print_pdf([tmp_path / "nothing.html"], tmp_path / "pdf")
