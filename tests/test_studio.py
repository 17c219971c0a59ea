"""What pages may ask of the store for one visitor."""

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder, Status
from genmodels.training.store import RunStore
from pages.parts import consent, studio
from pages.parts.playground_desk import choice
from pages.parts.train_form import start
from tests.small_runs import small


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """The visitor's runs, in a pool in which nothing ever begins."""
    pool = SimpleNamespace(submit=lambda *_, **__: Future(), waiting=lambda: [], running=lambda: [])
    runs = RunStore(tmp_path, pool)
    monkeypatch.setattr(studio, "store", lambda: runs)
    monkeypatch.setattr(studio, "own_runs", lambda: runs.listed("ann"))
    monkeypatch.setattr(start, "owner_id", lambda: "ann")
    monkeypatch.setattr(consent, "require", lambda data: None)
    return runs


def stopped(store: RunStore) -> RunFolder:
    folder = store.start(small(steps=10), owner="ann")
    folder.write_status(Status(state="stopped"))
    return folder


def test_as_many_runs_can_go_on_again_as_can_be_started(store: RunStore) -> None:
    folders = [stopped(store) for _ in range(studio.MOST_ACTIVE + 1)]
    for folder in folders[:-1]:
        studio.resume(folder)
    with pytest.raises(UserError, match="At most 4 runs"):
        studio.resume(folders[-1], steps=20)
    assert (folders[-1].status().state, folders[-1].config().steps) == ("stopped", 10)
    with pytest.raises(UserError, match="At most 4 runs"):
        start.launch([small()], [""])
    with pytest.raises(UserError, match="still going"):
        studio.resume(folders[0], steps=20)
    assert folders[0].config().steps == 10


def test_of_two_runs_of_which_one_is_too_many_none_begins(store: RunStore) -> None:
    for _ in range(studio.MOST_ACTIVE - 1):
        studio.resume(stopped(store))
    with pytest.raises(UserError, match="At most 4 runs"):
        start.launch([small(), small()], ["one", "two"])
    assert len(store.listed("ann")) == studio.MOST_ACTIVE - 1


def test_a_game_goes_on_at_the_speed_that_is_chosen_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder.create(tmp_path / "run", small())
    for speed, pace, wishes in ((0, None, 0), (10, 10, 1), (10, 10, 1), (0, None, 2)):
        monkeypatch.setattr(choice.st, "session_state", {choice.SPEED: speed})
        choice.keep_pace(folder)
        assert (folder.pace(), len(folder.commands(0)[0])) == (pace, wishes)
