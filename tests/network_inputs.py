"""Inputs of networks, made from frames as classifiers make them."""

from medviewer.imaging.frame import Frame
from medviewer.inference.input.preprocess import Batch, GrayImages, Preprocessing, input_of


def preprocess(frame: Frame, spec: Preprocessing) -> Batch:
    """Return a network's input for a frame: (1, C, size, size) float32."""
    return input_of(GrayImages(frame).as_trained(spec), spec)
