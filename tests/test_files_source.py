"""Where input comes from: paths, bytes and text, and what is refused without waiting."""

import os
import pickle
import tracemalloc
from pathlib import Path

import pytest

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import MAX_INPUT_BYTES, printable, read_source


def test_a_path_is_read_and_named(tmp_path: Path) -> None:
    """A path as str or as Path gives the bytes of the file, and the path as the place."""
    path = tmp_path / "a.pem"
    path.write_bytes(b"content")
    assert read_source(path) == (b"content", str(path))
    assert read_source(str(path)) == (b"content", str(path))


def test_bytes_are_taken_as_they_are() -> None:
    """Bytes of any kind are the data and have no place."""
    assert read_source(b"\0\xff") == (b"\0\xff", "")


@pytest.mark.parametrize("text", ["-----BEGIN X", "a\n", "a\rb", "\n"])
def test_text_with_a_begin_line_or_a_line_break_is_data(text: str) -> None:
    """A str that can be no path one would write is the data itself."""
    assert read_source(text) == (text.encode(), "")


def test_a_lone_surrogate_in_text_does_no_harm() -> None:
    """Text that no encoding can hold is still looked at."""
    assert read_source("a\n\ud800") == (b"a\n?", "")


@pytest.mark.parametrize("name", ["", "missing.pem", "nul\0byte", "long" * 2000])
def test_a_path_that_is_no_file_is_an_error(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads nowhere, or cannot exist, ends in LoadError with advice."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LoadError) as caught:
        read_source(name)
    assert caught.value.message == "cannot be read"
    assert caught.value.remedy
    assert len(str(caught.value)) < 300


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    """A folder in place of a file is named as one."""
    with pytest.raises(LoadError) as caught:
        read_source(tmp_path)
    assert caught.value.found == "a directory"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """A FIFO that nobody writes into does not make the loader wait."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(LoadError) as caught:
        read_source(path)
    assert caught.value.found == "a pipe, socket or device"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no devices of that name")
def test_an_endless_device_is_refused() -> None:
    """A device that never ends is not read."""
    with pytest.raises(LoadError, match="a pipe, socket or device"):
        read_source("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_an_error(tmp_path: Path) -> None:
    """A file that may not be read says so."""
    path = tmp_path / "secret.pem"
    path.write_bytes(b"")
    path.chmod(0)
    with pytest.raises(LoadError, match="may not read"):
        read_source(path)


def test_the_limit_holds_for_files_bytes_and_text(tmp_path: Path) -> None:
    """One byte more than the limit is refused in each form, the limit itself is taken."""
    path = tmp_path / "large"
    path.write_bytes(bytes(MAX_INPUT_BYTES))
    assert len(read_source(path)[0]) == MAX_INPUT_BYTES
    path.write_bytes(bytes(MAX_INPUT_BYTES + 1))
    for source in (path, bytes(MAX_INPUT_BYTES + 1), "\n" * (MAX_INPUT_BYTES + 1)):
        with pytest.raises(LoadError) as caught:
            read_source(source)
        assert caught.value.found == "more than 16 MiB"


def test_a_huge_file_is_not_taken_into_memory(tmp_path: Path) -> None:
    """Of a file far beyond the limit no more is read than shows that it is too large."""
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(MAX_INPUT_BYTES * 8)
    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match="too large"):
            read_source(path)
        assert tracemalloc.get_traced_memory()[1] < MAX_INPUT_BYTES * 2
    finally:
        tracemalloc.stop()


def test_another_type_is_a_mistake_of_the_caller() -> None:
    """A number is no input, and not the fault of a file."""
    with pytest.raises(TypeError, match="not int"):
        read_source(3)  # type: ignore[arg-type]


def test_places_are_shown_without_control_characters() -> None:
    """A file name cannot act on a terminal or turn the writing direction."""
    assert printable("a\x1b[31m\u202eb") == "a\\x1b[31m\\u202eb"


def test_an_error_says_everything_in_one_sentence() -> None:
    """The sentence has place, message, what was found and what to do."""
    error = LoadError("holds no certificate", found="a private key", where="a.pem", remedy="give another")
    assert str(error) == "a.pem: holds no certificate: found a private key; give another"


def test_an_error_says_nothing_twice() -> None:
    """What the message says already is not said again."""
    error = LoadError("a.pem holds 2 certificates", found="2 certificates", where="a.pem")
    assert str(error) == "a.pem holds 2 certificates"


def test_an_error_is_a_value_error_that_can_be_sent() -> None:
    """It survives pickling with all its parts, and can be given another place."""
    error = LoadError("m", found="f", where="w", remedy="r")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own pickle
    assert isinstance(copy, ValueError)
    assert (copy.message, copy.found, copy.where, copy.remedy) == ("m", "f", "w", "r")
    moved = error.at("there")
    assert (moved.where, error.where, moved.found) == ("there", "w", "f")
    assert repr(moved) == "LoadError('m', found='f', where='there', remedy='r')"
