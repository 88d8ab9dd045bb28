"""The window: PySide6, and pyqtgraph for its charts.

Everything it knows about images it asks of the core.
"""

from medviewer import lazy_imports, libraries

libraries.spare_sources()
lazy_imports.postpone("numpy")  # the window is painted before anything is computed
