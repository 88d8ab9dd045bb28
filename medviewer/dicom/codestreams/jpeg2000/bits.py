"""Bits and tag trees of JPEG 2000 packet headers (ISO/IEC 15444-1 B.10)."""

from typing import Final

MOST_PLANES: Final = 80  # of zero bits
READ_ON: Final = 64  # bytes
BITS_OF: Final = tuple(f"{byte:08b}" for byte in range(256))


class TagTree:
    """A tag tree (B.10.2)."""

    def __init__(self, width: int, height: int) -> None:
        levels: list[tuple[int, int, list[int], list[bool]]] = []
        level = 0
        while True:
            count = width * height
            levels.append((level, width, [0] * count, [False] * count))
            if count <= 1:
                break
            width, height, level = -(-width // 2), -(-height // 2), level + 1
        self._from_root = levels[::-1]

    def reaches(self, bits: "HeaderBits", column: int, row: int, threshold: int) -> bool:
        """Read bits until a leaf's value is known to reach the threshold, or not."""
        low = 0
        for level, width, values, known in self._from_root:
            place = (row >> level) * width + (column >> level)
            low = max(values[place], low)
            if low < threshold and not known[place]:
                zeros, known[place] = bits.take_zeros(threshold - low)
                low += zeros
            values[place] = low
        return low >= threshold

    def pass_over(self, bits: "HeaderBits", column: int, row: int) -> None:
        """Read all bits of a leaf; IndexError where its value makes no sense."""
        low = 0
        for level, width, values, known in self._from_root:
            place = (row >> level) * width + (column >> level)
            if not known[place]:
                zeros, known[place] = bits.take_zeros(MOST_PLANES - low)
                if not known[place]:
                    raise IndexError
                values[place] = low + zeros
            low = values[place]


class HeaderBits:
    """Reads the bits of a packet header, the highest of each byte first.

    Stuffed after 0xFF (B.10.1).
    """

    def __init__(self, content: bytes, position: int, end: int) -> None:
        self._content, self._position, self._end = content, position, end
        self._begin, self._place, self._text = position, 0, ""

    def _read_on(self) -> None:
        """Append the bits of some more bytes; IndexError where there are none."""
        some = self._content[self._position : min(self._position + READ_ON, self._end)]
        if not some:
            raise IndexError
        is_stuffed = self._position > self._begin and self._content[self._position - 1] == 0xFF
        if not is_stuffed and 0xFF not in some:
            self._text += f"{int.from_bytes(some, 'big'):0{8 * len(some)}b}"
            self._position += len(some)
            return
        pieces = [self._text]
        for byte in some:
            pieces.append(BITS_OF[byte][1:] if is_stuffed else BITS_OF[byte])
            is_stuffed = byte == 0xFF
        self._text = "".join(pieces)
        self._position += len(some)

    def take(self, count: int) -> int:
        """Return the next bits; IndexError where there are none."""
        if not count:
            return 0
        place = self._place
        self._place = after = place + count
        while after > len(self._text):
            self._read_on()
        return int(self._text[place:after], 2)

    def take_bit(self) -> bool:
        """Return whether the next bit is set; IndexError where there is none."""
        place = self._place
        if place == len(self._text):
            self._read_on()
        self._place = place + 1
        return self._text[place] == "1"

    def take_zeros(self, most: int) -> tuple[int, bool]:
        """Return how many zeros are next, and whether a one ended them.

        Parameters
        ----------
        most : int
            After so many, no one is looked for.
        """
        place = self._place
        while (one := self._text.find("1", place, place + most)) < 0 and place + most > len(self._text):
            self._read_on()
        self._place = place + most if one < 0 else one + 1
        return (most, False) if one < 0 else (one - place, True)

    def finish(self) -> int:
        """Return the end of the header."""
        position, bits, last = self._begin, 0, 0
        while bits < self._place:
            bits += 7 if last == 0xFF else 8
            last = self._content[position]
            position += 1
        return position + (last == 0xFF)
