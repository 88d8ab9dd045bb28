"""Commands on panes, texts and the parts of the window."""
