"""A site folder: what is saved is loaded again, and lies there as people can read it."""

import errno
import os
import re
import stat
import tomllib
from pathlib import Path

import attrs
import pytest
import upload_faults
from hypothesis import given, settings
from hypothesis import strategies as st
from leg_faults import LEG_FAULTS
from leg_site import site, whole_site
from profiles import examples
from site_draws import certificates, deployments
from site_draws import files as sample_files
from sites import AT, good_site

from expressway_certs import (
    Client,
    Deployment,
    Expressway,
    LoadError,
    SiteError,
    TrustStore,
    Upload,
    Zone,
    audit,
    load_certificates,
    public_trust_store,
)
from expressway_certs.sources.site.folder import SITE_FILE, Written
from expressway_certs.sources.site.names import Names, file_name
from expressway_certs.sources.site.reading import read_site
from expressway_certs.sources.site.writing import site_files
from expressway_certs.testing import make_site
from expressway_certs.testing.sample import sample_deployment

FILES = sample_files()


def read_back(files: dict[str, bytes]) -> Deployment:
    """Return what a written folder reads as."""
    return read_site(Written(files), SITE_FILE, SITE_FILE)


@pytest.mark.parametrize(
    "made",
    [
        sample_deployment,
        whole_site,
        good_site,
        Deployment,
        lambda: site("X15.5"),
        lambda: make_site(release="X15.5", at=AT),
        lambda: make_site(3, 1, "X12.5", at=AT, domain="example.net"),
        *(make for make, _, _ in LEG_FAULTS.values()),
    ],
    ids=["sample", "whole site", "good site", "empty", "X15.5", "made for X15.5", "made for X12.5", *LEG_FAULTS],
)
def test_a_saved_site_loads_as_it_was(made: object, tmp_path: Path) -> None:
    """A site of the tests is written to the disk, and read from the folder and from its site.toml alike."""
    assert callable(made)
    saved = made()
    saved.save(tmp_path / "site")
    assert Deployment.load(tmp_path / "site") == saved
    assert Deployment.load(str(tmp_path / "site" / "site.toml")) == saved


@settings(max_examples=examples(150))
@given(st.data())
def test_any_site_reads_back_as_it_was(data: st.DataObject) -> None:
    """Whatever the model takes in any of its fields can be written and read back, and the file is TOML 1.0."""
    drawn = data.draw(deployments())
    files = site_files(drawn)
    assert read_back(files) == drawn
    assert tomllib.loads(files[SITE_FILE].decode())["format"] == "expressway_certs/site/1"


@settings(max_examples=examples(50))
@given(st.data())
def test_written_files_lie_in_the_folder(data: st.DataObject) -> None:
    """Whatever nodes and files are called, their files have plain names, and no two are one on any system."""
    files = site_files(data.draw(deployments()))
    plain = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?")
    assert [name for name in files if not plain.fullmatch(name)] == []
    assert len({name.lower() for name in files}) == len(files)
    folders = {name.split("/")[0].lower() for name in files if "/" in name}
    assert folders & {name.lower() for name in files} == set()


def test_an_audit_of_the_loaded_site_says_the_same(tmp_path: Path) -> None:
    """The report on a site that was saved and loaded is the report on the site."""
    saved = sample_deployment(at=AT)
    saved.save(tmp_path / "site")
    assert audit(Deployment.load(tmp_path / "site"), at=AT).to_dict() == audit(saved, at=AT).to_dict()


def test_the_files_are_there_to_be_read() -> None:
    """A node's files lie in a folder of its name, each certificate below its subject, a list in its own order."""
    files = site_files(sample_deployment(at=AT))
    assert {name for name in files if name.startswith("expe1.")} == {
        "expe1.example.com/server-certificate.pem",
        "expe1.example.com/trusted-ca.pem",
    }
    text = files["expe1.example.com/trusted-ca.pem"].decode("ascii")
    subjects = [line for line in text.splitlines() if line.startswith("O=")]
    assert subjects == [
        "O=Example, CN=Example Root CA",
        "O=Example, CN=Example Issuing CA 1",
        "O=Example, CN=Example Issuing CA 2",
    ]
    said = files[SITE_FILE].decode().splitlines()
    line = next(line for line in said if "expe1.example.com/server-certificate.pem" in line)
    assert line.partition("  # ")[2] == "O=Example, CN=expe1.example.com, until 2027-11-24"


def test_a_certificate_with_a_hostile_subject_is_one_certificate() -> None:
    """A subject that reads like a BEGIN line is written above its certificate and hides nothing."""
    hostile = certificates()[2]
    node = Expressway(name="expe1.example.com", role="E", server_certificate=hostile)
    files = site_files(Deployment(expressways=[node]))
    data = files["expe1.example.com/server-certificate.pem"]
    assert load_certificates(data) == (hostile,)
    assert data.count(b"-----BEGIN") == 1


