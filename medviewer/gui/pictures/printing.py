"""Dialog that shows a page with the panes and prints it.

Qt's printing is loaded with it, when something is printed for the first time.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QDateTime, QIODevice, QLocale, QMarginsF, QRectF, QSizeF, Qt, Slot
from PySide6.QtGui import QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewWidget
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medviewer import __version__
from medviewer.errors import MedviewerError
from medviewer.gui.dialogs import FileDialog, chosen_path
from medviewer.gui.pictures.picture import layout_picture, pane_picture
from medviewer.gui.widgets import plain_label
from medviewer.storage import atomic_write, refuse_source
from medviewer.translation import message, translate
from medviewer.viewer.notice import Notice

if TYPE_CHECKING:
    from medviewer.gui.grid import PaneGrid
    from medviewer.gui.session import ViewerSession

WINDOW_SIZE: Final = (760, 720)
RATIO: Final = 2.0  # pixels of the picture for each of the window
MARGIN_MM: Final = 12.0
FOOT_MM: Final = 6.0
FOOT_POINTS: Final = 8
MM_PER_INCH: Final = 25.4
FILE_NAME: Final = "medviewer.pdf"
PRINTING: Final = "printing"  # the cause of a notice


class PrintDialog(QDialog):
    """Shows the page of a chosen picture; the paper is turned as that is."""

    def __init__(self, session: "ViewerSession", panes: "PaneGrid", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pictures: tuple[QImage, QImage] = (
            pane_picture(panes.focused_pane, RATIO),
            layout_picture(panes, RATIO),
        )
        self.setWindowTitle(translate("Print"))
        self.resize(*WINDOW_SIZE)
        self.content = QComboBox()
        self.content.setAccessibleName(translate("Contents"))
        self.content.addItems([translate("Active pane"), translate("All panes")])
        self.printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self.printer.setDocName("medviewer")  # names nobody
        self.preview = QPrintPreviewWidget(self.printer)
        self.preview.setAccessibleName(translate("Preview of the page"))
        self.note = plain_label(role="quiet", wraps=True)
        self.print_button = QPushButton(translate("Print…"))
        self.pdf_button = QPushButton(translate("Save as PDF…"))
        self._arrange()
        self.preview.paintRequested.connect(self._paint)
        self.content.currentIndexChanged.connect(self._lay_out)
        self.print_button.clicked.connect(self._choose_printer)
        self.pdf_button.clicked.connect(self._choose_file)
        self._lay_out()

    @property
    def picture(self) -> QImage:
        """The chosen picture."""
        return self._pictures[self.content.currentIndex()]

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(plain_label(translate("Contents")))
        row.addWidget(self.content)
        row.addStretch(1)
        hidden = self._session.viewer.state.identity_hidden
        self.note.setText(
            translate("The page shows no name, because the identity is hidden.")
            if hidden
            else translate(
                "The page shows the name where the panes show it. Hide the identity to leave it out."
            )
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.print_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.pdf_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.print_button.setProperty("role", "primary")
        self.print_button.setDefault(True)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.preview, 1)
        column.addWidget(self.note)
        column.addWidget(buttons)

    @Slot()
    def _lay_out(self) -> None:
        """Turn the paper as the picture is and show it anew."""
        self.printer.setPageLayout(self._page())
        self.preview.updatePreview()

    def _page(self) -> QPageLayout:
        is_wide = self.picture.width() > self.picture.height()
        turned = QPageLayout.Orientation.Landscape if is_wide else QPageLayout.Orientation.Portrait
        margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
        is_us = QLocale.system().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
        size = QPageSize(QPageSize.PageSizeId.Letter if is_us else QPageSize.PageSizeId.A4)
        return QPageLayout(size, turned, margins, QPageLayout.Unit.Millimeter)

    @Slot(QPrinter)
    def _paint(self, printer: QPrinter) -> None:
        painter = QPainter(printer)
        printable_area = QRectF(printer.pageLayout().paintRectPixels(printer.resolution()))
        _paint_page(
            painter,
            self.picture,
            QRectF(0, 0, printable_area.width(), printable_area.height()),
            printer.resolution(),
        )
        painter.end()

    @Slot()
    def _choose_printer(self) -> None:
        dialog = QPrintDialog(self.printer, self)
        dialog.accepted.connect(self._print)
        QDialog.open(dialog)

    @Slot()
    def _print(self) -> None:
        self.preview.print_()
        if self.printer.printerState() == QPrinter.PrinterState.Error:
            said = message("The page could not be printed.")
            self._session.notices.tell(Notice(said, severity="error", cause=PRINTING))
        else:
            self._session.notices.end(PRINTING)
            self.accept()

    @Slot()
    def _choose_file(self) -> None:
        dialog = FileDialog(self, translate("Save as PDF"))
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.selectFile(FILE_NAME)
        dialog.fileSelected.connect(self.save_pdf)
        dialog.open()

    @Slot(str)
    def save_pdf(self, name: str) -> None:
        """Save the page as a PDF that only the user may read."""
        path = chosen_path(name)
        try:
            refuse_source(path, self._session.library.originals)
            atomic_write(path, self._pdf(), private=True)
        except MedviewerError as error:
            self._session.notices.tell_error(error, PRINTING)
            return
        self._session.notices.end(PRINTING)
        said = message("{name} is saved.", name=path.name)
        self._session.notices.tell(Notice(said, severity="info"))
        self.accept()

    def _pdf(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setTitle("medviewer")
        writer.setCreator(f"medviewer {__version__}")
        writer.setPageLayout(self._page())
        painter = QPainter(writer)
        _paint_page(painter, self.picture, QRectF(0, 0, writer.width(), writer.height()), writer.resolution())
        painter.end()
        return bytes(buffer.data().data())


def _paint_page(painter: QPainter, picture: QImage, printable_area: QRectF, dots_per_inch: int) -> None:
    """Paint a picture as large as the page allows, and a line at its foot."""
    foot = FOOT_MM / MM_PER_INCH * dots_per_inch
    wide, high = picture.width(), picture.height()
    scale = min(printable_area.width() / wide, (printable_area.height() - foot) / high)
    size = QSizeF(wide * scale, high * scale)
    left = printable_area.left() + (printable_area.width() - size.width()) / 2
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # a document would hold a JPEG
    painter.drawImage(QRectF(left, printable_area.top(), size.width(), size.height()), picture)
    footer_font = QFont(painter.font())
    footer_font.setPointSize(FOOT_POINTS)
    painter.setFont(footer_font)
    painter.setPen(Qt.GlobalColor.black)  # on paper, whatever the theme
    when = QLocale().toString(QDateTime.currentDateTime(), QLocale.FormatType.ShortFormat)
    words = translate("Research use only, not for diagnosis")
    place = QRectF(printable_area.left(), printable_area.bottom() - foot, printable_area.width(), foot)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), when)
    painter.drawText(
        place,
        int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom),
        f"medviewer {__version__} · {words}",
    )
