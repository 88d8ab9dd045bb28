"""The guards that keep results on their own images, and what stands in their place without them."""

from dataclasses import dataclass

STATE = "medviewer/viewer/state.py"
DISPLAY = "medviewer/gui/session/display.py"
LANE = "medviewer/dicom/decoder/worker_handle.py"
LOADING = "medviewer/gui/session/frame_loader.py"
PANE = "medviewer/gui/panes/pane.py"
PANE_AHEAD = "medviewer/gui/panes/prerender.py"
PANE_ITEMS = "medviewer/gui/panes/items.py"
VIEWS = "medviewer/gui/session/processing.py"
FEATURES = "medviewer/gui/dialogs/features.py"
CLASSIFICATION = "medviewer/gui/session/classification.py"
OPENINGS = "medviewer/gui/session/scans.py"
READER = "medviewer/dicom/reading/frame_reader.py"
SANDBOX = "medviewer/dicom/decoder/sandbox.py"
SESSION = "medviewer/gui/session/session.py"
TASKS = "medviewer/gui/session/tasks.py"
MODEL = "medviewer/dicom/model.py"
WIRE = "medviewer/dicom/decoder/frame_codec.py"


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard and its removal: `there` must stand in the file exactly once."""

    name: str
    file: str
    there: str
    without: str


GUARDS = (
    Guard(
        "navigating clears the outcome",
        STATE,
        "        outcome=None,\n        token=Token(state.epoch),\n        annotations=(),",
        "        token=Token(state.epoch),\n        annotations=(),",
    ),
    Guard(
        "navigating clears the frame",
        STATE,
        "        frame=None,\n        failure=NOTHING,",
        "        failure=NOTHING,",
    ),
    Guard(
        "navigating takes the token back",
        STATE,
        "        token=Token(state.epoch),\n        annotations=(),",
        "        annotations=(),",
    ),
    Guard(
        "navigating takes the annotations away",
        STATE,
        "        annotations=(),\n        annotations_apart=0,",
        "        annotations_apart=0,",
    ),
    Guard(
        "annotations of another version of an image are not drawn",
        "medviewer/viewer/slice_annotations.py",
        "tuple(one for one in found if one.image_sha256 == version)",
        "found",
    ),
    Guard(
        "annotations of another frame of reference are not drawn",
        "medviewer/imaging/annotation/placement.py",
        "if annotation.frame_of_reference != digest(geometry.frame_of_reference_uid):",
        "if not annotation.frame_of_reference:",
    ),
    Guard(
        "saved annotations keep those of another window",
        "medviewer/viewer/annotations.py",
        "base if there is None else there",
        "base",
    ),
    Guard(
        "one window at a time saves annotations",
        "medviewer/viewer/annotations.py",
        "if not is_alone:",
        "if False:",
    ),
    Guard(
        "a file of annotations that was not read is not written over",
        "medviewer/viewer/annotations.py",
        "if not may_write:",
        "if False:",
    ),
    Guard(
        "a result is painted by its token",
        STATE,
        "pane is not None and pane.token == token",
        "pane is not None",
    ),
    Guard("the echoed key is compared", STATE, "if outcome.key != token.key:", "if outcome is None:"),
    Guard(
        "results of closed data are dropped",
        STATE,
        "if token.epoch < state.valid_since or token.key is None:",
        "if token.key is None:",
    ),
    Guard(
        "opening begins an epoch",
        STATE,
        "    return _with_epoch(state, state.epoch + 1)\n",
        "    return state\n",
    ),
    Guard(
        "closing all ends the validity of results on their way",
        STATE,
        "        valid_since=epoch,\n        model=state.model,",
        "        model=state.model,",
    ),
    Guard(
        "closing a study ends the validity of results on their way",
        STATE,
        "panes=panes, results=results, valid_since=epoch)",
        "panes=panes, results=results)",
    ),
    Guard(
        "closing a study forgets its results",
        STATE,
        "panes=panes, results=results, valid_since=epoch)",
        "panes=panes, valid_since=epoch)",
    ),
    Guard(
        "another model begins an epoch",
        STATE,
        "changed = _with_epoch(replace(state, model=model), state.epoch + 1)",
        "changed = replace(state, model=model)",
    ),
    Guard(
        "choosing another model takes results off at once",
        SESSION,
        "        self._display.swap(ds.change_model(self.state, None))\n",
        "",
    ),
    Guard(
        "the key holds the model",
        STATE,
        "model_sha256=model.model_sha256,",
        'model_sha256="",',
    ),
    Guard("the key holds the pixels", STATE, "pixel_sha256=frame.pixel_sha256,", 'pixel_sha256="",'),
    Guard(
        "the key holds what the pixels mean",
        "medviewer/imaging/frame/frame.py",
        "digest.update(repr(self.modality).encode())",
        "pass",
    ),
    Guard("the key holds the frame's number", STATE, "frame_number=frame.frame_number,", "frame_number=1,"),
    Guard(
        "the key holds the instance",
        STATE,
        "sop_instance_uid=frame.sop_instance_uid,",
        'sop_instance_uid="",',
    ),
    Guard(
        "a frame goes to panes that wait for it only",
        STATE,
        "if pane is not None and pane.frame is None and pane.slice_key == key",
        "if pane is not None and pane.frame is None",
    ),
    Guard(
        "a failure goes to panes that wait for its frame only",
        STATE,
        "and not pane.failure and pane.slice_key == key",
        "and not pane.failure",
    ),
    Guard(
        "a frame is what its key names",
        STATE,
        "if not key.names(frame):",
        "if False:",
    ),
    Guard(
        "growing stacks keep their patient",
        STATE,
        "if stack.identity.patient_key != pane.identity.patient_key:",
        "if stack is None:",
    ),
    Guard(
        "growing stacks keep the picture under the eye",
        STATE,
        "replace(pane, stack=stack, index=index)",
        "replace(pane, stack=stack)",
    ),
    Guard(
        "a decoded frame is checked against what was asked",
        LOADING,
        "if not frame.pixel_sha256 or not wanted.key.names(frame):",
        "if not frame.pixel_sha256:",
    ),
    Guard(
        "frames of closed data are not kept",
        LOADING,
        "        if decoded.opening != self._opening:\n            return\n",
        "",
    ),
    Guard(
        "the classifier reads a copy of its own",
        CLASSIFICATION,
        "replace(frame, stored=frame.stored.copy())",
        "frame",
    ),
    Guard(
        "a processed picture answers the present wish only",
        VIEWS,
        "        if self._requests[computed.request.number] is not computed.request:\n            return\n",
        "",
    ),
    Guard(
        "another frame drops the processed picture",
        VIEWS,
        "        is_new = before is None or not request.is_of_the_same_image(before)\n",
        "        is_new = before is None\n",
    ),
    Guard(
        "a cancelled task delivers nothing",
        TASKS,
        "        elif self.cancelled:\n            return\n",
        "",
    ),
    Guard(
        "a copy of a series gets a key of its own",
        OPENINGS,
        "        while key in taken:",
        "        while False:",
    ),
    Guard(
        "studies are joined for one patient only",
        OPENINGS,
        "return study.identity.study_instance_uid, study.identity.patient_key",
        'return study.identity.study_instance_uid, ("", "", "")',
    ),
    Guard(
        "linked panes are panes of one stack",
        DISPLAY,
        "if pane is not None and pane.stack.key == here.stack.key",
        "if pane is not None",
    ),
    Guard(
        "words of a result stand on its own frame only",
        "medviewer/viewer/render/pane_text.py",
        "    return outcome is not None and state.token.key is not None and outcome.key == state.token.key",
        "    return outcome is not None",
    ),
    Guard(
        "a processed picture is painted for its own frame only",
        "medviewer/viewer/freshness.py",
        "    return processed.frame is state.seen\n",
        "    return True\n",
    ),
    Guard(
        "a result of a filter is found again for its own frame only",
        "medviewer/imaging/processing/table.py",
        "return frame, _chain(name, settings),",
        "return _chain(name, settings),",
    ),
    Guard(
        "a presentation state changes the frames that it names only",
        "medviewer/imaging/presentation_state/state.py",
        "if not state.is_about(frame.sop_instance_uid, frame.frame_number):\n        return frame\n",
        "if False:\n        return frame\n",
    ),
    Guard(
        "a presentation state that comes late goes to no other stack",
        "medviewer/gui/session/presentation_states.py",
        "if pane is None or pane.stack.key != key:",
        "if pane is None:",
    ),
    Guard(
        "another phase is another picture",
        STATE,
        "return _without_frame(state, moved)",
        "return moved",
    ),
    Guard(
        "another phase is one of the same patient",
        STATE,
        "if stack is pane.stack or stack.identity.patient_key != pane.identity.patient_key:",
        "if stack is pane.stack:",
    ),
    Guard(
        "an exported result is about the exported pixels",
        "medviewer/export/png.py",
        "        return None\n    return None if pane.token.key is not None",
        "        pass\n    return None if pane.token.key is not None",
    ),
    Guard(
        "features stand under their own slice's title only",
        FEATURES,
        "if features.frame is self._frame:",
        "if True:",
    ),
    Guard(
        "features leave with their slice",
        FEATURES,
        "        self._show(None)\n        self.note",
        "        self.note",
    ),
    Guard(
        "a failure of features is said of its own slice only",
        FEATURES,
        "if self.sender() is self._task:",
        "if True:",
    ),
    Guard(
        "saved features are those that were asked for",
        FEATURES,
        "partial(self.save_as, features)",
        "lambda name: self.save_as(self._features, name)",
    ),
    Guard(
        "a picture stays under its own number until the next one is there",
        PANE,
        "        said, processed = self._shown or (state, None)\n",
        "        said, processed = state, None\n",
    ),
    Guard(
        "a picture of another slice is veiled",
        PANE,
        "        self.view.show_veil(self._wait.shows_veil)\n",
        "",
    ),
    Guard(
        "a picture is rendered with its own window until the next one is there",
        PANE,
        "        image, (state, _) = self._image, self._shown\n",
        "        image, state = self._image, self.state or self._shown[0]\n",
    ),
    Guard(
        "the panel speaks of the picture on the screen only",
        "medviewer/gui/window/main_window.py",
        "is_shown = pane is not None and is_current(pane, self.session.processed(number))",
        "is_shown = pane is not None",
    ),
    Guard(
        "a picture that was made ready is shown for its own frame only",
        PANE_AHEAD,
        "if image is None or not image.image.is_of(frame, processed, layers):",
        "if picture is None:",
    ),
    Guard(
        "a mask that was made ready is shown over its own picture only",
        PANE_ITEMS,
        " and ready.is_of(mask, rect, fill=fill)",
        "",
    ),
    Guard(
        "what was brought to the screen's size is painted for its own picture only",
        PANE_ITEMS,
        "return self.image is image and self.place == place",
        "return self.place == place",
    ),
    Guard(
        "what describes one frame is taken for another only where it is the same",
        WIRE,
        "getattr(frame, name) is not getattr(before, name)",
        "False",
    ),
    Guard(
        "a file that is opened again is tried again",
        SANDBOX,
        """        for path in paths:
            self._deaths.pop(path, None)
