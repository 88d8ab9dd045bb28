"""The tests of the window go by their own fonts, scale, language and time, not by those of the machine."""

import os
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont, QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication

from tests import machine

PIXELS = 114  # of the words below, in 9 points of DejaVu Sans
WIDTH = """
from tests import machine
machine.settle()
from PySide6.QtWidgets import QApplication
application = QApplication([])
print(application.fontMetrics().horizontalAdvance("Haemorrhage 0.81"), application.devicePixelRatio())
"""


def test_words_are_in_the_font_that_the_tests_bring(qapp: QApplication) -> None:
    for asked in (QFont("No Such Font"), QFont("sans-serif")):
        assert QFontInfo(asked).family() == "DejaVu Sans"
    assert QFontInfo(qapp.font()).family() in ("DejaVu Sans", "Inter")  # which the theme sets


def test_scale_language_and_time_are_the_same_everywhere(qapp: QApplication) -> None:
    assert QGuiApplication.primaryScreen().devicePixelRatio() == 1
    assert QGuiApplication.primaryScreen().logicalDotsPerInch() == 96
    assert QLocale.system().decimalPoint() == "."
    assert time.timezone == 0


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"QT_SCALE_FACTOR": "1.5", "QT_FONT_DPI": "144"},
        {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai"},
        {"FONTCONFIG_FILE": "/nowhere/fonts.conf"},
    ],
)
def test_words_are_as_wide_whatever_the_machine_says(qapp: QApplication, settings: dict[str, str]) -> None:
    if not machine.DEJAVU:
        pytest.skip("the fonts of the tests come with matplotlib")
    said = subprocess.run(
        [sys.executable, "-c", WIDTH],
        capture_output=True,
        text=True,
        check=True,
        cwd=machine.ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **settings},
    )
    wide, ratio = said.stdout.split()
    assert (int(wide), float(ratio)) == (PIXELS, 1.0)
