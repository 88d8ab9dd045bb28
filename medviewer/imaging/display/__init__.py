"""From stored values to gray levels and colors on the screen."""
