"""SHA-256 of every file of the packs that come with the program; written by the publishing of a model."""

from typing import Final

BUNDLED: Final[dict[str, dict[str, str]]] = {
    "head-ct-haemorrhage": {
        "card.toml": "81ecb143c11ec7022ed7ef73b4368ee077168bca9e6f339e8becf3c60d9a8dcf",
        "model.onnx": "44557bce93f59c9d5876012fbedb89a793f5e796952966cf4bff128462900f53",
        "model.safetensors": "648889a32c9f23a366ace475339cd5edf1149837ccb9a2de1270b3caba068dae",
    },
}
