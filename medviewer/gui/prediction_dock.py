"""The classification panel: what the model says of the slice and how far to trust it, or why it does not."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from medviewer.gui import theme
from medviewer.gui.labels import plain_label, section_title, tabular
from medviewer.inference.prediction import Gate, NoResult, Outcome, Prediction, Refusal
from medviewer.translation import mark, translate

MODEL_LABELS = (mark("haemorrhage"), mark("no haemorrhage"))  # of the bundled packs, for the catalogue


def label_title(label: str) -> str:
    """Return a class label as it is shown: translated where the catalogue has it, upper case first."""
    shown = translate(label)
    return shown[:1].upper() + shown[1:]


def gate_statement(gate: Gate) -> str:
    """Return a gate's statement in the user's language; each of its facts is translated too."""
    return translate(gate.statement, **{name: translate(fact) for name, fact in gate.facts})


class ProbabilityBar(QWidget):
    """One probability as a bar; a tick stands at the operating point, where the class has one."""

    def __init__(self, probability: float, tick: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.probability = probability
        self.tick = tick
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("probability {value}", value=f"{probability:.2f}"))

    def sizeHint(self) -> QSize:  # Qt's name
        """Return the wished size in device-independent pixels."""
        return QSize(120, 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        """Paint ground, bar and tick."""
        colors = theme.current()
        painter = QPainter(self)
        ground = QRectF(0, 2, self.width(), self.height() - 4)
        painter.fillRect(ground, QColor(colors.raised))
        painter.fillRect(
            QRectF(0, 2, self.width() * self.probability, ground.height()), QColor(colors.accent)
        )
        if self.tick is not None:
            at = min(self.width() * self.tick, self.width() - 2.0)
            painter.fillRect(QRectF(at - 1, 0, 4, self.height()), QColor(colors.panel))
            painter.fillRect(QRectF(at, 0, 2, self.height()), QColor(colors.text))
        painter.end()


class PredictionPanel(QWidget):
    """Shows an outcome and offers to classify; a refusal takes the result's place in the same voice.

    The buttons are connected by the window: `classify_button` and `anyway_button`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: Outcome | None = None
        self.model = plain_label(role="", wraps=True)
        self.headline = plain_label(role="strong", wraps=True)
        self.details = plain_label(role="quiet", wraps=True, selectable=True)
        self.cautions = plain_label(role="attention", wraps=True, selectable=True)
        self.bars = QWidget()
        self._grid = QGridLayout(self.bars)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.classify_button = QPushButton()
        self.classify_button.setProperty("role", "primary")
        self.anyway_button = QPushButton(translate("Classify anyway…"))
        self.warning = plain_label(
            translate("Research use only. Not for diagnosis."), "attention", wraps=True
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(section_title(translate("Classification")))
        for widget in (self.model, self.headline, self.bars, self.details, self.cautions):
            column.addWidget(widget)
        column.addSpacing(2)
        for widget in (self.classify_button, self.anyway_button, self.warning):
            column.addWidget(widget)
        self.show_outcome(None)

    def show_model(self, name: str, version: str, device: str) -> None:
        """Say which model answers a click, and where it computes; "" where not known yet."""
        parts = (" ".join(part for part in (name, version) if part), device)
        self.model.setText("  ·  ".join(part for part in parts if part))
        self.model.setVisible(bool(self.model.text()))

    def show_outcome(self, outcome: Outcome | None, working: bool = False) -> None:
        """Show what stands in the focused pane: an outcome, or that there is none.

        Parameters
        ----------
        outcome : Prediction, Refusal, NoResult or None
        working : bool
            A result for this slice is being computed.
        """
        self.outcome = outcome
        self._clear_bars()
        headline, details, cautions = _texts(outcome)
        if outcome is None:
            headline = translate("Classifying…") if working else ""
            details = [] if working else [translate("This slice has not been classified.")]
        if isinstance(outcome, Prediction):
            self._show_bars(outcome)
            self.show_model(outcome.model, outcome.model_version, outcome.device)
        for label, text in (
            (self.headline, headline),
            (self.details, "\n".join(details)),
            (self.cautions, "\n".join(cautions)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.bars.setVisible(isinstance(outcome, Prediction))
        self.anyway_button.setVisible(isinstance(outcome, Refusal))

    def _clear_bars(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _show_bars(self, prediction: Prediction) -> None:
        point = prediction.operating_point
        for row, (label, probability) in enumerate(prediction.probabilities):
            tick = point.threshold if point and row == positive_row(prediction) else None
            value = plain_label(f"{probability:.2f}")
            value.setFont(tabular(value.font()))
            self._grid.addWidget(plain_label(label_title(label)), row, 0)
            self._grid.addWidget(ProbabilityBar(probability, tick), row, 1, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(value, row, 2)


def positive_row(prediction: Prediction) -> int:
    """Return the row of the class that the operating point decides about."""
    labels = [label for label, _ in prediction.probabilities]
    return labels.index(prediction.positive_label) if prediction.positive_label in labels else 0


def _texts(outcome: Outcome | None) -> tuple[str, list[str], list[str]]:
    """Return headline, quiet lines and amber lines."""
    if isinstance(outcome, Prediction):
        return _prediction_texts(outcome)
    cautions = [translate("PHANTOM, not a patient")] if outcome is not None and outcome.is_phantom else []
    if isinstance(outcome, Refusal):
        return translate("Not classified"), [gate_statement(outcome.gate)], cautions
    if isinstance(outcome, NoResult):
        facts = {name: translate(fact) for name, fact in outcome.facts}
        return translate("No result"), [translate(outcome.reason, **facts)], cautions
    return "", [], []


def _prediction_texts(prediction: Prediction) -> tuple[str, list[str], list[str]]:
    details, cautions = [], []
    point = prediction.operating_point
    if point is not None:
        threshold = f"{point.threshold:.2f}"
        details.append(
            translate("above the operating point {threshold}", threshold=threshold)
            if prediction.probabilities[positive_row(prediction)][1] >= point.threshold
            else translate("below the operating point {threshold}", threshold=threshold)
        )
        details.append(
            translate("sensitivity {value}", value=_rate(point.sensitivity, point.sensitivity_interval))
        )
        details.append(
            translate("specificity {value}", value=_rate(point.specificity, point.specificity_interval))
        )
    if not prediction.calibrated:
        cautions.append(translate("not calibrated: a score, not a probability"))
    details += [gate_statement(note) for note in prediction.notes]
    if prediction.overridden is not None:
        reason = gate_statement(prediction.overridden)
        cautions.append(translate("Classified anyway, although: {reason}", reason=reason))
    if prediction.is_phantom:
        cautions.append(translate("PHANTOM, not a patient"))
    return "", details, cautions


def _rate(value: float, interval: tuple[float, float] | None) -> str:
    return f"{value:.2f} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else f"{value:.2f}"
