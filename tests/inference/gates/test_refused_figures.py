"""A figure for which a picture is refused is not written as the figure that is allowed."""

import pytest

from medviewer.inference.gates.suitability import first_failed
from tests.inference.gates.test_suitability import gates, scan, tilted


@pytest.mark.parametrize(
    ("degrees", "written"), [(30.3, "30.3° 30.0°"), (30.04, "30.04° 30.00°"), (45, "45° 30°")]
)
def test_the_angle_is_told_apart_from_the_largest_one(degrees: float, written: str) -> None:
    refusal = first_failed(gates(geometry=tilted(degrees)))
    assert refusal is not None
    angle, most = written.split()
    wanted = f"The picture lies {angle} off the axial plane; the model knows up to {most}."
    assert refusal.message.for_user() == wanted


@pytest.mark.parametrize(("echo", "written"), [(45.04, "45.04 45.00"), (95.0, "95 45")])
def test_the_echo_time_is_told_apart_from_the_longest_one(echo: float, written: str) -> None:
    refusal = first_failed(scan(echo_time_ms=echo))
    assert refusal is not None
    shown, most = written.split()
    wanted = f"The echo time is {shown} ms; the model knows sequences of up to {most} ms only."
    assert refusal.message.for_user() == wanted
