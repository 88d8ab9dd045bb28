"""Commands on the image of the focused pane."""
