"""What is said of a site file that is wrong, and that nothing outside its folder is read."""

import os
import pickle
from pathlib import Path

import pytest
from docs_files import docs_files
from site_errors import GOOD, WRONG

from expressway_certs import Deployment, LoadError, SiteError
from expressway_certs.sources.site import folder as site_folder
from expressway_certs.sources.site.folder import MAX_SITE_BYTES


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of the docs."""
    made = tmp_path_factory.mktemp("files")
    docs_files(made)
    return made


@pytest.fixture
def here(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder the current one."""
    monkeypatch.chdir(files)
    return files


def error_of(text: str | bytes) -> SiteError:
    """Return the error that loading a site file ends in."""
    Path("site.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SiteError) as caught:
        Deployment.load(".")
    return caught.value


def test_the_good_file_loads(here: Path) -> None:
    """The file that the cases spoil is right."""
    Path("site.toml").write_text(GOOD)
    assert Deployment.load(".").zones[0].peer_addresses == ("expe1.example.com",)


@pytest.mark.parametrize("case", WRONG)
def test_the_error_says_where_and_what(case: str, here: Path) -> None:
    """A wrong file ends in an error with the line, the key, what was expected, and what is there."""
    old, new, line, key, expected, found, said = WRONG[case]
    assert GOOD.count(old) >= 1
    error = error_of(GOOD.replace(old, new, 1))
    assert (error.line, error.key, error.expected, error.found) == (line, key, expected, found)
    assert said in str(error)
    where = ", ".join(filter(None, ("site.toml", f"line {line}" if line else "", key)))
    assert str(error).startswith(f"{where}: ")


@pytest.mark.parametrize("case", WRONG)
def test_the_error_is_a_value(case: str, here: Path) -> None:
    """The error is a LoadError, can be sent to another process, and is one line fit for a terminal."""
    old, new, *_ = WRONG[case]
    error = error_of(GOOD.replace(old, new, 1))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own pickle
    assert isinstance(error, LoadError)
    assert (str(again), again.line, again.key, again.others) == (str(error), error.line, error.key, error.others)
    assert str(error).isprintable()
    assert "MIIE" not in str(error) + repr(error)
    assert error.at("other.toml").line == error.line


def test_all_faults_are_told(here: Path) -> None:
    """The faults of a file are found in one go, those of shape before those of files."""
    text = GOOD.replace("14.2", "latest").replace("edge = [", "egde = [")
    error = error_of(text.replace('role = "C"', "role = 1"))
    assert [(one.line, one.key) for one in (error, *error.others)] == [
        (5, "expressways[0].role"),
        (16, "zones[0].egde"),
    ]
    error = error_of(GOOD.replace("X14.2", "latest"))
    assert [(one.line, one.key) for one in (error, *error.others)] == [
        (6, "expressways[0].release"),
        (11, "expressways[1].release"),
    ]


@pytest.mark.parametrize("text", [b'name = "\xff"', b"\xff\xfen\0", b'name = "a\0"'])
def test_other_bytes_are_refused(text: bytes, here: Path) -> None:
    """A file that is no UTF-8, or has what TOML forbids, is told of with its line."""
    assert error_of(b"\n\n" + text).line == 3


def test_windows_line_ends_and_a_byte_order_mark_are_fine(here: Path) -> None:
    """An editor of Windows spoils nothing, and lines are counted as they are shown."""
    Path("site.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert Deployment.load(".").name == "site"
    assert error_of(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").replace('"E"', "1").encode()).line == 10


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../x.pem",
        "a/../../x.pem",
        "C:/x.pem",
        "C:x",
        "a\\x.pem",
        "a//x.pem",
        "./x.pem",
        "a/",
        "x\u202e.pem",
        "..",
    ],
)
def test_a_path_stays_in_the_folder(path: str, here: Path) -> None:
    """A path that could lead out, on this system or another, is refused before anything is opened."""
    text = GOOD.replace('role = "E"', f"role = \"E\"\nserver_certificate = '{path}'")
    assert error_of(text).message.endswith("no path of a file in this folder")


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither a file nor a folder that is a link is read, wherever it leads."""
    (tmp_path / "out").mkdir()
    docs_files(tmp_path / "out")
    inside = tmp_path / "site"
    inside.mkdir()
    (inside / "leaf.pem").symlink_to(tmp_path / "out" / "leaf.pem")
    (inside / "folder").symlink_to(tmp_path / "out")
    for path, link in (("leaf.pem", "leaf.pem"), ("folder/leaf.pem", "folder")):
        (inside / "site.toml").write_text(f'[[webex_services]]\nname = "w"\nserver_certificate = "{path}"\n')
        with pytest.raises(SiteError, match="links are not followed") as caught:
            Deployment.load(inside)
        assert caught.value.found == f"a link ({link})"


def test_a_site_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """The site file is a file of the folder, as all others."""
    (tmp_path / "real.toml").write_text("")
    (tmp_path / "site.toml").symlink_to("real.toml")
    with pytest.raises(SiteError, match="links are not followed"):
        Deployment.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_no_pipe_and_no_folder_is_waited_for(tmp_path: Path) -> None:
    """What is no file ends in an error at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for path, found in (("pipe", "a pipe, socket or device"), ("folder", "a folder")):
        (tmp_path / "site.toml").write_text(f'[[webex_services]]\nname = "w"\nserver_certificate = "{path}"\n')
        with pytest.raises(SiteError) as caught:
            Deployment.load(tmp_path)
        assert caught.value.found == found


def test_a_site_file_too_large_is_refused(tmp_path: Path) -> None:
    """A site file over the limit is not read on."""
    (tmp_path / "site.toml").write_bytes(b"#" * (MAX_SITE_BYTES + 1))
    with pytest.raises(SiteError, match="too large"):
        Deployment.load(tmp_path)


def test_files_too_large_together_are_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of a folder share one limit; one that is named twice counts once."""
    sizes = [Path(name).stat().st_size for name in ("root.pem", "other-root.pem")]
    text = '[[webex_services]]\nname = "w"\ntrusted_ca = ["root.pem", "root.pem"]\n'
    Path("site.toml").write_text(text)
    monkeypatch.setattr(site_folder, "MAX_FOLDER_BYTES", sum(sizes) + 99)
    assert len(Deployment.load(".").webex_services[0].trusted_ca or ()) == 1
    error = error_of(text.replace('"root.pem"]', '"other-root.pem", "bundle.pem"]'))
    assert (error.key, error.message) == (
        "webex_services[0].trusted_ca[2]",
        "bundle.pem: the files of the site are too large together",
    )


@pytest.mark.parametrize(
    ("name", "found"), [("nothing", "nothing of that name"), (".", "another folder"), ("leaf.pem", "another file")]
)
def test_what_is_no_site_is_refused(name: str, found: str, here: Path) -> None:
    """A path with no site at it is told of with what is there."""
    Path("site.toml").unlink(missing_ok=True)
    with pytest.raises(SiteError, match="no site can be read from there") as caught:
        Deployment.load(name)
    assert caught.value.found == found
