"""Hanging of a study by a rule, and rules made of the present arrangement."""

from collections.abc import Mapping

from medviewer.imaging.frame import VoiOrigin, Window
from medviewer.imaging.source import ImageSource
from medviewer.viewer import state as display_state
from medviewer.viewer.layouts import HangingRule, PaneRule, panes_of
from medviewer.viewer.state import BY_PLACE, DisplayState, PaneState
from medviewer.viewer.viewer_state import ViewerState


def hung_display(display: DisplayState, rule: HangingRule, hung: Mapping[int, ImageSource]) -> DisplayState:
    """Return the panes with a study's stacks as a rule says.

    Panes that can be linked show the place of the first one. The frames are still to come.

    Parameters
    ----------
    hung : mapping
        What `HangingRule.hang` gives.
    """
    display = display_state.with_panes(display, panes_of(rule.layout))
    for number, stack in hung.items():
        pane = rule.panes[number]
        display = display_state.show_stack(display, {number: pane.processing}, stack, stack.opening_index)
        if pane.window is not None:
            display = display_state.set_voi(display, [number], Window(*pane.window, origin=VoiOrigin.PRESET))
        elif sum(one is stack for one in hung.values()) > 1:
            display = display_state.set_voi(display, [number], None)
    display = display_state.set_focus(display, 0)
    for number in range(1, len(hung)):
        display = display_state.beside_others(display, BY_PLACE, number, range(number))
    return display_state.clear_panes(display, range(len(hung), panes_of(rule.layout)))


def study_kind(state: ViewerState) -> tuple[str, str]:
    """Return modality and body part of the active pane's series."""
    pane = state.focused
    if pane is None:
        return "", ""
    attributes = pane.header.attributes
    return pane.identity.modality, attributes.body_part or attributes.anatomic_region


def arrangement(state: ViewerState, name: str, *, is_automatic: bool) -> HangingRule | None:
    """Return the arrangement as a rule for studies like the active one.

    None where the first pane is empty.
    """
    panes: list[PaneRule] = []
    for pane in state.display.panes[: panes_of(state.layout)]:
        if pane is None:
            break
        panes.append(_pane_rule(pane))
    modality, body_part = study_kind(state)
    if not panes:
        return None
    return HangingRule(name, state.layout, tuple(panes), modality, body_part, is_automatic)


def _pane_rule(pane: PaneState) -> PaneRule:
    voi = pane.voi
    is_chosen = isinstance(voi, Window) and voi.origin in (VoiOrigin.USER, VoiOrigin.PRESET)
    plane = pane.stack.plane if pane.stack.plane in ("Axial", "Coronal", "Sagittal") else ""
    return PaneRule(
        series=pane.identity.series_description.replace("|", "*"),
        plane=plane,
        view=pane.header.attributes.view_position.replace("|", "*"),
        processing=pane.kept_processing,
        window=(voi.center, voi.width) if is_chosen and isinstance(voi, Window) else None,
    )
