"""Pixel layout of a file (DICOM PS3.3 C.7.6.3)."""

from dataclasses import dataclass

from medviewer.translation import Message


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """The Image Pixel module (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    is_float: bool
    photometric: str
    is_planar: bool
    frames: int  # that are there
    stated_frames: int | None = None  # as the header says
    color_note: Message | None = None  # where the header contradicts itself
    header_notes: tuple[Message, ...] = ()  # what of it makes no sense, and what is assumed instead

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes on contradictory pixel attributes of the header."""
        return self.header_notes if self.color_note is None else (self.color_note, *self.header_notes)

    @property
    def frame_bits(self) -> int:
        """Size of one uncompressed frame."""
        samples = 2 if self.halves_chroma and self.samples == 3 else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def is_in_words(self) -> bool:
        """Samples are words of the machine; others are packed without gaps."""
        return self.bits_allocated in (8, 16, 32, 64)

    @property
    def halves_chroma(self) -> bool:
        """Two pixels share their Cb and Cr where the pixels are uncompressed.

        See PS3.3 C.7.6.3.1.2.
        """
        return self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")
