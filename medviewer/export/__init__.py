"""Writing annotated pictures: every file goes through `storage.atomic_write` and is read back."""
