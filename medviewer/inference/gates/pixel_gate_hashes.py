"""SHA-256 of the files of the pixel gate; written when it is released."""

from typing import Final

PIXEL_GATE: Final[dict[str, str]] = {
    "trunk.onnx": "7077c1cb7622808015bc273b7cd9dddc7b9a1d7c500052a2c9aa0b8325e9fa72",
    "references.safetensors": "5727f6751439f35ac3de901a5d530cfc9102006de622e259b657dbd94fcec5df",
    "gate.toml": "92ccf0b1c6fae7d05c08e3f6bb927c935ff83b89d5a8884ee0193e4f88dbab82",
}
