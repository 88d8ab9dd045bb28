"""Words about the stacks of a series: differences and gaps."""

from typing import Final

from medviewer.translation import mark

PART_WORDS: Final = {
    "b-value": mark("b {value} s/mm²"),
    "direction": mark("direction {value}"),
    "echo": mark("echo {value}"),
    "inversion": mark("inversion time {value} ms"),
    "flip": mark("flip angle {value}°"),
    "time": mark("time {value}"),
    "phase": mark("phase {value}"),
    "trigger": mark("trigger {value} ms"),
    "acquisition": mark("acquisition {value}"),
    "segment": mark("segment {value}"),
    "label": "{value}",
    "energy": mark("energy window {value}"),
    "detector": mark("detector {value}"),
    "nm phase": mark("phase {value}"),
    "rotation": mark("rotation {value}"),
    "rr": mark("R-R interval {value}"),
    "slot": mark("time slot {value}"),
    "stack": mark("stack {value}"),
    "type": "{value}",
}
"""How a stack is told from others at the same positions, by the name of what differs."""

PART_BEGINNINGS: Final = PART_WORDS | {
    "direction": mark("Direction {value}"),
    "echo": mark("Echo {value}"),
    "inversion": mark("Inversion time {value} ms"),
    "flip": mark("Flip angle {value}°"),
    "time": mark("Time {value}"),
    "phase": mark("Phase {value}"),
    "trigger": mark("Trigger {value} ms"),
    "acquisition": mark("Acquisition {value}"),
}
"""The same where a sentence begins with it."""

TILTED: Final = mark("The gantry is tilted by {degrees}°.")
UNEVEN: Final = mark("The distance of the slices varies from {low} to {high} mm.")
GAP: Final = mark("Gap of {size} mm after slice {number}.")
MORE_GAPS: Final = mark("More gaps: {count}.")
REPEAT: Final = mark("1 image lies at the position of another one.")
REPEATS: Final = mark("{count} images lie at the position of another one.")
SPACING_WORDS: Final = {
    TILTED: mark("tilt {degrees}°"),
    UNEVEN: mark("uneven slices"),
    GAP: mark("gap"),
    MORE_GAPS: mark("gap"),
    REPEAT: mark("double position"),
    REPEATS: mark("double positions"),
}
"""Notes on the places of slices, and in a word or two."""
