"""Commands on studies: opening, restoring, closing."""
