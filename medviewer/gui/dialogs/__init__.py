"""Dialogs."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.dialogs.about import AboutDialog
    from medviewer.gui.dialogs.crash import CrashDialog
    from medviewer.gui.dialogs.export import ExportChoice, ExportDialog
    from medviewer.gui.dialogs.features import FeatureDialog
    from medviewer.gui.dialogs.file_dialog import FileDialog, chosen_path, dropped_path
    from medviewer.gui.dialogs.help import HelpDialog
    from medviewer.gui.dialogs.key_editor import KeyEditor
    from medviewer.gui.dialogs.messages import MessagesDialog
    from medviewer.gui.dialogs.model_card import ModelCardDialog
    from medviewer.gui.dialogs.open_dialog import OpenDialog
    from medviewer.gui.dialogs.pixel_truth import PixelTruthDialog
    from medviewer.gui.dialogs.preferences import PreferencesDialog
    from medviewer.gui.dialogs.screen_size import ScreenSizeDialog
    from medviewer.gui.dialogs.text_entry import TextDialog
    from medviewer.gui.dialogs.values import ValuesDialog

__getattr__ = lazy_names(
    __name__,
    {
        "about": "AboutDialog",
        "crash": "CrashDialog",
        "export": "ExportChoice ExportDialog",
        "features": "FeatureDialog",
        "file_dialog": "FileDialog chosen_path dropped_path",
        "help": "HelpDialog",
        "key_editor": "KeyEditor",
        "messages": "MessagesDialog",
        "model_card": "ModelCardDialog",
        "open_dialog": "OpenDialog",
        "pixel_truth": "PixelTruthDialog",
        "preferences": "PreferencesDialog",
        "screen_size": "ScreenSizeDialog",
        "text_entry": "TextDialog",
        "values": "ValuesDialog",
    },
)