def test_a_node_that_only_a_zone_has_stays_there() -> None:
    """A site whose list of Expressways leaves out the peers of its zones keeps leaving them out."""
    whole = site()
    bare = attrs.evolve(whole, expressways=whole.expressways[:1])
    files = site_files(bare)
    assert read_back(files) == bare
    assert files[SITE_FILE].decode().count("only_in_zones = true") == 3


def test_the_public_list_is_one_word() -> None:
    """A client may have Mozilla's list by its word, and the list is written as the files that it is then."""
    word = b'[[clients]]\nservice_domain = "example.com"\ntrusted_ca = { list = "public" }\n'
    client = Client(service_domain="example.com", trusted_ca=public_trust_store())
    read = read_back({SITE_FILE: b'name = "public"\n' + word})
    assert read == Deployment(name="public", clients=[client])
    files = site_files(read)
    assert (b"list =" in files[SITE_FILE], read_back(files)) == (False, read)


def test_equal_files_of_one_system_are_written_once() -> None:
    """A far end that stands in four zones and among the Webex services has one folder with one copy of each file."""
    files = site_files(site())
    assert [name for name in files if name.startswith("sip.example.net")] == [
        "sip.example.net/server-certificate.pem",
        "sip.example.net/trusted-ca.pem",
    ]


def test_nodes_whose_names_differ_in_case_have_folders_of_their_own() -> None:
    """Two names that a disk without case would take for one lead to two folders."""
    node = Expressway(name="EXPE1.example.com", role="E", trusted_ca=TrustStore([certificates()[0]], "one"))
    other = attrs.evolve(node, name="expe1.example.com", trusted_ca=TrustStore([certificates()[1]], "other"))
    core = Expressway(name="expc1.example.com", role="C")
    both = Deployment(expressways=[node, core], zones=[Zone(name="Z", core=[core], edge=[other])])
    files = site_files(both)
    assert sorted(name for name in files if "trusted" in name) == [
        "EXPE1.example.com/trusted-ca.pem",
        "expe1.example.com-2/trusted-ca.pem",
    ]
    assert read_back(files) == both


@pytest.mark.parametrize(
    "file",
    [
        FILES["leaf.key"],
        FILES["leaf.pem"] + FILES["leaf.key"],
        FILES["leaf.p12"],
    ],
    ids=["a key", "a certificate and its key", "PKCS#12"],
)
def test_no_private_key_is_written(file: bytes, tmp_path: Path) -> None:
    """A site with a file for upload that holds a key is not saved, and the error shows nothing of it."""
    node = Expressway(name="expe1.example.com", role="E")
    waiting = Deployment(expressways=[node], uploads=[Upload(file=file, node=node.name, file_name="both.pem")])
    with pytest.raises(SiteError) as caught:
        waiting.save(tmp_path / "site")
    assert caught.value.key == "uploads[0].file"
    assert caught.value.message == "the file both.pem for upload holds a private key, and keys are not written"
    assert "PRIVATE KEY" not in repr(caught.value) + str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_is_looked_at_and_not_written(tmp_path: Path) -> None:
    """The key file of an upload can be named, is judged as the page would, and keeps the site from being saved."""
    text = (
        '[[expressways]]\nname = "e"\nrole = "E"\n'
        '[[uploads]]\nfile = "leaf.pem"\nnode = "e"\nprivate_key = "leaf.key"\n'
    )
    for name in ("leaf.pem", "leaf.key"):
        (tmp_path / name).write_bytes(FILES[name])
    (tmp_path / "site.toml").write_text(text)
    loaded = Deployment.load(tmp_path)
    assert repr(loaded.uploads[0].private_key and loaded.uploads[0].private_key.key) == "<PrivateKey RSA 2048>"
    with pytest.raises(SiteError, match="private keys are not written, and this one is not kept") as caught:
        loaded.save(tmp_path / "copy")
    assert caught.value.key == "uploads[0].private_key"
    without = attrs.evolve(loaded, uploads=[attrs.evolve(loaded.uploads[0], private_key=None)])
    without.save(tmp_path / "copy")
    assert Deployment.load(tmp_path / "copy") == without


def test_a_key_beside_a_certificate_is_not_kept(tmp_path: Path) -> None:
    """A file with a certificate and its key is read as the certificate; the deployment has nothing of the key."""
    (tmp_path / "both.pem").write_bytes(FILES["leaf.key"] + FILES["leaf.pem"])
    (tmp_path / "site.toml").write_text('[[expressways]]\nname = "e"\nrole = "E"\nserver_certificate = "both.pem"\n')
    loaded = Deployment.load(tmp_path)
    assert site_files(loaded)["e/server-certificate.pem"].count(b"-----BEGIN") == 1


