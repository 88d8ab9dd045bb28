"""The worker processes of a sandbox, as the system knows them."""

from medviewer.dicom.workers.sandbox import Sandbox


def worker_pids(sandbox: Sandbox) -> tuple[int, ...]:
    """Return the process ids of the running workers, the decoding one first."""
    return tuple(pid for one in (sandbox.decoding, sandbox.indexing) if (pid := one.pid) is not None)
