"""The state of the window and its rules.

What is shown, linked, prefetched. No Qt.
"""
