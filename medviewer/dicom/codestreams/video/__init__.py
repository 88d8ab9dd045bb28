"""Frames of video: MPEG-2, H.264 and HEVC (PS3.5 8.2.5 to 8.2.13)."""
