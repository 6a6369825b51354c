"""Pages -> PDF, through an installed Chromium or, where there is none, WeasyPrint.

Nothing is fetched: a page is handed over as text, its scripts are off, and the browser can reach no address.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from adscreen.errors import InputError
from adscreen.report.chromium import NAMES, Chromium, find_chromium

_DATE = re.compile(rb"\(D:\d{14}[^()]*\)")
_EPOCH = b"(D:19700101000000+00'00')"


def print_pdf(html_paths: Iterable[Path], out: Path) -> tuple[Path, ...]:
    """Print each page to a PDF of the same name in the folder ``out``; return the PDFs in order.

    The dates that Chromium writes into a PDF are made constant, so that the same page gives the same bytes.

    Raises:
        InputError: neither Chromium nor WeasyPrint is installed, a page cannot be read, or ``out`` cannot be written.
    """
    sources = tuple(html_paths)
    chromium = find_chromium()
    if chromium:
        printed = _print_with_chromium(sources, chromium)
    elif find_spec("weasyprint"):
        printed = map(_print_with_weasyprint, sources)
    else:
        raise InputError(
            "needs Chromium or WeasyPrint, and neither is installed",
            where="pdf=",
            remedy=f"install one of the programs {', '.join(NAMES)}, or the Python package weasyprint",
        )
    return tuple(_write(out / f"{source.stem}.pdf", pdf) for source, pdf in zip(sources, printed, strict=True))


def _print_with_chromium(sources: tuple[Path, ...], command: str) -> Iterator[bytes]:
    """Yield the PDF of each page, all from one browser."""
    with Chromium(command) as browser:
        for source in sources:
            tab = browser.open_tab()
            browser.call("Emulation.setScriptExecutionDisabled", session=tab, value=True)
            frame = browser.call("Page.getFrameTree", session=tab)["frameTree"]["frame"]["id"]
            browser.call("Page.setDocumentContent", session=tab, frameId=frame, html=_read(source))
            pdf = browser.call(
                "Page.printToPDF", session=tab, preferCSSPageSize=True, printBackground=True, generateTaggedPDF=True
            )
            browser.call("Page.close", session=tab)
            yield _DATE.sub(_same_length, base64.b64decode(pdf["data"]))


def _same_length(date: re.Match[bytes]) -> bytes:
    """Return a constant date as long as the one found, so that the offsets in the file stay true."""
    return _EPOCH[: len(date[0]) - 1].ljust(len(date[0]) - 1, b"0") + b")"


def _print_with_weasyprint(source: Path) -> bytes:
    from weasyprint import HTML

    pdf: bytes = HTML(string=_read(source), url_fetcher=_refuse).write_pdf()
    return pdf


def _refuse(url: str) -> NoReturn:
    """Fetch nothing: a page holds all that it shows."""
    raise ValueError("a report needs no address")


def _read(source: Path) -> str:
    try:
        return source.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=str(source), remedy="run `adscreen report` first"
        ) from error


def _write(path: Path, pdf: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="name a folder that can be written"
        ) from error
    return path
