"""Rules of this code base that no ready-made linter knows.

Each is a function from a source text to its findings.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache

MOST_LINES_OF_A_FILE = 600  # above 400 a reader asks which two things it is
MOST_LINES_OF_A_FUNCTION = 60
MOST_SIGNS_OF_A_FIRST_LINE = 72
CLAUSE = re.compile(r"\b[Ww]hat\b|^(How|Where|Which|Whose)\b|^Return (who|where)\b")

Lint = Callable[[str, str], Iterator[str]]

STANDARD_PATHS = ("medviewer/storage.py",)
LABELS = "medviewer/gui/widgets/labels.py"
TORCH_MAY_BE_IN = (
    "medviewer/inference/engines/lite0.py",
    "medviewer/inference/engines/networks.py",
    "medviewer/inference/engines/outline.py",
    "medviewer/inference/engines/torch.py",
    "medviewer/training/",
)
PUBLISHED_WEIGHTS = "medviewer/training/fit/imagenet.py"
FORBIDDEN_MODULES = (
    "pickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "torchvision",
    "gdcm",
    "requests",
    "urllib.request",
    "matplotlib.pyplot",
    "pylab",
)
MATPLOTLIB_MAY_BE_IN = "medviewer/training/"
ONNXRUNTIME_MAY_BE_IN = "medviewer/libraries.py"
LATE_LIBRARIES = (
    "cryptography",
    "cv2",
    "distributed",
    "imagecodecs",
    "numpy",
    "onnxruntime",
    "platformdirs",
    "pydicom",
    "ctypes",
    "fcntl",  # there and the next two: not on every system
    "resource",
    "msvcrt",
    "multiprocessing.connection",
    "hashlib",
    "tarfile",
    "tempfile",
    "PySide6.QtSvg",
)
LATE_MODULES = (  # they load one of these libraries, or are loaded for few files
    "medviewer.dicom.attributes.mask_operations",
    "medviewer.dicom.workers.frame_codec",
    "medviewer.dicom.files.archive",
    "medviewer.dicom.header.repair",
    "medviewer.dicom.header.unwritten",
    "medviewer.dicom.library",
    "medviewer.dicom.pixels",
    "medviewer.dicom.reading",
    "medviewer.dicom.text.undeclared_text",
    "medviewer.export.provenance",
    "medviewer.imaging.processing",
    "medviewer.inference.engines.torch",
    "medviewer.inference.gates",
    "medviewer.inference.input",
    "medviewer.training",
    "medviewer.viewer.render.measurements",
    "medviewer.viewer.memory",
    "medviewer.viewer.state.slice_annotations",
    "medviewer.viewer.tools",
)
KNOW_NO_FILES = ("medviewer/viewer/", "medviewer/gui/", "medviewer/export/")
ALLOWED_LATE = (*LATE_LIBRARIES, *LATE_MODULES)
LATE_EVERYTHING = ("medviewer/cli/__init__.py", "medviewer/libraries.py")  # loaded by every start
IMPORTING_CALLS = ("import_module", "__import__", "importorskip")
GUI_LIBRARIES = ("PySide6", "pyqtgraph", "shiboken6", "numpy", "medviewer")
WRITING_CALLS = {
    "imread": "fails silently on a path that is not ASCII: read the bytes and use cv2.imdecode",
    "imwrite": "fails silently: encode and use storage.atomic_write",
    "save_as": "tears the old file when the disk is full: write to memory and use storage.atomic_write",
    "write_text": "not whole on a full disk: use storage.atomic_write",
    "write_bytes": "not whole on a full disk: use storage.atomic_write",
    "savez": "use storage.atomic_write",
    "savefig": "use storage.atomic_write with an in-memory file",
    "save_file": "use safetensors.*.save and storage.atomic_write",
}
IMAGES = ("image", "pixmap", "picture", "grab", "figure")
IN_MEMORY = ("BytesIO", "QBuffer", "DicomBytesIO")


@cache
def parsed(source: str) -> ast.Module:
    """Parse a file once for all rules."""
    return ast.parse(source)


@cache
def walked(source: str) -> tuple[ast.AST, ...]:
    """Return the nodes of a file, walked once for all rules."""
    return tuple(ast.walk(parsed(source)))


def writing(path: str, source: str) -> Iterator[str]:
    """Find calls that may tear a file or fail without saying so."""
    if not path.startswith("medviewer/") or path in STANDARD_PATHS:
        return
    buffers = _buffers(source)
    for call in _calls(source):
        name = _called(call)
        in_memory = bool(call.args) and ast.unparse(call.args[0]) in buffers
        if name in WRITING_CALLS and not (name in ("savefig", "save_as", "savez") and in_memory):
            yield f"{path}:{call.lineno} {name}: {WRITING_CALLS[name]}"
        elif name == "save" and call.args and not in_memory and isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value).lower()
            if any(word in owner for word in IMAGES):
                yield f"{path}:{call.lineno} {owner}.save to a path: use storage.atomic_write"
        elif name == "open" and _opens_for_writing(call):
            yield f"{path}:{call.lineno} open for writing: use storage.atomic_write"


def imports(path: str, source: str) -> Iterator[str]:
    """Find imports of forbidden modules, and those in the wrong place.

    Forbidden is a module that runs code from files, or one that has to be silenced.
    """
    for line, module in _imports(walked(source)):
        top = module.partition(".")[0]
        if top == "onnxruntime" and path != ONNXRUNTIME_MAY_BE_IN:
            yield f"{path}:{line} imports onnxruntime: use libraries.load_onnxruntime, which silences it"
        if path.startswith("medviewer/") and any(
            module == name or module.startswith(f"{name}.") for name in FORBIDDEN_MODULES
        ):
            yield f"{path}:{line} imports {module}"
        if top == "torch" and path.startswith("medviewer/") and not path.startswith(TORCH_MAY_BE_IN):
            yield f"{path}:{line} imports torch"
        if (
            top == "matplotlib"
            and path.startswith("medviewer/")
            and not path.startswith(MATPLOTLIB_MAY_BE_IN)
        ):
            yield f"{path}:{line} imports matplotlib"
        if path.startswith("medviewer/gui/") and top not in GUI_LIBRARIES and not _is_standard(top):
            yield f"{path}:{line} imports {top}: in gui only {', '.join(GUI_LIBRARIES)}"


def late_imports(path: str, source: str) -> Iterator[str]:
    """Find imports inside functions that keep nothing heavy out of the start."""
    if not path.startswith("medviewer/") or path in LATE_EVERYTHING:
        return
    for line, module in inside_functions(source):
        if not any(module == one or module.startswith(f"{one}.") for one in ALLOWED_LATE):
            yield f"{path}:{line} imports {module} inside a function"


def inside_functions(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, module) of the imports inside functions."""
    for function in walked(source):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(ast.walk(function))


