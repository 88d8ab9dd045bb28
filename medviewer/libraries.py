"""Privacy, cache and thread settings of libraries.

They are set before a library is loaded. onnxruntime from 1.29 on sends usage events to its maker, with an
identifier of the machine that it keeps in the user's cache folder; it decides so when it is loaded, whoever
loads it. Others keep caches in folders that belong to no program.
"""

import contextlib
import os
from typing import Any, Final

SILENT: Final = {
    "ORT_DISABLE_TELEMETRY": "1",
    "OPENCV_OPENCL_RUNTIME": "disabled",  # looks for drivers, and keeps what it compiled for them
    "JOBLIB_MULTIPROCESSING": "0",  # tries whether it could share semaphores, which are files of the system
}
IDLE_THREADS: Final = {
    "OPENBLAS_THREAD_TIMEOUT": "4",  # 2**4 cycles
}
"""How long idle threads of a library run in circles before they sleep; the shortest time that it knows.

numpy's threads, started when it is imported, would keep a processor for 30 ms from the start of the window.
"""
CACHES: Final = {
    "MPLCONFIGDIR": "matplotlib",
    "CUDA_CACHE_PATH": "cuda",
    "PYTORCH_KERNEL_CACHE_PATH": "torch-kernels",
    "TORCHINDUCTOR_CACHE_DIR": "torch-inductor",
    "TRITON_CACHE_DIR": "triton",
    "TORCH_HOME": "torch",
}
"""By the name of its variable, the folder inside our own cache folder that a library is given."""


def silence() -> None:
    """Stop usage reports and idle threads of libraries, here and in children.

    The package does so when it is imported: no way into the program is without it.
    """
    os.environ.update(SILENT)
    os.environ.update({**IDLE_THREADS, **os.environ})  # a user may know better


def spare_sources() -> None:
    """Keep PySide from reading the source of each module imported after it.

    It looks there for its own name, to know which modules may have switched its names to snake case. None
    here does. Reading 380 files takes a tenth of the start of the window, and keeps them all in memory.
    """
    from importlib import import_module

    with contextlib.suppress(ImportError):
        import_module("PySide6.QtCore")  # which brings the other one
        import_module("shibokensupport.feature").__dict__["_mod_uses_pyside"] = lambda module: False


def keep_caches() -> None:
    """Put the caches of networks and plots into the program's folder."""
    from medviewer import paths  # here and below, because the package itself loads next to nothing

    folder = paths.user_folder("cache")
    os.environ.update({variable: str(folder / name) for variable, name in CACHES.items()})


def keep_temporary_files() -> None:
    """Put temporary files into the program's own cache folder.

    Where that cannot be made it lies in the system's folder.
    """
    import tempfile  # here, because most processes put nothing aside

    from medviewer import paths
    from medviewer.errors import WriteError
    from medviewer.storage import make_folder

    folder = paths.user_folder("cache") / "temporary"
    with contextlib.suppress(WriteError):
        make_folder(folder, mode=0o700)
        tempfile.tempdir = str(folder)


def load_onnxruntime() -> Any:
    """Return onnxruntime, silenced by both means that it has.

    Nothing else imports it. The variable holds for what it decides when it is loaded, on Linux and macOS;
    the call holds on Windows, and where somebody had loaded it before.
    """
    import onnxruntime  # type: ignore[import-untyped]  # it ships no types

    onnxruntime.disable_telemetry_events()
    return onnxruntime
