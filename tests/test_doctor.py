"""The doctor tells what is there, what is missing and how to mend it."""

from __future__ import annotations

import hashlib
import os
import socket
import tomllib
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from adscreen import doctor
from adscreen.doctor import Check, Requirement

ROOT = Path(__file__).resolve().parents[1]


def _model(folder: Path, content: bytes = b"weights", digest: str = "") -> Path:
    """Write a model folder of one file."""
    (folder / "weights.hdf5").write_bytes(content)
    digest = digest or hashlib.sha256(content).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  weights.hdf5\n", encoding="utf-8")
    return folder


def test_this_environment_lacks_nothing_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests run, nothing is missing; the doctor opens no socket to find out."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the doctor used the network")

    monkeypatch.setattr(socket, "socket", refuse)
    checks = doctor.examine()
    assert [] == [check for check in checks if check.status == "missing"]
    assert len(checks) == len({check.name for check in checks})


def test_whatever_is_not_well_has_a_remedy(tmp_path: Path) -> None:
    """A check that is not ok says what to do; one that is ok asks for nothing."""
    assert all(bool(check.remedy) == (check.status != "ok") for check in doctor.examine(tmp_path / "none"))


def test_every_declared_dependency_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core of a checkout's pyproject.toml and the extras a user may want are checked; developers' are not."""
    monkeypatch.setattr(doctor, "_installed_requirements", list)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {f"{one.name}>={one.least}" for one in doctor.requirements() if not one.extra}
    assert set(project["dependencies"]) == wanted
    assert set(project["optional-dependencies"]) - {"dev", "test"} == {
        one.extra for one in doctor.requirements() if one.extra
    }


@pytest.mark.parametrize(
    ("running", "status"), [((3, 10), "missing"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "warning")]
)
def test_python(running: tuple[int, int], status: str) -> None:
    """An older Python cannot run adscreen; a newer one than any tested may."""
    assert status == doctor.check_python(running).status


def test_supported_python_is_that_of_the_project() -> None:
    """The oldest version the doctor accepts is the one pyproject.toml requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert ">=" + ".".join(map(str, doctor.OLDEST_PYTHON)) == project["requires-python"]


def test_an_absent_dependency() -> None:
    """Without a core dependency adscreen does not work; without an extra it does less, and says how to get it."""
    core = doctor.check_requirement(Requirement("no-such-distribution", "1.0"))
    extra = doctor.check_requirement(Requirement("no-such-distribution", "1.0", "torch"))
    assert ("missing", "not installed") == (core.status, core.detail)
    assert ("warning", "pip install 'adscreen[torch]'") == (extra.status, extra.remedy)


def test_an_old_dependency() -> None:
    """An older version than the least tested is a warning that names both."""
    check = doctor.check_requirement(Requirement("numpy", "1000.1"))
    assert "warning" == check.status
    assert check.detail.endswith("is older than 1000.1")


def test_a_dependency_whose_files_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metadata alone is no installation."""
    information = tmp_path / "halfgone-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: halfgone\nVersion: 1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    expected = Check("halfgone", "missing", "1.0 is listed but its files are gone", "install adscreen anew")
    assert expected == doctor.check_requirement(Requirement("halfgone", "1.0"))


def test_lost_metadata_is_told() -> None:
    """Where it is not known what adscreen needs, that is said, and not passed over."""
    assert "missing" == doctor.check_package([]).status
    assert "ok" == doctor.check_package([Requirement("numpy", "2.0")]).status


def test_a_whole_model(tmp_path: Path) -> None:
    """Every file has the digest that was recorded."""
    assert Check("m", "ok", "1 files, SHA-256 verified") == doctor.check_model("m", _model(tmp_path))


@pytest.mark.parametrize("damage", ["changed", "deleted", "unlisted", "no sums", "no folder"])
def test_a_damaged_model(tmp_path: Path, damage: str) -> None:
    """A file that changed or is gone, empty or absent sums, and an absent folder: each is missing, never ok."""
    folder = _model(tmp_path)
    if damage == "changed":
        (folder / "weights.hdf5").write_bytes(b"weightz")
    elif damage == "deleted":
        (folder / "weights.hdf5").unlink()
    elif damage == "unlisted":
        (folder / "SHA256SUMS").write_text("", encoding="utf-8")
    elif damage == "no sums":
        (folder / "SHA256SUMS").unlink()
    check = doctor.check_model("m", None if damage == "no folder" else folder)
    assert "missing" == check.status
    assert ("weights.hdf5" in check.detail) == (damage in ("changed", "deleted"))


def test_schemas(tmp_path: Path) -> None:
    """A schema that does not ship is named."""
    for kind in doctor.KINDS[1:]:
        (tmp_path / kind.file).write_text("{}", encoding="utf-8")
    assert f"not there: {doctor.KINDS[0].file}" == doctor.check_schemas(tmp_path).detail
    (tmp_path / doctor.KINDS[0].file).write_text("{}", encoding="utf-8")
    assert "ok" == doctor.check_schemas(tmp_path).status
    assert "missing" == doctor.check_schemas(None).status


def test_allennlp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is that of the variable, else the folder; its absence is told, a wrong variable is too."""
    monkeypatch.delenv(doctor.ALLENNLP_VARIABLE, raising=False)
    assert doctor.check_allennlp(tmp_path).detail.startswith("none")
    python = tmp_path / doctor.ALLENNLP_FOLDER / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert Check("AllenNLP environment", "ok", str(python)) == doctor.check_allennlp(tmp_path)
    monkeypatch.setenv(doctor.ALLENNLP_VARIABLE, str(tmp_path / "none"))
    assert "warning" == doctor.check_allennlp(tmp_path).status
    monkeypatch.setenv(doctor.ALLENNLP_VARIABLE, str(python))
    assert "ok" == doctor.check_allennlp(tmp_path / "elsewhere").status


def test_threads() -> None:
    """More BLAS threads than usable cores is a warning that says what to set."""
    import numpy  # noqa: F401  (loading it loads its BLAS)

    with threadpool_limits(1, user_api="blas"):
        assert "ok" == doctor.check_threads().status
    cores = len(os.sched_getaffinity(0)) if hasattr(doctor.os, "sched_getaffinity") else os.cpu_count()
    with threadpool_limits((cores or 1) + 1, user_api="blas"):
        assert f"set OMP_NUM_THREADS={cores}" == doctor.check_threads().remedy


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder is tried, not asked."""
    assert "ok" == doctor.check_writable(tmp_path).status
    assert "warning" == doctor.check_writable(tmp_path / "none").status
    assert [] == list(tmp_path.iterdir())


def test_printing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser on the path is found by name."""
    monkeypatch.setenv("PATH", str(tmp_path))
    browser = tmp_path / "chromium"
    browser.touch(mode=0o755)
    assert "chromium" in doctor.check_printing().detail
