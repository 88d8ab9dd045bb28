"""Outlines that the user corrected, as masks for the labels of images."""

from dataclasses import dataclass, field
from pathlib import Path

from medviewer.dicom.model import StoredStack
from medviewer.export import mask_png
from medviewer.imaging.annotation import (
    OUTLINE,
    Annotations,
    image_sha256,
    mask_of_points,
    slice_digest_of,
)
from medviewer.imaging.frame import Frame
from medviewer.imaging.source import SliceKey
from medviewer.viewer.annotations import AnnotationStore


@dataclass(slots=True)
class OutlineMasks:
    """Masks of corrected outlines, which will lie in a folder.

    Parameters
    ----------
    folder : Path
        Beside the table that names them.
    contents : mapping of Path to bytes
        The masks that were found so far, as PNG.
    """

    folder: Path
    contents: dict[Path, bytes] = field(default_factory=dict)
    _studies: dict[str, Annotations] = field(default_factory=dict)

    def add(self, stack: StoredStack, key: SliceKey, frame: Frame, model: str) -> Path | None:
        """Add the mask of a slice; return its path, or None: there is none.

        Parameters
        ----------
        model : str
            Name and version of the model whose outline was corrected.
        """
        here, version = slice_digest_of(key), None
        for one in reversed(self._drawn(stack.identity.study_instance_uid)):
            if one.kind != OUTLINE or one.slice_digest != here or one.corrects != model:
                continue
            version = version or image_sha256(frame)
            # guard(test): a mask goes to the very image on which it was drawn
            if one.image_sha256 != version:
                continue
            points = [(x, y) for x, y, *_ in one.points]
            path = self.folder / f"{len(self.contents) + 1:05d}.png"
            self.contents[path] = mask_png(mask_of_points(points, frame.rows, frame.columns))
            return path
        return None

    def _drawn(self, study: str) -> Annotations:
        """Return the drawings of a study, read once."""
        if study not in self._studies:
            (found,) = AnnotationStore(study).load()
            self._studies[study] = found.annotations
        return self._studies[study]
