"""Modules loaded on first use.

These are the modules behind public names (PEP 562), and large libraries.

A sub-package lists its public names in its `__init__`; others import them from there. Were they all
imported with the sub-package, whoever needs one value would load every library behind the others: the
first image must not wait for what only training or video needs. The package `lazy_loader` does
the same, but takes 3.6 ms to import, a tenth of the time to the first image.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module, util
from threading import RLock
from types import ModuleType
from typing import Any, Final


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


ASKED_BY_IMPORTS: Final = ("__spec__", "__name__")  # by Python itself, and by PySide, which watches imports


class _Postponed(ModuleType):
    """A module whose code runs when a name of it is first asked for.

    Any thread may be the first to ask.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in ASKED_BY_IMPORTS:
            return super().__getattribute__(name)
        with _loading:
            if type(self) is _Postponed:
                _run(self)
        return ModuleType.__getattribute__(self, name)


_loading = RLock()
_running: set[str] = set()


def _run(module: ModuleType) -> None:
    """Run the code of a module, which may ask for its own names meanwhile."""
    spec = module.__spec__
    assert spec is not None
    if spec.name in _running or spec.loader is None:
        return
    _running.add(spec.name)
    try:
        spec.loader.exec_module(module)
        module.__class__ = ModuleType
    finally:
        _running.discard(spec.name)


def postpone(library: str) -> None:
    """Let a library be loaded when one of its names is first asked for.

    `import library` takes no time then. One that is loaded already stays as it is. Two threads that begin
    at once, one of them with a module inside the library, would wait for each other: `load` comes before.
    """
    if library in sys.modules:
        return
    spec = util.find_spec(library)
    if spec is None:
        return  # whoever imports it is told so
    module = util.module_from_spec(spec)
    module.__class__ = _Postponed
    sys.modules[library] = module


def load(library: str) -> None:
    """Load a library that was postponed, before a thread does."""
    vars(import_module(library))
