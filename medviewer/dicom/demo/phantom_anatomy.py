"""A computed CT head of a seed and the tables below: no patient, no scan.

Coordinates are DICOM's patient axes in mm, with the origin in the middle of the head: x to the patient's
left, y to posterior, z to the head. Every structure is a soft-edged ellipsoid in warped coordinates, painted
one over the other; the HU are textbook values of an unenhanced head (Hounsfield scale at 120 kV).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

ROWS: Final = 512
SPACING_MM: Final = 0.45
LOWEST_Z_MM: Final = -6.0
HIGHEST_Z_MM: Final = 119.0
NOISE_HU: Final = 4.5

AIR, FAT, SKIN, MUSCLE = -1000.0, -95.0, 35.0, 58.0
CSF, WHITE, GRAY, FALX = 7.0, 28.0, 38.0, 50.0
TABLE_OF_SKULL, DIPLOE, BASE = 1250.0, 620.0, 950.0
EDEMA, HEADREST = 19.0, 260.0

# how far below the skin each layer begins, in mm
SKIN_MM, SCALP_MM, SKULL_MM, RIM_MM = 1.6, 5.5, 7.0, 1.8

Plane = npt.NDArray[np.float32]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Blob:
    """An ellipsoid of one density.

    `paired` blobs stand on both sides of the midline.
    """

    center_mm: Point
    axes_mm: Point
    hu: float
    degrees: float = 0.0  # turned about z, counter-clockwise as seen from the feet
    paired: bool = True
    edge_mm: float = 1.2


SKULL_BASE: Final = (  # petrous ridges, sphenoid wings, clivus, orbital walls
    Blob((39, 10, -2), (30, 6.5, 13), BASE, -28),
    Blob((58, 17, -4), (10, 12, 14), BASE),
    Blob((40, -30, 2), (29, 4.5, 12), BASE, 22),
    Blob((0, -8, -2), (13, 12, 12), BASE, paired=False),
    Blob((31, -58, -4), (26, 27, 15), BASE),
    Blob((0, -66, -2), (15, 24, 16), BASE, paired=False),
)
ORBITS_AND_AIR: Final = (
    Blob((31, -66, -6), (17.5, 27, 14.5), FAT, 10),
    Blob((32, -77, -6), (11.8, 12, 11.8), 16, edge_mm=1.0),
    Blob((32, -86, -6), (4.2, 2.0, 4.2), 75),
    Blob((27, -56, -6), (2.2, 17, 2.4), 32, 8),
    Blob((5, -60, -4), (4.2, 5, 9), AIR),
    Blob((5.5, -72, -4), (4.4, 5.5, 9), AIR, 12),
    Blob((0, -22, -8), (9, 8, 7), AIR, paired=False),
    Blob((7, -84, 8), (7, 2.8, 9), AIR, -8),
    Blob((56, 18, -4), (3.0, 4.2, 5), AIR, 20),
    Blob((62, 24, -5), (2.2, 3.2, 5), AIR),
    Blob((60, 13, -6), (2.4, 2.2, 4), AIR),
)
BRAINSTEM_AND_CISTERNS: Final = (
    Blob((0, -2, 17), (12, 9, 6), CSF + 4, paired=False, edge_mm=2.5),
    Blob((15, -7, 19), (13, 2.4, 5), CSF + 6, 24, edge_mm=2.0),
    Blob((0, 17, 8), (15, 14, 17), GRAY - 5, paired=False, edge_mm=2.0),
    Blob((9, 20, 24), (8, 10, 8), GRAY - 4, 20, edge_mm=2.0),
    Blob((0, 33, 24), (15, 2.6, 6), CSF + 5, paired=False, edge_mm=2.0),
    Blob((0, 33, 6), (6.5, 4.5, 9), CSF, paired=False),
)
DEEP_GRAY: Final = (  # caudate, putamen, thalamus; insula and Sylvian fissure
    Blob((13, -20, 48), (4.5, 9, 11), GRAY + 1, 14, edge_mm=2.5),
    Blob((27, -4, 44), (5.0, 15, 12), GRAY + 1, 12, edge_mm=3.0),
    Blob((11, 14, 46), (7.5, 13, 11), GRAY + 1, -18, edge_mm=3.0),
    Blob((41, -6, 38), (2.0, 15, 14), CSF + 10, 8, edge_mm=2.5),
    Blob((49, -14, 36), (9, 1.6, 9), CSF + 10, 10, edge_mm=2.5),
)
VENTRICLES: Final = (
    Blob((7.5, -27, 50), (3.6, 11, 9), CSF, 24),
    Blob((10, -6, 62), (4.6, 22, 7), CSF, 10),
    Blob((16, 20, 58), (5.0, 14, 9), CSF, -24),
    Blob((24, 36, 48), (4.6, 14, 9), CSF, -10),
    Blob((30, 16, 28), (2.4, 11, 5), CSF + 2, -14),
    Blob((0, 8, 42), (2.2, 13, 10), CSF, paired=False),
)
CALCIFICATIONS: Final = (
    Blob((0, 29, 42), (2.0, 2.2, 2.5), 120, paired=False),
    Blob((21, 31, 48), (2.0, 2.8, 2.5), 105),
)


@dataclass(frozen=True, slots=True)
class Bleed:
    """A fresh bleed: a hematoma in the brain or between skull and brain.

    A lens has its side (-1, 1), its angle and its height for a center; its thickness (mm), half its angle and
    half its height (mm) for axes.
    """

    kind: str  # "intraparenchymal" or "epidural"
    center_mm: Point
    axes_mm: Point
    hu: float

    def section(self, z_mm: float) -> float:
        """Return the width of the section at a height, 1 at the middle.

        0 where it is too small to paint.
        """
        height = (z_mm - self.center_mm[2]) / self.axes_mm[2]
        width = float(np.sqrt(max(0.0, 1.0 - height * height)))
        return width if width > 0.6 else 0.0  # every slice either shows it plainly or not at all


def slice_heights(slices: int) -> npt.NDArray[np.float64]:
    """Return z of each slice in mm, from the head to the feet."""
    return np.linspace(HIGHEST_Z_MM, LOWEST_Z_MM, slices)


def bleeds(seed: int) -> tuple[Bleed, ...]:
    """Return the bleeds of a phantom: one or two, by its seed."""
    random = np.random.default_rng([seed, 1])
    side = float(random.choice([-1.0, 1.0]))
    kind = str(random.choice(["intraparenchymal", "epidural", "both"]))
    jitter = random.uniform(-1.0, 1.0, 8).tolist()
    inside = Bleed(
        "intraparenchymal",
        (side * (30 + 3 * jitter[0]), 4 + 10 * jitter[1], 52 + 6 * jitter[2]),
        (14 + 2 * jitter[3], 19 + 3 * jitter[4], 16 + 2 * jitter[5]),
        64 + 3 * jitter[6],
    )
    outside = Bleed(
        "epidural",
        (-side, 0.15 * jitter[7], 62 + 8 * jitter[2]),
        (15 + 2 * jitter[3], 0.55 + 0.05 * jitter[4], 22 + 3 * jitter[5]),
        62 + 2 * jitter[6],
    )
    return {"intraparenchymal": (inside,), "epidural": (outside,), "both": (inside, outside)}[kind]


class Head:
    """One head, drawn slice by slice.

    Parameters
    ----------
    seed : int
        The same seed gives the same head, wherever it is computed (up to rounding of single voxels).
    """

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng([seed, 2])
        self.seed = seed
        self.bleeds = bleeds(seed)
        self._half_width = 74.0 + random.uniform(-3, 3)
        self._half_length = 94.0 + random.uniform(-4, 4)
        self._lobes = random.normal(0, 0.006, (4, 2))
        self._yaw = np.radians(random.uniform(-5, 5))
        self._drift_mm = random.uniform(-2.5, 2.5, 2)
        self._coarse = random.normal(0, 1, (9, 12, 12)).astype(np.float32)
        self._fine = random.normal(0, 1, (22, 26, 26)).astype(np.float32)
        self._warp = random.normal(0, 5.0, (2, 9, 12, 12)).astype(np.float32)

    @cached_property
    def _grid(self) -> tuple[Plane, Plane]:
        axis = ((np.arange(ROWS) - (ROWS - 1) / 2) * SPACING_MM).astype(np.float32)
        return axis[None, :], axis[:, None]

    def slice_hu(self, z_mm: float) -> Plane:
        """Return one slice, (512, 512) float32 HU, as a scanner would give it.

        It is blurred and noisy.
        """
        x, y = self._in_the_head(z_mm)
        ideal = self._layers(x, y, z_mm)
        random = np.random.default_rng([self.seed, 3, round(z_mm * 1000) + 1_000_000])
        return _scanned(np.maximum(ideal, self._headrest), random)

    def _in_the_head(self, z_mm: float) -> tuple[Plane, Plane]:
        """Turn and shift the scanner's grid into the head's own axes.

        The head drifts a little over z.
        """
        across, down = self._grid
        turn = self._yaw + 0.02 * np.sin(z_mm / 40.0)
        shift = self._drift_mm * np.sin(z_mm / 50.0)
        x, y = across - np.float32(shift[0]), down - np.float32(shift[1] + 4.0)
        cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        return x * cosine + y * sine, y * cosine - x * sine

    @cached_property
    def _outline(self) -> npt.NDArray[np.float32]:
        """Distances of the skin from the axis at the widest height.

        They are for 4096 directions.
        """
        angle = (np.arange(4096) + 0.5) * (2 * np.pi / 4096) - np.pi
        across, down = np.abs(np.cos(angle) / self._half_width), np.abs(np.sin(angle) / self._half_length)
        radius: npt.NDArray[np.float64] = (across**2.1 + down**2.1) ** (-1 / 2.1)
        radius *= 1.0 + 0.10 * np.sin(angle) * np.cos(angle) ** 2  # wider behind than in front
        for order, (cosine, sine) in enumerate(self._lobes, start=2):
            radius *= 1.0 + cosine * np.cos(order * angle) + sine * np.sin(order * angle)
        return radius.astype(np.float32)

    @staticmethod
    def _shell(outline: Plane, z_mm: float, inset_mm: float) -> Plane:
        """Return the distance of a shell from the axis.

        The shell lies `inset_mm` below the skin. 0 above its top.
        """
        dataset = (95.0 if z_mm > 35 else 125.0) - inset_mm
        height = np.sqrt(max(0.0, 1.0 - ((z_mm - 35.0) / dataset) ** 2))
        return (outline - np.float32(inset_mm)) * np.float32(height)

    def _layers(self, x: Plane, y: Plane, z_mm: float) -> Plane:
        angle, radius = np.arctan2(y, x).astype(np.float32), np.hypot(x, y)
        image = np.full((ROWS, ROWS), AIR, np.float32)
        outline = self._outline[((angle + np.pi) * np.float32(4095.9 / (2 * np.pi))).astype(np.intp)]
        skin, fat, skull, within, brain = (
            self._shell(outline, z_mm, inset) - radius
            for inset in (0.0, SKIN_MM, SCALP_MM, SCALP_MM + SKULL_MM, SCALP_MM + SKULL_MM + RIM_MM)
        )
        _paint(image, skin, SKIN, 0.8)
        _paint(image, fat, FAT, 0.8)
        if z_mm < 60:  # the temporal muscles
            beside = 1.0 - np.abs(np.sin(angle) + 0.25) * 1.9 - max(0.0, z_mm - 20) / 60
            _paint(image, np.minimum(skin - 2.2, beside * 20), MUSCLE, 1.5)
        _paint(image, skull, TABLE_OF_SKULL, 0.8)
        _paint(image, np.minimum(skull - 1.9, -within - 1.7), DIPLOE, 1.2)
        _paint(image, within, CSF + 4, 0.9)
        self._paint_brain(image, x, y, z_mm, brain)
        inside = within > 0.5
        self._paint_blobs(image, x, y, z_mm, SKULL_BASE, skull)
        self._paint_blobs(image, x, y, z_mm, ORBITS_AND_AIR, skin)
        self._paint_bleeds(image, (x, y, z_mm), angle, within, inside)
        return image

    def _paint_brain(self, image: Plane, x: Plane, y: Plane, z_mm: float, depth: Plane) -> None:
        ridge = np.abs(self._noise(self._fine, z_mm))
        tone = self._noise(self._coarse, z_mm)
        cortex_mm = 3.0 + 9.0 * np.exp(-np.square(ridge / 0.16)) * np.clip((34.0 - depth) / 16.0, 0, 1) + tone
        _paint(image, depth, GRAY, 1.2)
        _paint(image, depth - cortex_mm, WHITE + 0.8 * tone, 3.0)
        sulcus = np.exp(-np.square(ridge / 0.05)) * np.clip((22.0 - depth) / 12.0, 0, 1)
        image += (sulcus * np.float32(0.65) * (CSF - image) * (depth > -0.5)).astype(np.float32)
        if z_mm < 30:  # the cerebellum, below the tentorium: no thick white matter, fine folia
            tent = y - np.float32(4.0 + max(0.0, z_mm - 8) * 1.2) - np.float32(0.42) * np.abs(x)
            folia = GRAY - 3 + 1.5 * np.cos(y * np.float32(1.4) + 4 * tone)
            _paint(image, np.minimum(depth, tent - 1.5), folia, 3.0)
            _paint(image, np.minimum(depth, 0.7 - np.abs(tent)), FALX - 6, 1.5)
        self._paint_midline(image, x, y, z_mm, depth)
        warped = self._warped(x, y, z_mm)
        for blobs in (BRAINSTEM_AND_CISTERNS, DEEP_GRAY, VENTRICLES, CALCIFICATIONS):
            self._paint_blobs(image, *warped, z_mm, blobs, depth)

    def _paint_midline(self, image: Plane, x: Plane, y: Plane, z_mm: float, depth: Plane) -> None:
        """Paint the cleft between the hemispheres and the falx in it."""
        off = np.abs(x + 0.6 * self._noise(self._warp[0], z_mm))
        above = np.full_like(y, 1.0 if z_mm > 74 else -1.0) * 20
        front, back = -36.0 - y, y - 50.0
        there = np.maximum(above, np.maximum(front, back)) if z_mm > 24 else np.maximum(front, above)
        _paint(image, np.minimum(np.minimum(1.3 - off, there), depth), CSF + 8, 1.6)
        if z_mm > 34:
            _paint(image, np.minimum(np.minimum(0.55 - off, there), depth + 2), FALX, 0.9)

    def _paint_blobs(
        self, image: Plane, x: Plane, y: Plane, z_mm: float, blobs: tuple[Blob, ...], within: Plane
    ) -> None:
        for blob in blobs:
            for side in (1.0, -1.0) if blob.paired else (1.0,):
                box = _bounds(blob, side, z_mm, x, y)
                if box is None:
                    continue
                part = _blob_depth(blob, side, z_mm, x[box], y[box])
                _paint(image[box], np.minimum(part, within[box]), blob.hu, blob.edge_mm)

    def _paint_bleeds(
        self,
        image: Plane,
        at: tuple[Plane, Plane, float],
        angle: Plane,
        within: Plane,
        inside: npt.NDArray[np.bool_],
    ) -> None:
        x, y, z_mm = at
        rough = self._noise(self._coarse, z_mm)
        for bleed in self.bleeds:
            section = bleed.section(z_mm)
            if not section:
                continue
            texture = bleed.hu + 2.0 * self._noise(self._fine, z_mm)
            if bleed.kind == "epidural":
                toward = np.pi if bleed.center_mm[0] < 0 else 0.0  # the side
                around = np.angle(np.exp(1j * (angle - toward - bleed.center_mm[1]))) / (
                    bleed.axes_mm[1] * section
                )
                thickness = bleed.axes_mm[0] * section * (1.0 - np.square(around)).astype(np.float32)
                _paint(image, np.where(inside, thickness - within, -9.0), texture, 1.2)
                continue
            blob = Blob(bleed.center_mm, bleed.axes_mm, bleed.hu, paired=False)
            depth = _blob_depth(blob, 1.0, z_mm, *self._warped(x, y, z_mm)) + 5.0 * rough + texture - bleed.hu
            _paint(image, np.minimum(depth + 5.0, within - 2), EDEMA, 4.0)
            _paint(image, np.minimum(depth, within - 2), texture, 2.0)

    def _warped(self, x: Plane, y: Plane, z_mm: float) -> tuple[Plane, Plane]:
        return x + self._noise(self._warp[0], z_mm), y + self._noise(self._warp[1], z_mm)

    def _noise(self, knots: npt.NDArray[np.float32], z_mm: float) -> Plane:
        """Return a smooth random field, (512, 512), from evenly spread knots."""
        height = np.array([(z_mm - LOWEST_Z_MM) / (HIGHEST_Z_MM - LOWEST_Z_MM)])
        return _enlarged(_splined(knots, height)[0])

    @cached_property
    def _headrest(self) -> Plane:
        across, down = self._grid
        ring = 1.0 - np.abs(np.hypot(across, (down + 14.0) * 0.92) - 111.0)
        image = np.full((ROWS, ROWS), AIR, np.float32)
        _paint(image, np.where(down > 40, ring, -9.0).astype(np.float32), HEADREST, 0.8)
        return image


def _paint(image: Plane, depth_mm: Plane, hu: float | Plane, edge_mm: float) -> None:
    """Blend a density in, where the depth below its surface is positive.

    The edge is soft over `edge_mm`.
    """
    share = np.clip(depth_mm / np.float32(edge_mm) + np.float32(0.5), 0, 1)
    image += share * (np.asarray(hu, np.float32) - image)


def _bounds(blob: Blob, side: float, z_mm: float, x: Plane, y: Plane) -> tuple[slice, slice] | None:
    """Return the part of the image that a blob can touch, or None."""
    reach = max(blob.axes_mm[:2]) + 3 * blob.edge_mm
    if abs(z_mm - blob.center_mm[2]) > blob.axes_mm[2] + blob.edge_mm:
        return None
    near = (np.abs(x - side * blob.center_mm[0]) < reach) & (np.abs(y - blob.center_mm[1]) < reach)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not rows.size:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _blob_depth(blob: Blob, side: float, z_mm: float, x: Plane, y: Plane) -> Plane:
    """Return approximate depths below an ellipsoid's surface in mm.

    They are negative outside.
    """
    turn = np.float32(np.radians(blob.degrees) * side)
    right, back = x - np.float32(side * blob.center_mm[0]), y - np.float32(blob.center_mm[1])
    cosine, sine = np.cos(turn), np.sin(turn)
    along = (right * cosine + back * sine) / np.float32(blob.axes_mm[0])
    across = (back * cosine - right * sine) / np.float32(blob.axes_mm[1])
    up = np.float32((z_mm - blob.center_mm[2]) / blob.axes_mm[2])
    reach: Plane = np.sqrt(along * along + across * across + up * up)
    return (1 - reach) * np.float32(min(blob.axes_mm[:2]))


def _splined(knots: npt.NDArray[np.float32], positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return a uniform cubic B-spline over the first axis of its knots.

    Positions are from 0 to 1. No matrix product is used: the threads of a BLAS would cost more than they
    bring, and differ in the last bit.
    """
    place = positions * (len(knots) - 1)
    first = np.floor(place).astype(np.intp) - 1
    share = (place - np.floor(place)).astype(np.float32)
    weights = (
        (1 - share) ** 3 / 6,
        (3 * share**3 - 6 * share**2 + 4) / 6,
        (-3 * share**3 + 3 * share**2 + 3 * share + 1) / 6,
        share**3 / 6,
    )
    result = np.zeros((len(positions), *knots.shape[1:]), np.float32)
    for step, weight in enumerate(weights):
        near = knots[np.clip(first + step, 0, len(knots) - 1)]
        result += near * weight.reshape(-1, *(1,) * (knots.ndim - 1))
    return result


