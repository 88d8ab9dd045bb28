"""The EXPORTERS table: a row for each form in which a slice can be saved.

A further one is a row and a file. A row names its file, which is imported when something is saved: the
window opens without the libraries that write. A file has `write(path, export, overwrite=...)`, and puts its
bytes through `medviewer.storage`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final

from medviewer.errors import NotOfferedError
from medviewer.storage import refuse_source
from medviewer.translation import Message, mark, message, translate

if TYPE_CHECKING:
    from pathlib import Path

    from medviewer.imaging.processing import Parameters
    from medviewer.viewer.annotations import OutlineVolume
    from medviewer.viewer.render import Bounds
    from medviewer.viewer.state import PaneState

NO_RESULT: Final = message("this slice has not been classified")
NOTHING_DRAWN: Final = message("nothing is drawn on this slice")
COLORS_ONLY: Final = message("it has colours and no values")
NO_IMAGE: Final = message("there is no image of this slice yet")


class Extent(StrEnum):
    """The images of which a form is made."""

    SLICE = "slice"
    RANGE = "range"  # those of a stack that are played, in their order
    KEY_IMAGES = "key images"  # of the study
    DRAWN = "drawn"  # slices of the study on which something is drawn
    LAYOUT = "layout"  # all panes that are to be seen
    FLAGGED = "flagged"  # slices that the model flags, of all open series
    ASKED = "asked"  # slices that the model was asked about, of all open series


WITHOUT: Final[dict[Extent, Message]] = {
    Extent.RANGE: message("there is only one slice"),
    Extent.KEY_IMAGES: message("no key image is marked in this study"),
    Extent.DRAWN: message("nothing is drawn in this study"),
    Extent.LAYOUT: message("only one pane is shown"),
    Extent.FLAGGED: message("no slice is flagged by the model"),
    Extent.ASKED: message("the model was asked about no slice"),
}
"""The reasons why there are no images of an extent."""


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """The place of an image in a sheet, from 0.

    Parameters
    ----------
    rows : int
        Through how many it reaches.
    is_small : bool
        It stands beside a large one.
    """

    row: int = 0
    column: int = 0
    rows: int = 1
    is_small: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ExportedImage:
    """One of several images of a form.

    Parameters
    ----------
    pane : PaneState
        As a pane shows or would show it; without a frame where it cannot be read.
    settings : mapping of processing name to parameters
        As the pane's image was made.
    milliseconds : float
        How long it is seen in a film.
    place : SheetPlace
        In a layout.
    part : (left, top, right, bottom), optional
        Of the view: what of the image is seen in its pane; None: all of it.
    volume : OutlineVolume, optional
        Of all outlines of its series.
    """

    pane: PaneState
    settings: Mapping[str, Parameters]
    milliseconds: float = 0.0
    place: SheetPlace = SheetPlace()
    part: Bounds | None = None
    volume: OutlineVolume | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ExportedImages:
    """The images of a form of several.

    Parameters
    ----------
    count : int
        How many there are.
    read : callable
        Yields them, one at a time, read while it is asked.
    name : str
        What they are, in the record of a sheet.
    """

    count: int
    read: Callable[[], Iterator[ExportedImage]]
    name: str = "images"


@dataclass(frozen=True, slots=True, eq=False)
class SliceExport:
    """A slice as a pane shows it, with its identity options.

    Parameters
    ----------
    settings : mapping of processing name to parameters
        As the pane's image was made; what is absent has its default.
    originals : collection of Path
        The open files, which are never written over.
    with_identity : bool
        Write name, ID and dates of the patient.
    with_uids : bool
        Write UIDs, by which whoever has the study finds the slice again.
    images : ExportedImages, optional
        For a form of several images.
    part : (left, top, right, bottom), optional
        Of the view, for a form that can be of a part: what of the image is seen in its pane.
    volume : OutlineVolume, optional
        Of all outlines of the pane's series.
    """

    pane: PaneState
    settings: Mapping[str, Parameters]
    originals: Collection[Path]
    with_identity: bool = False
    with_uids: bool = False
    images: ExportedImages | None = None
    part: Bounds | None = None
    volume: OutlineVolume | None = None

    @property
    def is_private(self) -> bool:
        """Whether only the user may read the file (0600): it tells whose it is."""
        return self.with_identity or self.with_uids


def no_image(pane: PaneState) -> Message | None:
    """Return that the pane has no image of its slice yet; None where it has."""
    return NO_IMAGE if pane.frame is None else None


def no_result(pane: PaneState) -> Message | None:
    """Return the reason why the pane's image has no result, or None."""
    from medviewer.export.provenance import result_of

    return no_image(pane) or (NO_RESULT if result_of(pane) is None else None)


def no_drawing(pane: PaneState) -> Message | None:
    """Return the reason why nothing of the slice is measured, or None."""
    return no_image(pane) or (None if pane.annotations else NOTHING_DRAWN)


