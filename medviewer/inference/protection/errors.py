"""Errors of signed and encrypted models.

One sentence and one hint for each.
"""

from medviewer.errors import DamagedModelError, ModelError
from medviewer.translation import mark


class WrongSignatureError(DamagedModelError):
    """The files of a model are not the signed ones. Facts: model, detail."""

    hint = mark(
        "It was changed or damaged after it was signed. Get it again from whoever signed it. Viewing is not "
        "affected."
    )


class UntrustedKeyError(DamagedModelError):
    """The signature is right, by a key that is not trusted here.

    Facts: model, fingerprint.
    """

    sentence = mark(
        "The model {model} is switched off: it is signed with a key that you have not trusted, {fingerprint}."
    )
    hint = mark(
        "Ask its publisher for the fingerprint of the key by another way. Where both are the same, trust it "
        "in Classify > Models, or with `medviewer models add`."
    )


class MissingSignatureError(DamagedModelError):
    """A model that was signed before has no signature. Facts: model."""

    sentence = mark("The model {model} is switched off: it was signed before, and has no signature now.")
    hint = mark(
        "Somebody may have put another one in its place. Get it again from whoever signed it; `medviewer "
        "models add --older` accepts it as it is."
    )


class ReplayedModelError(DamagedModelError):
    """A newer signed version of the model was here before.

    Facts: model, version and signed of this one, newest and known of that one.
    """

    sentence = mark(
        "The model {model} is switched off: version {version}, signed on {signed}, is older than version "
        "{newest}, signed on {known}, which was here before."
    )
    hint = mark(
        "Somebody may have put an old version in its place. Get the newest one; `medviewer models add "
        "--older` accepts this one."
    )


class LockedModelError(DamagedModelError):
    """An encrypted model whose pass phrase was not given. Facts: model."""

    sentence = mark("The model {model} is encrypted, and has to be unlocked first.")
    hint = mark("Its user name and pass phrase are asked for once, until the program ends.")


class WrongPassPhraseError(DamagedModelError):
    """The user name or the pass phrase is another one. Facts: model."""

    sentence = mark("The model {model} was not unlocked: the user name or the pass phrase is another one.")
    hint = mark("Small and capital letters differ. Without both nobody can read the model.")


class TruncatedModelError(DamagedModelError):
    """The file of an encrypted model ends too early.

    Facts: model, there, stated (bytes).
    """

    sentence = mark(
        "The model {model} is switched off: its encrypted file ends after {there} of {stated} bytes."
    )
    hint = mark("It was not copied whole. Copy it again.")


class ChangedModelError(DamagedModelError):
    """The file of an encrypted model is not as it was written. Facts: model."""

    sentence = mark("The model {model} is switched off: its encrypted file was changed or is damaged.")
    hint = mark("Copy it again from where it came from. Nothing of it was used.")


class NewerModelError(DamagedModelError):
    """An encrypted model of a newer version of the program. Facts: model."""

    sentence = mark("The model {model} is switched off: it was encrypted by a newer version of this program.")
    hint = mark("Install the newer version of the program.")


class PackChoiceError(ModelError):
    """A model cannot be added, removed, signed or encrypted.

    Facts: model, detail.
    """

    sentence = mark("Nothing was done with the model {model}: {detail}.")


class KeyFileError(ModelError):
    """A file holds no key that signs models. Facts: path, detail."""

    sentence = mark("{name} cannot be used as a key: {detail}.")
    hint = mark("`medviewer models sign --new-key` makes one.")


class TrustListError(ModelError):
    """The list of trusted keys cannot be read. Facts: reason."""

    sentence = mark("The list of trusted keys cannot be used: {reason}. No added model answers.")
    hint = mark("It is trusted-keys.json in the program's folder of settings. Remove it to begin anew.")
