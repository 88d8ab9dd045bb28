"""The part of a stack that is played."""

from medviewer.imaging.source import ImageSource, SliceKey

CineRange = tuple[SliceKey, SliceKey]
"""The ends of what is played, both included, in whatever order."""


def cine_part(stack: ImageSource, ends: CineRange) -> tuple[int, int] | None:
    """Return the first and last slice of a range, from 0.

    None: an end is no longer in the stack, or the whole stack is meant.
    """
    found = [stack.index_of(key) for key in ends]
    first, last = found
    if first is None or last is None:
        return None
    part = min(first, last), max(first, last)
    return None if part == (0, len(stack) - 1) else part


def numbers_in_file(stack: ImageSource) -> list[int]:
    """Return the number of each slice in its file, from 1, for the timeline.

    Of slices of several files their places.
    """
    headers = stack.headers
    is_one_file = all(header.key.instance_uid == headers[0].key.instance_uid for header in headers)
    if not is_one_file:  # mostly the second slice tells; keys take long to make
        return list(range(1, len(headers) + 1))
    return [header.key.frame_number for header in headers]


def with_cine_end(stack: ImageSource, ends: CineRange | None, index: int, *, is_last: bool) -> CineRange:
    """Return a range that begins or ends at a slice.

    An end on the wrong side of it moves to the stack's own.
    """
    part = None if ends is None else cine_part(stack, ends)
    first, last = part or (0, len(stack) - 1)
    if is_last:
        first, last = (first if first < index else 0), index
    else:
        first, last = index, (last if last > index else len(stack) - 1)
    return stack.slice_key(first), stack.slice_key(last)
