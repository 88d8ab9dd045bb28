"""The table of SOP classes (PS3.4 B.5, PS3.6 A).

What an object is, how it is listed, and which file reads it. A file that holds pixels is shown as an image,
whatever class it states; the table says what the others are. A row names the file that reads its objects,
which is imported when the first one is met.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from medviewer.translation import mark

if TYPE_CHECKING:
    from medviewer.dicom.header import Header

ROOT: Final = "1.2.840.10008."
STORAGE: Final = ROOT + "5.1.4.1.1."
MEDIA_DIRECTORY: Final = ROOT + "1.3.10"

X_RAY: Final = mark("X-ray image")
MAMMOGRAM: Final = mark("Mammogram")
CT: Final = mark("CT image")
MR: Final = mark("MR image")
ULTRASOUND: Final = mark("Ultrasound image")
NUCLEAR: Final = mark("Nuclear medicine image")
PET: Final = mark("PET image")
CAPTURE: Final = mark("Secondary capture")
ANGIOGRAM: Final = mark("Angiography or fluoroscopy image")
OCT: Final = mark("Intravascular OCT image")
ENDOSCOPY: Final = mark("Endoscopy image")
MICROSCOPY: Final = mark("Microscopy image")
PHOTOGRAPH: Final = mark("Photograph")
EYE_IMAGE: Final = mark("Image of the eye")
MAP: Final = mark("Parametric map")
SEGMENTATION: Final = mark("Segmentation")
RT_IMAGE: Final = mark("Radiotherapy image")
RT_DOSE: Final = mark("Radiotherapy dose")
HARDCOPY: Final = mark("Hardcopy image")
INDUSTRIAL: Final = mark("Image of goods or material")
REPORT: Final = mark("Structured report")
LOG: Final = mark("Procedure log")
CAD: Final = mark("Computer-aided detection report")
KEY_IMAGES: Final = mark("Key images")
DOSE_REPORT: Final = mark("Radiation dose report")
ECHO: Final = mark("Echocardiography report")
AGENT: Final = mark("Contrast or imaging agent report")
STATE: Final = mark("Presentation state")
PDF: Final = mark("PDF document")
CDA: Final = mark("Clinical document (CDA)")
MODEL: Final = mark("3D model")
DOCUMENT: Final = mark("Enclosed document")
ECG: Final = mark("Waveform (ECG)")
PRESSURE: Final = mark("Waveform (blood pressure or pulse)")
HEART: Final = mark("Waveform (cardiac electrophysiology)")
AUDIO: Final = mark("Sound recording")
BREATHING: Final = mark("Waveform (respiration)")
EEG: Final = mark("Waveform (EEG)")
MUSCLE: Final = mark("Waveform (EMG or eye movement)")
WAVEFORM: Final = mark("Waveform (ECG or other signal)")
STRUCTURES: Final = mark("Radiotherapy structures")
PLAN: Final = mark("Radiotherapy plan")
TREATMENT: Final = mark("Radiotherapy treatment record")
RT: Final = mark("Radiotherapy object")
SPECTROSCOPY: Final = mark("MR spectroscopy")
RAW: Final = mark("Raw data")
REGISTRATION: Final = mark("Registration")
FIDUCIALS: Final = mark("Fiducials")
SURFACE: Final = mark("Surface mesh")
TRACTS: Final = mark("Fibre tracts")
SPATIAL: Final = mark("Registration or raw data")
VALUES: Final = mark("Table of real-world values")
OVERLAY: Final = mark("Overlay or curve")
TABLE: Final = mark("Lookup table")
EYE: Final = mark("Eye measurement")
PRESCRIPTION: Final = mark("Spectacle prescription")
ASSESSMENT: Final = mark("Content assessment")
ANNOTATIONS: Final = mark("Microscopy annotations")
DISPLAY: Final = mark("Display layout")
PROTOCOL: Final = mark("Acquisition protocol")
INVENTORY: Final = mark("Inventory of stored objects")
PRINT: Final = mark("Stored print")
PALETTE: Final = mark("Colour palette")
IMPLANT: Final = mark("Implant template")
DIRECTORY: Final = mark("Directory of a medium (DICOMDIR)")
SCREENING: Final = mark("Security screening report")


class Listing(Enum):
    """Listing of an object."""

    IMAGE = "image"
    """In the study browser, by its pixels; among the files not shown where it has none."""
    BESIDE_IMAGES = "beside images"
    """Beside the images that it is about."""
    NAMED = "named"
    """Among the files not shown, with its name."""


class ObjectReader(Protocol):
    """Interface of a file that reads objects of a row.

    Attributes
    ----------
    LISTED, CONTENT : type
        The frozen values that its functions return; by them both cross the border of the worker.
    """

    LISTED: type
    CONTENT: type

    def list_object(self, dataset: "Header") -> Hashable:
        """Return the listed value of an object, read while files are indexed."""

    def read_object(self, dataset: "Header") -> Any:
        """Return the content of an object, read when it is asked for."""


@dataclass(frozen=True, slots=True)
class SopClass:
    """A row of the table.

    Parameters
    ----------
    uid : str
        SOP Class UID (0008,0016).
    keyword : str
        As PS3.6 has it.
    title : str
        What such an object is, for the user; an English text that is marked for translation.
    listing : Listing
    file : str
        The module that reads such objects, an `ObjectReader`; "": nothing but the name is listed. The frames
        of an image are read by `dicom.reading`, for all classes alike.
    """

    uid: str
    keyword: str
    title: str
    listing: Listing = Listing.NAMED
    file: str = ""

    @property
    def reader(self) -> ObjectReader | None:
        """The reader of its objects; None where nothing but their name is listed."""
        return cast(ObjectReader, import_module(self.file)) if self.file else None


def _named(uid: str, keyword: str, title: str) -> SopClass:
    return SopClass(ROOT + uid, keyword, title)


def _image(uid: str, keyword: str, title: str) -> SopClass:
    return SopClass(ROOT + uid, keyword, title, Listing.IMAGE)


def _state(uid: str, keyword: str) -> SopClass:
    return SopClass(
        ROOT + uid, keyword, STATE, Listing.BESIDE_IMAGES, "medviewer.dicom.objects.presentation_state"
    )


SOP_CLASSES: Final[dict[str, SopClass]] = {
    row.uid: row
    for row in (
        _named("1.3.10", "MediaStorageDirectoryStorage", DIRECTORY),
        _named("5.1.1.27", "StoredPrintStorage", PRINT),
        _image("5.1.1.29", "HardcopyGrayscaleImageStorage", HARDCOPY),
        _image("5.1.1.30", "HardcopyColorImageStorage", HARDCOPY),
        _image("5.1.4.1.1.1", "ComputedRadiographyImageStorage", X_RAY),
        _image("5.1.4.1.1.1.1", "DigitalXRayImageStorageForPresentation", X_RAY),
        _image("5.1.4.1.1.1.1.1", "DigitalXRayImageStorageForProcessing", X_RAY),
        _image("5.1.4.1.1.1.2", "DigitalMammographyXRayImageStorageForPresentation", MAMMOGRAM),
        _image("5.1.4.1.1.1.2.1", "DigitalMammographyXRayImageStorageForProcessing", MAMMOGRAM),
        _image("5.1.4.1.1.1.3", "DigitalIntraOralXRayImageStorageForPresentation", X_RAY),
        _image("5.1.4.1.1.1.3.1", "DigitalIntraOralXRayImageStorageForProcessing", X_RAY),
        _image("5.1.4.1.1.2", "CTImageStorage", CT),
        _image("5.1.4.1.1.2.1", "EnhancedCTImageStorage", CT),
        _image("5.1.4.1.1.2.2", "LegacyConvertedEnhancedCTImageStorage", CT),
        _image("5.1.4.1.1.3", "UltrasoundMultiFrameImageStorageRetired", ULTRASOUND),
        _image("5.1.4.1.1.3.1", "UltrasoundMultiFrameImageStorage", ULTRASOUND),
        _image("5.1.4.1.1.4", "MRImageStorage", MR),
        _image("5.1.4.1.1.4.1", "EnhancedMRImageStorage", MR),
        _named("5.1.4.1.1.4.2", "MRSpectroscopyStorage", SPECTROSCOPY),
        _image("5.1.4.1.1.4.3", "EnhancedMRColorImageStorage", MR),
        _image("5.1.4.1.1.4.4", "LegacyConvertedEnhancedMRImageStorage", MR),
        _image("5.1.4.1.1.5", "NuclearMedicineImageStorageRetired", NUCLEAR),
        _image("5.1.4.1.1.6", "UltrasoundImageStorageRetired", ULTRASOUND),
        _image("5.1.4.1.1.6.1", "UltrasoundImageStorage", ULTRASOUND),
        _image("5.1.4.1.1.6.2", "EnhancedUSVolumeStorage", ULTRASOUND),
        _image("5.1.4.1.1.6.3", "PhotoacousticImageStorage", ULTRASOUND),
        _image("5.1.4.1.1.7", "SecondaryCaptureImageStorage", CAPTURE),
        _image("5.1.4.1.1.7.1", "MultiFrameSingleBitSecondaryCaptureImageStorage", CAPTURE),
        _image("5.1.4.1.1.7.2", "MultiFrameGrayscaleByteSecondaryCaptureImageStorage", CAPTURE),
        _image("5.1.4.1.1.7.3", "MultiFrameGrayscaleWordSecondaryCaptureImageStorage", CAPTURE),
        _image("5.1.4.1.1.7.4", "MultiFrameTrueColorSecondaryCaptureImageStorage", CAPTURE),
        _named("5.1.4.1.1.8", "StandaloneOverlayStorage", OVERLAY),
        _named("5.1.4.1.1.9", "StandaloneCurveStorage", OVERLAY),
        _named("5.1.4.1.1.9.1", "WaveformStorageTrial", WAVEFORM),
        _named("5.1.4.1.1.9.1.1", "TwelveLeadECGWaveformStorage", ECG),
        _named("5.1.4.1.1.9.1.2", "GeneralECGWaveformStorage", ECG),
        _named("5.1.4.1.1.9.1.3", "AmbulatoryECGWaveformStorage", ECG),
        _named("5.1.4.1.1.9.1.4", "General32bitECGWaveformStorage", ECG),
        _named("5.1.4.1.1.9.2.1", "HemodynamicWaveformStorage", PRESSURE),
        _named("5.1.4.1.1.9.3.1", "CardiacElectrophysiologyWaveformStorage", HEART),
        _named("5.1.4.1.1.9.4.1", "BasicVoiceAudioWaveformStorage", AUDIO),
        _named("5.1.4.1.1.9.4.2", "GeneralAudioWaveformStorage", AUDIO),
        _named("5.1.4.1.1.9.5.1", "ArterialPulseWaveformStorage", PRESSURE),
        _named("5.1.4.1.1.9.6.1", "RespiratoryWaveformStorage", BREATHING),
        _named("5.1.4.1.1.9.6.2", "MultichannelRespiratoryWaveformStorage", BREATHING),
        _named("5.1.4.1.1.9.7.1", "RoutineScalpElectroencephalogramWaveformStorage", EEG),
        _named("5.1.4.1.1.9.7.2", "ElectromyogramWaveformStorage", MUSCLE),
        _named("5.1.4.1.1.9.7.3", "ElectrooculogramWaveformStorage", MUSCLE),
        _named("5.1.4.1.1.9.7.4", "SleepElectroencephalogramWaveformStorage", EEG),
        _named("5.1.4.1.1.9.8.1", "BodyPositionWaveformStorage", WAVEFORM),
        _named("5.1.4.1.1.10", "StandaloneModalityLUTStorage", TABLE),
        _named("5.1.4.1.1.11", "StandaloneVOILUTStorage", TABLE),
        _state("5.1.4.1.1.11.1", "GrayscaleSoftcopyPresentationStateStorage"),
        _state("5.1.4.1.1.11.2", "ColorSoftcopyPresentationStateStorage"),
        _named("5.1.4.1.1.11.3", "PseudoColorSoftcopyPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.4", "BlendingSoftcopyPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.5", "XAXRFGrayscaleSoftcopyPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.6", "GrayscalePlanarMPRVolumetricPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.7", "CompositingPlanarMPRVolumetricPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.8", "AdvancedBlendingPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.9", "VolumeRenderingVolumetricPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.10", "SegmentedVolumeRenderingVolumetricPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.11", "MultipleVolumeRenderingVolumetricPresentationStateStorage", STATE),
        _named("5.1.4.1.1.11.12", "VariableModalityLUTSoftcopyPresentationStateStorage", STATE),
        _image("5.1.4.1.1.12.1", "XRayAngiographicImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.12.1.1", "EnhancedXAImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.12.2", "XRayRadiofluoroscopicImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.12.2.1", "EnhancedXRFImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.12.3", "XRayAngiographicBiPlaneImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.13.1.1", "XRay3DAngiographicImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.13.1.2", "XRay3DCraniofacialImageStorage", ANGIOGRAM),
        _image("5.1.4.1.1.13.1.3", "BreastTomosynthesisImageStorage", MAMMOGRAM),
        _image("5.1.4.1.1.13.1.4", "BreastProjectionXRayImageStorageForPresentation", MAMMOGRAM),
        _image("5.1.4.1.1.13.1.5", "BreastProjectionXRayImageStorageForProcessing", MAMMOGRAM),
        _image("5.1.4.1.1.14.1", "IntravascularOpticalCoherenceTomographyImageStorageForPresentation", OCT),
        _image("5.1.4.1.1.14.2", "IntravascularOpticalCoherenceTomographyImageStorageForProcessing", OCT),
        _image("5.1.4.1.1.20", "NuclearMedicineImageStorage", NUCLEAR),
        _image("5.1.4.1.1.30", "ParametricMapStorage", MAP),
        _named("5.1.4.1.1.66", "RawDataStorage", RAW),
        _named("5.1.4.1.1.66.1", "SpatialRegistrationStorage", REGISTRATION),
        _named("5.1.4.1.1.66.2", "SpatialFiducialsStorage", FIDUCIALS),
        _named("5.1.4.1.1.66.3", "DeformableSpatialRegistrationStorage", REGISTRATION),
        _image("5.1.4.1.1.66.4", "SegmentationStorage", SEGMENTATION),
        _named("5.1.4.1.1.66.5", "SurfaceSegmentationStorage", SURFACE),
        _named("5.1.4.1.1.66.6", "TractographyResultsStorage", TRACTS),
        _image("5.1.4.1.1.66.7", "LabelMapSegmentationStorage", SEGMENTATION),
        _named("5.1.4.1.1.67", "RealWorldValueMappingStorage", VALUES),
        _named("5.1.4.1.1.68.1", "SurfaceScanMeshStorage", SURFACE),
        _named("5.1.4.1.1.68.2", "SurfaceScanPointCloudStorage", SURFACE),
        _image("5.1.4.1.1.77.1", "VLImageStorageTrial", PHOTOGRAPH),
        _image("5.1.4.1.1.77.2", "VLMultiFrameImageStorageTrial", PHOTOGRAPH),
        _image("5.1.4.1.1.77.1.1", "VLEndoscopicImageStorage", ENDOSCOPY),
        _image("5.1.4.1.1.77.1.1.1", "VideoEndoscopicImageStorage", ENDOSCOPY),
        _image("5.1.4.1.1.77.1.2", "VLMicroscopicImageStorage", MICROSCOPY),
        _image("5.1.4.1.1.77.1.2.1", "VideoMicroscopicImageStorage", MICROSCOPY),
        _image("5.1.4.1.1.77.1.3", "VLSlideCoordinatesMicroscopicImageStorage", MICROSCOPY),
        _image("5.1.4.1.1.77.1.4", "VLPhotographicImageStorage", PHOTOGRAPH),
        _image("5.1.4.1.1.77.1.4.1", "VideoPhotographicImageStorage", PHOTOGRAPH),
        _image("5.1.4.1.1.77.1.5.1", "OphthalmicPhotography8BitImageStorage", EYE_IMAGE),
        _image("5.1.4.1.1.77.1.5.2", "OphthalmicPhotography16BitImageStorage", EYE_IMAGE),
        _named("5.1.4.1.1.77.1.5.3", "StereometricRelationshipStorage", EYE),
        _image("5.1.4.1.1.77.1.5.4", "OphthalmicTomographyImageStorage", EYE_IMAGE),
        _image(
            "5.1.4.1.1.77.1.5.5",
            "WideFieldOphthalmicPhotographyStereographicProjectionImageStorage",
            EYE_IMAGE,
        ),
        _image("5.1.4.1.1.77.1.5.6", "WideFieldOphthalmicPhotography3DCoordinatesImageStorage", EYE_IMAGE),
        _image("5.1.4.1.1.77.1.5.7", "OphthalmicOpticalCoherenceTomographyEnFaceImageStorage", EYE_IMAGE),
        _image(
            "5.1.4.1.1.77.1.5.8", "OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage", EYE_IMAGE
        ),
        _image("5.1.4.1.1.77.1.6", "VLWholeSlideMicroscopyImageStorage", MICROSCOPY),
        _image("5.1.4.1.1.77.1.7", "DermoscopicPhotographyImageStorage", PHOTOGRAPH),
        _image("5.1.4.1.1.77.1.8", "ConfocalMicroscopyImageStorage", MICROSCOPY),
        _image("5.1.4.1.1.77.1.9", "ConfocalMicroscopyTiledPyramidalImageStorage", MICROSCOPY),
        _named("5.1.4.1.1.78.1", "LensometryMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.2", "AutorefractionMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.3", "KeratometryMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.4", "SubjectiveRefractionMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.5", "VisualAcuityMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.6", "SpectaclePrescriptionReportStorage", PRESCRIPTION),
        _named("5.1.4.1.1.78.7", "OphthalmicAxialMeasurementsStorage", EYE),
        _named("5.1.4.1.1.78.8", "IntraocularLensCalculationsStorage", EYE),
        _named("5.1.4.1.1.79.1", "MacularGridThicknessAndVolumeReportStorage", EYE),
        _named("5.1.4.1.1.80.1", "OphthalmicVisualFieldStaticPerimetryMeasurementsStorage", EYE),
        _image("5.1.4.1.1.81.1", "OphthalmicThicknessMapStorage", EYE_IMAGE),
        _image("5.1.4.1.1.82.1", "CornealTopographyMapStorage", EYE_IMAGE),
        _named("5.1.4.1.1.88.1", "TextSRStorageTrial", REPORT),
        _named("5.1.4.1.1.88.2", "AudioSRStorageTrial", REPORT),
        _named("5.1.4.1.1.88.3", "DetailSRStorageTrial", REPORT),
        _named("5.1.4.1.1.88.4", "ComprehensiveSRStorageTrial", REPORT),
        _named("5.1.4.1.1.88.11", "BasicTextSRStorage", REPORT),
        _named("5.1.4.1.1.88.22", "EnhancedSRStorage", REPORT),
        _named("5.1.4.1.1.88.33", "ComprehensiveSRStorage", REPORT),
        _named("5.1.4.1.1.88.34", "Comprehensive3DSRStorage", REPORT),
        _named("5.1.4.1.1.88.35", "ExtensibleSRStorage", REPORT),
        _named("5.1.4.1.1.88.40", "ProcedureLogStorage", LOG),
        _named("5.1.4.1.1.88.50", "MammographyCADSRStorage", CAD),
        _named("5.1.4.1.1.88.59", "KeyObjectSelectionDocumentStorage", KEY_IMAGES),
        _named("5.1.4.1.1.88.65", "ChestCADSRStorage", CAD),
        _named("5.1.4.1.1.88.67", "XRayRadiationDoseSRStorage", DOSE_REPORT),
        _named("5.1.4.1.1.88.68", "RadiopharmaceuticalRadiationDoseSRStorage", DOSE_REPORT),
        _named("5.1.4.1.1.88.69", "ColonCADSRStorage", CAD),
        _named("5.1.4.1.1.88.70", "ImplantationPlanSRStorage", REPORT),
        _named("5.1.4.1.1.88.71", "AcquisitionContextSRStorage", REPORT),
        _named("5.1.4.1.1.88.72", "SimplifiedAdultEchoSRStorage", ECHO),
        _named("5.1.4.1.1.88.73", "PatientRadiationDoseSRStorage", DOSE_REPORT),
        _named("5.1.4.1.1.88.74", "PlannedImagingAgentAdministrationSRStorage", AGENT),
        _named("5.1.4.1.1.88.75", "PerformedImagingAgentAdministrationSRStorage", AGENT),
        _named("5.1.4.1.1.88.76", "EnhancedXRayRadiationDoseSRStorage", DOSE_REPORT),
        _named("5.1.4.1.1.88.77", "WaveformAnnotationSRStorage", REPORT),
        _named("5.1.4.1.1.90.1", "ContentAssessmentResultsStorage", ASSESSMENT),
        _named("5.1.4.1.1.91.1", "MicroscopyBulkSimpleAnnotationsStorage", ANNOTATIONS),
        _named("5.1.4.1.1.104.1", "EncapsulatedPDFStorage", PDF),
        _named("5.1.4.1.1.104.2", "EncapsulatedCDAStorage", CDA),
        _named("5.1.4.1.1.104.3", "EncapsulatedSTLStorage", MODEL),
        _named("5.1.4.1.1.104.4", "EncapsulatedOBJStorage", MODEL),
        _named("5.1.4.1.1.104.5", "EncapsulatedMTLStorage", MODEL),
        _image("5.1.4.1.1.128", "PositronEmissionTomographyImageStorage", PET),
        _image("5.1.4.1.1.128.1", "LegacyConvertedEnhancedPETImageStorage", PET),
        _named("5.1.4.1.1.129", "StandalonePETCurveStorage", OVERLAY),
        _image("5.1.4.1.1.130", "EnhancedPETImageStorage", PET),
        _named("5.1.4.1.1.131", "BasicStructuredDisplayStorage", DISPLAY),
        _named("5.1.4.1.1.200.1", "CTDefinedProcedureProtocolStorage", PROTOCOL),
        _named("5.1.4.1.1.200.2", "CTPerformedProcedureProtocolStorage", PROTOCOL),
        _named("5.1.4.1.1.200.3", "ProtocolApprovalStorage", PROTOCOL),
        _named("5.1.4.1.1.200.7", "XADefinedProcedureProtocolStorage", PROTOCOL),
        _named("5.1.4.1.1.200.8", "XAPerformedProcedureProtocolStorage", PROTOCOL),
        _named("5.1.4.1.1.201.1", "InventoryStorage", INVENTORY),
        _image("5.1.4.1.1.481.1", "RTImageStorage", RT_IMAGE),
        _image("5.1.4.1.1.481.2", "RTDoseStorage", RT_DOSE),
        _named("5.1.4.1.1.481.3", "RTStructureSetStorage", STRUCTURES),
        _named("5.1.4.1.1.481.4", "RTBeamsTreatmentRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.5", "RTPlanStorage", PLAN),
        _named("5.1.4.1.1.481.6", "RTBrachyTreatmentRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.7", "RTTreatmentSummaryRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.8", "RTIonPlanStorage", PLAN),
        _named("5.1.4.1.1.481.9", "RTIonBeamsTreatmentRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.10", "RTPhysicianIntentStorage", RT),
        _named("5.1.4.1.1.481.11", "RTSegmentAnnotationStorage", RT),
        _named("5.1.4.1.1.481.12", "RTRadiationSetStorage", RT),
        _named("5.1.4.1.1.481.13", "CArmPhotonElectronRadiationStorage", RT),
        _named("5.1.4.1.1.481.14", "TomotherapeuticRadiationStorage", RT),
        _named("5.1.4.1.1.481.15", "RoboticArmRadiationStorage", RT),
        _named("5.1.4.1.1.481.16", "RTRadiationRecordSetStorage", TREATMENT),
        _named("5.1.4.1.1.481.17", "RTRadiationSalvageRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.18", "TomotherapeuticRadiationRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.19", "CArmPhotonElectronRadiationRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.20", "RoboticRadiationRecordStorage", TREATMENT),
        _named("5.1.4.1.1.481.21", "RTRadiationSetDeliveryInstructionStorage", RT),
        _named("5.1.4.1.1.481.22", "RTTreatmentPreparationStorage", RT),
        _image("5.1.4.1.1.481.23", "EnhancedRTImageStorage", RT_IMAGE),
        _image("5.1.4.1.1.481.24", "EnhancedContinuousRTImageStorage", RT_IMAGE),
        _named("5.1.4.1.1.481.25", "RTPatientPositionAcquisitionInstructionStorage", RT),
        _image("5.1.4.1.1.501.1", "DICOSCTImageStorage", INDUSTRIAL),
        _image("5.1.4.1.1.501.2.1", "DICOSDigitalXRayImageStorageForPresentation", INDUSTRIAL),
        _image("5.1.4.1.1.501.2.2", "DICOSDigitalXRayImageStorageForProcessing", INDUSTRIAL),
        _named("5.1.4.1.1.501.3", "DICOSThreatDetectionReportStorage", SCREENING),
        _named("5.1.4.1.1.501.4", "DICOS2DAITStorage", SCREENING),
        _named("5.1.4.1.1.501.5", "DICOS3DAITStorage", SCREENING),
        _named("5.1.4.1.1.501.6", "DICOSQuadrupoleResonanceStorage", SCREENING),
        _image("5.1.4.1.1.601.1", "EddyCurrentImageStorage", INDUSTRIAL),
        _image("5.1.4.1.1.601.2", "EddyCurrentMultiFrameImageStorage", INDUSTRIAL),
        _named("5.1.4.34.1", "RTBeamsDeliveryInstructionStorageTrial", RT),
        _named("5.1.4.34.7", "RTBeamsDeliveryInstructionStorage", RT),
        _named("5.1.4.34.10", "RTBrachyApplicationSetupDeliveryInstructionStorage", RT),
        _named("5.1.4.38.1", "HangingProtocolStorage", DISPLAY),
        _named("5.1.4.39.1", "ColorPaletteStorage", PALETTE),
        _named("5.1.4.43.1", "GenericImplantTemplateStorage", IMPLANT),
        _named("5.1.4.44.1", "ImplantAssemblyTemplateStorage", IMPLANT),
        _named("5.1.4.45.1", "ImplantTemplateGroupStorage", IMPLANT),
    )
}

FAMILIES: Final = {
    STORAGE + "4.2": SPECTROSCOPY,
    STORAGE + "9": WAVEFORM,
    STORAGE + "11": STATE,
    STORAGE + "66": SPATIAL,
    STORAGE + "88": REPORT,
    STORAGE + "104": DOCUMENT,
    STORAGE + "481": RT,
}
"""Objects of newer or private classes, by the root of their UID."""


def sop_class(uid: str) -> SopClass | None:
    """Return the row of a SOP Class UID or of its family, or None.

    The family's, for a class that the table lacks.
    """
    known = SOP_CLASSES.get(uid)
    if known is not None:
        return known
    roots = [root for root in FAMILIES if uid.startswith(root + ".")]
    return SopClass(uid, "", FAMILIES[max(roots, key=len)]) if roots else None
