"""The image of a comparison.

A PNG, the same each time, also where a figure is not defined.
"""

from typing import Any

import cv2
import numpy as np

from medviewer.training.comparison.plot import plot_comparison, plot_sources


def _comparison(auc: float | None) -> dict[str, Any]:
    row = {
        "name": "a",
        "title": "Network",
        "auc_macro": auc,
        "balanced_accuracy": 0.8,
        "intervals": {"auc_macro": [0.6, 0.9] if auc else None, "balanced_accuracy": [0.7, 0.9]},
        "size_bytes": 2048,
        "milliseconds": 1.5,
    }
    facts = {"data": "toy.npz", "split": "val", "n": 48, "groups": 8, "classes": ["plain", "spot"]}
    return {**facts, "methods": [row, {**row, "title": "Other"}]}


def test_it_is_an_image_and_the_same_each_time() -> None:
    content = plot_comparison(_comparison(0.75))
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[1] == 1500
    assert (image == (139, 95, 31)).all(axis=2).sum() > 500  # points and intervals, BGR
    assert plot_comparison(_comparison(0.75)) == content


def test_a_figure_that_is_not_defined_has_no_point() -> None:
    def ink(auc: float | None) -> int:
        content = np.frombuffer(plot_comparison(_comparison(auc)), np.uint8)
        image = cv2.imdecode(content, cv2.IMREAD_COLOR)
        return int((image == (139, 95, 31)).all(axis=2).sum())

    assert ink(None) < 0.7 * ink(0.75)


def test_sources_stand_side_by_side_and_a_method_without_a_figure_has_no_point() -> None:
    row = {"title": "Network", "auc": 0.8, "interval": [0.7, 0.9]}
    source = {"n": 20, "groups": 9, "methods": {"net": row, "hog": {**row, "title": "HOG"}}}
    poorer = {**source, "methods": {"hog": {**row, "title": "HOG"}}}

    def ink(*sources: dict[str, Any]) -> int:
        named = {f"clinic {number}": one for number, one in enumerate(sources)}
        content = plot_sources({"data": "toy.npz", "sources": named})
        assert content == plot_sources({"data": "toy.npz", "sources": named})
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        return int((image == (139, 95, 31)).all(axis=2).sum())

    assert ink(source, poorer) < ink(source, source)
