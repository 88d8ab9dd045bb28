"""From the paths of the command line to stacks and frames."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.cli.terminal import Console
from medviewer.dicom import workers
from medviewer.dicom.model import FrameReference, Library, StoredStack
from medviewer.dicom.text import TEXT_ENCODINGS
from medviewer.errors import NoImagesError, NotFoundError
from medviewer.paths import shown_name
from medviewer.plain_text import printable
from medviewer.storage import is_there, refuse_source
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.dicom.workers import Sandbox


SUBTRACTS: Final[dict[str, bool | None]] = {"file": None, "on": True, "off": False}
"""By the value of --subtraction, as in `PaneState.subtracts`."""


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a series and a frame."""
    parser.add_argument("--series", metavar="UID", help=translate("the series to take; without it the first"))
    parser.add_argument(
        "--frame",
        metavar="N",
        type=positive,
        help=translate("the slice to take, counted from 1 in the order in which they are shown"),
    )
    add_text_encoding(parser)


def add_text_encoding(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how names and descriptions are read."""
    parser.add_argument(
        "--text-encoding",
        metavar="SET",
        choices=tuple(TEXT_ENCODINGS),
        default="",
        help=translate(
            "the character set of names and descriptions, where the files state a wrong one or none: {sets}",
            sets=", ".join(TEXT_ENCODINGS),
        ),
    )


def add_subtraction(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the mask subtraction of an angiography."""
    parser.add_argument(
        "--subtraction",
        choices=tuple(SUBTRACTS),
        default="file",
        help=translate("without the mask of an angiography (on), with it (off), or as its file recommends"),
    )


def positive(text: str) -> int:
    """Read a number that counts from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(translate("{number} is not 1 or more", number=number))
    return number


@contextmanager
def opened(
    paths: Sequence[Path],
    console: Console,
    *,
    output: Path | None = None,
    shows_images: bool = True,
    looks_at_pixels: bool = False,
    text_encoding: str = "",
) -> Iterator[tuple["Sandbox", Library]]:
    """Read the paths; unreadable files are named on standard error.

    Parameters
    ----------
    output : Path, optional
        The one file that the command is going to write.
    shows_images : bool
        A frame will be read soon; without, all workers read headers first.
    looks_at_pixels : bool
        Images are looked through for damage that is seen without decoding them.
    text_encoding : str
        A key of TEXT_ENCODINGS where the user chose how text is read; "": as the files state.

    Raises
    ------
    NotFoundError
        A path does not exist.
    NoImagesError
        Images are wanted, and there are none; what there is instead is named on standard error.
    OriginalFileError
        The output is one of the files that were read, or another DICOM file.
    """
    for path in paths:
        if not is_there(path):
            raise NotFoundError(what=mark("file or folder"), which=path)
    is_one_file = len(paths) == 1 and paths[0].is_file()
    with workers.Sandbox(
        both_index=not shows_images,
        looks_at_pixels=looks_at_pixels,
        starts_both=shows_images or not is_one_file,
    ) as sandbox:
        library = scanned(paths, sandbox, text_encoding)
        if output is not None:
            refuse_source(output, library.originals.union(paths))
        named = {path.absolute() for path in paths}
        for skipped in library.refused:
            console.fail(skipped.path, skipped.reason.for_user())
        for skipped in library.ignored:
            if skipped.path.absolute() in named:  # among others in a folder it is no failure
                console.fail(skipped.path, skipped.reason.for_user())
        if shows_images and not library.stacks:
            for item in library.other:
                console.note(f"{printable(str(item.path))}: {item.description}")
            raise NoImagesError(names=", ".join(map(str, paths)))
        yield sandbox, library


def scanned(paths: Sequence[Path], sandbox: "Sandbox", text_encoding: str = "") -> Library:
    """Return the library of files and folders."""
    from medviewer.dicom.library import scan  # the workers start meanwhile

    library = Library()
    for progress in scan(paths, sandbox, text_encoding):
        library = progress.library
    return library


def choose_stack(library: Library, series_uid: str | None) -> StoredStack:
    """Return the first stack of the chosen series, or of the first one.

    Raises
    ------
    NotFoundError
        There is no such series.
    """
    return choose_stacks(library, series_uid)[0]


def choose_stacks(library: Library, series_uid: str | None) -> tuple[StoredStack, ...]:
    """Return all stacks of the chosen series, or of all.

    Raises
    ------
    NotFoundError
        There is no such series.
    """
    stacks = tuple(
        stack
        for stack in library.stacks
        if series_uid is None or stack.identity.series_instance_uid == series_uid
    )
    if not stacks:
        raise NotFoundError(what=mark("series"), which=series_uid)
    return stacks


def choose_index(stack: StoredStack, frame: int) -> int:
    """Return the index of a slice that the user counts from 1.

    Raises
    ------
    NotFoundError
        The stack has fewer.
    """
    if frame > len(stack.frames):
        which = translate("{number} (there are {count})", number=frame, count=len(stack.frames))
        raise NotFoundError(what=mark("slice"), which=which)
    return frame - 1


def choose_indices(
    stack: StoredStack, frame: int | None, ends: tuple[int, int] | None = None
) -> Sequence[int]:
    """Return the index of the chosen slice, of a range, or of all slices.

    Parameters
    ----------
    ends : (first, last), optional
        Counted from 1, both included.

    Raises
    ------
    NotFoundError
        The stack has fewer.
    """
    if frame is not None:
        return [choose_index(stack, frame)]
    if ends is not None:
        return range(choose_index(stack, ends[0]), choose_index(stack, ends[1]) + 1)
    return range(len(stack.frames))


def describe(reference: FrameReference) -> str:
    """Name a frame in a message."""
    if reference.frame_number > 1:
        return translate(
            "{name}, frame {number}", name=shown_name(reference.path), number=reference.frame_number
        )
    return shown_name(reference.path)
