"""The work of the limited process: listing files and reading frames."""
