"""The study browser: patients, studies and stacks in the words of the clinic, searchable, never empty."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QTreeWidgetItem, QTreeWidgetItemIterator
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import Icon, Library, OtherObject, SkippedFile
from medviewer.gui.studies.browser import StudyBrowser
from medviewer.gui.studies.skipped_files import LeftOutDialog, left_out_rows
from medviewer.gui.studies.tree import STACK_MIME, Role
from medviewer.imaging.frame.attributes import Aspect
from medviewer.translation import Message
from medviewer.viewer.texts.studies import skipped_files_text
from tests.gui.window_scene import COLOR, HEAD, PELVIS, WindowScene, library


@pytest.fixture
def browser(qtbot: QtBot, scene: WindowScene) -> StudyBrowser:
    browser = StudyBrowser(scene.session)
    qtbot.addWidget(browser)
    browser.resize(250, 700)
    browser.show()
    return browser


def _items(browser: StudyBrowser) -> list[QTreeWidgetItem]:
    iterator, items = QTreeWidgetItemIterator(browser.tree), []
    while (item := iterator.value()) is not None:
        items.append(item)
        iterator += 1
    return items


def _shown(browser: StudyBrowser) -> str:
    lines = []
    for item in _items(browser):
        if not item.isHidden():
            roles = (Qt.ItemDataRole.DisplayRole, Role.QUIET, Role.ATTENTION)
            lines += [str(item.data(0, role)) for role in roles if item.data(0, role)]
    return "\n".join(lines)


def _stack_item(browser: StudyBrowser, key: str) -> QTreeWidgetItem:
    return next(item for item in _items(browser) if item.data(0, Role.KEY) == key)


def test_it_says_how_to_open_until_something_is_open(scene: WindowScene, browser: StudyBrowser) -> None:
    assert browser.welcome.isVisible()
    scene.open("head")
    assert not browser.welcome.isVisible()
    assert browser.tree.isVisible()
    scene.session.close_all()
    assert browser.welcome.isVisible()


def test_rows_speak_the_words_of_the_clinic(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head", "pelvis")
    shown = _shown(browser)
    for words in (
        "DOE^JANE",
        "ID 000417",
        "CT Head · 2026-11-20",
        "Axial 5 mm",
        "CT · 10 images",
        "Coronal 5 mm",
    ):
        assert words in shown


def test_rows_say_the_number_of_the_series_the_side_and_the_view(browser: StudyBrowser) -> None:
    view = replace(
        HEAD,
        plane="",
        aspects=(Aspect("R", "CC"),),
        identity=replace(HEAD.identity, series_number="4", series_description="Screening", modality="MG"),
    )
    browser.show_library(library(view))
    item = _stack_item(browser, view.key)
    assert item.text(0) == "RCC"
    assert item.data(0, Role.QUIET) == "Screening\nSe 4 · MG · 10 images"
    loop = replace(view, frames=tuple(replace(frame, image_number=7) for frame in view.frames))
    browser.show_library(library(loop))
    assert "Se 4  Im 7 · MG · 10 images" in _stack_item(browser, view.key).data(0, Role.QUIET)


def test_warnings_stand_below_their_stack_in_amber(browser: StudyBrowser) -> None:
    warned = replace(HEAD, warnings=tuple(map(Message, ("one", "two", "three"))))
    browser.show_library(library(warned))
    item = _stack_item(browser, HEAD.key)
    assert item.data(0, Role.ATTENTION) == "one\ntwo"
    assert "three" in item.toolTip(0)


def test_a_long_warning_is_broken_and_not_cut(browser: StudyBrowser) -> None:
    heights = []
    for warnings in (
        (),
        ("short",),
        ("255 images lie at the position of another one, which is a long warning",),
    ):
        browser.show_library(library(replace(HEAD, warnings=tuple(map(Message, warnings)))))
        heights.append(browser.tree.visualItemRect(_stack_item(browser, HEAD.key)).height())
    line = browser.fontMetrics().lineSpacing()
    assert heights[2] >= heights[1] + 2 * line


def test_a_click_shows_the_stack(qtbot: QtBot, scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head", "pelvis")
    item = _stack_item(browser, PELVIS.key)
    browser.tree.scrollToItem(item)
    where = browser.tree.visualItemRect(item).center()
    qtbot.mouseClick(browser.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.stack.key == PELVIS.key
    assert browser.tree.chosen_key() == PELVIS.key


def test_the_stack_under_the_eye_is_the_chosen_one(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    assert browser.tree.chosen_key() == HEAD.key


@pytest.mark.parametrize(
    ("needle", "found"),
    [
        ("doe", "DOE^JANE"),
        ("richard roe", "ROE^RICHARD"),
        ("000555", "ROE^RICHARD"),
        ("coronal", "ROE^RICHARD"),
    ],
)
def test_search_leaves_only_what_fits(
    scene: WindowScene, browser: StudyBrowser, needle: str, found: str
) -> None:
    scene.open("head", "pelvis")
    browser.search.setText(needle)
    patients = [
        item.text(0)
        for item in _items(browser)
        if item.data(0, Role.KIND) == "patient" and not item.isHidden()
    ]
    assert patients == [found]
    browser.search.setText("nobody at all")
    assert browser.nothing_found.isVisible()


def test_hidden_identity_hides_it_here_too(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    scene.session.viewer.change(identity_hidden=True)
    shown = _shown(browser)
    assert "DOE" not in shown
    assert "000417" not in shown
    assert "Patient 1" in shown
    for typed in ("Head 5.0", "CT Head", "2026"):  # descriptions may name a person, dates tell who it is
        assert typed not in shown
    scene.session.viewer.change(identity_hidden=False)
    assert "DOE^JANE" in _shown(browser)


def test_a_series_without_a_plane_is_called_by_its_modality_while_the_identity_is_hidden(
    scene: WindowScene, browser: StudyBrowser
) -> None:
    scene.open("colour")
    assert "Head 5.0" in _shown(browser)
    scene.session.viewer.change(identity_hidden=True)
    assert "Head 5.0" not in _shown(browser)
    assert _stack_item(browser, COLOR.key).text(0) == "CT"


def test_a_thumbnail_appears_beside_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.show_library(library(HEAD))
    item = _stack_item(browser, HEAD.key)
    before = browser.tree.viewport().grab().toImage()
    browser.tree.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    after = browser.tree.viewport().grab().toImage()
    row: QRect = browser.tree.visualItemRect(item)
    spot = row.topLeft().x() + 30, row.center().y()
    assert before.pixelColor(*spot).name() == "#000000"
    assert after.pixelColor(*spot).name() == "#ffffff"


def test_another_patient_does_not_take_over_a_thumbnail(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.show_library(library(HEAD))
    browser.tree.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    browser.show_library(library(HEAD))
    assert HEAD.key in browser.tree.thumbnails
    browser.show_library(library(replace(HEAD, identity=replace(HEAD.identity, patient_id="another"))))
    assert browser.tree.thumbnails == {}


def test_a_thumbnail_may_come_before_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.tree.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    browser.show_library(library(HEAD))
    row: QRect = browser.tree.visualItemRect(_stack_item(browser, HEAD.key))
    shown = browser.tree.viewport().grab().toImage()
    assert shown.pixelColor(row.topLeft().x() + 30, row.center().y()).name() == "#ffffff"


def test_progress_is_shown_with_a_way_to_stop(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.show_progress(120, None)
    assert browser.scan_row.isVisible()
    assert browser.progress_text.text() == "120 files"
    browser.show_progress(120, 500)
    assert browser.progress_text.text() == "120 of 500 files"
    assert browser.progress.maximum() == 500
    scene.open("head")
    assert not browser.scan_row.isVisible()


def test_files_left_out_are_counted_and_listed_with_reasons(
    scene: WindowScene, browser: StudyBrowser
) -> None:
    scene.open("head", "broken1.dcm", "broken2.dcm")
    assert browser.left_out_button.text() == "2 files could not be read ▸"
    browser.left_out_button.click()
    dialog = browser.findChild(LeftOutDialog)
    assert dialog is not None
    assert dialog.table.item(0, 0).text() == "broken1.dcm"
    assert dialog.table.item(0, 1).text() == "it is damaged (made)"
    dialog.reject()


def test_the_count_of_files_left_out_fits_a_narrow_browser(browser: StudyBrowser) -> None:
    browser.resize(226, 600)
    found = Library(
        refused=(SkippedFile(Path("/a/b.dcm"), Message("it is damaged (x)")),) * 127,
        ignored=(SkippedFile(Path("/a/readme.txt"), Message("it is not a DICOM file")),) * 20,
    )
    browser.show_library(found)
    lines = browser.left_out_button.text().splitlines()
    assert lines == ["127 files could not be read", "20 files are no pictures ▸"]
    wide = browser.left_out_button.fontMetrics().horizontalAdvance
    assert max(map(wide, lines)) < browser.width() - 16


def test_the_list_names_other_objects_plainly() -> None:
    found = Library(
        refused=(SkippedFile(Path("/a/b.dcm"), Message("it is damaged (x)")),),
        other=(
            OtherObject(Path("/a/sr.dcm"), "1.2.840.10008.5.1.4.1.1.88.33", Message("Structured report")),
        ),
        ignored=(SkippedFile(Path("/a/readme.txt"), Message("it is not a DICOM file")),),
    )
    assert [reason for _, reason in left_out_rows(found)] == [
        "it is damaged (x)",
        "holds no picture: Structured report",
        "it is not a DICOM file",
    ]


def test_an_archive_counts_as_no_image_only_where_none_of_it_is_shown(tmp_path: Path) -> None:
    full, empty = tmp_path / "full.zip", tmp_path / "empty.zip"
    for archive in (full, empty):
        archive.write_bytes(b"PK")
    frames = tuple(replace(frame, path=full / "DICOM" / frame.path.name) for frame in HEAD.frames)
    found = replace(
        library(replace(HEAD, frames=frames)),
        other=tuple(OtherObject(archive, "", Message("Archive (zip)")) for archive in (full, empty)),
    )
    assert left_out_rows(found) == [(empty, "holds no picture: Archive (zip)")]
    assert skipped_files_text(found) == "1 file is no picture"


def test_a_dragged_row_carries_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    mime = browser.tree.mimeData([_stack_item(browser, HEAD.key)])
    assert bytes(mime.data(STACK_MIME).data()).decode() == HEAD.key


@pytest.mark.parametrize("beside", [True, False])
def test_an_image_of_which_an_icon_is_left_stands_beside_its_studies_with_the_reason(
    browser: StudyBrowser, beside: bool
) -> None:
    icon = OtherObject(
        Path("/x/rf.dcm"),
        "1.2.840.10008.5.1.4.1.1.12.2",
        Message("Image of which the file holds an icon only"),
        identity=replace(HEAD.identity, modality="RF"),
        icon=Icon(2, 4, 1, bytes(range(0, 240, 30))),
    )
    found = library(HEAD) if beside else Library()
    browser.show_library(replace(found, other=(icon,)))
    assert not browser.welcome.isVisible()
    [item] = [item for item in _items(browser) if "icon only" in str(item.data(0, Role.ATTENTION))]
    assert item.text(0) == "RF"
    pixmap = item.data(0, Role.PIXMAP)
    assert (pixmap.width(), pixmap.height()) == (4, 4)
    assert pixmap.toImage().pixelColor(3, 2).red() == 210
    assert not item.flags() & Qt.ItemFlag.ItemIsSelectable
    patients = [item for item in _items(browser) if item.data(0, Role.KIND) == "patient"]
    assert len(patients) == 1
    browser.search.setText("rf")
    assert not item.isHidden()
    browser.search.setText("no such thing")
    assert item.isHidden()
    assert browser.nothing_found.isVisible()
    browser.tree.itemClicked.emit(item, 0)  # and nothing comes of it
