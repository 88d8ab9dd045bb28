"""Dialogs."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.dialogs.files.earlier_studies import EarlierStudiesDialog
    from medviewer.gui.dialogs.files.export import ExportChoice, ExportDialog
    from medviewer.gui.dialogs.files.file_dialog import FileDialog, chosen_path, dropped_path
    from medviewer.gui.dialogs.files.range_row import PlayedRange
    from medviewer.gui.dialogs.images.features import FeatureDialog
    from medviewer.gui.dialogs.images.quality import QualityDialog
    from medviewer.gui.dialogs.images.values import ValuesDialog
    from medviewer.gui.dialogs.models.models_dialog import ModelsDialog, unlock_dialog
    from medviewer.gui.dialogs.models.verdicts_dialog import VerdictsDialog
    from medviewer.gui.dialogs.open_dialog import OpenDialog
    from medviewer.gui.dialogs.program.about import AboutDialog
    from medviewer.gui.dialogs.program.crash import CrashDialog
    from medviewer.gui.dialogs.program.help import HelpDialog
    from medviewer.gui.dialogs.program.messages import MessagesDialog
    from medviewer.gui.dialogs.program.model_card import ModelCardDialog
    from medviewer.gui.dialogs.program.pixel_truth import PixelTruthDialog
    from medviewer.gui.dialogs.program.test_pattern import TestPatternDialog
    from medviewer.gui.dialogs.settings.key_editor import KeyEditor
    from medviewer.gui.dialogs.settings.preferences import PreferencesDialog
    from medviewer.gui.dialogs.settings.screen_size import ScreenSizeDialog
    from medviewer.gui.dialogs.text_entry import TextDialog

__getattr__ = lazy_names(
    __name__,
    {
        "files.earlier_studies": "EarlierStudiesDialog",
        "files.export": "ExportChoice ExportDialog",
        "files.file_dialog": "FileDialog chosen_path dropped_path",
        "files.range_row": "PlayedRange",
        "images.features": "FeatureDialog",
        "images.quality": "QualityDialog",
        "images.values": "ValuesDialog",
        "models.models_dialog": "ModelsDialog unlock_dialog",
        "models.verdicts_dialog": "VerdictsDialog",
        "open_dialog": "OpenDialog",
        "program.about": "AboutDialog",
        "program.crash": "CrashDialog",
        "program.help": "HelpDialog",
        "program.messages": "MessagesDialog",
        "program.model_card": "ModelCardDialog",
        "program.pixel_truth": "PixelTruthDialog",
        "program.test_pattern": "TestPatternDialog",
        "settings.key_editor": "KeyEditor",
        "settings.preferences": "PreferencesDialog",
        "settings.screen_size": "ScreenSizeDialog",
        "text_entry": "TextDialog",
    },
)
