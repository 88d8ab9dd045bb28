"""Classifiers: packs, suitability, preprocessing, engines.

It knows frames, no pydicom datasets and no Qt. torch and onnxruntime are used in `engines` only, which loads
the one that a model needs.
"""
