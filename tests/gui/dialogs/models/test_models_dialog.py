"""Models are added, trusted, unlocked, encrypted and removed in the window, each after its question."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QMessageBox
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.models.models_dialog import ModelsDialog
from medviewer.gui.dialogs.models.pass_phrase import PassPhraseDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.inference.pack.packs import find_pack, user_packs_folder, verify_pack
from medviewer.inference.protection.archive import SEALED, SIGNATURE
from medviewer.inference.protection.errors import LockedModelError
from medviewer.inference.protection.keys import fingerprint
from medviewer.inference.protection.trust import TrustList
from medviewer.inference.protection.unlocked import forget_keys
from medviewer.translation import use_language
from medviewer.viewer.commands.images.models import choose_model
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene
from tests.made_packs import PHRASE, USER, own_pack, sealed, signed, signing_key


@pytest.fixture(autouse=True)
def _keys_end(home: Path) -> Iterator[None]:
    forget_keys()
    yield
    forget_keys()


@pytest.fixture
def dialog(qtbot: QtBot, scene: WindowScene) -> ModelsDialog:
    dialog = ModelsDialog(scene.workers)
    qtbot.addWidget(dialog)
    dialog.show()
    scene.workers.settle()
    return dialog


def rows(dialog: ModelsDialog) -> dict[str, tuple[str, str, str]]:
    """Return version, state and licence by title."""
    table = dialog.table
    found = {}
    for row in range(table.rowCount()):
        title, *others = (item.text() if (item := table.item(row, column)) else "" for column in range(4))
        found[title] = (others[0], others[1], others[2])
    return found


def press(dialog: ModelsDialog, text: str) -> None:
    """Press a button of the question over the dialog."""
    box = dialog.asked
    assert isinstance(box, QMessageBox)
    [button] = [one for one in box.findChildren(QAbstractButton) if one.text() == text]
    button.click()


def fill(dialog: ModelsDialog, user: str, phrase: str) -> PassPhraseDialog:
    asked = dialog.asked
    assert isinstance(asked, PassPhraseDialog)
    asked.user.setText(user)
    asked.phrase.setText(phrase)
    asked.again.setText(phrase)
    asked.ok_button.click()
    return asked


def test_bundled_models_are_listed_with_state_and_licence(dialog: ModelsDialog) -> None:
    version, state, licence = rows(dialog)["Head CT: haemorrhage on a slice"]
    assert (version, state) == ("0.2.0", "As published")
    assert licence.startswith("Weights: Apache-2.0")
    dialog.choose("head-ct-haemorrhage")
    assert not dialog.remove_button.isEnabled()
    assert not dialog.sign_button.isEnabled()
    assert licence in dialog.said.text()


def test_an_unsigned_model_is_added_and_called_so(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(dialog.models_changed):
        dialog.add_folder(own_pack(tmp_path / "mine"))
        scene.workers.settle()
    scene.workers.settle()
    assert rows(dialog)["Ward"][:2] == ("0.1.0", "Not verified: no signature")
    assert verify_pack(find_pack("ward")).is_unsigned


def test_a_key_is_trusted_by_its_fingerprint_or_nothing_is_added(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path
) -> None:
    key = signing_key()
    folder = signed(own_pack(tmp_path / "mine"), key)
    dialog.add_folder(folder)
    scene.workers.settle()
    assert isinstance(dialog.asked, QMessageBox)
    assert fingerprint(key.public) in " ".join(dialog.asked.text().split())
    press(dialog, "Cancel")
    scene.workers.settle()
    assert "Ward" not in rows(dialog)
    assert TrustList.read().keys == ()
    dialog.add_folder(folder)
    scene.workers.settle()
    press(dialog, "Trust the key and add the model")
    scene.workers.settle()
    assert rows(dialog)["Ward"][1].startswith("Signed by")
    assert dialog.keys.count() == 1
    dialog.keys.setCurrentRow(0)
    dialog.distrust_button.click()
    scene.workers.settle()
    assert rows(dialog)["Ward"][1] == "Switched off"
    assert dialog.keys.item(0).text() == "No keys yet"
    dialog.choose("ward")
    assert "have not trusted" in dialog.said.text()


def test_an_older_version_is_added_only_after_a_question(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path
) -> None:
    key = signing_key()
    TrustList().trusting(key.public, "Clinic").write()
    dialog.add_folder(signed(own_pack(tmp_path / "new"), key, "2026-03-02T00:00:00Z"))
    scene.workers.settle()
    old = signed(own_pack(tmp_path / "old", version="0.0.9"), key, "2026-03-01T00:00:00Z", "0.0.9")
    dialog.add_folder(old)
    scene.workers.settle()
    press(dialog, "Replace")
    scene.workers.settle()
    assert isinstance(dialog.asked, QMessageBox)
    assert "is older than version 0.1.0" in dialog.asked.text()
    assert rows(dialog)["Ward"][0] == "0.1.0"
    press(dialog, "Add it all the same")
    scene.workers.settle()
    assert rows(dialog)["Ward"][:2] == ("0.0.9", "Signed by Clinic")


def test_a_damaged_model_is_told_and_not_added(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path
) -> None:
    folder = signed(own_pack(tmp_path / "mine"), signing_key())
    with (folder / "card.toml").open("ab") as file:
        file.write(b"# more\n")
    dialog.add_folder(folder)
    scene.workers.settle()
    assert "card.toml was changed after it was signed" in dialog.trouble.text()
    assert not user_packs_folder().exists()


def test_an_encrypted_model_is_unlocked_where_it_is_added_and_asked_for_once(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path
) -> None:
    dialog.add_folder(sealed(own_pack(tmp_path / "mine"), tmp_path / "sealed"))
    scene.workers.settle()
    asked = fill(dialog, USER, "another one")
    scene.workers.settle()
    assert "pass phrase is another one" in asked.trouble.text()
    assert asked.isVisible()
    column = asked.layout()
    assert column is not None
    assert asked.height() >= column.totalHeightForWidth(asked.width()), "nothing lies on anything else"
    fill(dialog, USER, PHRASE)
    scene.workers.settle()
    assert not asked.isVisible()
    assert rows(dialog)["Ward"][1] == "Not verified: no signature"
    assert [path.name for path in (user_packs_folder() / "ward").iterdir()] == [SEALED]
    forget_keys()
    dialog.refresh()
    scene.workers.settle()
    dialog.choose("ward")
    assert rows(dialog)["Ward"][1] == "Encrypted"
    dialog.unlock_button.click()
    fill(dialog, USER, PHRASE)
    scene.workers.settle()
    assert rows(dialog)["Ward"][1] == "Not verified: no signature"


def test_a_model_is_signed_with_a_new_key_encrypted_and_removed(
    dialog: ModelsDialog, scene: WindowScene, tmp_path: Path
) -> None:
    dialog.add_folder(own_pack(tmp_path / "mine"))
    scene.workers.settle()
    dialog.choose("ward")
    assert dialog.sign_button.isEnabled()
    dialog.sign("ward", tmp_path / "key.pem", is_new=True)
    scene.workers.settle()
    assert rows(dialog)["Ward"][1] == "Signed by key"
    assert (user_packs_folder() / "ward" / SIGNATURE).exists()
    assert TrustList.read().keys[0].fingerprint in dialog.trouble.text()
    dialog.encrypt("ward", tmp_path / "out", USER, "short")
    scene.workers.settle()
    assert "12 characters" in dialog.trouble.text()
    dialog.encrypt("ward", tmp_path / "out", USER, PHRASE)
    scene.workers.settle()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [SEALED]
    dialog.choose("ward")
    dialog.remove_button.click()
    press(dialog, "Cancel")
    scene.workers.settle()
    assert "Ward" in rows(dialog)
    dialog.remove_button.click()
    press(dialog, "Remove")
    scene.workers.settle()
    assert "Ward" not in rows(dialog)


def test_a_new_pass_phrase_is_typed_twice(qtbot: QtBot) -> None:
    dialog = PassPhraseDialog("Encrypt", "Said.", twice=True)
    qtbot.addWidget(dialog)
    dialog.user.setText(USER)
    dialog.phrase.setText(PHRASE)
    assert not dialog.ok_button.isEnabled()
    dialog.again.setText(PHRASE)
    assert dialog.ok_button.isEnabled()
    assert dialog.phrase.displayText() != PHRASE


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    sealed(own_pack(scene_folder() / "mine"), user_packs_folder() / "ward")
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    return window


def scene_folder() -> Path:
    return user_packs_folder().parent / "sources"


def test_asking_an_encrypted_model_asks_for_its_pass_phrase_and_goes_on(
    window: MainWindow, scene: WindowScene
) -> None:
    locked = [True]
    classifier = scene.classifier

    def load(model: str, _device: str) -> object:
        if model == "ward" and locked[0]:
            raise LockedModelError(model="ward")
        return classifier

    scene.load_classifier = load
    scene.open("head")
    choose_model("ward", window.viewer)
    scene.workers.settle()
    assert window.dialogs.dialog is None, "nothing is asked before the reader asks"
    scene.session.classify()
    scene.workers.settle()
    asked = window.dialogs.dialog
    assert isinstance(asked, PassPhraseDialog)
    assert "ward" in asked.said.text()
    locked[0] = False
    asked.user.setText(USER)
    asked.phrase.setText(PHRASE)
    asked.ok_button.click()
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.result is not None
    model = next(one for one in window.viewer.state.models if one.name == "ward")
    assert not model.is_locked


def test_the_dialog_speaks_the_language_of_the_window(window: MainWindow, scene: WindowScene) -> None:
    use_language("zh_CN")
    try:
        window.open_dialog(Dialog.MODELS)
        scene.workers.settle()
        dialog = window.dialogs.dialog
        assert isinstance(dialog, ModelsDialog)
        assert dialog.windowTitle() == "模型"
        assert rows(dialog)["Ward"][1] == "已加密"
    finally:
        use_language("en")
