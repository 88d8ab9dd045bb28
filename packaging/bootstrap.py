"""Set medviewer up on a fresh machine and run it, or run its tests.

Needs nothing but Python.

    python3 packaging/bootstrap.py run [PATH ...]        the window; without PATH on the demonstration study
    python3 packaging/bootstrap.py train [ARGUMENT ...]  medviewer train, with what training needs besides
    python3 packaging/bootstrap.py test [ARGUMENT ...]   formatter, linter, types, import contracts and pytest
                                                         on all processors; -n 0 is one process
    python3 packaging/bootstrap.py test --fast           the same with the tests that run below a minute

All make .venv beside pyproject.toml and install the pinned dependencies into it, each checked against the
hashes of constraints.txt; a second run starts at once. The file is written so that an old Python can still
say that it is too old.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
TOUR = ROOT / "build" / "tour"
OLDEST_PYTHON = (3, 11)
PROCESSES = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")
FAST = ("-m", "fast")
EXTRAS = {"run": (), "train": ("train",), "test": ("train", "cluster", "dev")}

WINDOW_PACKAGES = (
    "libegl1",
    "libgl1",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libdbus-1-3",
    "libfontconfig1",
    "fonts-noto-cjk",
)
TEST_PACKAGES = ("strace", "xvfb", "xauth", "xdotool", "openbox", "dcmtk", "dicom3tools", "libgdcm-tools")


def main(arguments: list[str]) -> int:
    """Run one of the commands and return the exit status."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        wanted = ".".join(str(part) for part in OLDEST_PYTHON)
        return _fail(f"medviewer needs Python {wanted} or newer; this is {platform.python_version()}.")
    if not arguments or arguments[0] not in EXTRAS:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    command, rest = arguments[0], arguments[1:]
    try:
        for_tests = command == "test"
        install_system_packages(WINDOW_PACKAGES + (TEST_PACKAGES if for_tests else ()))
        install(EXTRAS[command])
    except subprocess.CalledProcessError as error:
        return _fail(f"the set-up stopped: {' '.join(map(str, error.cmd))} ended with {error.returncode}.")
    if for_tests:
        return run_tests(rest)
    compile_program()
    if command == "train":
        return subprocess.call([str(python()), "-P", "-m", "medviewer", "train", *rest])
    return run_program(rest)


def compile_program() -> None:
    """Compile the sources that changed.

    The limited worker may write no files, so it would do that at each start.
    """
    subprocess.call([str(python()), "-m", "compileall", "-q", str(ROOT / "medviewer")])


