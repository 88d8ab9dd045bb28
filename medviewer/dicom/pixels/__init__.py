"""From the pixel data of a file to stored values or RGB."""