def _enlarged(plane: Plane) -> Plane:
    """Return a coarse plane, smoothly enlarged to (512, 512)."""
    everywhere = np.linspace(0, 1, ROWS)
    return _splined(_splined(plane.T, everywhere).T, everywhere)


def _scanned(ideal: Plane, random: np.random.Generator) -> Plane:
    """Add a scanner's blur and noise.

    A point spread of about 0.8 mm, and noise with CT's band-passed texture.
    """
    fine = _blurred(random.standard_normal(ideal.shape, np.float32))
    noise = fine - _blurred(_blurred(_blurred(fine)))
    noise *= np.float32(NOISE_HU) / noise.std()
    block = 16
    bone = np.clip(ideal - 200, 0, None).reshape(ROWS // block, block, ROWS // block, block).mean(axis=(1, 3))
    haze = np.float32(0.005) * _enlarged(bone)  # what beam hardening leaves inside the skull
    scanned: Plane = np.clip(_blurred(ideal) + haze + noise, -1024, 3071)
    return scanned


def _blurred(image: Plane) -> Plane:
    """Return the image blurred by a 3x3 binomial.

    Its standard deviation is 0.7 pixels.
    """
    for axis in (0, 1):
        image = np.moveaxis(image, axis, 0)
        result = image * np.float32(0.5)
        result[1:] += np.float32(0.25) * image[:-1]
        result[:-1] += np.float32(0.25) * image[1:]
        result[0] += np.float32(0.25) * image[0]
        result[-1] += np.float32(0.25) * image[-1]
        image = np.moveaxis(result, 0, axis)
    return image