def run_program(paths: list[str]) -> int:
    """Open the window, or do its job off screen without a display.

    Then it is said where the files are.
    """
    command = [str(python()), "-P", "-m", "medviewer", *(paths or ["--demo"])]
    if has_display():
        return subprocess.call(command)
    if paths:
        return _fail(
            "There is no display to open a window on. Without one the files can be read with"
            f" {python().parent / 'medviewer'} info, render, classify and export."
        )
    print("There is no display: opening, classifying and exporting the demonstration study off screen.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # what that platform cannot do
    return subprocess.call([*command, "--offscreen-tour", str(TOUR)])


def run_tests(pytest_arguments: list[str]) -> int:
    """Run every check and return 0 if all passed.

    A failed one does not keep the others from running.
    """
    compile_program()
    run = [str(python()), "-m"]
    pytest_arguments = [one for each in pytest_arguments for one in (FAST if each == "--fast" else (each,))]
    if not any(each.startswith(("-n", "--numprocesses", "--pdb")) for each in pytest_arguments):
        pytest_arguments = [*PROCESSES, *pytest_arguments]
    checks = {
        "format": [*run, "ruff", "format", "--check", "."],
        "lint": [*run, "ruff", "check", "."],
        "types": [*run, "mypy"],
        "imports": [str(python().parent / "lint-imports")],
        "tests": [*run, "pytest", *pytest_arguments],
    }
    failed = []
    times = []
    for name, command in checks.items():
        print(f"\n== {name}: {' '.join(command[1:])}", flush=True)
        started = time.monotonic()
        if subprocess.call(command, cwd=ROOT):
            failed.append(name)
        times.append(f"{name} {time.monotonic() - started:.0f} s")
    print("\n== " + ", ".join(times))
    print("== failed: " + ", ".join(failed) if failed else "== all passed")
    return 1 if failed else 0


def python() -> Path:
    """Return the interpreter of the environment."""
    if os.name == "nt":
        return ENVIRONMENT / "Scripts" / "python.exe"
    return ENVIRONMENT / "bin" / "python"


def has_display() -> bool:
    """Return whether a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def install(extras: tuple[str, ...]) -> None:
    """Make the environment with the project and its dependencies.

    Where that is done already, nothing happens.

    Nothing is installed whose hash is not in constraints.txt, and nothing is looked for that is not there.
    """
    wanted = _fingerprint()
    if any(
        _stamp(have).is_file() and _stamp(have).read_text("utf-8") == wanted for have in _covering(extras)
    ):
        return
    if not environment_works():
        print(f"Making {ENVIRONMENT}", flush=True)
        _install_venv_package()
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    print("Installing the dependencies; the first time this takes some minutes.", flush=True)
    install_torch()
    _install_parts("build", "program", *extras)
    project = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    subprocess.check_call([*_pip("install"), "--no-deps", "--no-build-isolation", "-e", project])
    subprocess.check_call(_pip("check"))
    _stamp(extras).write_text(wanted, "utf-8")


def install_torch() -> None:
    """Install torch.

    On Linux it is the build without CUDA where an index offers it, else that of PyPI.
    """
    if sys.platform == "linux":
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.call(install_command("torch-cpu"), **quiet) == 0:
            return
    _install_parts("torch", *(["torch-cuda"] if sys.platform == "linux" else []))


def _install_parts(*parts: str) -> None:
    subprocess.check_call(install_command(*parts))


def install_command(*parts: str) -> list[str]:
    """Return the command that installs parts of constraints.txt.

    They are put into a file of their own.
    """
    pins, chosen = [], False
    for line in CONSTRAINTS.read_text("utf-8").splitlines():
        if line.startswith("# ["):
            chosen = line[3 : line.index("]")] in parts
        elif chosen:
            pins.append(line)
    asked = ENVIRONMENT / f"medviewer-{'-'.join(parts)}.txt"
    asked.write_text("\n".join(pins) + "\n", "utf-8")
    return [*_pip("install"), "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(asked)]


def _pip(command: str) -> list[str]:
    return [str(python()), "-m", "pip", "--disable-pip-version-check", command]


def _covering(extras: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the sets of extras that hold all of some."""
    return [have for have in EXTRAS.values() if set(extras) <= set(have)]


def environment_works() -> bool:
    """Return whether .venv is of this very Python.

    An upgrade of the system leaves a dead one.
    """
    if not python().is_file():
        return False
    version = "import sys; print(sys.version)"
    answer = subprocess.run([str(python()), "-c", version], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.version


def _stamp(extras: tuple[str, ...]) -> Path:
    return ENVIRONMENT / f"medviewer-{'-'.join(('program', *extras))}.stamp"


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(path.read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def install_system_packages(packages: tuple[str, ...]) -> None:
    """Install missing system packages as root on Debian and Ubuntu.

    Elsewhere name the one command.
    """
    if not is_debian():
        return
    missing = [package for package in packages if not is_installed(package)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        print(f"Some system packages are missing. Install them with\n\n    sudo {' '.join(command)}\n")
        return
    print(f"Installing {' '.join(missing)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call([command[0], "update", "-q"], env=quiet)  # an old list of packages may still do
    subprocess.check_call(command, env=quiet)


def _install_venv_package() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        install_system_packages((f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",))


def is_debian() -> bool:
    """Return whether packages are installed with apt-get here."""
    return Path("/etc/debian_version").is_file() and shutil.which("apt-get") is not None


def is_installed(package: str) -> bool:
    """Return whether a package of the system is installed."""
    query = ["dpkg-query", "-W", "-f=${db:Status-Status}", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout == "installed"


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
