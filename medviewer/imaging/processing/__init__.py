"""The processings of a frame: one table, one file each."""
