"""From a finished training to a model pack."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.release.publish import write_pack
    from medviewer.training.release.toml_writer import toml_text
    from medviewer.training.release.weights import onnx_bytes, round_to_half

__getattr__ = lazy_names(
    __name__,
    {
        "publish": "write_pack",
        "toml_writer": "toml_text",
        "weights": "onnx_bytes round_to_half",
    },
)
