"""Style sheet and palette, made from color roles and type scale."""

from string import Template
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from medviewer import paths
from medviewer.gui.look.fonts import load_fonts
from medviewer.gui.look.type_scale import Type, font
from medviewer.viewer.color_roles import Colors, choose_colors, colors


def apply_theme(application: QApplication, name: str) -> Colors:
    """Give the application the colors of a theme.

    An unknown name means the dark one.
    """
    chosen = choose_colors(name)
    apply_look(application)
    return chosen


def apply_look(application: QApplication) -> None:
    """Give the application colors and fonts of the present theme and language."""
    if not application.styleSheet():  # behind a sheet the style has no name, and setting it anew takes long
        application.setStyle("Fusion")
    load_fonts()
    application.setFont(font(Type.BODY))
    application.setPalette(_palette(colors()))
    if (sheet := style_sheet(colors())) != application.styleSheet():
        application.setStyleSheet(sheet)


def _palette(theme: Colors) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, color in {
        roles.Window: theme.window,
        roles.WindowText: theme.text_1,
        roles.Base: theme.panel,
        roles.AlternateBase: theme.raised,
        roles.Text: theme.text_1,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text_1,
        roles.BrightText: theme.text_1,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text_1,
        roles.PlaceholderText: theme.text_3,
        roles.Highlight: theme.blue_fill,
        roles.HighlightedText: theme.on_fill,
        roles.Link: theme.blue,
        roles.Light: theme.line,
        roles.Midlight: theme.line,
        roles.Mid: theme.line,
        roles.Dark: theme.line,
        roles.Shadow: theme.window,
    }.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_3))
    return palette


