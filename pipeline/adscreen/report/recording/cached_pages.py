"""RecordingReport -> its page, taken from a cache where the same report was laid out before.

A page is made of its report and the names of its neighbours alone: their digest, with that of the code and templates,
is its key.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

from adscreen.extract.cache import cache_key, open_cache
from adscreen.report.recording.pages import render_recording
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.stored_reports import report_to_json

_LEVEL = 1  # of compression: to a sixth, in less time than writing the rest would take


def keep_pages(folder: Path) -> Callable[..., str]:
    """Return a ``render_recording`` that keeps pages in the cache of a folder.

    Raises:
        InputError: the folder cannot hold a cache.
    """
    cache = open_cache(folder)

    def render(report: RecordingReport, *, previous: str | None = None, next: str | None = None) -> str:
        digest = hashlib.sha256(report_to_json(report)).hexdigest()
        key = cache_key(__name__, report=digest, previous=previous, next=next)
        stored = cache.read(key)
        if stored:
            return zlib.decompress(stored["page"]).decode("utf-8", errors="surrogatepass")
        page = render_recording(report, previous=previous, next=next)
        cache.write(key, {"page": zlib.compress(page.encode("utf-8", errors="surrogatepass"), _LEVEL)})
        return page

    return render
