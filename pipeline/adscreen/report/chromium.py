"""An installed Chromium, headless, spoken to over a pipe with the Chrome DevTools Protocol.

A pipe (``--remote-debugging-pipe``: file descriptors 3 and 4, JSON messages that end with a NUL byte) opens no port and
needs no driver beside the browser. The browser gets a profile of its own that is removed at the end, and reaches
nothing: every host name resolves to no address.

Source: https://chromedevtools.github.io/devtools-protocol/ and content/browser/devtools/devtools_pipe_handler.cc.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

from adscreen.errors import InputError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-default-browser-check",
    "--no-first-run",
)
_CHUNK = 1 << 16
_FREE_DESCRIPTOR = 10  # above the two that the browser reads


def find_chromium() -> str | None:
    """Return the path of the first Chromium or Chrome that is installed under one of its names."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """A running browser, for a ``with`` block. ``events`` holds what it reported, in order, besides answers."""

    def __init__(self, command: str, *, seconds: float = 60.0) -> None:
        """Note which browser to start and how long to wait for one answer."""
        self.command = command
        self.seconds = seconds
        self.events: list[dict[str, Any]] = []
        self._received = b""
        self._sent = 0

    def __enter__(self) -> Self:
        """Start the browser.

        Raises:
            InputError: it cannot be started.
        """
        self._profile = tempfile.TemporaryDirectory(prefix="adscreen-chromium-", ignore_cleanup_errors=True)
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        held = [fcntl.fcntl(theirs_in, fcntl.F_DUPFD_CLOEXEC, 3) for _ in range(2)]  # Popen's own pipe is not 3 or 4

        def connect() -> None:
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        try:
            self._process = subprocess.Popen(
                [self.command, *FLAGS, *_sandbox(), f"--user-data-dir={self._profile.name}", "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                close_fds=False,  # 3 and 4 are inherited; Python's own descriptors are not
                preexec_fn=connect,
            )
        except OSError as error:
            self._profile.cleanup()
            raise self._failure(f"cannot be started ({error.strerror})") from error
        finally:
            for descriptor in (theirs_in, theirs_out, *held):
                os.close(descriptor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the browser and remove its profile."""
        try:
            self.call("Browser.close")
            self._process.wait(self.seconds)
        except (InputError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def open_tab(self) -> str:
        """Open an empty page; return the session that ``call`` takes."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session: str = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return session

    def call(self, method: str, *, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send one command and return its result.

        Raises:
            InputError: the browser refuses the command, has ended, or does not answer in time.
        """
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        self._write(message if session is None else message | {"sessionId": session})
        until = time.monotonic() + self.seconds
        while True:
            answer = self._next(until)
            if answer.get("id") != self._sent:
                self.events.append(answer)
            elif "error" in answer:
                raise self._failure(f"refused {method}: {answer['error'].get('message', '')}")
            else:
                result: dict[str, Any] = answer["result"]
                return result

    def _write(self, message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message).encode() + b"\0")
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except OSError as error:
            raise self._failure("has ended") from error

    def _next(self, until: float) -> dict[str, Any]:
        """Return the next message, waiting until a moment of the monotonic clock."""
        pieces = [self._received]
        while b"\0" not in pieces[-1]:
            if not select.select([self._in], [], [], max(0.0, until - time.monotonic()))[0]:
                raise self._failure(f"gave no answer in {self.seconds:g} seconds")
            piece = os.read(self._in, _CHUNK)
            if not piece:
                raise self._failure("has ended")
            pieces.append(piece)
        message, _, self._received = b"".join(pieces).partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    def _failure(self, what: str) -> InputError:
        return InputError(f"Chromium {what}", where=self.command, remedy="check that it runs with --headless")


def _pipe() -> tuple[int, int]:
    """Return a pipe whose descriptors are not 3 or 4, which are the browser's."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FREE_DESCRIPTOR) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _sandbox() -> tuple[str, ...]:
    """Return the flag without which Chromium does not run as root, as in a container; nobody else gets it."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()
