"""The locks are complete and safe to publish; the built archives hold what ships; the wheel runs without the source."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import adscreen

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
TELLS_A_PLACE = re.compile(r"://|(?:^|[ =])/|\s@\s|index-url|find-links", re.MULTILINE)


def _read_lock(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return {package: (version, hashes)} of a lock; a line that is no exact pin with SHA-256 hashes is an error."""
    pins = {}
    for entry in (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=sha256:(?=[0-9a-f]{64}\b)", entry.strip())
        exact = re.fullmatch(r"([a-z0-9-]+)==([0-9a-z.!+]+)(?: ; .+)?", requirement)
        assert exact, f"{name}: not an exact pin: {requirement}"
        assert hashes, f"{name}: no hash for {requirement}"
        pins[exact[1]] = (exact[2], frozenset(hashes))
    return pins


def _declared(*extras: str) -> list[Requirement]:
    """Return what pyproject.toml asks for, with the given extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_tells_no_place(name: str) -> None:
    """A lock names packages, versions and hashes: no address, no index and no path of the machine that wrote it."""
    assert [] == TELLS_A_PLACE.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "spacy @ https://example.org/spacy.whl",
        "--extra-index-url packages.example.org",
        "--find-links=wheels",
        "/home/me/wheels/spacy.whl",
        "--constraint=/home/me/lock",
    ],
)
def test_a_place_would_be_noticed(line: str) -> None:
    """The pattern of the test above finds an address, an index option, a wheel folder and an absolute path."""
    assert TELLS_A_PLACE.search(f"numpy==2.4.6\n{line}\n")


@pytest.mark.parametrize(("name", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("test",))])
def test_a_lock_pins_every_declared_dependency(name: str, extras: tuple[str, ...]) -> None:
    """Every dependency of pyproject.toml is in the lock, by hash, at a version that pyproject.toml allows."""
    pins = _read_lock(name)
    for requirement in _declared(*extras):
        version, _ = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{name}: {requirement} is locked at {version}"


def test_the_test_lock_extends_the_core_lock() -> None:
    """Tests run on the very files that users install."""
    assert _read_lock(LOCKS[0]).items() <= _read_lock(LOCKS[1]).items()


def test_every_core_dependency_is_used() -> None:
    """A user installs nothing that the package never imports: what tests compare with belongs to the extra ``test``."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    imports = {"scikit-learn": "sklearn"}
    by_name = re.compile(r'engine="(\w+)"')  # pandas imports it for us
    used = {*re.findall(r"^ *(?:from|import) (\w+)", source, re.MULTILINE), *by_name.findall(source)}
    assert set() == {imports.get(requirement.name, requirement.name) for requirement in _declared()} - used


def test_every_page_that_the_package_names_ships() -> None:
    """What an error or a command points at is in the wheel, with the pages that it links to; others are not named."""
    shipped = {name for name in _wheel_contents() if name.startswith("docs/")}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    named = set(re.findall(r"bundled\(['\"](docs/[\w.]+)", source))
    assert {"docs/features.md", "docs/languages.md", "docs/study.toml"} == named
    pages = {name: (ROOT / name).read_text(encoding="utf-8") for name in shipped}
    linked = {f"docs/{name}" for text in pages.values() for name in re.findall(r"\]\((\w+\.md)", text)}
    assert set() == (named | linked) - shipped


def test_torch_is_not_locked() -> None:
    """PyTorch differs by machine (CPU, CUDA), so no lock holds it."""
    assert not {"torch"} & (_read_lock(LOCKS[0]).keys() | _read_lock(LOCKS[1]).keys())


def _clean_environment() -> dict[str, str]:
    """Return the environment without anything that would put the source folder on the path."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program from ``folder`` in the clean environment."""
    return subprocess.run(arguments, cwd=folder, env=_clean_environment(), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the source archive, and the wheel from it: (wheel, source archive)."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT], check=True)
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def command(archives: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an environment that sees this one's dependencies but not the source; return ``adscreen``."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    scheme = {"base": str(environment), "platbase": str(environment)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    # A .pth file adds the folder alone: the .pth files in it, an editable install's among them, are not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    binaries = Path(sysconfig.get_path("scripts", "venv", vars=scheme))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", f"{binaries}/python"]
    subprocess.run([*pip, "install", "--no-deps", str(archives[0])], check=True, env=_clean_environment())
    return binaries / "adscreen"


def _tracked_files(*under: str) -> list[str]:
    """Return the files under version control, or those in some folders alone."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: what must ship is not known")
    listed = subprocess.run(["git", "ls-files", "-z", *under], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name]


def _wheel_contents() -> list[str]:
    """Return the files and folders that pyproject.toml puts into the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contents: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    return contents


@pytest.mark.slow
def test_the_wheel_holds_every_shipped_file(archives: tuple[Path, Path]) -> None:
    """Every tracked file of the package, the models, the schemas and the pages named is in it, inside the package."""
    expected = {f"adscreen/{name.removeprefix('pipeline/adscreen/')}" for name in _tracked_files(*_wheel_contents())}
    assert set() == expected - set(zipfile.ZipFile(archives[0]).namelist())


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["adscreen/models/speech-bilm/", "/templates/", "adscreen/data_schemas/", "adscreen/docs/"]
)
def test_the_wheel_holds_models_templates_and_schemas(archives: tuple[Path, Path], part: str) -> None:
    """The speech biLM, the report templates, the JSON Schemas and the pages named are in the wheel."""
    assert any(part in name for name in zipfile.ZipFile(archives[0]).namelist())


@pytest.mark.slow
def test_the_wheel_installs_one_package(archives: tuple[Path, Path]) -> None:
    """The wheel puts ``adscreen`` and its metadata in site-packages, nothing else: the source root is not a package."""
    top = {name.partition("/")[0] for name in zipfile.ZipFile(archives[0]).namelist()}
    assert {"adscreen", f"adscreen-{adscreen.__version__}.dist-info"} == top


@pytest.mark.slow
def test_the_source_archive_holds_every_file_of_the_project(archives: tuple[Path, Path]) -> None:
    """Every tracked file is in the source archive, but for settings of tools (dot files) and the example report."""
    with tarfile.open(archives[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    expected = {name for name in _tracked_files() if not name.startswith((".", "reports/"))}
    assert {*LOCKS, "LICENSE"} <= expected
    assert set() == expected - names


@pytest.mark.slow
def test_the_wheel_carries_the_version_of_the_package(archives: tuple[Path, Path]) -> None:
    """There is one version: that of ``adscreen.__version__``."""
    assert f"adscreen-{adscreen.__version__}-py3-none-any.whl" == archives[0].name


@pytest.mark.slow
def test_the_installed_package_is_not_the_source(command: Path, tmp_path: Path) -> None:
    """The environment of these tests imports the wheel, so they cannot pass by finding the source folder."""
    done = _run([str(command.with_name("python")), "-c", "import adscreen; print(adscreen.__file__)"], tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(command.parents[1])


@pytest.fixture
def decoys(tmp_path: Path) -> Path:
    """Return a folder with a file and a folder that are named like the source root and end whoever imports them."""
    (tmp_path / "pipeline").mkdir()
    for decoy in (tmp_path / "pipeline.py", tmp_path / "pipeline" / "__init__.py"):
        decoy.write_text("raise SystemExit('a decoy was imported')\n", encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_installed_package_runs_beside_a_folder_named_pipeline(command: Path, decoys: Path) -> None:
    """A user's own ``pipeline.py`` or ``pipeline/`` in the working folder is not taken for a part of adscreen."""
    python = str(command.with_name("python"))
    done = _run([python, "-m", "adscreen", "--version"], decoys)
    assert (0, f"adscreen {adscreen.__version__}\n", "") == (done.returncode, done.stdout, done.stderr)
    done = _run([python, "-c", "import adscreen; print(adscreen.__version__)"], decoys)
    assert (0, f"{adscreen.__version__}\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_the_installed_package_brings_no_module_named_pipeline(command: Path, tmp_path: Path) -> None:
    """``import pipeline`` finds nothing of the wheel's, so the name stays free."""
    code = "import adscreen, importlib.util; print(importlib.util.find_spec('pipeline'))"
    done = _run([str(command.with_name("python")), "-c", code], tmp_path)
    assert (0, "None\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_the_installed_command_explains_itself(command: Path, tmp_path: Path) -> None:
    """``adscreen --help`` works from any folder and names the commands a newcomer needs first."""
    done = _run([str(command), "--help"], tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert {"demo", "evaluate", "train", "score"} <= set(done.stdout.split())
    done = _run([str(command), "settings"], tmp_path)
    assert (ROOT / "docs" / "study.toml").read_text(encoding="utf-8") == done.stdout


@pytest.mark.slow
def test_the_installed_demo_runs_in_an_empty_folder(command: Path, tmp_path: Path) -> None:
    """``adscreen demo OUT`` needs nothing but the wheel, writes a report and says where it is."""
    done = _run([str(command), "demo", "out"], tmp_path)
    assert 0 == done.returncode, done.stderr
    reports = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "out").rglob("index.html")]
    assert reports
    assert any(report in "".join(done.stdout.split()) for report in reports)
