"""View of a stack, as it is remembered."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from json import dumps
from typing import Any, Final

from medviewer.imaging.display import AS_STORED, Orientation
from medviewer.imaging.frame import Voi, VoiFunction, VoiOrigin, Window, is_usable
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.viewer.render import FIT, Zoom
from medviewer.viewer.state import Look
from medviewer.viewer.windowing import AutomaticWindow

COMMON: Final = "active"
"""The zoom that a stack has in whichever pane is active."""


@dataclass(frozen=True, slots=True)
class StackView:
    """Slice, window, zoom and orientation of a stack.

    Parameters
    ----------
    slice_key, index : SliceKey, int
        The slice, and its place where it is not found by its key.
    window, window_subtracted : Window or None
        Chosen ones; None: as the file says, or the automatic one.
    automatic : tuple
        Windows of a stack that states none, as `windows_of_stack` gives them.
    zooms : mapping
        By pane number as text, or COMMON.
    """

    slice_key: SliceKey
    index: int
    window: Window | None = None
    window_subtracted: Window | None = None
    automatic: tuple[AutomaticWindow, ...] = ()
    orientation: Orientation = AS_STORED
    subtracts: bool | None = None
    inverts: bool | None = None
    zooms: Mapping[str, Zoom] = field(default_factory=dict)

    def look(self, stack: ImageSource, *, is_whole: bool) -> Look | None:
        """Return the view settings for a stack.

        None while its slice may still be found.

        Parameters
        ----------
        is_whole : bool
            No more slices are to be found: another file of the same image will do, then the same place.
        """
        key = self.slice_key
        if stack.index_of(key) is None:
            if not is_whole or not len(stack):
                return None
            named = (key.instance_uid, key.frame_number)
            keys = [header.key for header in stack.headers]
            there = [one for one in keys if (one.instance_uid, one.frame_number) == named]
            key = there[0] if there else keys[min(max(self.index, 0), len(keys) - 1)]
        voi: Voi | None = self.window
        return Look(
            slice_key=key,
            voi=voi,
            orientation=self.orientation,
            presentation=None,
            before_presentation=(voi, self.orientation),
            subtracts=self.subtracts,
            inverts=self.inverts,
            voi_subtracted=self.window_subtracted,
        )

    def as_record(self) -> dict[str, Any]:
        """Return it as values that JSON can carry."""
        return {
            "slice": list(self.slice_key),
            "index": self.index,
            "window": self.window and asdict(self.window),
            "window_subtracted": self.window_subtracted and asdict(self.window_subtracted),
            "automatic": [[unit, known, asdict(window)] for unit, known, window in self.automatic],
            "orientation": [self.orientation.quarter_turns, self.orientation.flipped],
            "subtracts": self.subtracts,
            "inverts": self.inverts,
            "zooms": {name: [zoom.scale, zoom.center] for name, zoom in self.zooms.items()},
        }


def view_from_record(record: Any) -> StackView:
    """Return the view that `as_record` gave.

    Raises
    ------
    ValueError, TypeError, KeyError
        It is none.
    """
    uid, number, edition = record["slice"]
    turns, flipped = record["orientation"]
    return StackView(
        slice_key=SliceKey(str(uid), int(number), str(edition)),
        index=int(record["index"]),
        window=_window(record["window"]),
        window_subtracted=_window(record["window_subtracted"]),
        automatic=tuple(
            (str(unit), bool(known), window)
            for unit, known, told in record["automatic"]
            if (window := _window(told)) is not None
        ),
        orientation=Orientation(int(turns) % 4, bool(flipped)),
        subtracts=None if record["subtracts"] is None else bool(record["subtracts"]),
        inverts=None if (told := record.get("inverts")) is None else bool(told),
        zooms={str(name): _zoom(*zoom) for name, zoom in record["zooms"].items()},
    )


def stack_name(stack_key: str, patient_key: tuple[str, ...]) -> str:
    """Return the name by which a patient's stack is remembered, a digest."""
    told = dumps((stack_key, patient_key))
    return blake2b(told.encode("ascii"), digest_size=16).hexdigest()


def name_of(stack: ImageSource) -> str:
    """Return the name by which a stack is remembered."""
    return stack_name(stack.key, stack.identity.patient_key)


def window_to_keep(voi: Voi | None) -> Window | None:
    """Return a window that can be remembered.

    None for a table, which is its file's.
    """
    return voi if isinstance(voi, Window) else None


def _window(record: Any) -> Window | None:
    if record is None:
        return None
    window = Window(
        float(record["center"]),
        float(record["width"]),
        VoiFunction(record["function"]),
        str(record["explanation"]),
        VoiOrigin(record["origin"]),
    )
    if not is_usable(window):
        raise ValueError("no window")
    return window


def _zoom(scale: Any, center: Any) -> Zoom:
    if scale is None or center is None:
        return FIT
    x, y = map(float, center)
    if not (0 < float(scale) < 1e6 and abs(x) < 1e6 and abs(y) < 1e6):
        raise ValueError("no zoom")
    return Zoom(float(scale), (x, y))
