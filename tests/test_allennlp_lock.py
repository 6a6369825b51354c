"""The lock of AllenNLP's own environment: exact, hashed, and fit for what it is."""

from __future__ import annotations

import re
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements-allennlp.lock"


def pins() -> dict[str, str]:
    """Return {package: version}; a line that is no exact pin with SHA-256 hashes is an error."""
    found = {}
    for entry in LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=sha256:(?=[0-9a-f]{64}\b)", entry.strip())
        exact = re.fullmatch(r"([a-z0-9-]+)==([0-9a-z.!+]+)", requirement)
        assert exact, f"not an exact pin: {requirement}"
        assert hashes, f"no hash for {requirement}"
        found[exact[1]] = exact[2]
    return found


def test_the_lock_tells_no_place() -> None:
    """It names packages, versions and hashes: no address, index or path."""
    places = re.compile(r"://|(?:^|[ =])/|\s@\s|index-url|find-links", re.MULTILINE)
    assert [] == places.findall(LOCK.read_text(encoding="utf-8"))


def test_the_lock_is_of_the_reference_release() -> None:
    """AllenNLP 2.10.1, with the torch below 1.13 and the NumPy below 2 without which it does not import."""
    found = pins()
    assert "2.10.1" == found["allennlp"]
    assert (1, 13) > tuple(int(part) for part in found["torch"].split(".")[:2])
    assert found["numpy"].startswith("1.")
    assert "h5py" in found
