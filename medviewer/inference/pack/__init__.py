"""Model packs: files, card, input contract, pinned hashes."""
