"""Commands that write images: plain ones and annotated ones."""
