"""The cache folder of slow tables."""

from pathlib import Path

import pytest

from imr_graph.cache import cached


def test_made_once_for_a_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source = tmp_path / "a.toml"
    source.write_text("x = 1")
    made: list[int] = []

    def make() -> dict[str, tuple[int, ...]]:
        made.append(1)
        return {"x": (len(made),)}

    assert cached("a", [source], make) == cached("a", [source], make) == {"x": [1]}
    source.write_text("x = 2")
    assert cached("a", [source], make) == {"x": [2]}


def test_a_damaged_or_unwritable_cache_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cached("a", [], lambda: [1]) == [1]
    (file,) = (tmp_path / "imr-graph").iterdir()
    file.write_text("[1")
    assert cached("a", [], lambda: [2]) == cached("a", [], lambda: [3]) == [2]
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    assert cached("a", [], lambda: [4]) == [4]


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    assert cached("a", [], lambda: (5,)) == [5]
