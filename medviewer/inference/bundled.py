"""SHA-256 of every file of the packs that come with the program; written by the publishing of a model."""

from typing import Final

BUNDLED: Final[dict[str, dict[str, str]]] = {
    "head-ct-haemorrhage": {
        "card.toml": "e4b8994d389ef7c9958eb94bfdd7f6bb2209835be662b47ba94e9c12fafbfc5d",
        "model.onnx": "44557bce93f59c9d5876012fbedb89a793f5e796952966cf4bff128462900f53",
        "model.safetensors": "648889a32c9f23a366ace475339cd5edf1149837ccb9a2de1270b3caba068dae",
    },
}
