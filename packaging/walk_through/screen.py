"""A screen in memory, and a hand for its mouse and keys."""

import mmap
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from PySide6.QtGui import QImage

PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}
"""Programs that are needed, and the Debian packages that have them."""

WINDOW_MANAGER = """<openbox_config xmlns="http://openbox.org/3.4/rc">
<focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
<applications><application title="medviewer"><decor>no</decor></application></applications>
</openbox_config>
"""
"""The window without a frame, so that it can have the whole screen; dialogs with one."""

LOOK_AGAIN_SECONDS = 0.02
STILL_SECONDS = 0.25
"""What has not changed for so long is complete: the caret of a field blinks more slowly."""

PATIENCE_SECONDS = 30.0
LONGEST_LOOK_SECONDS = 1.0
"""A look that takes longer counts as one of this time: the machine was halted, or does something else."""


class WalkError(Exception):
    """A control was not seen in time, or a step cannot be done here."""


def missing_packages() -> list[str]:
    """Return the Debian packages without which there is no screen."""
    return [package for program, package in PROGRAMS.items() if shutil.which(program) is None]


def wait_for(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds.

    Raises
    ------
    WalkError
        It does not in this time.
    """
    waited, before = 0.0, time.monotonic()
    while not is_so():
        time.sleep(LOOK_AGAIN_SECONDS)
        now = time.monotonic()
        waited += min(now - before, LONGEST_LOOK_SECONDS)
        before = now
        if waited > seconds:
            raise WalkError(f"waited {seconds:.0f} s for: {what}")


class Screen:
    """An X server without a monitor, whose picture lies in a file.

    Parameters
    ----------
    width, height : int
        In pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._folder = Path(mkdtemp(prefix="walk-through-"))
        reader, writer = os.pipe()
        size = f"{width}x{height}x24"
        options = ["-displayfd", str(writer), "-fbdir", str(self._folder), "-nolisten", "tcp"]
        self._server = subprocess.Popen(
            ["Xvfb", *options, "-screen", "0", size], pass_fds=[writer], stderr=subprocess.DEVNULL
        )
        os.close(writer)
        with os.fdopen(reader) as told:
            self.display = f":{told.readline().strip()}"
        if self.display == ":":
            raise WalkError("Xvfb did not start")
        with (self._folder / "Xvfb_screen0").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        rules = self._folder / "windows.xml"
        rules.write_text(WINDOW_MANAGER, "utf-8")
        self._rules = rules
        self._manager = self._manage()
        wait_for(self._is_managed, "the window manager")

    def close(self) -> None:
        """End the server."""
        self._memory.close()
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _manage(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["openbox", "--config-file", str(self._rules)],
            env={**os.environ, "DISPLAY": self.display, "XDG_CACHE_HOME": str(self._folder)},
            stderr=subprocess.DEVNULL,
        )

    def _is_managed(self) -> bool:
        if self._server.poll() is not None:
            raise WalkError(f"Xvfb ended with {self._server.returncode}")
        if self._manager.poll() is not None:  # the server was not ready to be asked, on a busy machine
            self._manager = self._manage()
        asked = ["xdotool", "get_num_desktops"]
        environment = {**os.environ, "DISPLAY": self.display}
        return not subprocess.run(asked, env=environment, capture_output=True, check=False).returncode

    def pixels(self) -> np.ndarray:
        """Return a copy of the screen, (rows, columns, 4) uint8.

        Blue, green, red and nothing.
        """
        header_size, _, _, _, _, rows = struct.unpack(">6I", self._memory[:24])
        bytes_per_line, colors = struct.unpack(">I", self._memory[48:52])[0], self._memory[76:80]
        start = header_size + struct.unpack(">I", colors)[0] * 12
        flat = np.frombuffer(self._memory[start : start + rows * bytes_per_line], np.uint8)
        return flat.reshape(rows, bytes_per_line // 4, 4)[:, : self.width]

    def is_still(self) -> Callable[[], bool]:
        """Return a question.

        Whether nothing has changed on the screen for STILL_SECONDS.
        """
        seen, since = self.pixels(), time.monotonic()

        def ask() -> bool:
            nonlocal seen, since
            now = self.pixels()
            if not np.array_equal(now, seen):
                seen, since = now, time.monotonic()
            return time.monotonic() - since >= STILL_SECONDS

        return ask

    def image(self) -> QImage:
        """Return the picture of the screen."""
        pixels = np.ascontiguousarray(self.pixels())
        made = QImage(pixels.data, self.width, pixels.shape[0], self.width * 4, QImage.Format.Format_RGB32)
        return made.copy()


class Hand:
    """Moves the mouse and presses keys by X events.

    No program can tell them from a person's.
    """

    def __init__(self, screen: Screen) -> None:
        self._environment = {**os.environ, "DISPLAY": screen.display}

    def act(self, *words: object) -> None:
        """Run xdotool."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise WalkError(f"{' '.join(command)}: {done.stderr.strip()}")

    def keys(self, *names: str) -> None:
        """Press keys one after the other, in the names of X.

        "ctrl+k", "Page_Down".
        """
        self.act("key", "--delay", 15, *names)

    def text(self, text: str) -> None:
        """Type a text."""
        self.act("type", "--delay", 8, text)

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a place.

        Twice, for what follows only a second movement.
        """
        self.act("mousemove", x - 2, y - 2, "mousemove", x, y)

    def click(self, x: int, y: int, button: int = 1, times: int = 1) -> None:
        """Click at a place."""
        self.point(x, y)
        self.act("click", "--repeat", times, "--delay", 60, button)

    def drag(self, start: tuple[int, int], way: tuple[int, int], button: int = 1, held: str = "") -> None:
        """Drag from a place, in ten steps, with a key held."""
        self.point(*start)
        steps: list[object] = []
        for step in range(1, 11):
            place = (start[0] + way[0] * step // 10, start[1] + way[1] * step // 10)
            steps += ["mousemove", *place, "sleep", 0.015]
        holding: list[object] = ["keydown", held] if held else []
        letting: list[object] = ["keyup", held] if held else []
        self.act(*holding, "mousedown", button, *steps, "mouseup", button, *letting)

    def wheel(self, steps: int, held: str = "") -> None:
        """Turn the wheel where the mouse is; downwards for positive steps."""
        holding: list[object] = ["keydown", held] if held else []
        letting: list[object] = ["keyup", held] if held else []
        turned = ["click", "--repeat", abs(steps), "--delay", 40, 5 if steps > 0 else 4]
        self.act(*holding, *turned, *letting)
