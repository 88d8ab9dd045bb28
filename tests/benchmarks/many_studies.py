"""Records of many studies that were opened."""

from pathlib import Path

from medviewer.imaging.identity import Identity
from medviewer.viewer.memory.study_record import StudyRecord


def many_studies(count: int) -> list[StudyRecord]:
    """Return studies of as many patients, the last of them opened last."""
    return [
        StudyRecord(
            Identity(patient_name=f"Name{number}^Given=王^小{number}", patient_id=f"ID{number:05}"),
            modalities=("CT",),
            descriptions=tuple(f"Series {part} of {number}" for part in range(8)),
            paths=(Path(f"/data/{number}"),),
            opened_at=number,
            thumbnail=bytes(4096),
        )
        for number in range(count)
    ]
