"""Each file made to hurt a viewer is shown or refused with a reason, by workers that stay alive."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medviewer import limits
from medviewer.dicom.workers.sandbox import Sandbox
from tests.crafted_files import CRAFTED, fragments_without_end, what_became_of
from tests.mutation.opening import peak_bytes
from tests.workers import worker_pids

SLOW = pytest.mark.slow  # three seconds of the five that a file gets: too close on a busy machine


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")  # what is written is wrong on purpose
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, marks=SLOW if make is fragments_without_end else (), id=make.__name__)
        for make in CRAFTED
    ],
)
def test_a_crafted_file_is_shown_or_refused_with_its_reason(
    sandbox: Sandbox, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "a.dcm")
    sandbox.start()
    workers = worker_pids(sandbox)
    assert CRAFTED[make] in what_became_of(path, sandbox)
    assert worker_pids(sandbox) == workers  # none was ended for taking too long or too much
    assert max(map(peak_bytes, workers)) < limits.WORKER_ADDRESS_SPACE
