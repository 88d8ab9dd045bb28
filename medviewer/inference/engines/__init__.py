"""Engines that run networks: ONNX Runtime, torch, and a limited process for added models."""