def test_what_the_file_cannot_say_is_not_saved(tmp_path: Path) -> None:
    """A model with half a character in it is refused in words."""
    wrong = attrs.evolve(good_site(), name="lone \ud800")
    with pytest.raises(SiteError, match="holds a value that a site folder cannot say"):
        wrong.save(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_what_would_read_back_otherwise_is_not_saved(tmp_path: Path) -> None:
    """A node of a class of one's own would come back as one of the library's: it is refused."""

    class Own(Expressway):
        """A node with something of its own."""

    with pytest.raises(SiteError, match="a value of another type than the model's"):
        Deployment(expressways=[Own(name="e", role="E")]).save(tmp_path / "site")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """Nothing is overwritten, whether file, folder or link; an empty folder is filled."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for name, found in (("full", "a folder with something in it"), ("file", "a file of that name")):
        with pytest.raises(SiteError, match=f"nothing was written: found {found}"):
            good_site().save(tmp_path / name)
    with pytest.raises(SiteError, match="nothing was written"):
        good_site().save(tmp_path / "link")
    assert sorted(tmp_path.rglob("*")) == before
    site().save(tmp_path / "empty")
    assert Deployment.load(tmp_path / "empty") == site()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_folder_has_the_usual_mode(tmp_path: Path) -> None:
    """A written folder can be read by whom the user's mask lets read, as any other."""
    good_site().save(tmp_path / "site")
    (tmp_path / "other").mkdir()
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("site", "other")}
    assert len(modes) == 1


@pytest.mark.parametrize("name", ["nul\0name/x", "x" * 5000])
def test_a_folder_that_cannot_be_is_an_error(name: str, tmp_path: Path) -> None:
    """A name that no system takes ends in SiteError, for saving and for loading."""
    with pytest.raises(SiteError, match="nothing was written"):
        good_site().save(tmp_path / name)
    with pytest.raises(SiteError, match="no site can be read from there"):
        Deployment.load(tmp_path / name)


def test_an_empty_path_is_not_the_folder_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that holds nothing leads to no site."""
    good_site().save(tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    with pytest.raises(SiteError, match="found an empty path"):
        Deployment.load("")


def test_a_folder_that_may_not_be_looked_into_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps it from being read is in the error, and not that it is another folder."""

    def refuse(_folder: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(LoadError, match="cannot be read: found Permission denied"):
        Deployment.load(tmp_path)


def test_waiting_uploads_keep_their_names() -> None:
    """A file for upload is written under a safe name, and is still called as it was."""
    node = Expressway(name="expe1.example.com", role="E")
    names = ["../../etc/passwd", "new.cer", "NEW.cer", "", "certificate.pem"]
    uploads = [Upload(file=str(number).encode(), node=node.name, file_name=name) for number, name in enumerate(names)]
    waiting = Deployment(expressways=[node], uploads=uploads)
    files = site_files(waiting)
    assert sorted(name for name in files if "/" in name) == [
        "uploads/NEW-2.cer",
        "uploads/certificate.pem",
        "uploads/etc_passwd",
        "uploads/new.cer",
        "uploads/unnamed",
    ]
    assert read_back(files) == waiting


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("expc1.example.com", "expc1.example.com"),
        ("../../etc/passwd", "etc_passwd"),
        ("Tromsø", "Troms"),
        ("", "unnamed"),
        ("...", "unnamed"),
        ("CON", "_CON"),
        ("com1.pem", "_com1.pem"),
        ("console", "console"),
        ("a\0b\nc", "a_b_c"),
        ("x" * 300, "x" * 80),
        ("ends in a dot.", "ends_in_a_dot"),
        ("-rf", "rf"),
    ],
)
def test_names_of_files_are_safe(text: str, name: str) -> None:
    """Any name becomes one that every system takes and no shell misreads."""
    assert file_name(text) == name


def test_a_taken_name_gets_a_number() -> None:
    """Paths are told apart whatever their case, with a number before the suffix."""
    names = Names("site.toml")
    assert [names.take(one) for one in ("a/x.pem", "A/X.pem", "a/x", "a/x", "Site.toml", "site.toml")] == [
        "a/x.pem", "A/X-2.pem", "a/x", "a/x-2", "Site.toml-2", "site.toml-3",
    ]  # fmt: skip


def test_every_upload_fault_is_read_back(tmp_path: Path) -> None:
    """The good site with every kind of certificate file waiting for upload is read back, byte for byte."""
    file = upload_faults.leaf().der
    whole = good_site()
    waiting = attrs.evolve(whole, uploads=[Upload(file=file, node=whole.expressways[0].name, store="trusted-ca")])
    waiting.save(tmp_path / "site")
    assert Deployment.load(tmp_path / "site") == waiting
