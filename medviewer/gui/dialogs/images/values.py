"""Chart of the values under the selected annotation, in its own window."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from medviewer.gui.look import Type, font
from medviewer.gui.widgets import plain_label
from medviewer.translation import Message, translate
from medviewer.viewer.annotations import AnnotationChart, chart_in
from medviewer.viewer.color_roles import colors

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

FIRST_SIZE: Final = QSize(560, 440)
LINE_PX: Final = 1.5
_AXES: Final = ("bottom", "left")


class ValuesDialog(QDialog):
    """Shows the values under the selected annotation, also while it is moved."""

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.chart: AnnotationChart | None = None  # that is shown
        self.setWindowTitle(translate("Chart of values"))
        self.heading = plain_label(role="strong", wraps=True)
        self.plot = pg.PlotWidget()
        self.plot.setAccessibleName(translate("Chart of values"))
        self.plot.setMenuEnabled(False)  # it is in English only
        for action in self.plot.scene().contextMenu:
            action.setText("")  # never shown, but found by screen readers
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.showGrid(x=True, y=True, alpha=0.2)
        self.curve = self.plot.plot()
        self.lines = plain_label(role="quiet", wraps=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = QPushButton(translate("Copy"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.heading)
        column.addWidget(self.plot, 1)
        column.addWidget(self.lines)
        column.addWidget(plain_label(translate("Research and education, not for diagnosis."), "quiet"))
        column.addWidget(buttons)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() * 0.9))
        session.viewer_changed.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the chart in the colors of the theme."""
        super().showEvent(event)
        self._show()

    @Slot(object, object)
    def _follow(self, _before: object, _after: object) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        found = chart_in(self._session.viewer.state)
        self.chart = None if isinstance(found, Message) else found
        self.copy_button.setEnabled(self.chart is not None)
        # guard(statement): a chart leaves with its annotation
        self.curve.setVisible(self.chart is not None)
        self.plot.setVisible(self.chart is not None)
        self.lines.setVisible(self.chart is not None)
        if isinstance(found, Message):
            self.heading.setText(found.for_user())
            self._label("", "")
            return
        self.heading.setText(found.title.for_user())
        self.lines.setText(" · ".join(line.for_user() for line in found.lines))
        self._label(found.across.for_user(), found.up.for_user())
        ink = colors().blue
        fill = (*bytes.fromhex(ink[1:]), 60) if found.is_histogram else None
        self.curve.setData(
            found.x,
            found.y,
            stepMode="center" if found.is_histogram else None,
            fillLevel=0 if found.is_histogram else None,
            brush=fill,
            pen=pg.mkPen(ink, width=LINE_PX),
            connect="finite",
        )

    def _label(self, across: str, up: str) -> None:
        ink = colors()
        self.plot.setBackground(ink.window)
        for name, text in zip(_AXES, (across, up), strict=True):
            axis = self.plot.getAxis(name)
            axis.enableAutoSIPrefix(False)  # never k HU
            axis.setPen(ink.line)
            axis.setTextPen(ink.text_2)
            axis.setTickFont(font(Type.SMALL))
            axis.label.setFont(font(Type.SMALL))
            axis.setLabel(text)

    @Slot()
    def _copy(self) -> None:
        """Put the numbers on the clipboard, a line for each place or bin."""
        chart = self.chart
        if chart is None:
            return
        starts = chart.x[: chart.y.size]  # of a bin its lower edge
        rows = [f"{chart.across.for_user()}\t{chart.up.for_user()}"]
        rows += [
            f"{x:.6g}\t" + ("" if np.isnan(y) else f"{y:.6g}")
            for x, y in zip(starts.tolist(), chart.y.tolist(), strict=True)
        ]
        QGuiApplication.clipboard().setText("\n".join(rows))
