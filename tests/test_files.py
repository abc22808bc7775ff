"""Files are whole or as they were, and nothing but regular files is replaced."""

import os
import threading
from pathlib import Path

import pytest

from imr_graph.files import writing_whole


def test_a_file_is_as_it_was_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with writing_whole(path, durable=True) as stream:
        stream.write("new\r\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == b"new\r\n"
    with pytest.raises(TypeError), writing_whole(path) as stream:
        stream.writelines(["half", 1])  # type: ignore[list-item]
    assert path.read_bytes() == b"new\r\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_link_leads_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real")
    for text in ("made", "replaced"):
        with writing_whole(tmp_path / "link") as stream:
            stream.write(text)
        assert (tmp_path / "real").read_text() == text
    assert (tmp_path / "link").is_symlink()


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    with writing_whole(pipe) as stream:
        stream.write("through")
    reader.join(10)
    assert read == ["through"]
    assert pipe.is_fifo()


def test_the_mode_is_the_users(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with writing_whole(tmp_path / "new") as stream:
            stream.write("x")
    finally:
        os.umask(before)
    (tmp_path / "known").touch(0o640)
    (tmp_path / "known").chmod(0o640)
    with writing_whole(tmp_path / "known") as stream:
        stream.write("x")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "known")] == [0o600, 0o640]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing/x"), writing_whole(tmp_path / "missing" / "x"):
        pass
