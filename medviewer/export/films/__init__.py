"""Films of the slices of a stack, in the formats that other programs play."""
