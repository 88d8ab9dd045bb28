"""Does a person's steps in the window, and keeps a picture of each."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from screen import PATIENCE_SECONDS, Hand, Screen, WalkError, wait_for

from medviewer.translation import translate
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.texts import without_access_key

X_NAMES = {
    ",": "comma",
    ".": "period",
    "[": "bracketleft",
    "]": "bracketright",
    "pgdown": "Page_Down",
    "pgup": "Page_Up",
    "esc": "Escape",
    "del": "Delete",
    **{name.lower(): name for name in ("Down", "Up", "Left", "Right", "Home", "End", "Tab", "Return")},
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}

PROGRAM = Path(__file__).with_name("program.py")
SLOW_MS = 1000
"""A step that takes longer is noted: a person wonders by then."""

ANSWER_SECONDS = 300.0
"""So long a question waits: a busy machine may halt the program for a while."""

PART_BYTES = 1 << 16
TRIES = 4


def key_of(command: str) -> str:
    """Return the key of a command, as X names it."""
    *held, key = command_by_id(command).shortcut.lower().split("+")
    return "+".join((*held, X_NAMES.get(key, key)))


def title_of(command: str) -> str:
    """Return the title of a command, in the language of the walk."""
    return without_access_key(translate(command_by_id(command).title))


def pane_name(number: int, view: str = "") -> str:
    """Return the beginning of a pane's name, as a screen reader says it.

    Parameters
    ----------
    view : str
        Marked English.
    """
    name = translate("Pane {number}", number=number)
    return translate(", ").join((name, translate(view))) if view else name


class Control(NamedTuple):
    """A visible control of the window, as a screen reader has it."""

    role: str
    name: str
    value: str
    left: int
    top: int
    width: int
    height: int
    state: list[str]

    @property
    def middle(self) -> tuple[int, int]:
        """The place to click on."""
        return self.left + self.width // 2, self.top + self.height // 2

    def place(self, across: float, down: float) -> tuple[int, int]:
        """Return a place inside it, as shares of its width and height."""
        return self.left + int(self.width * across), self.top + int(self.height * down)


class Questions:
    """Questions to the program, each answered by a line of JSON.

    Parameters
    ----------
    ours : socket
        Connected with the program.
    """

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._read, self._owed = b"", 0

    def ask(self, question: str) -> list[list[object]]:
        """Return the answer to a question: "controls" or "complaints".

        Raises
        ------
        OSError, ValueError
            None came, or none that can be read.
        """
        self._socket.sendall(question.encode("ascii") + b"\n")
        self._owed += 1
        while self._owed:  # first a late answer to a question that was given up
            answer = self._line()
            self._owed -= 1
        return list(json.loads(answer))

    def _line(self) -> bytes:
        while b"\n" not in self._read:
            part = self._socket.recv(PART_BYTES)
            if not part:
                raise ConnectionError
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return line


class Program:
    """The program in a process of its own, with a home of its own."""

    def __init__(self, screen: Screen, home: Path, language: str = "en") -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("XDG_CURRENT")},
            "DISPLAY": screen.display,
            "QT_QPA_PLATFORM": "xcb",
            "MEDVIEWER_HOME": str(home),
            "LANG": "C.UTF-8" if language == "en" else f"{language}.UTF-8",
            "LC_ALL": "",
            "LANGUAGE": language,
        }

    def start(self) -> None:
        """Start it; the one before has to have ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(theirs.fileno())],
                env=self._environment,
                pass_fds=[theirs.fileno()],
                cwd=PROGRAM.parents[2],
            )
        ours.settimeout(ANSWER_SECONDS)
        self._questions = Questions(ours)

    def ask(self, question: str) -> list[list[object]]:
        """Return the answer to a question: "controls" or "complaints"."""
        try:
            return self._questions.ask(question)
        except (OSError, ValueError) as error:
            raise WalkError(f"the program does not answer; it ended with {self._process.poll()}") from error

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def wait(self) -> int:
        """Wait for its end and return its status."""
        return self._process.wait(PATIENCE_SECONDS)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None


@dataclass
class Step:
    """A step of a walk, with its time and its complaints."""

    person: str
    did: str
    milliseconds: int
    picture: str = ""
    focus: str = ""
    complaints: list[str] = field(default_factory=list)
    trouble: str = ""


