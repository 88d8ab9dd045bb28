"""The window with the tags.

Those of the image that is shown, hidden with the identity.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.dicom.elements import Element, FileElements
from medviewer.dicom.model import FrameReference
from medviewer.errors import DamagedFileError
from medviewer.gui.elements.dialog import BEFORE, KEPT, ElementsDialog
from medviewer.gui.elements.model import AT_ONCE, Column
from medviewer.gui.elements.reading import ElementReading, StackSlice
from medviewer.gui.window.main_window import MainWindow
from medviewer.translation import message
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.elements import HeaderTable, header_table
from medviewer.viewer.texts import study_moment_text
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene


@pytest.fixture
def dialog(qtbot: QtBot, scene: WindowScene) -> ElementsDialog:
    dialog = ElementsDialog(scene.session)
    qtbot.addWidget(dialog)
    scene.open("head")
    dialog.show()
    scene.workers.settle()
    return dialog


def values(dialog: ElementsDialog, column: int = Column.VALUE) -> list[str]:
    """Return a column of the rows on top."""
    rows = range(dialog.model.rowCount())
    return [dialog.model.index(row, column).data() for row in rows]


def value_of(dialog: ElementsDialog, name: str, column: int = Column.VALUE) -> str:
    names = values(dialog, Column.NAME)
    return values(dialog, column)[names.index(name)]


def test_it_shows_the_tags_of_the_image_and_follows_it(scene: WindowScene, dialog: ElementsDialog) -> None:
    assert dialog.place.text() == "CT · Axial 5 mm · (6/10)"
    assert value_of(dialog, "Instance Number") == "5"
    for index in (6, 2, 5):
        scene.session.viewer.scroll_to(index)
        scene.workers.settle()
        assert value_of(dialog, "Instance Number") == str(index)
        assert dialog.place.text().endswith(f"({index + 1}/10)")


def test_rows_and_title_are_always_of_one_image(scene: WindowScene, dialog: ElementsDialog) -> None:
    for step in range(60):
        if step % 5 == 0:
            scene.session.viewer.scroll_to(step % 10)
        if step % 7 == 0:
            scene.workers.settle()
        else:
            QApplication.processEvents()
        if dialog.model.rows:
            number = int(value_of(dialog, "Instance Number"))
            assert dialog.place.text().endswith(f"({number + 1}/10)")


def test_another_patients_header_leaves_at_once(scene: WindowScene, dialog: ElementsDialog) -> None:
    dialog.hide()
    scene.open("pelvis")
    head, pelvis = scene.session.library.stacks
    scene.session.viewer.show_stack(head)
    scene.workers.settle()
    dialog.show()
    scene.workers.settle()
    assert value_of(dialog, "Patient's Name") == "DOE^JANE"
    scene.session.viewer.show_stack(pelvis)
    assert not dialog.model.rows
    assert dialog.who.text() == ""
    scene.workers.settle()
    assert value_of(dialog, "Patient's Name") == "ROE^RICHARD"
    scene.session.close_all()
    assert not dialog.model.rows
    assert dialog.who.text() == ""


def test_names_are_hidden_while_the_identity_is(scene: WindowScene, dialog: ElementsDialog) -> None:
    name = value_of(dialog, "Patient's Name")
    assert name
    scene.session.viewer.change(identity_hidden=True)
    assert value_of(dialog, "Patient's Name") == "hidden"
    dialog.copy_all()
    copied = QApplication.clipboard().text()
    for word in name.replace("^", " ").split():
        assert word not in copied + dialog.place.text() + dialog.who.text()
    dialog.search.setText(name)
    assert not dialog.model.rows
    dialog.search.clear()
    scene.session.viewer.change(identity_hidden=False)
    assert value_of(dialog, "Patient's Name") == name


def test_a_search_shows_what_it_finds_and_where(scene: WindowScene, dialog: ElementsDialog) -> None:
    dialog.search.setText("procedure step")
    assert values(dialog, Column.TAG) == ["(0040,0275)"]
    sequence = dialog.model.index(0, 0)
    item = dialog.model.index(0, 0, sequence)
    assert item.data() == "Item 1"
    assert dialog.tree.isExpanded(sequence)
    assert dialog.tree.isExpanded(item)
    assert dialog.model.index(0, Column.NAME, item).data() == "Scheduled Procedure Step Description"
    assert dialog.count.text() == "2 of 5 tags"
    dialog.search.clear()
    assert dialog.count.text() == "5 tags"


@pytest.mark.parametrize("words", ["modality", "no such tag"])
def test_enter_in_the_search_leads_to_what_is_found_and_escape_closes(
    qtbot: QtBot, dialog: ElementsDialog, words: str
) -> None:
    dialog.search.setText(words)
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.tree
    found = dialog.model.row_at(dialog.tree.currentIndex())
    assert (found is not None) == (words == "modality")
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_is_unfolded_and_chosen_stays_from_slice_to_slice(
    scene: WindowScene, dialog: ElementsDialog
) -> None:
    dialog.tree.expand(dialog.model.index(3, 0))
    dialog.tree.setCurrentIndex(dialog.model.index(2, 0))
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    sequence = dialog.model.index(3, 0)
    assert dialog.tree.isExpanded(sequence)
    assert dialog.tree.isExpanded(dialog.model.index(0, 0, sequence))  # its only item
    dialog.copy_value()
    assert QApplication.clipboard().text() == "6"


def test_two_images_are_compared(scene: WindowScene, dialog: ElementsDialog) -> None:
    assert dialog.tree.isColumnHidden(Column.OTHER)
    dialog.other.setCurrentIndex(dialog.other.findData(BEFORE))
    scene.workers.settle()
    assert not dialog.tree.isColumnHidden(Column.OTHER)
    assert value_of(dialog, "Instance Number") == "5"
    assert value_of(dialog, "Instance Number", Column.OTHER) == "4"
    assert value_of(dialog, "Instance Number", Column.DIFFERENCE) == "≠ differs"
    assert value_of(dialog, "Modality", Column.DIFFERENCE) == ""
    dialog.only_differences.setChecked(True)
    assert values(dialog, Column.NAME) == ["Instance Number"]


def test_no_image_is_compared_with_itself_when_its_pane_becomes_active(
    scene: WindowScene, dialog: ElementsDialog
) -> None:
    head = scene.session.library.stacks[0]
    set_layout(scene.session.viewer, "1x2")
    scene.session.viewer.show_stack(head, 1, "original")
    scene.session.viewer.set_linked(False)
    scene.session.viewer.set_focus(0)
    scene.session.viewer.scroll_to(2)
    scene.workers.settle()
    dialog.other.setCurrentIndex(dialog.other.findData(1))
    dialog.only_differences.setChecked(True)
    scene.workers.settle()
    assert dialog.place.text() == "CT · Axial 5 mm · (3/10) ↔ CT · Axial 5 mm · (6/10)"
    scene.session.viewer.set_focus(1)
    scene.workers.settle()
    assert dialog.place.text() == "CT · Axial 5 mm · (6/10) ↔ CT · Axial 5 mm · (3/10)"
    assert dialog.other.currentText() == "Pane 1: CT · Axial 5 mm · (3/10)"
    scene.session.viewer.scroll_to(2)
    scene.workers.settle()
    assert dialog.count.text() == "No tag differs."


def test_two_studies_are_told_by_their_dates(scene: WindowScene, dialog: ElementsDialog) -> None:
    scene.open("head", "pelvis")
    head, other = scene.session.library.stacks
    set_layout(scene.session.viewer, "1x2")
    scene.session.viewer.show_stack(head, 0, "original")
    scene.session.viewer.show_stack(other, 1, "original")
    scene.session.viewer.set_focus(0)
    scene.workers.settle()
    dialog.other.setCurrentIndex(dialog.other.findData(1))
    scene.workers.settle()
    first, second = dialog.place.text().split(" ↔ ")
    assert first.endswith(study_moment_text(head.identity))
    assert second.endswith(study_moment_text(other.identity))
    assert study_moment_text(other.identity)
    scene.session.viewer.change(identity_hidden=True)
    scene.workers.settle()
    assert study_moment_text(other.identity) not in dialog.place.text() + dialog.other.currentText()


def test_a_kept_image_is_compared_with_those_that_follow(scene: WindowScene, dialog: ElementsDialog) -> None:
    dialog.keep_button.click()
    assert dialog.other.currentData() == KEPT
    scene.session.viewer.scroll_to(9)
    scene.workers.settle()
    assert value_of(dialog, "Instance Number") == "9"
    assert value_of(dialog, "Instance Number", Column.OTHER) == "5"
    assert "(6/10)" in dialog.place.text()
    assert "(10/10)" in dialog.place.text()
    scene.session.close_all()
    assert dialog.other.findData(KEPT) == -1


def test_copies_are_text_with_columns(scene: WindowScene, dialog: ElementsDialog) -> None:
    dialog.tree.setCurrentIndex(dialog.model.index(0, 0))
    dialog.copy_rows()
    assert QApplication.clipboard().text() == "(0008,0060)\tModality\tCS\tCT"
    dialog.copy_all()
    head, *rows = QApplication.clipboard().text().split("\n")
    assert head == dialog.place.text()
    assert rows[-1].startswith("> > (0040,0007)\tScheduled Procedure Step Description\tLO")


def test_a_file_that_cannot_be_read_says_why_and_shows_nothing(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(reference: FrameReference, _encoding: str = "") -> FileElements:
        raise DamagedFileError(path=reference.path, detail="it ends amid its header")

    monkeypatch.setattr(scene.files, "read_elements", fail)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert not dialog.model.rows
    assert "it ends amid its header" in dialog.note.text()


def test_what_is_left_out_is_said(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = message("The header goes on; the first {count} elements are shown.", count=12)
    monkeypatch.setattr(
        scene.files, "read_elements", lambda *_: FileElements((Element(0x00080060, value="CT"),), (said,))
    )
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert dialog.note.text() == "The header goes on; the first 12 elements are shown."


def test_nothing_is_kept_of_a_file_while_it_is_closed(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.close()
    assert not dialog.model.rows
    asked = []
    monkeypatch.setattr(scene.files, "read_elements", lambda reference, _="": asked.append(reference))
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert asked == []


def test_thousands_of_elements_are_shown_and_searched(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tuple(
        Element(0x00080000 + number, vr="LO", name=f"Name {number}", value=str(number), count=1)
        for number in range(20_000)
    )
    monkeypatch.setattr(scene.files, "read_elements", lambda *_: FileElements(many))
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert dialog.count.text() == "20000 tags"
    dialog.search.setText("name 19999")
    assert dialog.count.text() == "1 of 20000 tags"


def crowd(scene: WindowScene, monkeypatch: pytest.MonkeyPatch, count: int = 20_000) -> None:
    def read(reference: FrameReference, _encoding: str = "") -> FileElements:
        name = Element(0x00100010, vr="PN", name="Patient's Name", value="DOE^JANE", count=1)
        rest = (
            Element(0x00110000 + n, vr="LO", name=f"Name {n}", value=f"{n} of {reference.sop_instance_uid}")
            for n in range(count)
        )
        return FileElements((name, *rest))

    monkeypatch.setattr(scene.files, "read_elements", read)


def test_rows_of_thousands_of_elements_are_made_in_a_thread(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(scene, monkeypatch)
    made: list[int] = []

    def watched(found: Sequence[FileElements], **more: bool) -> HeaderTable:
        made.append(len(found))
        return header_table(found, **more)

    monkeypatch.setattr("medviewer.gui.elements.reading.header_table", watched)
    scene.session.viewer.scroll_by(2)  # the one before is read now, too
    scene.workers.settle()
    dialog.other.setCurrentIndex(dialog.other.findData(BEFORE))
    scene.workers.settle()
    assert made == [1, 2]
    assert len(dialog.model.rows) > 20_000
    assert value_of(dialog, "Private: Name 7", Column.DIFFERENCE) == "≠ differs"
    scene.workers.hold("elements")
    scene.session.viewer.change(identity_hidden=True)  # all is read: only the rows are made anew
    scene.workers.settle()
    assert made == [1, 2]
    scene.workers.release()
    scene.workers.settle()
    assert made == [1, 2, 2]


def test_a_name_leaves_at_once_where_its_rows_take_long(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(scene, monkeypatch)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert value_of(dialog, "Patient's Name") == "DOE^JANE"
    scene.session.viewer.change(identity_hidden=True)
    assert not dialog.model.rows
    scene.workers.settle()
    assert value_of(dialog, "Patient's Name") == "hidden"
    assert "JANE" not in dialog.place.text() + dialog.who.text()


def test_the_tree_has_the_rows_that_are_scrolled_to(
    scene: WindowScene, dialog: ElementsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(scene, monkeypatch)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert dialog.model.rowCount() == AT_ONCE
    dialog.tree.scrollToBottom()
    QApplication.processEvents()
    assert AT_ONCE < dialog.model.rowCount() < 20_000
    dialog.copy_all()
    assert len(QApplication.clipboard().text().split("\n")) == 20_002
    dialog.search.setText("name 19998")
    dialog.tree.setCurrentIndex(dialog.model.index(0, 0))
    dialog.search.clear()
    row = dialog.model.row_at(dialog.tree.currentIndex())
    assert row is not None
    assert row.name.endswith("Name 19998")


def test_while_the_tags_are_read_it_says_so(scene: WindowScene, dialog: ElementsDialog) -> None:
    scene.workers.hold("elements")
    scene.session.viewer.scroll_by(1)
    scene.workers.advance(100)
    assert dialog.busy.text() == ""  # what takes no time is not worth a word
    scene.workers.advance(500)
    assert dialog.busy.text() == "The tags are being read…"
    scene.workers.release()
    scene.workers.settle()
    assert dialog.busy.text() == ""
    assert value_of(dialog, "Instance Number") == "6"


def test_the_command_opens_it_beside_the_usable_window(scene: WindowScene, window: MainWindow) -> None:
    scene.session.open_paths([Path("head")])
    scene.workers.settle()
    window.bar.actions["image.tags"].trigger()
    shown = window.dialogs.beside(Dialog.ELEMENTS)
    assert isinstance(shown, ElementsDialog)
    assert shown.isVisible()
    assert not shown.isModal()
    assert shown.windowModality() == Qt.WindowModality.NonModal


def test_rows_from_before_the_identity_was_hidden_are_not_given_out(scene: WindowScene) -> None:
    scene.open("head")
    pane = scene.session.focused
    assert pane is not None
    reading, places = ElementReading(scene.session), (StackSlice(pane.stack, pane.index),)
    reading.want(places, ("",), hides=False)
    scene.workers.settle()
    assert reading.table(places, hides=False) is not None
    assert reading.table(places, hides=True) is None
