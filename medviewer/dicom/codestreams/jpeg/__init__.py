"""JPEG and JPEG-LS (ITU-T T.81, T.87)."""
