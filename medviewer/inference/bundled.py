"""SHA-256 of every file of the packs that come with the program; written by the publishing of a model."""

from typing import Final

BUNDLED: Final[dict[str, dict[str, str]]] = {
    "head-ct-haemorrhage": {
        "card.toml": "12006c27431774ee8c3185d0fac4290db38c41cb56af811aa6112449843a18b3",
        "model.onnx": "44557bce93f59c9d5876012fbedb89a793f5e796952966cf4bff128462900f53",
        "model.safetensors": "648889a32c9f23a366ace475339cd5edf1149837ccb9a2de1270b3caba068dae",
    },
}