def no_range(pane: PaneState) -> Message | None:
    """Return that a pane has only one slice; None where it has more."""
    return no_image(pane) or (WITHOUT[Extent.RANGE] if len(pane.stack) < 2 else None)


def no_values(pane: PaneState) -> Message | None:
    """Return that a slice has colors and no values; None where it has values."""
    if pane.frame is None:
        return NO_IMAGE
    return COLORS_ONLY if pane.frame.is_color else None


@dataclass(frozen=True, slots=True)
class Exporter:
    """A row of the EXPORTERS table.

    Parameters
    ----------
    name : str
        Stands on the command line.
    title, description : str
        What is written, in few words and in a sentence; marked for translation.
    suffix : str
        Of the files, with its dot.
    file : str
        The module with `write`.
    content : str
        Stands in file names that are suggested, to tell them from others; "": the processing does.
    shows_pixels : bool
        The pixels are in it, which may name the patient themselves.
    names_patient, names_uids : bool
        Whether identity or UIDs can be asked for.
    refusal : callable
        Returns why what a pane shows cannot be saved so; None where it can.
    takes_part : bool
        Whether it can be of the part of the image that a pane shows.
    extent : Extent
        Of which images it is made. A file of several has `steps` in place of `write`, a generator that yields
        how many of them are done.
    """

    name: str
    title: str
    description: str
    suffix: str
    file: str
    content: str = ""
    shows_pixels: bool = True
    names_patient: bool = False
    names_uids: bool = False
    refusal: Callable[[PaneState], Message | None] = no_image
    takes_part: bool = False
    extent: Extent = Extent.SLICE

    def offers(self, pane: PaneState) -> bool:
        """Return whether the pane's content can be saved in this form."""
        return self.refusal(pane) is None

    @property
    def file_filter(self) -> str:
        """The title with its suffix, as choosers of files have it, translated."""
        return f"{translate(self.title)} (*{self.suffix})"

    def with_suffix(self, path: Path) -> Path:
        """Return a path with the suffix of this form, replacing or adding it."""
        if path.suffix.lower() == self.suffix or not path.name:
            return path
        return path.with_name(f"{path.name}{self.suffix}")

    def write(self, path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
        """Save the images, see `steps`."""
        for _ in self.steps(path, export, overwrite=overwrite):
            pass

    def steps(
        self, path: Path, export: SliceExport, *, overwrite: bool = False
    ) -> Generator[int, None, None]:
        """Save the images; yield the number of those that are done.

        Where the generator is closed before its end, nothing is saved.

        Raises
        ------
        NotOfferedError
            It cannot be saved in this form.
        ExportError, NotFoundError, InvalidNumbersError
            Nothing was saved, or it does not read back.
        """
        reason = self.refusal(export.pane)
        if reason is None and self.extent is not Extent.SLICE and export.images is None:
            reason = WITHOUT[self.extent]
        if reason is not None:
            raise NotOfferedError(what=self.title, reason=reason)
        refuse_source(path, export.originals)
        # guard(statement): no identity is in a form that takes none
        export = replace(
            export,
            with_identity=export.with_identity and self.names_patient,
            with_uids=export.with_uids and self.names_uids,
            part=export.part if self.takes_part else None,
        )
        module = import_module(self.file)
        if self.extent is Extent.SLICE:
            module.write(path, export, overwrite=overwrite)
            yield 1
        else:
            yield from module.steps(path, export, overwrite=overwrite)


def _layout(name: str, title: str, suffix: str) -> Exporter:
    return Exporter(
        name,
        title,
        mark("All panes at their places, each image with its annotations and words."),
        suffix,
        "medviewer.export.sheets.layout",
        content="layout",
        names_patient=True,
        names_uids=True,
        takes_part=True,
        extent=Extent.LAYOUT,
    )


EXPORTERS: Final[dict[str, Exporter]] = {
    row.name: row
    for row in (
        Exporter(
            "png",
            mark("Annotated image"),
            mark("The picture is saved at its stored resolution, with result, scale and captions."),
            ".png",
            "medviewer.export.pictures.png",
            names_patient=True,
            names_uids=True,
            takes_part=True,
        ),
        Exporter(
            "plain",
            mark("Image without text"),
            mark(
                "The image is saved as it lies in its file, without scale, captions and orientation letters."
            ),
            ".png",
            "medviewer.export.pictures.plain",
            content="plain",
        ),
        Exporter(
            "jpeg",
            mark("Annotated image as JPEG"),
            mark("Like the annotated image, in a small file with loss, for letters and slides."),
            ".jpg",
            "medviewer.export.pictures.jpeg",
            names_patient=True,
            names_uids=True,
            takes_part=True,
        ),
        Exporter(
            "tiff",
            mark("Annotated image as TIFF"),
            mark("Like the annotated image, without loss, in 8 bits as it is seen."),
            ".tif",
            "medviewer.export.pictures.tiff",
            names_patient=True,
            names_uids=True,
            takes_part=True,
        ),
        _layout("layout", mark("All panes as one picture"), ".png"),
        _layout("layout-jpeg", mark("All panes as JPEG"), ".jpg"),
        _layout("layout-tiff", mark("All panes as TIFF"), ".tif"),
        _layout("layout-pdf", mark("All panes as PDF"), ".pdf"),
        Exporter(
            "gif",
            mark("Film as GIF"),
            mark("The slices as they are played, each with its annotations, for slides and pages."),
            ".gif",
            "medviewer.export.films.gif",
            content="film",
            names_patient=True,
            names_uids=True,
            takes_part=True,
            refusal=no_range,
            extent=Extent.RANGE,
        ),
        Exporter(
            "mp4",
            mark("Film as MP4"),
            mark("The slices as they are played, each with its annotations, as a video with loss."),
            ".mp4",
            "medviewer.export.films.mp4",
            content="film",
            names_patient=True,
            names_uids=True,
            takes_part=True,
            refusal=no_range,
            extent=Extent.RANGE,
        ),
        Exporter(
            "contact-sheet",
            mark("Contact sheet of the key images"),
            mark("All key images of the study with their notes in one picture."),
            ".png",
            "medviewer.export.key_images.contact_sheet",
            content="key-images",
            names_patient=True,
            names_uids=True,
            extent=Extent.KEY_IMAGES,
        ),
        Exporter(
            "contact-pages",
            mark("Contact sheets of the key images as PDF"),
            mark("All key images of the study with their notes, six on a page, to be printed."),
            ".pdf",
            "medviewer.export.key_images.contact_pages",
            content="key-images",
            names_patient=True,
            names_uids=True,
            extent=Extent.KEY_IMAGES,
        ),
        Exporter(
            "key-images",
            mark("List of the key images"),
            mark("Number, place and note of each key image of the study, as a table."),
            ".csv",
            "medviewer.export.key_images.key_image_table",
            content="key-images",
            shows_pixels=False,
            names_patient=True,
            names_uids=True,
            extent=Extent.KEY_IMAGES,
        ),
        Exporter(
            "flagged-sheet",
            mark("Contact sheet of the flagged slices"),
            mark("All slices that the model flags, of all open series, with its answers in one picture."),
            ".png",
            "medviewer.export.key_images.contact_sheet",
            content="flagged",
            names_patient=True,
            names_uids=True,
            extent=Extent.FLAGGED,
        ),
        Exporter(
            "flagged-pages",
            mark("Contact sheets of the flagged slices as PDF"),
            mark("All slices that the model flags, of all open series, six on a page, to be printed."),
            ".pdf",
            "medviewer.export.key_images.contact_pages",
            content="flagged",
            names_patient=True,
            names_uids=True,
            extent=Extent.FLAGGED,
        ),
        Exporter(
            "values",
            mark("Stored values as TIFF"),
            mark(
                "The stored values of the whole slice in 16 bits, as they lie in its file, with slope, "
                "intercept and unit."
            ),
            ".tif",
            "medviewer.export.pictures.values",
            content="values",
            names_uids=True,
            refusal=no_values,
        ),
        Exporter(
            "features",
            mark("Texture and edge features"),
            mark("The features of the slice are saved as a table that names no patient."),
            ".csv",
            "medviewer.export.feature_table",
            content="features",
            shows_pixels=False,
            names_uids=True,
        ),
        Exporter(
            "result",
            mark("Result of the model"),
            mark("What the model says of the slice is saved as a table that names no patient."),
            ".csv",
            "medviewer.export.result_table",
            content="result",
            shows_pixels=False,
            names_uids=True,
            refusal=no_result,
        ),
        Exporter(
            "results",
            mark("Results of the model on all open series"),
            mark(
                "What the model says of each slice that it was asked about, as a table that names no patient."
            ),
            ".csv",
            "medviewer.export.result_table",
            content="results",
            shows_pixels=False,
            names_uids=True,
            extent=Extent.ASKED,
        ),
        Exporter(
            "measurements",
            mark("Measurements"),
            mark("What is drawn on the slice is saved as a table of exact values with their units."),
            ".csv",
            "medviewer.export.measurement_table",
            content="measurements",
            shows_pixels=False,
            names_uids=True,
            refusal=no_drawing,
        ),
        Exporter(
            "all-measurements",
            mark("Measurements of the study"),
            mark(
                "What is drawn on all slices of the study is saved as a table of exact values with their "
                "units."
            ),
            ".csv",
            "medviewer.export.measurement_table",
            content="all-measurements",
            shows_pixels=False,
            names_uids=True,
            extent=Extent.DRAWN,
        ),
    )
}
