"""A session on made images in virtual time, with a record of events."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from medviewer.dicom.library import ScanProgress
from medviewer.dicom.model import Library
from medviewer.dicom.workers.frame_cache import FrameCache
from medviewer.gui.session.session import ViewerSession
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.limits import CACHE_BYTES
from medviewer.viewer.notice import Notice
from medviewer.viewer.state.pane_state import PaneState
from tests.made_stacks import MadeFiles, OracleClassifier, library, stack
from tests.virtual_time import VirtualWorkers


class Bench:
    """A session with all that happened to it."""

    def __init__(self) -> None:
        self.files = MadeFiles()
        self.workers = VirtualWorkers(seed=1)
        self.found: list[Library] = [library(stack("A", slices=7))]
        self.is_small = False  # what is opened has few files, all of which are known
        self.classifier = OracleClassifier()
        self.loading_error: Exception | None = None
        self.scan_error: Exception | None = None
        self.messages: list[tuple[str, str, str]] = []
        self.crashes: list[str] = []
        self.cache = FrameCache(CACHE_BYTES)
        self.session = ViewerSession(
            self.files,
            workers=self.workers,
            load_classifier=self.load,
            scan=self.scan,
            cache=self.cache,
        )
        self.session.notices.told.connect(self.on_notice)
        self.session.crashed.connect(self.on_crash)

    def on_notice(self, notice: Notice) -> None:
        self.messages.append((notice.sentence.for_user(), notice.hint.for_user(), notice.severity))

    @property
    def waiting(self) -> list[str]:
        """Messages over the panes, the newest last."""
        return [notice.sentence.for_user() for notice in self.session.notices.waiting]

    def on_crash(self, description: str) -> None:
        self.crashes.append(description)

    def scan(
        self, paths: Sequence[Path], _files: Any, _text_encoding: str = ""
    ) -> Generator[Any, None, None]:
        for number, found in enumerate(self.found, start=1):
            finished = self.is_small and number == len(self.found)
            yield ScanProgress(found, number, None, finished=finished, is_small=self.is_small)
        if self.scan_error is not None:
            raise self.scan_error

    def load(self, model: str, device: str) -> OracleClassifier:
        if self.loading_error is not None:
            raise self.loading_error
        return self.classifier

    def open(self, *found: Library) -> None:
        if found:
            self.found = list(found)
        self.session.open_paths([Path("/somewhere")])
        self.workers.settle()

    def in_memory(self, *stacks: ImageSource) -> list[SliceKey]:
        """Return the keys of the frames that are in memory."""
        keys = [source.slice_key(index) for source in stacks for index in range(len(source))]
        return [key for key in keys if self.session.viewer.frames.cached(key) is not None]

    @property
    def pane(self) -> PaneState:
        assert self.session.focused is not None
        return self.session.focused
