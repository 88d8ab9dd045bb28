"""SHA-256 of the files of the pixel gate; written when it is released."""

from typing import Final

PIXEL_GATE: Final[dict[str, str]] = {
    "trunk.onnx": "7077c1cb7622808015bc273b7cd9dddc7b9a1d7c500052a2c9aa0b8325e9fa72",
    "references.safetensors": "9d8167572981c5a82a06371c208b0cec67b4b960e26522e51e5990e286dc4723",
    "gate.toml": "5c1a374f8c9b27b3ed34619d608ca93e0da41acb00cbcbc003907acab8837b2c",
}
