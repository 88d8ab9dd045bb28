"""Compressed frames: codestreams, the codecs that decode them, and how much of a damaged one is there."""
