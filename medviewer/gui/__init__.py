"""The window: PySide6 and pyqtgraph.

Everything it knows about images it asks of the core.
"""
