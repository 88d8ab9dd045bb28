"""medviewer: a desktop DICOM viewer for clinicians.

Research and education, not for diagnosis. Name the library and you have named the folder. The stack is read
top-down; imports only point down:

    app  cli                      wire everything; nothing imports them
    gui  training                 PySide6, pyqtgraph | torch, fabric, onnx, scikit-learn, matplotlib
    export                        Pillow
    viewer                        no Qt: the state of the panes as one frozen value, texts, prefetching
    inference  dicom              onnxruntime, torch, safetensors | pydicom, imagecodecs (own process)
    imaging                       numpy, cv2
    settings storage diagnostics libraries process paths limits errors translation    standard library

The two ways data flows:

    show:      Path -dicom.library-> StoredStack -dicom.workers-> Frame
               -imaging.processing-> Processed -imaging.display-> uint8 -> pane
    classify:  Frame -inference.gates-> -inference.input-> (1, C, H, W) float32
               -inference.engines-> ModelResult -> pane, export

docs/architecture.md has both as images, docs/adr the reasons.
"""

from medviewer import libraries, process

__version__ = "0.1.0"

libraries.silence()  # before any of them can be loaded, on every way into the program
process.load_without_collecting()
