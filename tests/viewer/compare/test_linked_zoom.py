"""The zoom of linked panes is computed from their views alone, without a window."""

import pytest

from medviewer.viewer.compare.linked_zoom import ZoomedView, same_place, same_share
from medviewer.viewer.render import FIT, Zoom
from medviewer.viewer.state import Links


def view(zoom: Zoom = FIT, fits: float = 1.0, extent: tuple[float, float] = (512, 512)) -> ZoomedView:
    return ZoomedView(None, zoom, fits, extent, 400)


def test_images_of_one_size_look_alike() -> None:
    zoom = Zoom(2.5, (100, 200))
    assert same_share(view(zoom), view(fits=1.01)) is zoom


def test_an_image_of_another_size_shows_the_same_share_magnified_as_much_beyond_its_fit() -> None:
    found = same_share(view(Zoom(3, (128, 256)), fits=1.5), view(fits=0.5, extent=(1024, 256)))
    assert found.scale == pytest.approx(1.0)
    assert found.center == pytest.approx((256, 128))


def test_what_is_fitted_is_fitted_in_all() -> None:
    assert same_share(view(FIT), view(Zoom(2, (1, 1)), extent=(10, 10))) == FIT


def test_views_without_images_have_no_place_in_common() -> None:
    assert same_place(view(Zoom(2, (1, 1))), view(), Links()) is None
