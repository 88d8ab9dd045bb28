"""Installed models: their fit to a slice, and long operations on packs."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.models.fit import (
        NOT_CHECKED,
        ModelFit,
        asking_model,
        fit_of,
        followed_fit,
        forget_contracts,
        header_model,
        part_question,
        series_rule,
        takes_series,
    )
    from medviewer.viewer.models.pack_jobs import (
        PackState,
        add_pack,
        check_packs,
        encrypt_pack,
        read_candidate,
        remove_pack,
        sign_pack,
        unlock_pack,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "fit": (
            "NOT_CHECKED ModelFit asking_model fit_of followed_fit forget_contracts header_model "
            "part_question series_rule takes_series"
        ),
        "pack_jobs": (
            "PackState add_pack check_packs encrypt_pack read_candidate remove_pack sign_pack unlock_pack"
        ),
    },
)
