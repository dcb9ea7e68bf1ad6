"""What people install: the wheel, in a venv that has nothing of this folder, run from another folder."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


class Installed:
    """jobbot from the wheel. What it depends on is lent by the venv of the tests, behind its own packages."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        venv.create(folder / "venv", with_pip=False)
        self.python = folder / "venv" / "bin" / "python"
        command = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            "-q",
            "--no-deps",
            "--no-index",
        ]
        subprocess.run([*command, str(wheel)], check=True, capture_output=True)
        (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
        # site.addsitedir, and not the folder alone: what is lent may be lent there itself, by a .pth file.
        lent = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
        (packages / "lent.pth").write_text(lent, encoding="utf-8")
        self.command = folder / "venv" / "bin" / "jobbot"
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()

    def runs(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.command), *arguments],
            cwd=self.elsewhere,
            env=clean(),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


def clean() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(wheel, tmp_path_factory.mktemp("clean"))


def test_it_is_the_one_of_the_wheel(installed: Installed) -> None:
    asked = "import jobbot; print(jobbot.__file__)"
    command = [str(installed.python), "-c", asked]
    at = subprocess.run(
        command, cwd=installed.elsewhere, env=clean(), check=True, capture_output=True, text=True
    ).stdout
    assert Path(at).is_relative_to(installed.python.parent.parent)


def test_its_version(installed: Installed) -> None:
    assert re.fullmatch(r"jobbot \d+\.\d+\.\d+\n", installed.runs("--version"))


def test_its_manifest_is_the_one_of_the_repository(installed: Installed) -> None:
    assert installed.runs("manifest") == (ROOT / "manifest.yml").read_text(encoding="utf-8")


def test_its_pages_are_in_it(installed: Installed) -> None:
    assert "troubleshooting" in installed.runs("help")
    assert "[channels.C0123ABCD]" in installed.runs("help", "policy")


def test_its_demo_starts_with_its_page_and_ends(installed: Installed) -> None:
    command = [str(installed.command), "demo", "--no-open"]
    with subprocess.Popen(command, cwd=installed.elsewhere, env=clean(), stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            url = re.search(r"http://127\.0\.0\.1:\d+\S*", demo.stdout.readline())
            assert url is not None
            page = httpx.get(url[0], timeout=30, trust_env=False)
            assert page.status_code == 200
            scripts = re.findall(r'(?:src|href)="([^"#:]+\.(?:js|css|svg))', page.text)
            assert scripts
            for path in scripts:
                assert httpx.get(httpx.URL(url[0]).join(path), timeout=30, trust_env=False).status_code == 200
            demo.send_signal(signal.SIGINT)
            assert demo.wait(30) == 0
        finally:
            demo.kill()


def test_everything_of_the_package_is_in_it_and_nothing_else(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "jobbot"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone: there is nothing to compare with")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert packed >= set(listed.stdout.split())
    assert not [name for name in packed if name.endswith((".pyc", ".db", ".env"))]
