"""A model may want contrast agent of one sequence and none of another."""

from dataclasses import replace

import pytest

from tests.inference.gates.test_suitability import BRAIN, scan, verdict

EITHER = replace(
    BRAIN, contrast="required", sequences=("T1", "FLAIR"), no_contrast_needed=("FLAIR",), max_echo_time_ms=45
)


@pytest.mark.parametrize(
    ("agent", "series", "echo", "said"),
    [
        (None, "AX FLAIR", 120.0, "passed"),
        (None, "t2_tirm_tra_dark-fluid", 93.0, "passed"),
        (None, "Ax T2 FLAIR", 120.0, "passed"),
        ("Gadovist", "AX FLAIR POST", 120.0, "passed"),
        ("Gadovist", "AX T1", 9.0, "passed"),
        (None, "AX T1", 9.0, "refused: contrast"),
        (None, "AX T1 FLAIR", 9.0, "refused: contrast"),
        ("Gadovist", "AX T1 FLAIR", 9.0, "passed"),
        ("Gadovist", "AX T2", 95.0, "refused: sequence"),
        ("Gadovist", "FLAIR DWI", 95.0, "refused: sequence"),
        ("Gadovist", "", 95.0, "refused: sequence"),
        (None, "", 9.0, "refused: contrast"),
    ],
)
def test_a_model_may_want_contrast_of_one_sequence_and_none_of_another(agent, series, echo, said):
    found = scan(EITHER, contrast_agent=agent, series_description=series, echo_time_ms=echo)
    assert verdict(found) == said
