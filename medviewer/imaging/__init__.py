"""Images as arrays and their processing for display.

Knows numpy and OpenCV; no pydicom, no torch, no Qt.
"""
