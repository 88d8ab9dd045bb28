"""Identity of images: patient, study and series."""

from dataclasses import dataclass

from medviewer.translation import language


@dataclass(frozen=True, slots=True)
class Identity:
    """Identity of an image: patient, study and series, for corner texts.

    Plain text, decoded.
    """

    patient_name: str = ""
    ideographic_name: str = ""  # the second group of the name, which patient_name holds, too
    patient_id: str = ""
    birth_date: str = ""  # YYYYMMDD as stored; the gui writes it as the locale does
    patient_sex: str = ""  # "M", "F", "O" or as stored
    study_instance_uid: str = ""
    study_date: str = ""
    study_time: str = ""  # HHMMSS.FFFFFF as stored
    study_description: str = ""
    series_instance_uid: str = ""
    series_number: str = ""
    series_description: str = ""
    modality: str = ""

    @property
    def shown_name(self) -> str:
        """The patient's name as the language in use writes it.

        In Chinese, ideographs come first.
        """
        ideographic = self.ideographic_name
        alphabetic = self.patient_name.removesuffix(f"({ideographic})").strip()
        if language() != "zh_CN" or not ideographic or alphabetic in ("", ideographic):
            return self.patient_name
        return f"{ideographic} ({alphabetic})"

    @property
    def id_beside_name(self) -> str:
        """The patient ID; "" where it only repeats the name that stands beside it."""
        return "" if _words(self.patient_id) == _words(self.patient_name) else self.patient_id

    @property
    def is_segmentation(self) -> bool:
        """Whether it was drawn upon other images, which are to be looked at first."""
        return self.modality == "SEG"

    @property
    def patient_key(self) -> tuple[str, str, str]:
        """Two identities with one key are the same patient.

        Where neither name nor ID is stated, nobody knows whether two studies are of one patient.
        """
        if not self.patient_id and not self.patient_name:
            return ("", f"study {self.study_instance_uid}", self.birth_date)
        return (self.patient_id, self.patient_name, self.birth_date)

    @property
    def study_key(self) -> tuple[str, tuple[str, str, str]]:
        """Two identities with one key are of the same study of the same patient."""
        return self.study_instance_uid, self.patient_key


def _words(text: str) -> list[str]:
    return text.replace("^", " ").casefold().split()
