"""Panes: painting a frame and taking mouse and keyboard."""
