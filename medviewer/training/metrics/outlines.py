"""Agreement of drawn outlines with marked ones."""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[np.float64]

NOTHING_DRAWN: Final = float("nan")


def dice(drawn: Mask, marked: Mask) -> float:
    """Return the overlap of two areas by their mean size.

    1 where both are empty.
    """
    both = int(drawn.sum()) + int(marked.sum())
    return 2 * int((drawn & marked).sum()) / both if both else 1.0


def surface_distance(drawn: Mask, marked: Mask) -> float:
    """Return the mean distance between two outlines in pixels.

    It is the mean from each to the other, NaN where one is empty.
    """
    if not drawn.any() or not marked.any():
        return NOTHING_DRAWN
    edges = [_edge(area) for area in (drawn, marked)]
    away = [cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5) for edge in edges]
    both = np.concatenate([away[1][edges[0]], away[0][edges[1]]])
    return float(both.mean())


def _edge(area: Mask) -> Mask:
    inner = cv2.erode(area.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    return np.asarray(area & ~inner.astype(bool))


def outline_figures(overlap: Array, distance: Array, touched: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return the figures of the outlines of marked images.

    Parameters
    ----------
    overlap, distance : (N,) float64
        Dice and surface distance of each; the distance is NaN where nothing was drawn.
    touched : (N,) bool
        Drawn and marked area touch.
    """
    drawn = distance[np.isfinite(distance)]
    return {
        "n": len(overlap),
        "dice": float(np.mean(overlap)),
        "dice_median": float(np.median(overlap)),
        "touched": float(np.mean(touched)),
        "nothing_drawn": float(np.mean(~np.isfinite(distance))),
        **({"surface_distance_px": float(np.mean(drawn))} if len(drawn) else {}),
    }
