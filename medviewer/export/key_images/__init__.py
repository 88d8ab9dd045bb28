"""Key images and flagged slices, as contact sheets and as a table."""
