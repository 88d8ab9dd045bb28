"""From a frame to the input tensor of a network."""
