"""A file is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.saving import replaced, save


@pytest.mark.parametrize("content", ["∂L/∂w\n", b"\x00\xff", ""])
@pytest.mark.parametrize("before", [None, "what was there"])
def test_a_file_has_what_was_saved(content: str | bytes, before: str | None, tmp_path: Path) -> None:
    """New or not, the file has the content and nothing is left beside it; a file keeps who may read it."""
    target = tmp_path / "page.html"
    if before is not None:
        target.write_text(before)
        target.chmod(0o640)

    save(target, content)

    assert target.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert list(tmp_path.iterdir()) == [target]
    assert before is None or target.stat().st_mode & 0o777 == 0o640


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    """A fault in the middle leaves the file as it was, and nothing beside it."""
    target = tmp_path / "page.html"
    target.write_text("what was there")

    def half(beside: Path) -> None:
        beside.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"), replaced(target) as beside:
        half(beside)

    assert target.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_and_a_pipe_stay_what_they_are(tmp_path: Path) -> None:
    """Through a link, the file it leads to is written; a device is written to."""
    target, link = tmp_path / "page.html", tmp_path / "link.html"
    target.write_text("what was there")
    link.symlink_to(target)

    save(link, "new")
    save(Path(os.devnull), "new")

    assert (link.is_symlink(), target.read_text()) == (True, "new")
    assert not Path(os.devnull).is_file()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The message has the path and the reason."""
    with pytest.raises(InputError, match=r"missing/page\.html: cannot be written"):
        save(tmp_path / "missing" / "page.html", "new")
