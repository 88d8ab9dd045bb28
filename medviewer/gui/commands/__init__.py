"""Menus, tool bar and shortcuts."""
