"""Images as arrays and what is done to them. Knows numpy and OpenCV; no pydicom, no torch, no Qt."""
