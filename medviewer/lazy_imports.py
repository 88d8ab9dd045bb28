"""Public names of a sub-package, imported on first use (PEP 562).

A sub-package lists its public names in its `__init__`; others import them from there. Were they all
imported with the sub-package, whoever needs one value would load every library behind the others: the
first image must not wait for what only training or video needs. The package `lazy_loader` does
the same, but takes 3.6 ms to import, a tenth of the time to the first image.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a sub-package's `__getattr__` that imports names on demand.

    Parameters
    ----------
    package : str
        The sub-package, `__name__` in its `__init__`.
    names : mapping of str to str
        The public names of each of its modules, parted by spaces.

    Raises
    ------
    AttributeError
        By the function returned, for a name that is not listed.
    """
    sub_package = sys.modules[package]
    places = {name: f"{package}.{module}" for module, listed in names.items() for name in listed.split()}

    def find(name: str) -> Any:
        """Return the public name of the sub-package."""
        place = places.get(name)
        if place is None:
            raise AttributeError(f"{package} has no public name {name!r}")
        found = getattr(import_module(place), name)
        setattr(sub_package, name, found)  # the next import finds it without a call
        return found

    return find
