"""Errors shown to the user: one sentence, one hint, and the facts.

    MedviewerError
    ├── UnreadableFile                   a file, or a frame of it, cannot be shown; always names the file
    │   ├── NotDicomError                not DICOM at all: listed as ignored, not as refused
    │   │   └── OtherFormatError         something else, which is named
    │   ├── MissingFileError             gone, or no permission
    │   ├── MissingFilesError            files that a DICOMDIR names are gone
    │   ├── OutsideFilesError            files that a DICOMDIR names lie outside its folder
    │   ├── ChangedFileError             another file has its name since it was indexed
    │   ├── DamagedFileError             truncated or malformed
    │   ├── MissingAttributeError        a required attribute is absent or senseless
    │   ├── UnsupportedEncodingError     no decoder for the transfer syntax or pixel layout
    │   │   └── ContradictoryColorsError not as many values per pixel as its colors need
    │   ├── UnknownTransferSyntaxError   a transfer syntax that no list has: nothing is guessed
    │   ├── ArchiveError                 it lies in an archive that cannot be unpacked, or not there
    │   │   ├── UnopenedArchiveError     an archive of a kind, or a size, that is not opened
    │   │   └── DamagedArchiveError      an archive of which only some files could be found
    │   ├── LimitError                   it asks for more than limits.py allows
    │   │   └── MemoryLimitError         more bytes than that
    │   ├── DecoderDiedError             the worker process ended while reading it
    │   └── DecoderTimeoutError          it took too much processor time
    │       └── DiskStalledError         nothing came from its disk or network for long
    ├── UnreadableSliceError             a slice cannot be shown, for an unforeseen reason
    ├── ModelError                       a model pack cannot be used
    │   ├── UnknownModelError            no pack has the name
    │   ├── DamagedModelError            a file of the pack is missing or differs from its recorded hash
    │   │   ├── WrongSignatureError      its files are not the signed ones; see inference.protection
    │   │   ├── UntrustedKeyError        signed with a key that is not trusted here
    │   │   ├── MissingSignatureError    signed before, and without a signature now
    │   │   ├── ReplayedModelError       a newer signed version was here before
    │   │   ├── LockedModelError         encrypted, and not unlocked
    │   │   ├── WrongPassPhraseError     user name or pass phrase do not open it
    │   │   ├── TruncatedModelError      its encrypted file is cut off
    │   │   ├── ChangedModelError        its encrypted file was changed
    │   │   └── NewerModelError          its encrypted file is of a newer program
    │   ├── InvalidNumbersError          NaN or infinity in pixels, logits or probabilities: no result
    │   ├── PackChoiceError              what was chosen is no model that can be added
    │   ├── KeyFileError                 a file of keys cannot be used
    │   └── TrustListError               the list of trusted keys cannot be read
    ├── ExportError                      nothing was saved
    │   ├── NotOfferedError              what is shown cannot be saved in that form
    │   ├── ExistingFileError            the output exists and may not be replaced
    │   ├── OriginalFileError            the output is a file that was read, or a DICOM file
    │   ├── MissingFontError             no font of this system has the characters of the caption
    │   ├── MissingLayoutError           letters cannot be laid out from right to left here
    │   ├── WriteError                   the operating system refused to write
    │   │   ├── NotWrittenError          a file was left as it is
    │   │   └── LongNameError            the name of the output is longer than the disk allows
    │   ├── UnwritableError              nothing can be written there, as was found beforehand
    │   ├── ReadBackError                what was written does not read back as intended
    │   └── OutputError                  standard output takes nothing more
    ├── UnsavedDrawingsError             drawings and key images are in the window only
    ├── MemoryAccessError                the database of opened studies cannot be read or written
    │   └── BusyMemoryError              another window is writing it
    ├── ImageSizeError                   an image is too large for the computation
    ├── NotFoundError                    no such path, series, frame, processing or parameter
    ├── NoImagesError                    nothing that was named holds an image that can be shown
    ├── DataError                        training or evaluation data that cannot be used
    ├── MissingExtraError                a package of an extra is not installed
    ├── WorkerUnavailableError           the worker process cannot be started
    └── TourError                        the job off screen met an error

An error crosses process borders as its class name and its facts (`as_record`, `from_record`).
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from medviewer.paths import shown_name
from medviewer.plain_text import printable, size_text
from medviewer.translation import Message, mark

MARKED_FACTS: Final = frozenset({"detail", "what", "encoding", "reason"})
"""Facts that are sentences or words of the catalogue themselves, where they are texts."""


class MedviewerError(Exception):
    """Base of all errors shown to the user as a sentence and a hint."""

    sentence: ClassVar[str] = mark("Something went wrong.")
    hint: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = {key: str(value) if isinstance(value, Path) else value for key, value in facts.items()}
        super().__init__(str(self.message()))

    def _shown(self) -> dict[str, Any]:
        shown = {name: _shown_fact(name, value) for name, value in self.facts.items()}
        if "path" in shown:
            shown["name"] = shown_name(Path(str(shown["path"])))
        return shown

    def message(self) -> Message:
        """Return the sentence with its facts."""
        return Message(self.sentence, tuple(self._shown().items()))

    def hint_message(self) -> Message:
        """Return the hint for the user, or nothing."""
        return Message(self.hint, tuple(self._shown().items()))

    def for_user(self) -> str:
        """Return the sentence in the user's language."""
        return self.message().for_user()

    def hint_for_user(self) -> str:
        """Return the hint in the user's language.

        Empty where there is nothing.
        """
        return self.hint_message().for_user()

    def as_record(self) -> dict[str, Any]:
        """Return the error as plain values, for another process or a JSON report."""
        facts = {
            name: {"message": value.as_record()} if isinstance(value, Message) else value
            for name, value in self.facts.items()
        }
        return {"error": type(self).__name__, "facts": facts}