def without_qt(path: str, source: str) -> Iterator[str]:
    """Find modules of the gui that use no Qt.

    They belong into the viewer, where no window is needed.
    """
    if not path.startswith("medviewer/gui/") or path.endswith("__init__.py"):
        return
    used = {
        module.partition(".")[0]
        for node in _running(parsed(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }
    if not used & {"PySide6", "pyqtgraph"}:
        yield f"{path} uses no Qt"


def slices_as_files(path: str, source: str) -> Iterator[str]:
    """Find references to files where a slice may come from elsewhere.

    An ImageSource and its SliceKey.
    """
    if path.startswith(KNOW_NO_FILES):
        for node in walked(source):
            named = {
                ast.Name: lambda one: one.id,
                ast.Attribute: lambda one: one.attr,
                ast.alias: lambda one: one.name,
                ast.Constant: lambda one: one.value if isinstance(one.value, str) else "",
            }.get(type(node), lambda _: "")(node)
            if re.search(r"\bFrameReference\b", named):
                yield f"{path}:{getattr(node, 'lineno', 0)} FrameReference: speak of ImageSource and SliceKey"


def unsafe_loading(path: str, source: str) -> Iterator[str]:
    """Find calls that can run code from a file or fetch one.

    torch.load, torch.hub, allow_pickle.
    """
    for call in _calls(source):
        text = ast.unparse(call.func)
        words = {word.arg: ast.unparse(word.value) for word in call.keywords}
        if text == "torch.load" and path == PUBLISHED_WEIGHTS and words.get("weights_only") == "True":
            continue  # a file of a pinned package, its hash compared; it can hold nothing but tensors
        if text in ("torch.load", "torch.save") or text.startswith("torch.hub"):
            yield f"{path}:{call.lineno} {text}: weights are safetensors"
        if any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in call.keywords):
            yield f"{path}:{call.lineno} allow_pickle"


def sleeping(path: str, source: str) -> Iterator[str]:
    """Find tests that sleep instead of waiting for a signal."""
    if not path.startswith("tests/") or path.startswith("tests/benchmarks/"):
        return
    for call in _calls(source):
        sleeps = _called(call) in ("sleep", "qWait", "qSleep") and ast.unparse(call.args[0]) != "0"
        if sleeps or (_called(call) == "wait" and ast.unparse(call.func).startswith("qtbot")):
            yield f"{path}:{call.lineno} sleeps: wait for the signal or the condition"


def widgets(path: str, source: str) -> Iterator[str]:
    """Find widgets that draw markup of files or note where files lie."""
    if not path.startswith("medviewer/") or path == LABELS:
        return
    for call in _calls(source):
        text = ast.unparse(call.func)
        if _called(call) == "QLabel":
            yield f"{path}:{call.lineno} QLabel: use labels.plain_label, which draws no markup"
        if _called(call) == "setTextFormat" and "PlainText" not in ast.unparse(call):
            yield f"{path}:{call.lineno} {text}: only plain text"
        if _called(call) == "QFileDialog":
            yield f"{path}:{call.lineno} QFileDialog: use file_dialog.FileDialog, which notes no places"
        if _called(call) in ("setHtml", "insertHtml", "appendHtml"):
            yield f"{path}:{call.lineno} {text}: only plain text"


def swallowing(path: str, source: str) -> Iterator[str]:
    """Find errors that are swallowed without a trace."""
    for node in walked(source):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if broad and all(isinstance(line, ast.Pass) for line in node.body):
            yield f"{path}:{node.lineno} except: pass"


def size(path: str, source: str) -> Iterator[str]:
    """Find files and functions that are too long to be read at once."""
    lines = len(source.splitlines())
    if lines > MOST_LINES_OF_A_FILE:
        yield f"{path} has {lines} lines, at most {MOST_LINES_OF_A_FILE}"
    for node in walked(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                most = MOST_LINES_OF_A_FUNCTION
                yield f"{path}:{node.lineno} {node.name} has {length} lines, at most {most}"


def names(path: str, source: str) -> Iterator[str]:
    """Find classes and files that are named after no thing."""
    empty = ("Manager", "Handler", "Helper", "Controller", "Utils")
    if path.endswith(("utils.py", "helpers.py", "misc.py", "common.py")):
        yield f"{path} is named after no thing"
    for node in walked(source):
        if isinstance(node, ast.ClassDef) and node.name.endswith(empty):
            yield f"{path}:{node.lineno} {node.name} is named after no thing"


def docstrings(path: str, source: str) -> Iterator[str]:
    """Find public modules, classes, functions and methods without a docstring."""
    if not path.startswith("medviewer/"):
        return
    module = parsed(source)
    if source.strip() and ast.get_docstring(module) is None:
        yield f"{path} has no docstring"
    for node in _public(module):
        if ast.get_docstring(node) is None and not _is_override(node):
            yield f"{path}:{node.lineno} {node.name} has no docstring"


def first_lines(path: str, source: str) -> Iterator[str]:
    """Find docstrings with a first line that is long or a riddle.

    A riddle has a clause in place of a noun ("what it lacks"). In tests, names say what a test is about: only
    other functions and classes are looked at.
    """
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in walked(source):
        is_seen = isinstance(node, ast.Module | kinds)
        if is_seen and not (path.startswith("tests/") and getattr(node, "name", "test_").startswith("test_")):
            first = (ast.get_docstring(node) or "").partition("\n")[0]
            place = f"{path}:{getattr(node, 'lineno', 1)}"
            if len(first) > MOST_SIGNS_OF_A_FIRST_LINE:
                yield f"{place} at most {MOST_SIGNS_OF_A_FIRST_LINE} characters in: {first}"
            if CLAUSE.search(first):
                yield f"{place} a noun of the field in place of the clause in: {first}"


LINTS: dict[str, Lint] = {
    lint.__name__: lint
    for lint in (
        writing,
        imports,
        late_imports,
        without_qt,
        slices_as_files,
        unsafe_loading,
        sleeping,
        widgets,
        swallowing,
        size,
        names,
        docstrings,
        first_lines,
    )
}


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in walked(source) if isinstance(node, ast.Call))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree that run.

    Those that are there for the type checker only are left out.
    """
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def _buffers(source: str) -> set[str]:
    """Return the names of files that exist in memory only."""
    return {
        ast.unparse(target)
        for node in walked(source)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and _called(node.value) in IN_MEMORY
        for target in node.targets
    }


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _opens_for_writing(call: ast.Call) -> bool:
    is_method = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) not in (
        "io",
        "builtins",
    )
    if is_method and ast.unparse(call.func) == "os.open":
        return False  # descriptors without a user's file behind them; O_CREAT is the log's
    position = 0 if is_method else 1
    modes = [word.value for word in call.keywords if word.arg == "mode"] + call.args[position : position + 1]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax+")
        for mode in modes
    )


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield (line, module) of the imports among nodes.

    An import is a statement or a call with the name of a module.
    """
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and _called(node) in IMPORTING_CALLS:
            yield from (
                (node.lineno, name.value)
                for name in node.args[:1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str)
            )


def _is_standard(module: str) -> bool:
    return module in sys.stdlib_module_names


def _public(module: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in module.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner
                    for inner in node.body
                    if isinstance(inner, kinds) and not inner.name.startswith("_")
                )


def _is_override(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        ast.unparse(decorator).endswith(("override", "overload", ".setter"))
        for decorator in node.decorator_list
    )
