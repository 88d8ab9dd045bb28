"""Model packs: files, card, input contract, pinned hashes."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.pack.body_part_words import body_part_words
    from medviewer.inference.pack.bundled_hashes import BUNDLED
    from medviewer.inference.pack.bundled_names import DEFAULT_MODEL, ROUTER
    from medviewer.inference.pack.card import ModelCard
    from medviewer.inference.pack.files import read_pack_file
    from medviewer.inference.pack.header_words import (
        NO_CONTRAST,
        NOT_STATED,
        OTHER_IMAGES,
        QUALIFYING_VIEWS,
        WHOLE,
        contrast_in,
        denies_contrast,
        sequences_in,
        views_in,
    )
    from medviewer.inference.pack.input_contract import InputContract
    from medviewer.inference.pack.installing import (
        SHORTEST_PASS_PHRASE,
        Candidate,
        add_pack,
        candidate_in,
        encrypt_pack,
        remove_pack,
        sign_pack,
    )
    from medviewer.inference.pack.own_files import is_sealed, sealed_bytes
    from medviewer.inference.pack.packs import (
        CARD,
        FILES,
        GRAPH,
        WEIGHTS,
        InstalledModel,
        Pack,
        bundled_folder,
        find_pack,
        installed_models,
        installed_packs,
        is_bundled,
        load_card,
        verify_pack,
    )
    from medviewer.inference.pack.population import Population, check_populations, population_at
    from medviewer.inference.pack.sequence_figures import SequenceGroup, for_sequence, sequence_group
    from medviewer.inference.pack.series_rule import (
        RULE,
        SeriesPoint,
        SeriesVerdict,
        judge_series,
        neighbors_score,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "body_part_words": "body_part_words",
        "bundled_hashes": "BUNDLED",
        "bundled_names": "DEFAULT_MODEL ROUTER",
        "card": "ModelCard",
        "packs": (
            "CARD FILES GRAPH InstalledModel Pack WEIGHTS bundled_folder find_pack "
            "installed_models installed_packs is_bundled load_card verify_pack"
        ),
        "files": "read_pack_file",
        "header_words": (
            "NOT_STATED NO_CONTRAST OTHER_IMAGES QUALIFYING_VIEWS WHOLE contrast_in denies_contrast "
            "sequences_in views_in"
        ),
        "input_contract": "InputContract",
        "installing": (
            "SHORTEST_PASS_PHRASE Candidate add_pack candidate_in encrypt_pack remove_pack sign_pack"
        ),
        "own_files": "is_sealed sealed_bytes",
        "population": "Population check_populations population_at",
        "sequence_figures": "SequenceGroup for_sequence sequence_group",
        "series_rule": "RULE SeriesPoint SeriesVerdict judge_series neighbors_score",
    },
)
