"""The program as it is installed.

Compiled, which a checkout may forbid and its worker never does itself.
"""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile

PARTS = (  # what one process imports
    "runpy, medviewer.__main__, medviewer.cli.studies.info, medviewer.app, medviewer.gui.image_view.view, "
    "cv2, medviewer.inference.engines.onnx",
    "runpy, medviewer.dicom.reading.worker as worker; [__import__(name) for name in worker.DECODERS]",
)


@functools.cache
def environment() -> dict[str, str]:
    """Return the environment for processes of the compiled program.

    Its files stay until the run ends.
    """
    folder = tempfile.mkdtemp(prefix="medviewer-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    found = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    for part in PARTS:
        subprocess.run([sys.executable, "-c", f"import {part}"], check=True, env=found)
    return found
