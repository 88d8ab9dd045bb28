"""From a frame to the image of a pane: orientation, size, places of texts. No Qt."""
