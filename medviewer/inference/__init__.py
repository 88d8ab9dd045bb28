"""Classifiers: packs, suitability, preprocessing, engines.

Sees Frames, never Datasets; no Qt. torch is imported only in `architectures` and `engine_torch`;
onnxruntime is used only in `engine_onnx`.
"""
