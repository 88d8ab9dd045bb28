"""Where in the picture a class came from: class activation maps, by numpy alone.

Every bundled network ends in an average over the feature map and one linear layer, so a logit is the average
of (weights x feature map) over places: the map says exactly what each place added, no more. It is as coarse
as the feature map; it is no contour of anything.
"""

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Frame
from medviewer.inference.model_card import WEIGHTS, Pack
from medviewer.inference.prediction import Prediction
from medviewer.inference.preprocess import Preprocessing, placement, windowed

HeatMap = npt.NDArray[np.float32]


def head_weights(pack: Pack) -> npt.NDArray[np.float32]:
    """Return the last layer's weights, (classes, E).

    Raises
    ------
    DamagedModelError
        The pack's weights are not the recorded ones.
    """
    from safetensors.numpy import load

    return load(pack.read(WEIGHTS))["head.weight"].astype(np.float32)


def class_activation(
    prediction: Prediction, weights: npt.NDArray[np.float32], label: str
) -> npt.NDArray[np.float32]:
    """Return what each place of the feature map added to a class's logit over the others' average, (h, w).

    Raises
    ------
    ValueError
        The prediction keeps no feature map, or does not know the label.
    """
    labels = [name for name, _ in prediction.probabilities]
    if prediction.feature_map is None or label not in labels:
        raise ValueError(f"no feature map for {label!r}")
    place = labels.index(label)
    contrast = weights[place] - np.delete(weights, place, axis=0).mean(axis=0)
    return np.asarray(np.einsum("e,ehw->hw", contrast, prediction.feature_map), np.float32)


def on_frame(activation: npt.NDArray[np.float32], frame: Frame, spec: Preprocessing) -> HeatMap:
    """Return a map of the network's input laid over the frame, (rows, columns); 0 outside the input.

    The feature map's cells are spread evenly over the input; between them it is interpolated.
    """
    place = placement(windowed(frame, spec), frame.geometry.pixel_aspect, spec)
    height, width = activation.shape
    # frame pixel -> input pixel is one scale and one shift per axis; so is input pixel -> cell
    first, second = place.to_input(0, 0), place.to_input(1, 1)
    to_cell = (height / spec.size, width / spec.size)
    scales = [(second[axis] - first[axis]) * to_cell[axis] for axis in (0, 1)]
    shifts = [(first[axis] + 0.5) * to_cell[axis] - 0.5 for axis in (0, 1)]
    rows = (np.arange(frame.rows) * scales[0] + shifts[0]).astype(np.float32)
    columns = (np.arange(frame.columns) * scales[1] + shifts[1]).astype(np.float32)
    inside = np.outer(_within(rows, height), _within(columns, width))
    grid_columns, grid_rows = np.meshgrid(columns, rows)
    laid = cv2.remap(
        activation.astype(np.float32),
        grid_columns,
        grid_rows,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(np.where(inside, laid, 0), np.float32)


def _within(cells: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.bool_]:
    return np.asarray((cells >= -0.5) & (cells <= count - 0.5))
