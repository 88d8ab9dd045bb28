"""Table of pixel accuracy: displayed against stored values.

The published table of the pixel-truth matrix.
"""

import json
from collections import Counter
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.widgets import plain_label
from medviewer.paths import resource
from medviewer.translation import mark, translate

COLUMNS: Final = {
    "name": mark("Picture"),
    "verdict": mark("Verdict"),
    "difference": mark("Largest difference"),
    "tolerance": mark("Allowed"),
    "dcmtk": mark("Difference to DCMTK"),
    "photometric": mark("Photometric interpretation"),
    "syntax": mark("Encoding"),
    "voi": mark("Window or table"),
    "frames": mark("Frames"),
}
VERDICTS: Final = {
    "agrees": mark("agrees"),
    "lossy": mark("agrees within the loss of its encoding"),
    "explained": mark("differs for a stated reason"),
    "differs": mark("differs"),
}
WORDS: Final = (
    mark("LINEAR with width 1 is a step by the letter; read as exact."),
    mark("LINEAR with width 1 is a step by the letter; the product reads it as exact."),
    mark("The product applies the ICC profile, the oracle leaves it out."),
    mark("LINEAR of fractions"),
    mark("W-400, soft tissue"),
    mark("W0, soft tissue"),
    mark("colour"),
    mark("modality table"),
    mark("modality table wins"),
    mark("modality table, VOI table"),
    mark("none"),
    mark("none, percentiles"),
    mark("none, soft tissue"),
    mark("of the file"),
    mark("table"),
    mark("table 12 bit"),
    mark("table 16 bit of 65,536"),
    mark("table 8 bit"),
    mark("table 8 bit packed"),
    mark("table and window"),
    mark("three sigmoids"),
    mark("three windows"),
    mark("two tables"),
    mark("enhanced, per frame"),
    mark("enhanced, shared"),
    mark("multi-frame"),
    mark("multi-frame, offsets extended"),
    mark("multi-frame, offsets fragments"),
    mark("multi-frame, offsets fragments, none"),
    mark("multi-frame, offsets none"),
    mark("single"),
    mark("HTJ2K lossless"),
    mark("J2K lossless"),
    mark("JPEG XL lossless"),
    mark("big endian"),
    mark("deflated"),
    mark("deflated frames"),
    mark("explicit"),
    mark("implicit"),
)
"""Words of the table; names of pictures and of the standard stand as they are."""

NUMBERS: Final = ("difference", "tolerance", "dcmtk")
"""Columns of gray levels."""

ROW_HEIGHT: Final = 24


def read_table() -> list[dict[str, Any]]:
    """Return the rows of the table, measured when this version was made."""
    rows: list[dict[str, Any]] = json.loads(resource("pixel_truth", "matrix.json").read_text("utf-8"))
    return rows


def summary(rows: list[dict[str, Any]]) -> str:
    """Return a summary of the table in words."""
    found = Counter(row["verdict"] for row in rows)
    return translate(
        "{count} pictures drawn by the program and by the formulas of the DICOM standard, written apart "
        "from it: {agree} agree within one of 255 grey levels in every pixel, {lossy} are lossy and lie "
        "within a stated error, {explained} differ for a stated reason. The command “medviewer selftest” "
        "repeats a part of it on this computer.",
        count=len(rows),
        agree=found["agrees"],
        lossy=found["lossy"],
        explained=found["explained"],
    )


class PixelTruthDialog(QDialog):
    """The table and its summary."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Pixel truth"))
        self.resize(1080, 640)
        rows = read_table()
        self.note = plain_label(summary(rows), wraps=True)
        self.table = QTableWidget(len(rows), len(COLUMNS))
        self.table.setHorizontalHeaderLabels([translate(title) for title in COLUMNS.values()])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setAccessibleName(translate("Pixel truth"))
        for row, facts in enumerate(rows):
            for column, name in enumerate(COLUMNS):
                self.table.setItem(row, column, _item(name, facts))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column, name in enumerate(COLUMNS):
            if name not in NUMBERS:  # cut before the table scrolls sideways; a tool tip has all of it
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.table)
        layout.addWidget(buttons)


def _item(name: str, facts: dict[str, Any]) -> QTableWidgetItem:
    value = facts[name]
    if name == "verdict":
        item = QTableWidgetItem(translate(VERDICTS[value]))
        item.setToolTip(translate(facts["explained"]))
    elif name in NUMBERS:
        item = QTableWidgetItem("" if value is None else f"{value:.2f}")
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    else:
        item = QTableWidgetItem(value if name == "name" else translate(value))
        item.setToolTip(item.text())
    return item
