"""Texture and edge features of a frame."""
