"""The window: PySide6.

Everything it knows about images it asks of the core.
"""