def _shown_fact(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return Message(value) if name in MARKED_FACTS else printable(value)


class UnreadableFile(MedviewerError):  # noqa: N818 - the name states the thing
    """A file, or a frame of it, cannot be shown."""

    sentence = mark("{name} cannot be shown: {reason}.")
    reason: ClassVar[str] = mark("it could not be read")
    counted: ClassVar[str] = ""
    reason_of_one: ClassVar[str] = ""
    """The reason where the fact named by `counted` is 1."""

    def __init__(self, *, path: Path | str, **facts: Any) -> None:
        super().__init__(path=path, **facts)

    @property
    def path(self) -> Path:
        """The file that the error is about."""
        return Path(self.facts["path"])

    @property
    def stands_for(self) -> int:
        """So many files cannot be shown for this reason."""
        return 1

    def _shown(self) -> dict[str, Any]:
        return {**super()._shown(), "reason": self.reason_message()}

    def reason_message(self) -> Message:
        """Return the bare reason, without the file's name."""
        is_one = bool(self.counted) and self.facts.get(self.counted) == 1
        return Message(self.reason_of_one if is_one else self.reason, tuple(super()._shown().items()))


class NotDicomError(UnreadableFile):
    """The file is not DICOM."""

    reason = mark("it is not a DICOM file")


class OtherFormatError(NotDicomError):
    """The file is something else.

    Facts: what (a text of the catalogue, "a web page").
    """

    reason = mark("it is {what}")


class MissingFileError(UnreadableFile):
    """The file is gone or may not be opened. Facts: detail."""

    reason = mark("it cannot be opened ({detail})")
    hint = mark("Was a disk or a network drive removed? Open the folder again when it is back.")


class MissingFilesError(UnreadableFile):
    """Files that a DICOMDIR names are gone.

    Facts: missing, total (how many), names (of the first ones).
    """

    reason = mark("{missing} of the {total} files that DICOMDIR names are not there ({names})")
    counted = "missing"
    reason_of_one = mark("1 of the {total} files that DICOMDIR names is not there ({names})")
    hint = mark("Was the disc copied whole? Ask the sender for the missing files.")

    @property
    def stands_for(self) -> int:
        """So many files are missing."""
        return int(self.facts["missing"])


class OutsideFilesError(UnreadableFile):
    """A DICOMDIR names files outside its folder, which are not opened.

    Facts: outside, total.
    """

    reason = mark("{outside} of the {total} files that DICOMDIR names lie outside its folder")
    counted = "outside"
    reason_of_one = mark("1 of the {total} files that DICOMDIR names lies outside its folder")

    @property
    def stands_for(self) -> int:
        """So many files lie outside."""
        return int(self.facts["outside"])


class UnreadableSliceError(MedviewerError):
    """A slice cannot be shown, for an unforeseen reason.

    Facts: number (from 1), count.
    """

    sentence = mark("Slice {number} of {count} cannot be shown: it could not be read.")


class ChangedFileError(UnreadableFile):
    """The file was replaced since it was indexed."""

    reason = mark("it has changed since it was opened")
    hint = mark("Open the folder again.")


class DamagedFileError(UnreadableFile):
    """The file is truncated or malformed. Facts: detail."""

    reason = mark("it is damaged ({detail})")
    hint = mark("Ask the sender for a new copy.")


class MissingAttributeError(UnreadableFile):
    """A required attribute is absent or senseless.

    Facts: attribute (a DICOM keyword).
    """

    reason = mark("the attribute {attribute} is missing or makes no sense")


class UnsupportedEncodingError(UnreadableFile):
    """No decoder for the encoding is there.

    Facts: encoding (the transfer syntax's name, or the pixel layout).
    """

    reason = mark("its pixels are stored as {encoding}, which cannot be decoded")
    hint = mark("Ask for an uncompressed export of this series.")


class ContradictoryColorsError(UnsupportedEncodingError):
    """The pixels hold another number of values than their colors have.

    Facts: encoding (the colors as stated), held (what the pixels have, as a message).
    """

    reason = mark("the file calls its colours {encoding}, but its pixels have {held}, which cannot be shown")


class UnknownTransferSyntaxError(UnreadableFile):
    """Nobody knows how the file is encoded.

    Facts: uid (as it states its transfer syntax).
    """

    reason = mark("how its pixels are stored is not known: its transfer syntax {uid} is in no list")
    hint = mark("Ask for an export of this series in a transfer syntax of the DICOM standard.")


class ArchiveError(UnreadableFile):
    """An archive, or members of one, are not unpacked.

    Facts: detail, and refused (how many members) where one error is about several.
    """

    reason = mark("it is not unpacked ({detail})")
    hint = mark("Unpack the archive with another program and open the folder.")

    @property
    def stands_for(self) -> int:
        """So many members are not unpacked."""
        return int(self.facts.get("refused", 1))


class UnopenedArchiveError(ArchiveError):
    """It is an archive of a kind, or a size, that is not opened.

    Facts: kind ("7z").
    """

    reason = mark("it is an archive ({kind}): unpack it first")


class DamagedArchiveError(ArchiveError):
    """The archive is damaged or cut off.

    What could be found of it is opened. Facts: count of files.
    """

    reason = mark("it is a damaged archive: {count} files were found in it, others may be missing")
    counted = "count"
    reason_of_one = mark("it is a damaged archive: 1 file was found in it, others may be missing")
    hint = mark("Ask the sender for a new copy.")


class LimitError(UnreadableFile):
    """The file asks for more than limits.py allows.

    Facts: what, asked, allowed.
    """

    reason = mark("it asks for {asked} {what}, more than the {allowed} allowed")


class MemoryLimitError(LimitError):
    """The file asks for more bytes than limits.py allows.

    Facts: what, asked (bytes; None where it is not known how many more), allowed (bytes).
    """

    reason = mark("it asks for {asked} of {what}, more than the {allowed} allowed")
    reason_of_unknown = mark("it asks for more than the {allowed} of {what} allowed")

    def reason_message(self) -> Message:
        """Return the bare reason, with sizes in the units that people use.

        What is asked is rounded up and what is allowed down, so that they differ.
        """
        facts: dict[str, Any] = dict(super().reason_message().facts)
        asked, facts["allowed"] = facts.get("asked"), size_text(facts["allowed"], math.floor)
        if asked is None:
            return Message(self.reason_of_unknown, tuple(facts.items()))
        facts["asked"] = size_text(asked, math.ceil)
        return Message(self.reason, tuple(facts.items()))


class DecoderDiedError(UnreadableFile):
    """The worker process ended while reading the file."""

    reason = mark("the decoder stopped while reading it")
    hint = mark("The file may be damaged. Everything else stays open.")


class DecoderTimeoutError(UnreadableFile):
    """Reading the file took too much of the processor's time. Facts: seconds."""

    reason = mark("decoding it took more than {seconds} s of processor time")
    hint = mark("The file may be damaged.")


class DiskStalledError(DecoderTimeoutError):
    """Nothing came from the file's disk or network for long. Facts: seconds."""

    reason = mark("its disk or network did not answer for {seconds} s")
    hint = mark("Try again when the disk or the network is back.")


class ModelError(MedviewerError):
    """A model pack cannot be used."""


class UnknownModelError(ModelError):
    """No pack has this name. Facts: model."""

    sentence = mark("There is no model named {model}.")
    hint = mark("`medviewer models list` names the installed ones.")


class DamagedModelError(ModelError):
    """A file of the pack is missing or differs from its recorded hash.

    Facts: model, detail.
    """

    sentence = mark("The model {model} is switched off: {detail}.")
    hint = mark(
        "A model that came with the program comes back by installing it again; mend or remove one of your "
        "own. Viewing is not affected."
    )


class InvalidNumbersError(ModelError):
    """NaN or infinity in pixels, logits or probabilities. Facts: where."""

    sentence = mark("No result: invalid numbers in the {where}.")


class ExportError(MedviewerError):
    """An export did not happen; nothing was replaced."""


class NotOfferedError(ExportError):
    """The image cannot be saved in the requested form.

    Facts: what, reason.
    """

    sentence = mark("{what} cannot be saved: {reason}.")


class ExistingFileError(ExportError):
    """The output exists and may not be replaced. Facts: path."""

    sentence = mark("{name} exists already and was left as it is.")
    hint = mark("Choose another name, or allow it to be replaced (--force).")


class OriginalFileError(ExportError):
    """The output is a file that was read, or a DICOM file. Facts: path."""

    sentence = mark("{name} is an original and was left as it is.")
    hint = mark("Originals are never written over; choose another name.")


class MissingFontError(ExportError):
    """No font on this system can write the caption. Facts: characters."""

    sentence = mark("The picture was not saved: no font on this computer can write {characters}.")
    hint = mark("Install a font for this script, for Chinese e.g. Noto Sans CJK.")


class MissingLayoutError(ExportError):
    """No font on the system lays out letters read from right to left."""

    sentence = mark(
        "The picture was not saved: a name or a text in it is read from right to left, which cannot be "
        "written here."
    )
    hint = mark("Install FriBiDi, or export without the identity.")


class WriteError(ExportError):
    """The operating system refused to write. Facts: path, reason, bytes."""

    sentence = mark("{name} could not be written: {reason} ({bytes} bytes needed).")
    hint = mark("Is the disk full, or the folder read-only? Nothing was changed.")


class NotWrittenError(WriteError):
    """A file was left as it is. Facts: path, reason."""

    sentence = mark("{name} was not written: {reason}.")
    hint = mark("Nothing was changed.")


class LongNameError(WriteError):
    """The name of the output is longer than the disk allows.

    Facts: path, reason, bytes.
    """

    sentence = mark("{name} could not be written: its name is too long for this disk.")
    hint = mark("Choose a shorter name; most disks allow 255 bytes, which are 85 Chinese characters.")


class UnwritableError(ExportError):
    """Nothing can be written there, as was found before the work.

    Facts: path, reason.
    """

    sentence = mark("{name} could not be written: {reason}.")
    hint = mark("Choose another place. Nothing was done yet.")


class UnsavedDrawingsError(MedviewerError):
    """The annotations of a study could not be written. Facts: reason."""

    sentence = mark("Drawings and key images are not saved yet: {reason}.")
    hint = mark(
        "They stay in this window; each change tries again. Is the disk full, or the folder read-only?"
    )


class MemoryAccessError(MedviewerError):
    """The database of opened studies cannot be used. Facts: reason."""

    sentence = mark("What was opened cannot be remembered: {reason}.")
    hint = mark("Open studies are not affected. Memory can be switched off in the preferences.")


class BusyMemoryError(MemoryAccessError):
    """Another window keeps the database for longer than a moment."""

    sentence = mark("What was opened cannot be remembered now: another window is writing.")
    hint = mark("It is tried again by itself.")


class ReadBackError(ExportError):
    """A written file does not read back as intended.

    Facts: path.
    """

    sentence = mark("{name} was written but does not read back correctly.")
    hint = mark("Do not use this file; save it in another place.")


class OutputError(ExportError):
    """Standard output takes nothing more. Facts: reason."""

    sentence = mark("The result could not be written to standard output: {reason}.")
    hint = mark("Is the disk full that it is sent to?")


class ImageSizeError(MedviewerError):
    """An image is too large for the computation.

    Facts: asked, allowed (millions of values).
    """

    sentence = mark(
        "The picture is too large for this: it has {asked} million values, {allowed} million are allowed."
    )
    hint = mark("The original is shown all the same, and exported at a reduced size.")


class NotFoundError(MedviewerError):
    """A path, series, frame, processing or parameter does not exist.

    Facts: what, which.
    """

    sentence = mark("There is no {what} {which}.")


class NoImagesError(MedviewerError):
    """Nothing that was named holds an image that can be shown.

    Facts: names (what was named).
    """

    sentence = mark("There is no picture to show in {names}.")
    hint = mark("`medviewer info` lists what is there.")


class DataError(MedviewerError):
    """Training or evaluation data that cannot be used. Facts: path, detail."""

    sentence = mark("{name} cannot be used as data: {detail}.")


class MissingExtraError(MedviewerError):
    """A command needs packages that viewing does not. Facts: package, extra."""

    sentence = mark("This command needs the package {package}, which is not installed.")
    hint = mark("Install medviewer with its extra: pip install 'medviewer[{extra}]'.")


class WorkerUnavailableError(MedviewerError):
    """The worker process cannot be started. Facts: detail."""

    sentence = mark("The decoding process could not be started: {detail}.")
    hint = mark("Close other programs and try again.")


class TourError(MedviewerError):
    """The job off screen met an error. Facts: detail."""

    sentence = mark("The tour ended early: {detail}.")


def _tree(base: type[MedviewerError]) -> dict[str, type[MedviewerError]]:
    classes = {base.__name__: base}
    for below in base.__subclasses__():
        classes |= _tree(below)
    return classes


def from_record(record: Mapping[str, Any]) -> MedviewerError:
    """Rebuild an error from `as_record`; an unknown class becomes the base."""
    facts = {
        name: Message.from_record(value["message"]) if isinstance(value, Mapping) else value
        for name, value in record["facts"].items()
    }
    return _tree(MedviewerError).get(record["error"], MedviewerError)(**facts)
