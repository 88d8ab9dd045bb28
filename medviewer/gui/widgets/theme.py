"""Colors by role for dark and light themes, and their style sheet."""

from dataclasses import dataclass
from string import Template
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from medviewer import paths


@dataclass(frozen=True, slots=True)
class Theme:
    """One color for each role; all as "#rrggbb"."""

    name: str
    window: str
    panel: str
    raised: str  # buttons and boxes on a panel
    line: str
    text: str
    quiet: str
    accent: str  # focus and choice
    on_accent: str
    chosen: str  # the ground of what is chosen
    attention: str
    danger: str  # danger to data only
    outside_image: str


DARK: Final = Theme(
    name="dark",
    window="#14171b",
    panel="#1b1f25",
    raised="#252b33",
    line="#2b313a",
    text="#d7dce2",
    quiet="#8b95a1",
    accent="#4fa3d1",
    on_accent="#0b0e12",
    chosen="#24455c",
    attention="#e0a23b",
    danger="#ff7b72",
    outside_image="#000000",
)

LIGHT: Final = Theme(
    name="light",
    window="#e9ecf0",
    panel="#f6f7f9",
    raised="#ffffff",
    line="#c3cad3",
    text="#1a1f26",
    quiet="#515c69",
    accent="#1f6f9f",
    on_accent="#ffffff",
    chosen="#cfe4f1",
    attention="#7d5200",
    danger="#b3261e",
    outside_image="#000000",
)

THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT)}

_current = DARK


def current() -> Theme:
    """Return the theme in use."""
    return _current


def apply_theme(application: QApplication, name: str) -> Theme:
    """Give the application the colors of a theme.

    An unknown name means the dark one.
    """
    global _current
    _current = THEMES.get(name, DARK)
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(_palette(_current))
    application.setStyleSheet(style_sheet(_current))
    return _current


def relative_luminance(color: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((relative_luminance(first), relative_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, color in {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.panel,
        roles.AlternateBase: theme.raised,
        roles.Text: theme.text,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.text,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.quiet,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.Light: theme.line,
        roles.Midlight: theme.line,
        roles.Mid: theme.line,
        roles.Dark: theme.line,
        roles.Shadow: theme.window,
    }.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.quiet))
    return palette


_STYLE: Final = Template("""
QWidget { font-size: 10pt; }
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { width: 0; height: 0; }
QSplitter::handle { background: $window; }
QSplitter::handle:hover { background: $line; }
QMenuBar { background: $window; padding: 0; }
QMenuBar::item { padding: 3px 10px; background: transparent; }
QMenuBar::item:selected { background: $chosen; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 24px; }
QMenu::item:selected { background: $chosen; color: $text; }
QMenu::item:disabled { color: $quiet; }
QMenu::icon:checked { background: $chosen; border: 1px solid $accent; border-radius: 2px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolBar { background: $window; border: 0; border-bottom: 1px solid $line; padding: 0 6px; spacing: 3px; }
QToolBar::separator { width: 1px; background: $line; margin: 4px 5px; }
QToolButton { background: $panel; border: 1px solid transparent; border-radius: 3px; padding: 2px 10px; }
QToolButton:hover { border-color: $line; }
QToolButton:checked { background: $chosen; border-color: $accent; }
QToolButton:disabled { color: $quiet; background: transparent; }
QToolButton:focus { border-color: $accent; }
QToolButton#qt_toolbar_ext_button { qproperty-icon: url("$more"); padding: 2px; }
QStatusBar { background: $window; border-top: 1px solid $line; color: $quiet; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { padding: 0 8px; }
QPushButton { background: $raised; border: 1px solid $line; border-radius: 3px; padding: 4px 12px; }
QPushButton:hover { border-color: $accent; }
QPushButton:focus { border-color: $accent; }
QPushButton:pressed, QPushButton:checked { background: $chosen; }
QPushButton:disabled { color: $quiet; background: $panel; }
QPushButton[role="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[role="primary"]:hover, QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled { background: $panel; color: $quiet; border-color: $line; }
QPushButton[role="small"] { padding: 3px 4px; font-size: 9pt; }
QPushButton[role="link"] {
    background: transparent; border: 0; padding: 2px 0; color: $quiet; text-align: left;
}
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus { color: $accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
    background: $raised; border: 1px solid $line; border-radius: 3px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
    border-color: $accent;
}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $quiet; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $line; selection-background-color: $chosen;
    selection-color: $text;
}
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
    background: transparent; border: 0; padding: 0 6px;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$down_arrow"); width: 10px; height: 10px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $quiet; border-radius: 3px; background: $raised;
}
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check_mark"); }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QLabel { background: transparent; }
QLabel[role="quiet"] { color: $quiet; }
QLabel[role="attention"] { color: $attention; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="title"] { color: $quiet; font-size: 9pt; font-weight: 600; letter-spacing: 0.5px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="chosen"] { font-weight: 600; color: $accent; }
QTreeView, QTableView, QListView {
    background: $panel; border: 0; outline: 0; alternate-background-color: $raised;
}
QTableView { gridline-color: $line; border: 1px solid $line; }
QTableView::item:selected, QListView::item:selected { background: $chosen; color: $text; }
QHeaderView::section {
    background: $raised; color: $quiet; border: 0; border-right: 1px solid $line; padding: 4px 6px;
}
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 12px; margin: -4px 0; border-radius: 6px; }
QSlider::handle:horizontal:disabled { background: $line; }
QProgressBar { background: $raised; border: 0; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QFrame[role="message"] { background: $raised; border: 0; border-left: 3px solid $attention; }
QFrame[role="message-quiet"] { background: $raised; border: 0; border-left: 3px solid $accent; }
QWidget[role="panel"] { background: $panel; }
""")


def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet in a theme's colors."""
    colors = {slot: getattr(theme, slot) for slot in Theme.__dataclass_fields__}
    images = {
        "down_arrow": paths.resource("icons", "down.svg").as_posix(),
        "more": paths.resource("icons", "more.svg").as_posix(),
        "check_mark": paths.resource("icons", f"check-{theme.name}.svg").as_posix(),
    }
    return _STYLE.substitute(colors, **images)