""",
        "",
    ),
    Guard(
        "whose picture it is is read again with the pixels",
        READER,
        "self._stated_identity(source) != origin.stated)",
        "False)",
    ),
    Guard(
        "another file of the same size and time is another file",
        READER,
        "is_alike and not inodes.are_lasting(found.device)",
        "is_alike",
    ),
    Guard(
        "a file that was written over while it was read is looked at again",
        READER,
        "            if state != found:",
        "            if False:",
    ),
    Guard(
        "whose a presentation state is is read again with it",
        READER,
        "frame_attributes.stated_identity(dataset) != origin.stated",
        "False",
    ),
    Guard(
        "a picture stays with the file that it was read from",
        MODEL,
        "(frame.sop_instance_uid, frame.frame_number) == named and frame.key == key",
        "(frame.sop_instance_uid, frame.frame_number) == named",
    ),
    Guard(
        "a slice is named by the file that was indexed, not only by its place",
        MODEL,
        "told = (*self.origin.known_by, self.origin.stated)",
        "told = ()",
    ),
    Guard(
        "a file that holds another frame is refused by name",
        MODEL,
        "if not reference.key.names(frame):",
        "if False:",
    ),
    Guard(
        "another patient gets no thumbnail that was made before",
        LOADING,
        "if patient == stack.identity.patient_key:",
        "if made is not None:",
    ),
    Guard(
        "another patient's row shows no thumbnail that was made before",
        "medviewer/gui/studies/tree.py",
        "return before is None or stack.identity.patient_key == before.identity.patient_key",
        "return True",
    ),
    Guard(
        "a picture that was read unasked answers who asks for it only",
        LANE,
        'if request.get("frames") == [frame]:',
        'if "frames" in request:',
    ),
    Guard(
        "a worker that ends over what nobody asked for is not held against who asks next",
        LANE,
        "with contextlib.suppress(DiedError, TooSlowError):",
        "with contextlib.nullcontext():",
    ),
    Guard(
        "a classifier is never shown what is left without a mask",
        "medviewer/inference/classification/classifier.py",
        "if frame.is_subtracted:",
        "if False:",
    ),
    Guard(
        "a part of a picture is no mask",
        READER,
        "if decoded.damage is not None:",
        "if False:",
    ),
)
