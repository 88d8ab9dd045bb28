"""Output, errors and questions of the commands in the terminal."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.cli.terminal.console import (
        DONE,
        FAILED,
        INTERRUPTED,
        Console,
        Parser,
        drop_output,
        named_path,
        refuse_output,
    )
    from medviewer.cli.terminal.pass_phrase import ask_pass_phrase, read_line, unlock_model
    from medviewer.cli.terminal.text_page import page, terminal_width

__getattr__ = lazy_names(
    __name__,
    {
        "console": "DONE FAILED INTERRUPTED Console Parser drop_output named_path refuse_output",
        "pass_phrase": "ask_pass_phrase read_line unlock_model",
        "text_page": "page terminal_width",
    },
)
