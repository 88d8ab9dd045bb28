"""Everything the user reads: captions, labels, warnings. No Qt."""
