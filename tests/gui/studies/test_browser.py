"""The study browser.

Patients, studies and stacks in the words of the clinic, searchable, never empty.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import Icon, Library, OtherObject, SkippedFile, StoredStack
from medviewer.gui.studies.browser import RAIL_PX, StudyBrowser
from medviewer.gui.studies.row_model import STACK_MIME, Role
from medviewer.gui.studies.row_painter import NARROW, ROW_HEIGHT, THUMBNAIL_SIDE, RowPainter, badge_boxes
from medviewer.gui.studies.skipped_files import SkippedFilesDialog, skipped_file_rows
from medviewer.imaging.frame.attributes import Aspect
from medviewer.translation import Message
from medviewer.viewer.annotations.key_images import write_note
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts.image_numbers import short_number_text
from medviewer.viewer.texts.studies import skipped_files_text
from medviewer.viewer.texts.study_rows import RowKind, StudyRow
from tests.gui.window_scene import COLOR, HEAD, PELVIS, WindowScene, library


@pytest.fixture
def browser(qtbot: QtBot, scene: WindowScene) -> StudyBrowser:
    browser = StudyBrowser(scene.session)
    qtbot.addWidget(browser)
    browser.resize(250, 700)
    browser.show()
    return browser


def _rows(browser: StudyBrowser) -> tuple[StudyRow, ...]:
    return browser.list.rows.rows


def _shown(browser: StudyBrowser) -> str:
    return "\n".join(row.tip for row in _rows(browser))


def _row(browser: StudyBrowser, key: str) -> StudyRow:
    return next(row for row in _rows(browser) if row.key == key)


def _rect(browser: StudyBrowser, key: str) -> QRect:
    index = browser.list.rows.place_of(key)
    browser.list.scrollTo(index)
    return browser.list.visualRect(index)


def test_rows_speak_the_words_of_the_clinic(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head", "pelvis")
    shown = _shown(browser)
    for words in (
        "DOE^JANE",
        "1961-04-02",
        "ID 000417",
        "CT Head\n2026-11-20",
        "Head 5.0\n10 pictures · Axial\n5 mm",
        "4 pictures · Coronal\n5 mm",
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
    row = _row(browser, view.key)
    assert row.title == "RCC · Screening"
    assert row.lines[0] == "Se 4 · 10 · MG"
    loop = replace(view, frames=tuple(replace(frame, image_number=7) for frame in view.frames))
    browser.show_library(library(loop))
    assert _row(browser, view.key).lines[0] == "Se 4  Im 7 · 10 pictures · MG"


def test_warnings_stand_behind_one_mark_with_their_list(browser: StudyBrowser) -> None:
    plain = _picture(browser, HEAD)
    warned = replace(HEAD, warnings=tuple(map(Message, ("one", "two", "three"))))
    assert _picture(browser, warned) != plain
    index = browser.list.rows.place_of(HEAD.key)
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        said = index.data(role)
        assert all(warning in said for warning in ("one", "two", "three"))


def _picture(browser: StudyBrowser, stack: StoredStack) -> QImage:
    browser.show_library(library(stack))
    return browser.list.viewport().grab(_rect(browser, stack.key)).toImage()


def test_a_long_name_is_broken_and_not_cut(browser: StudyBrowser) -> None:
    heights = []
    for name in ("Head", "Head with contrast in the venous phase after a bolus of some millilitres of it"):
        who = replace(HEAD.identity, series_description=name)
        browser.show_library(library(replace(HEAD, identity=who)))
        heights.append(_rect(browser, HEAD.key).height())
    assert heights[0] == ROW_HEIGHT
    assert heights[1] > ROW_HEIGHT


def test_a_click_shows_the_stack(qtbot: QtBot, scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head", "pelvis")
    where = _rect(browser, PELVIS.key).center()
    qtbot.mouseClick(browser.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.stack.key == PELVIS.key
    assert browser.list.chosen_key() == PELVIS.key


def test_the_stack_under_the_eye_is_the_chosen_one(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    assert browser.list.chosen_key() == HEAD.key


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
    stays = {"DOE^JANE"}  # it is on the screen
    assert {row.title for row in _rows(browser) if row.kind is RowKind.PATIENT} == stays | {found}
    browser.search.setText("nobody at all")
    assert {row.title for row in _rows(browser) if row.kind is RowKind.PATIENT} == stays
    assert browser.nothing_found.isVisible()
    browser.nothing_found.click()
    assert browser.search.text() == ""
    assert len(_rows(browser)) == 6


def test_enter_in_the_search_shows_the_first_series_found(
    qtbot: QtBot, scene: WindowScene, browser: StudyBrowser
) -> None:
    scene.open("head", "pelvis")
    browser.search.setText("roe")
    qtbot.keyClick(browser.search, Qt.Key.Key_Return)
    assert scene.session.focused is not None
    assert scene.session.focused.stack.key == PELVIS.key


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
    assert _row(browser, COLOR.key).title == "CT"


def test_a_thumbnail_appears_beside_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.show_library(library(HEAD))
    row = _rect(browser, HEAD.key)
    before = browser.list.viewport().grab().toImage()
    browser.list.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    after = browser.list.viewport().grab().toImage()
    spot = row.topLeft().x() + 40, row.center().y()
    assert before.pixelColor(*spot).name() == colors().raised
    assert after.pixelColor(*spot).name() == "#ffffff"


def test_another_patient_does_not_take_over_a_thumbnail(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.show_library(library(HEAD))
    browser.list.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    browser.show_library(library(HEAD))
    assert HEAD.key in browser.list.rows.thumbnails
    browser.show_library(library(replace(HEAD, identity=replace(HEAD.identity, patient_id="another"))))
    assert browser.list.rows.thumbnails == {}


def test_a_thumbnail_may_come_before_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    browser.list.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    browser.show_library(library(HEAD))
    row = _rect(browser, HEAD.key)
    shown = browser.list.viewport().grab().toImage()
    assert shown.pixelColor(row.topLeft().x() + 40, row.center().y()).name() == "#ffffff"


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
    dialog = browser.findChild(SkippedFilesDialog)
    assert dialog is not None
    assert dialog.table.item(0, 0).text() == "broken1.dcm"
    assert dialog.table.item(0, 1).text() == "it is damaged (made)"
    dialog.reject()


def test_a_long_reason_is_seen_whole(browser: StudyBrowser) -> None:
    reason = Message("it cannot be shown as its pixel data end before the picture does, " * 4)
    browser.show_library(Library(refused=(SkippedFile(Path("/a/b.dcm"), reason),)))
    browser.show_skipped_files()
    dialog = browser.findChild(SkippedFilesDialog)
    assert dialog is not None
    QApplication.processEvents()
    table = dialog.table
    room = table.visualItemRect(table.item(0, 1))
    needed = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, table.item(0, 1).text())
    assert needed.height() <= room.height()
    dialog.reject()


def test_files_that_are_missing_are_counted_apart_and_one_by_one(browser: StudyBrowser) -> None:
    directory = SkippedFile(Path("/a/DICOMDIR"), Message("127 of the 131 are not there"), 127, 127)
    archive = SkippedFile(Path("/a/b.zip"), Message("40 of its 60 files are encrypted"), stands_for=40)
    browser.show_library(Library(refused=(directory, archive)))
    assert browser.left_out_button.text().splitlines() == [
        "127 files are not there",
        "40 files could not be read ▸",
    ]
    browser.show_library(Library(refused=(directory,)))
    assert browser.left_out_button.text() == "127 files are not there ▸"
    browser.show_skipped_files()
    dialog = browser.findChild(SkippedFilesDialog)
    assert dialog is not None
    assert "127 files are not there" in [label.text() for label in dialog.findChildren(QLabel)]
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
    assert [reason for _, reason in skipped_file_rows(found)] == [
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
    assert skipped_file_rows(found) == [(empty, "holds no picture: Archive (zip)")]
    assert skipped_files_text(found) == "1 file is no picture"


def test_a_dragged_row_carries_its_stack(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    mime = browser.list.model().mimeData([browser.list.rows.place_of(HEAD.key)])
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
    [row] = [row for row in _rows(browser) if row.kind is RowKind.ICON]
    assert row.title == "RF"
    assert "icon only" in row.lines[0]
    index = browser.list.rows.place_of(row.key)
    picture = index.data(Role.THUMBNAIL)
    assert (picture.width(), picture.height()) == (4, 4)
    assert picture.pixelColor(3, 2).red() == 210
    assert not index.flags() & Qt.ItemFlag.ItemIsSelectable
    assert len([row for row in _rows(browser) if row.kind is RowKind.PATIENT]) == 1
    browser.search.setText("rf")
    assert row.key in {row.key for row in _rows(browser)}
    browser.search.setText("no such thing")
    assert row.key not in {row.key for row in _rows(browser)}
    assert browser.nothing_found.isVisible()
    browser.list.clicked.emit(index)  # and nothing comes of it


def test_another_patients_file_of_the_same_name_has_an_icon_of_its_own(browser: StudyBrowser) -> None:
    def seen(patient: str, gray: int, *, closes: bool = False) -> int:
        icon = OtherObject(
            Path("/x/rf.dcm"),
            "1.2.840.10008.5.1.4.1.1.12.2",
            Message("Image of which the file holds an icon only"),
            identity=replace(HEAD.identity, modality="RF", patient_id=patient),
            icon=Icon(2, 4, 1, bytes([gray] * 8)),
        )
        if closes:
            browser.show_library(Library())
        browser.show_library(replace(Library(), other=(icon,)))
        [row] = [row for row in _rows(browser) if row.kind is RowKind.ICON]
        return int(browser.list.rows.place_of(row.key).data(Role.THUMBNAIL).pixelColor(1, 1).red())

    assert seen("1", 200) == 200
    assert seen("2", 30) == 30
    assert seen("3", 90, closes=True) == 90


def test_a_narrow_browser_is_a_rail_of_pictures(qtbot: QtBot, scene: WindowScene) -> None:
    around, rail = QSplitter(), StudyBrowser(scene.session)
    around.addWidget(rail)
    around.addWidget(QWidget())
    qtbot.addWidget(around)
    around.resize(900, 600)
    around.show()
    scene.open("head")
    rail.list.set_thumbnail(HEAD.key, np.full((64, 64), 255, np.uint8))
    around.setSizes([RAIL_PX, 816])
    qtbot.waitUntil(lambda: rail.width() == RAIL_PX)
    row = _rect(rail, HEAD.key)
    assert row.height() == ROW_HEIGHT
    assert not rail.search.isVisible()
    shown = rail.list.viewport().grab().toImage()
    assert shown.pixelColor(row.left() + 20, row.center().y()).name() == "#ffffff"
    rail.go_to_search()
    qtbot.waitUntil(rail.search.isVisible)
    assert rail.width() > RAIL_PX


def test_nothing_is_cut_off_in_the_rail(qtbot: QtBot, scene: WindowScene) -> None:
    around, rail = QSplitter(), StudyBrowser(scene.session)
    around.addWidget(rail)
    around.addWidget(QWidget())
    qtbot.addWidget(around)
    around.resize(900, 600)
    around.show()
    scene.open("head")
    write_note(scene.session.viewer, "bleed in the left thalamus")
    rail.search.setText("nothing like it")
    around.setSizes([RAIL_PX, 816])
    qtbot.waitUntil(lambda: rail.width() == RAIL_PX)
    wide = rail.nothing_found.fontMetrics().horizontalAdvance
    lines = rail.nothing_found.text().splitlines()
    assert " ".join(lines) == "Nothing found"
    assert max(map(wide, lines)) < RAIL_PX - 8
    item = rail.key_images.list.item(0)
    assert item.text() == short_number_text(HEAD, scene.session.viewer.state.focused.index)
    assert wide(item.text()) < RAIL_PX - 8
    whole = item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert whole == f"{item.text()} · bleed in the left thalamus"
    rail.go_to_search()
    qtbot.waitUntil(lambda: rail.nothing_found.text() == "Nothing found. Clear (Esc)")
    assert rail.key_images.list.item(0).text() == whole


def test_the_empty_search_shows_its_keys(scene: WindowScene, browser: StudyBrowser) -> None:
    scene.open("head")
    assert browser.search.keys.isHidden()  # no keys are known
    scene.session.viewer.change(keys={"view.search": "Ctrl+F"})
    assert browser.search.keys.text() == "Ctrl+F"
    browser.resize(420, 700)
    assert browser.search.keys.isVisible()
    assert browser.search.rect().contains(browser.search.keys.geometry())
    browser.search.setText("head")
    assert browser.search.keys.isHidden()
    browser.search.clear()
    scene.session.viewer.change(keys={"view.search": "Ctrl+L"})
    assert browser.search.keys.isVisible()
    assert browser.search.keys.text() == "Ctrl+L"
    browser.resize(170, 700)  # the words of the field come first
    assert browser.search.keys.isHidden()


def test_a_series_that_stays_in_a_search_says_that_it_does_not_match(
    scene: WindowScene, browser: StudyBrowser
) -> None:
    scene.open("head", "pelvis")
    browser.search.setText("roe")
    assert _row(browser, HEAD.key).lines[0] == "open, does not match"
    assert "open, does not match" not in _row(browser, PELVIS.key).lines
    assert "does not match" in browser.list.rows.place_of(HEAD.key).data(Qt.ItemDataRole.AccessibleTextRole)
    browser.search.clear()
    assert "open, does not match" not in _row(browser, HEAD.key).lines


@pytest.mark.parametrize("name", ["ANON-24", "anon-24 ", "ANON^24"])
def test_a_name_that_is_the_number_is_said_once(browser: StudyBrowser, name: str) -> None:
    who = replace(HEAD.identity, patient_name=name, patient_id=name.replace("^", " "))
    browser.show_library(library(replace(HEAD, identity=who)))
    patient = next(row for row in _rows(browser) if row.kind is RowKind.PATIENT)
    assert not any("ID" in line for line in patient.lines)


def test_the_tooltip_of_a_series_is_short_lines(browser: StudyBrowser) -> None:
    warned = replace(HEAD, warnings=tuple(Message(f"Note {number}.") for number in range(9)))
    browser.show_library(library(warned))
    said = browser.list.rows.place_of(HEAD.key).data(Qt.ItemDataRole.ToolTipRole)
    lines = QTextDocumentFragment.fromHtml(said).toPlainText().splitlines()
    assert lines[0] == "Head 5.0"
    assert lines[-4:] == ["Note 0.", "Note 1.", "Note 2.", "6 more notes"]


@pytest.mark.parametrize("panes", [("1–4",), ("1", "3"), ("1–3", "5", "7–9"), ("1", "3", "5", "7", "9")])
@pytest.mark.parametrize(
    "name", ["Head", "A name that takes three rows of a browser as narrow as this one is"]
)
@pytest.mark.parametrize("width", [RAIL_PX, 200, 250])
def test_the_numbers_of_panes_lie_on_no_text(
    browser: StudyBrowser, panes: tuple[str, ...], name: str, width: int
) -> None:
    browser.resize(width, 700)
    who = replace(HEAD.identity, series_description=name)
    browser.show_library(library(replace(HEAD, identity=who)))
    painter, row = browser.list.itemDelegate(), _rect(browser, HEAD.key)
    assert isinstance(painter, RowPainter)
    is_rail = row.width() < NARROW
    picture = QRect(row.left() + (4 if is_rail else 12), row.top() + 8, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    places = [box for _, box in badge_boxes(panes, row, picture)]
    assert all(row.contains(box) for box in places)
    top = row.top() + 8.0
    for line in painter.lines(_row(browser, HEAD.key), row.width()):
        wide = QFontMetricsF(line.font).horizontalAdvance(line.text.text)
        text = QRectF(row.left() + 12 + THUMBNAIL_SIDE + 10, top, wide, line.height)
        assert not any(text.intersects(QRectF(box)) for box in places)
        top += line.height
