"""What people draw and write on an image, as values: where it lies, how it is kept, how it is drawn."""