class Walker:
    """One person in front of the window.

    Parameters
    ----------
    folder : Path
        For the pictures.
    study : Path or None
        What they open; None: the phantom.
    language : str
        The one in which the program is used; names of controls are looked for in it.
    """

    def __init__(
        self, screen: Screen, home: Path, folder: Path, study: Path | None, language: str = "en"
    ) -> None:
        self.screen, self.hand = screen, Hand(screen)
        self.language = language
        self.program = Program(screen, home, language)
        self.home, self.folder, self.study = home, folder, study
        self.person = ""
        self.steps: list[Step] = []
        self._known_complaints: set[str] = set()
        self._began = time.monotonic()

    # seeing

    def controls(self) -> list[Control]:
        """Return all that is to be seen."""
        return [Control(*told) for told in self.program.ask("controls")]  # type: ignore[arg-type]

    def found(self, name: str, role: str = "") -> Control | None:
        """Return the control with a name, or whose name begins so.

        The last one lies on top.
        """
        fits = [
            control
            for control in self.controls()
            if role in ("", control.role) and "covered" not in control.state and control.width > 0
        ]
        exact = [control for control in fits if control.name == name]
        begins = [control for control in fits if control.name.startswith(name)]
        return (exact or begins or [None])[-1]

    def see(self, name: str, role: str = "", seconds: float = PATIENCE_SECONDS) -> Control:
        """Wait until there is a control, and return it."""
        seen: list[Control] = []

        def look() -> bool:
            seen[:] = [one for one in (self.found(name, role),) if one is not None]
            return bool(seen)

        wait_for(look, f"{role} “{name}”", seconds)
        return seen[0]

    @property
    def focus(self) -> str:
        """The control that has the keyboard."""
        focused = [one for one in self.controls() if "focused" in one.state and one.role != "ListItem"]
        return f"{focused[-1].role} {focused[-1].name[:40]}" if focused else ""

    def has_palette(self) -> bool:
        """Return whether commands can be typed, in any language."""
        fields = [one for one in self.controls() if one.role == "EditableText" and "focused" in one.state]
        return bool(fields) and any(
            one.role == "List" and one.top > fields[-1].top for one in self.controls()
        )

    def wait_for_field(self) -> None:
        """Wait until a text can be typed."""
        wait_for(lambda: self.focus.startswith("EditableText"), "a field for the text")

    # doing

    def type_path(self, path: Path) -> None:
        """Type a path into the field that has the keyboard, and press Return.

        Anew where the dialog completed it to something else, as it does on a busy machine.
        """
        self.wait_for_field()
        for _ in range(TRIES):
            self.hand.keys("ctrl+a")
            self.hand.text(str(path))
            wait_for(self.screen.is_still(), "the typed path")
            if str(path) in [one.value for one in self.controls() if one.role == "EditableText"]:
                self.hand.keys("Return")
                return
        raise WalkError(f"the field does not take {path}")

    def click(self, name: str, role: str = "", button: int = 1) -> None:
        """Click on a control."""
        self.hand.click(*self.see(name, role).middle, button)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, at the corner of the screen."""
        self.hand.act("search", "--name", "^medviewer$", "windowmove", "%@", 0, 0)
        self.hand.act("search", "--name", "^medviewer$", "windowsize", "%@", width, height)

    def step(self, did: str, name: str = "", *, is_still: bool = True) -> None:
        """End a step: wait for the picture, keep it, note complaints."""
        waited = time.monotonic()
        made = Step(self.person, did, 0)
        if is_still:
            try:
                wait_for(self.screen.is_still(), f"a picture at rest after: {did}")
            except WalkError as error:
                made.trouble = str(error)
        made.milliseconds = int((time.monotonic() - waited) * 1000)
        made.focus = self.focus
        for complaint in map(str, self.program.ask("complaints")):
            if complaint not in self._known_complaints:
                self._known_complaints.add(complaint)
                made.complaints.append(complaint)
        if name:
            made.picture = f"{len(self.steps) + 1:03d}-{self.person}-{name}.png".replace(" ", "-")
            self.screen.image().save(str(self.folder / made.picture))
        self.steps.append(made)

    def trouble(self, did: str, error: WalkError) -> None:
        """Note a step that could not be done, with a picture."""
        picture = f"{len(self.steps) + 1:03d}-{self.person}-trouble.png"
        self.screen.image().save(str(self.folder / picture))
        self.steps.append(Step(self.person, did, 0, picture, trouble=str(error)))

    def report(self) -> str:
        """Return all steps as a page."""
        minutes = (time.monotonic() - self._began) / 60
        lines = [
            f"# Walk through {self.study.name if self.study else 'the phantom'}",
            "",
            f"{len(self.steps)} steps in {minutes:.1f} minutes.",
            "",
            "| step | who | what | ms | keyboard | picture |",
            "|---|---|---|---|---|---|",
        ]
        for number, one in enumerate(self.steps, 1):
            slow = " slow" if one.milliseconds > SLOW_MS else ""
            cells = (number, one.person, one.did, f"{one.milliseconds}{slow}", one.focus, one.picture)
            lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
        for title, told in (
            ("Trouble", [(one.did, one.trouble) for one in self.steps if one.trouble]),
            ("Complaints", [(one.did, text) for one in self.steps for text in one.complaints]),
        ):
            lines += ["", f"## {title}: {len(told)}", ""]
            lines += [f"- {did}: {text}" for did, text in told]
        return "\n".join(lines) + "\n"