_STYLE: Final = Template("""
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { width: 0; height: 0; }
QSplitter::handle { background: $window; }
QSplitter::handle:hover { background: $strong_line; }
QMenuBar { background: $panel; padding: 0 4px; }
QMenuBar::item { padding: 5px 8px; background: transparent; border-radius: 6px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $strong_line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 6px; }
QMenu::item:selected { background: $blue_fill; color: $on_fill; }
QMenu::item:disabled { color: $text_3; }
QMenu::item:disabled:selected { background: $hover; color: $text_3; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked { background: $blue_bed; border: 1px solid $blue; border-radius: 4px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolBar { background: $panel; border: 0; border-bottom: 1px solid $line; padding: 0 6px; spacing: 2px; }
QToolBar::separator { width: 1px; background: $line; margin: 8px 8px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 3px 8px; }
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $blue_bed; }
QToolButton[role="tool"], QToolButton[role="switch"], QToolButton[role="ai"] {
    border: 0; padding: 4px 0 2px 0; color: $text_2;
}
QToolButton[role="tool"]:focus, QToolButton[role="switch"]:focus, QToolButton[role="ai"]:focus {
    border: 1px solid $blue;
}
QToolButton[role="tool"]:checked { background: $blue_fill; color: $on_fill; }
QToolButton[role="switch"]:checked { background: $blue_bed; color: $text_1; }
QToolButton[role="switch"]::menu-indicator {
    image: url("$down_arrow"); width: 8px; height: 8px; right: 3px; top: 5px;
    subcontrol-origin: padding; subcontrol-position: top right;
}
QToolButton:disabled { color: $text_3; background: transparent; }
QToolButton[role="tool"]:checked:disabled, QToolButton[role="switch"]:checked:disabled {
    background: transparent; color: $text_3;
}
QToolButton:focus { border-color: $blue; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $text_2; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { padding: 0 8px; }
QPushButton {
    background: $raised; border: 1px solid transparent; border-radius: 6px; padding: 0 12px;
    min-height: 26px;
}
QDialog QPushButton { border-color: $text_3; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border-color: $blue; }
QPushButton:pressed, QPushButton:checked { background: $blue_bed; }
QPushButton:disabled { color: $text_3; }
QPushButton[role="primary"] {
    background: $blue_fill; color: $on_fill; border-color: transparent; font-weight: 500;
}
QPushButton[role="primary"]:hover, QPushButton[role="primary"]:focus { border-color: $text_1; }
QPushButton[role="primary"]:disabled { background: $raised; color: $text_3; }
QPushButton[role="ai"] {
    background: $ai_fill; color: $on_fill; border-color: transparent; font-weight: 500;
}
QPushButton[role="ai"]:hover, QPushButton[role="ai"]:focus { border-color: $text_1; }
QPushButton[role="ai"]:disabled { background: $raised; color: $text_3; }
QPushButton[role="small"] { padding: 0 4px; font-size: $small; min-height: 24px; }
QPushButton[role="outline"] { background: transparent; border-color: $text_3; }
QPushButton[role="outline"]:hover { background: $hover; }
QPushButton[role="outline"]:checked { background: $blue_bed; border-color: $blue; }
QPushButton[role="outline"]:disabled { color: $text_3; border-color: $line; }
QPushButton[role="outline"]:focus { border-color: $blue; }
QPushButton[role="stance"] {
    background: transparent; border-color: $text_3; padding: 0 2px; font-size: $small; min-height: 24px;
}
QPushButton[role="stance"]:hover { background: $hover; }
QPushButton[role="stance"]:checked { background: $blue_bed; border-color: $blue; }
QPushButton[role="stance"]:focus { border-color: $blue; }
QPushButton[role="stance"]:disabled { color: $text_3; border-color: $line; }
QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent; padding: 0 4px; color: $blue;
    text-align: left; min-height: 22px;
}
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="link"]:focus { border-color: $blue; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
    background: $field; border: 1px solid $strong_line; border-radius: 6px; padding: 0 6px;
    selection-background-color: $blue_fill; selection-color: $on_fill;
}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: 26px; }
QPlainTextEdit { padding: 4px 6px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
    border-color: $blue;
}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    color: $text_3; background: $panel;
}
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $strong_line; selection-background-color: $blue_bed;
    selection-color: $text_1;
}
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
    background: transparent; border: 0; padding: 0 6px; min-height: 0;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$down_arrow"); width: 10px; height: 10px; }
QCheckBox { spacing: 8px; min-height: 24px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $text_3; border-radius: 4px; background: $field;
}
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: $blue; }
QCheckBox::indicator:checked {
    background: $blue_fill; border-color: $blue_fill; image: url("$check_mark");
}
QPushButton[role="field"] {
    background: $field; border: 1px solid $strong_line; text-align: left; padding: 0 8px;
}
QPushButton[role="field"]:hover, QPushButton[role="field"]:focus { border-color: $blue; }
QLabel[role="key"] {
    color: $text_2; font-size: $tag; border: 1px solid $strong_line; border-radius: 4px; padding: 1px 4px;
}
QFrame[role="rule"] { background: $line; border: 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QLabel { background: transparent; }
QLabel[role="quiet"] { color: $text_2; }
QLabel[role="faint"] { color: $text_3; font-size: $small; }
QLabel[role="attention"] { color: $amber; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="good"] { color: $good; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="chosen"] { font-weight: 600; color: $blue; }
QLabel[role="heading"] { font-size: $title; font-weight: 600; }
QLabel[role="large"] { font-size: $large; font-weight: 600; }
QTreeView, QTableView, QListView {
    background: $panel; border: 0; outline: 0; alternate-background-color: $raised;
}
QTableView { gridline-color: $line; border: 1px solid $line; }
QTableView::item:selected, QListView::item:selected { background: $blue_bed; color: $text_1; }
QHeaderView::section {
    background: $raised; color: $text_2; border: 0; border-right: 1px solid $line; padding: 4px 6px;
}
QWidget#title_strip { background: $panel; }
QToolButton#strip_button { padding: 0; }
QToolButton#on_picture {
    background: rgba(0, 0, 0, 80%); color: $on_fill; border: 1px solid $strong_line; border-radius: 4px;
    padding: 2px 6px; font-size: $small;
}
QToolButton#view { padding: 0 8px 0 2px; font-weight: 500; }
QToolButton#view::menu-indicator {
    image: url("$down_arrow"); width: 8px; subcontrol-position: right center; right: 2px;
}
QToolButton#view[bare="true"] { padding: 0 1px; }
QToolButton#view[bare="true"]::menu-indicator { image: none; width: 0; }
QLabel[role="number"], QLabel[role="number-active"] {
    background: $raised; color: $text_2; border-radius: 4px; padding: 0 5px; font-size: $tag;
    font-weight: 600;
}
QLabel[role="number-active"] { background: $blue_fill; color: $on_fill; }
QLabel[role="plane-axial"], QLabel[role="plane-coronal"], QLabel[role="plane-sagittal"] {
    color: #101216; border-radius: 4px; padding: 0 5px; font-size: $tag; font-weight: 600;
}
QLabel[role="plane-axial"] { background: #ff9583; }
QLabel[role="plane-coronal"] { background: #86e08f; }
QLabel[role="plane-sagittal"] { background: #78bcff; }
QLabel[role="tag"], QLabel[role="tag-amber"], QLabel[role="tag-ai"], QLabel[role="tag-blue"] {
    background: $raised; color: $text_2; border: 1px solid $line; border-radius: 4px; padding: 0 5px;
    font-size: $tag;
}
QLabel[role="tag-blue"] { background: $blue_bed; color: $text_1; border-color: $blue; }
QLabel[role="tag-amber"] { background: $amber_bed; color: $amber; border-color: $amber_line; }
QLabel[role="tag-ai"], QLabel[role="tag-flagged"], QLabel[role="tag-calm"], QLabel[role="tag-open"],
QLabel[role="tag-none"] {
    background: $ai_bed; color: $ai; border: 1px solid $ai; border-radius: 8px; padding: 0 8px 0 24px;
    font-size: $tag; font-weight: 600;
}
QLabel[role="tag-flagged"] { background: $amber_bed; color: $amber; border-color: $amber_line; }
QLabel[role="tag-calm"] { background: $raised; color: $text_1; border-color: $raised; }
QLabel[role="tag-open"] { background: transparent; color: $text_1; border: 1px dashed $text_1; }
QLabel[role="tag-none"] {
    background: transparent; color: $text_2; border-color: $strong_line; border-radius: 2px;
}
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $strong_line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::handle:hover { background: $text_3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { height: 5px; background: $groove; border-radius: 2px; }
QSlider::handle:horizontal { background: $blue; width: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { border: 2px solid $text_1; }
QSlider::handle:horizontal:disabled { background: $strong_line; }
QProgressBar { background: $groove; border: 0; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $blue; border-radius: 2px; }
QToolTip { background: $raised; color: $text_1; border: 1px solid $strong_line; padding: 6px; }
QFrame[role="toast"] { background: $raised; border: 1px solid $strong_line; border-radius: 8px; }
QFrame[role="card"] { background: $raised; border: 0; border-radius: 8px; }
QScrollArea[role="dock"] { background: $panel; }
QFrame[role="section"] { background: $panel; border: 0; border-bottom: 1px solid $line; }
QToolButton[role="head"] { padding: 0; }
QToolButton[role="head"]::menu-indicator { image: none; width: 0; }
QToolButton[role="segment"] {
    background: transparent; border: 1px solid $strong_line; border-radius: 6px; padding: 0 2px;
    color: $text_2; font-size: $small;
}
QToolButton[role="segment"]:hover { background: $hover; }
QToolButton[role="segment"]:checked { background: $blue_bed; color: $text_1; border-color: $blue; }
QToolButton[role="segment"]:focus { border-color: $blue; }
QToolButton[role="segment"]:disabled { background: transparent; color: $text_3; border-color: $line; }
QPushButton[role="chip"] { padding: 0 2px; font-size: $small; min-height: 24px; }
QPushButton[role="chip"]:checked { background: $blue_fill; color: $on_fill; }
QPushButton[role="chip"]::menu-indicator { width: 0; }
QWidget[role="panel"] { background: $panel; }
QFrame[role="palette"] { background: $raised; border: 1px solid $strong_line; border-radius: 8px; }
QFrame[role="palette"] QLineEdit { background: transparent; border: 0; font-size: $title; }
QFrame[role="palette"] QListView { background: transparent; }
""")


def style_sheet(theme: Colors) -> str:
    """Return the application's style sheet in a theme's colors."""
    slots = {slot: getattr(theme, slot) for slot in Colors.__dataclass_fields__}
    sizes = {step.name.lower(): f"{step.size_px}px" for step in Type}
    images = {
        "down_arrow": paths.resource("icons", "down.svg").as_posix(),
        "check_mark": paths.resource("icons", "check.svg").as_posix(),
    }
    return _STYLE.substitute(slots, **sizes, **images)
