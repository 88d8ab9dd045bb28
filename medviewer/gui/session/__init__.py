"""Relays the state of the viewer as signals and runs its tasks."""
