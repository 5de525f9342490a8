"""Servers behind Expressway-C out of what their administrators get: the REST API's snapshot, exported files."""

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest
from leg_site import server as whole_server
from sites import FACTORY, ISSUING, OTHER_ROOT, ROOT

from expressway_certs import Certificate, LoadError, UcKind, UcServer, load_uc_folder, load_uc_snapshot
from expressway_certs.testing.factory import Issued

NAME: Final = "cucm1.example.com"
LEAF: Final = FACTORY.leaf(ISSUING, dns_names=(NAME,))
OTHER: Final = FACTORY.leaf(ISSUING, common_name=f"{NAME} two", dns_names=(NAME,))
OWN: Final = FACTORY.self_signed(NAME, dns_names=(NAME,))


def entry(*certificates: Issued) -> list[dict[str, str]]:
    """Return the certificates of a list as the API gives them."""
    return [{"filename": f"{number}.pem", "certificate": one.pem} for number, one in enumerate(certificates)]


def snapshot(**changes: Any) -> dict[str, Any]:
    """Return the snapshot of a Unified CM."""
    return {
        "trackingId": "b1e0",
        "server": NAME,
        "identities": [
            {"service": "tomcat", "certificate": LEAF.pem, "csr": ""},
            {"service": "CallManager", "certificate": OTHER.pem},
            {"service": "CallManager-ECDSA", "certificate": OWN.pem},
            {"service": "ITLRecovery", "certificate": OWN.pem},
            {"service": "tomcat-ECDSA", "certificate": None},
        ],
        "trusts": [
            {"service": "tomcat-trust", "certificate_data": entry(ROOT, ISSUING, OTHER_ROOT)},
            {"service": "CallManager-trust", "certificate_data": entry(OTHER_ROOT)},
            {"service": "Phone-SAST-trust", "certificate_data": entry(OWN)},
        ],
        "revokedCertificates": [],
        **changes,
    }


def test_a_snapshot_is_a_server() -> None:
    """Certificates and lists of the model's services are taken in order, the others are passed over."""
    found = load_uc_snapshot(snapshot())
    assert found == UcServer(
        name=NAME,
        kind=UcKind.CUCM,
        tomcat=LEAF.certificate,
        callmanager=OTHER.certificate,
        callmanager_ecdsa=OWN.certificate,
        tomcat_trust=found.tomcat_trust,
        callmanager_trust=found.callmanager_trust,
        presented_cas=[ISSUING.certificate],
    )
    assert found.tomcat_trust is not None
    assert found.callmanager_trust is not None
    assert [*found.tomcat_trust] == [ROOT.certificate, ISSUING.certificate, OTHER_ROOT.certificate]
    assert (found.tomcat_trust.name, found.callmanager_trust.name) == (
        f"{NAME} tomcat-trust",
        f"{NAME} CallManager-trust",
    )


def test_a_snapshot_comes_in_any_form(tmp_path: Path) -> None:
    """The parsed JSON, its text, its bytes and a file of it are one server."""
    text = json.dumps(snapshot())
    (tmp_path / "cucm1.json").write_text(text)
    sources = (
        snapshot(),
        text,
        text.encode(),
        tmp_path / "cucm1.json",
        str(tmp_path / "cucm1.json"),
        b"\xef\xbb\xbf" + text.encode(),
    )
    assert {load_uc_snapshot(source) for source in sources} == {load_uc_snapshot(snapshot())}


@pytest.mark.parametrize(
    "listed",
    [
        {"certificate_data": entry(ROOT)},
        {"certificates": entry(ROOT)},
        {"certificates": [ROOT.pem]},
        {
            "certificate_data": [
                {"certificate": ROOT.pem.replace("\n", "\r\n")},
                {"filename": "empty", "certificate": ""},
            ]
        },
    ],
    ids=["certificate_data", "certificates", "texts", "an empty entry"],
)
@pytest.mark.parametrize("service", ["tomcat-trust", "tomcat", "TOMCAT-TRUST"])
def test_a_list_is_read_in_each_form(service: str, listed: dict[str, Any]) -> None:
    """The certificates of a list are found under both names, as tables or texts, whatever the service is called."""
    found = load_uc_snapshot(snapshot(trusts=[{"service": service, **listed}]))
    assert found.tomcat_trust is not None
    assert [*found.tomcat_trust] == [ROOT.certificate]
    assert found.callmanager_trust is None


@pytest.mark.parametrize(
    ("services", "kind"),
    [
        (["tomcat", "CallManager"], UcKind.CUCM),
        (["tomcat", "CallManager-ECDSA"], UcKind.CUCM),
        (["tomcat", "cup-xmpp"], UcKind.IMP),
    ],
)
def test_the_services_show_the_product(services: list[str], kind: UcKind) -> None:
    """A CallManager certificate makes a Unified CM, a cup-xmpp one IM and Presence."""
    identities = [{"service": service, "certificate": LEAF.pem} for service in services]
    assert load_uc_snapshot(snapshot(identities=identities, trusts=[])).kind is kind


def test_what_the_services_do_not_show_is_said() -> None:
    """Tomcat alone may be Unity Connection or another product; the name may be another one too."""
    alone = snapshot(identities=[{"service": "tomcat", "certificate": LEAF.pem}], trusts=[])
    with pytest.raises(LoadError, match="do not show which product the server is"):
        load_uc_snapshot(alone)
    found = load_uc_snapshot(alone, kind="Unity Connection", name="192.0.2.9")
    assert (found.kind, found.name) == (UcKind.UNITY, "192.0.2.9")


def test_nothing_but_the_chain_is_sent() -> None:
    """A self-signed certificate travels alone; a chain is taken out of the list of its own service."""
    lists = [{"service": "CallManager-trust", "certificate_data": entry(ISSUING)}]
    found = load_uc_snapshot(snapshot(identities=[{"service": "CallManager", "certificate": OWN.pem}], trusts=lists))
    assert found.presented_cas == ()
    found = load_uc_snapshot(snapshot(identities=[{"service": "CallManager", "certificate": LEAF.pem}], trusts=lists))
    assert found.presented_cas == (ISSUING.certificate,)
    other_list = [{"service": "cup-xmpp-trust", "certificate_data": entry(ISSUING)}]
    own = [{"service": "CallManager", "certificate": LEAF.pem}]
    found = load_uc_snapshot(snapshot(identities=own, trusts=other_list), kind="Unified CM")
    assert found.presented_cas == ()


WRONG: Final[dict[str, tuple[Any, str, str]]] = {
    "no table": ([], "the snapshot", "a table is wanted here"),
    "no server": (snapshot(server=None), "server", "a text is wanted here"),
    "an empty server": (snapshot(server=""), "server", "the name of the server is wanted"),
    "no list": (snapshot(identities={"tomcat": 1}), "identities", "a list is wanted here"),
    "no table in it": (snapshot(identities=["x"]), "identities[0]", "a table is wanted here"),
    "no service": (snapshot(identities=[{}]), "identities[0].service", "a text is wanted here"),
    "a number": (
        snapshot(identities=[{"service": "tomcat", "certificate": 5}]),
        "identities[0].certificate", "a text is wanted here",
    ),
    "a path": (
        snapshot(identities=[{"service": "tomcat", "certificate": "/etc/passwd"}]),
        "identities[0].certificate", "holds no certificate",
    ),
    "a cut one": (
        snapshot(trusts=[{"service": "tomcat", "certificate_data": [*entry(ROOT), {"certificate": ROOT.pem[:300]}]}]),
        "trusts[0].certificate_data[1].certificate", "block 1, line 1: a CERTIFICATE block with a broken frame",
    ),
    "a service twice": (
        snapshot(identities=[{"service": name, "certificate": LEAF.pem} for name in ("tomcat", "Tomcat")]),
        "identities[1]", "Tomcat stands twice",
    ),
    "nothing": (
        snapshot(identities=[], trusts=[]), "the snapshot", "there is no certificate of a service and no list in it",
    ),
    "an answer of refusal": ({"error": "unauthorized"}, "server", "a text is wanted here"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_snapshot_says_where(case: str) -> None:
    """The error of a wrong snapshot names the place in the JSON, as a value and as text."""
    values, where, message = WRONG[case]
    for source in (json.dumps(values).encode(), values if isinstance(values, dict) else json.dumps(values).encode()):
        with pytest.raises(LoadError) as caught:
            load_uc_snapshot(source)
        assert (caught.value.where, caught.value.message.startswith(message)) == (where, True), caught.value


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"<html>", b"[" * 100_000, b"1" * 5000, b'{"server": "x"}{}'])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    """Other bytes, a page of HTML, levels without end: one error, with where."""
    with pytest.raises(LoadError) as caught:
        load_uc_snapshot(data)
    assert caught.value.where


def test_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    """The error of a file names the file, and its line where it is no JSON."""
    (tmp_path / "x.json").write_text('{\n"server": }')
    with pytest.raises(LoadError) as caught:
        load_uc_snapshot(tmp_path / "x.json")
    assert caught.value.where == f"{tmp_path / 'x.json'}, line 2"


def export(folder: Path, files: dict[str, Issued | list[Issued]]) -> Path:
    """Write exported files: DER where the name says so, else PEM."""
    for name, issued in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(issued, list):
            path.write_text("".join(one.pem for one in issued))
        elif path.suffix == ".der":
            path.write_bytes(issued.der)
        else:
            path.write_text(issued.pem)
    return folder


def test_a_folder_is_a_server(tmp_path: Path) -> None:
    """Files of both encodings and any case are read by their names, lists from one file or a folder, in order."""
    folder = export(
        tmp_path / NAME,
        {
            "tomcat.pem": LEAF,
            "callmanager.DER": OTHER,
            "CallManager-ECDSA.cer": OWN,
            "CAPF.pem": OWN,
            "tomcat-trust/b.pem": ROOT,
            "tomcat-trust/a.der": ISSUING,
            "tomcat-trust/c.pem": [OTHER_ROOT, ROOT],
            "CallManager-trust.pem": [OTHER_ROOT, ISSUING],
        },
    )
    (folder / "callmanager.DER").write_bytes(OTHER.der)
    (folder / "notes.txt").write_text("mine")
    (folder / "tomcat.csr").write_text("passed over")
    (folder / "ipsec-trust").mkdir()
    found = load_uc_folder(folder)
    assert (found.name, found.kind, found.tomcat, found.callmanager) == (
        NAME,
        UcKind.CUCM,
        LEAF.certificate,
        OTHER.certificate,
    )
    assert found.callmanager_ecdsa == OWN.certificate
    assert found.tomcat_trust is not None
    assert [*found.tomcat_trust] == [ISSUING.certificate, ROOT.certificate, OTHER_ROOT.certificate]
    assert found.callmanager_trust is not None
    assert [*found.callmanager_trust] == [OTHER_ROOT.certificate, ISSUING.certificate]
    assert found.cup_xmpp_trust is None


def test_every_certificate_of_the_model_has_a_file(tmp_path: Path) -> None:
    """Each certificate and list of a server of the model can be said in a folder and in a snapshot."""
    names = ["tomcat", "tomcat-ECDSA", "CallManager", "CallManager-ECDSA", "cup-xmpp"]
    lists = ["tomcat-trust", "CallManager-trust", "cup-xmpp-trust"]
    folder = export(tmp_path / "x", {f"{name}.pem": LEAF for name in names} | {f"{name}.pem": ROOT for name in lists})
    answer = snapshot(
        identities=[{"service": name, "certificate": LEAF.pem} for name in names],
        trusts=[{"service": name, "certificate_data": entry(ROOT)} for name in lists],
    )
    for found in (load_uc_folder(folder), load_uc_snapshot(answer)):
        stores = {
            found.certificate(name)
            for name in ("tomcat", "tomcat-ECDSA", "callmanager", "CallManager-ECDSA", "cup-xmpp")
        }
        assert stores == {LEAF.certificate}
        assert [[*(found.trust(name) or ())] for name in lists] == [[ROOT.certificate]] * 3
    assert whole_server(NAME, UcKind.CUCM).tomcat is not None


@pytest.mark.parametrize(
    ("files", "where", "message"),
    [
        ({}, "", "there is no certificate in it that the model has"),
        ({"CAPF.pem": OWN}, "", "there is no certificate in it that the model has"),
        (
            {"Example_Root_CA.pem": ROOT},
            "/Example_Root_CA.pem",
            "the name of the file does not say which certificate it is",
        ),
        ({"tomcat.pem": LEAF, "tomcat.der": LEAF}, "/tomcat.pem", "tomcat is there twice"),
        ({"CallManager.pem": [LEAF, ISSUING]}, "/CallManager.pem", "the input holds 2 certificates"),
    ],
)
def test_a_wrong_folder_says_which_file(
    files: dict[str, Issued | list[Issued]], where: str, message: str, tmp_path: Path
) -> None:
    """The error of a wrong folder names the file, and nothing is left out in silence."""
    folder = tmp_path / "x"
    folder.mkdir()
    export(folder, files)
    with pytest.raises(LoadError) as caught:
        load_uc_folder(folder)
    assert (caught.value.where, caught.value.message[: len(message)]) == (f"{folder}{where}", message)


@pytest.mark.parametrize("name", ["missing", "file", "nul\0"])
def test_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    """A path with no folder at it ends in an error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LoadError, match="no folder that can be read"):
        load_uc_folder(tmp_path / name)


def test_the_folder_of_now_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without a given name is called after its folder, the current one too."""
    export(tmp_path / NAME, {"CallManager.pem": LEAF})
    monkeypatch.chdir(tmp_path / NAME)
    assert load_uc_folder(".").name == NAME


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A link to a file is refused, one to a folder is passed over."""
    export(tmp_path / "out", {"leaf.pem": LEAF})
    folder = export(tmp_path / "x", {"CallManager.pem": OTHER})
    (folder / "tomcat-trust").symlink_to(tmp_path / "out")
    assert load_uc_folder(folder).tomcat_trust is None
    (folder / "tomcat.pem").symlink_to(tmp_path / "out" / "leaf.pem")
    with pytest.raises(LoadError, match="links are not followed"):
        load_uc_folder(folder)


def test_a_private_key_beside_is_not_kept(tmp_path: Path) -> None:
    """A PEM file with a key in it is read as its certificate alone."""
    folder = export(tmp_path / "x", {"CallManager.pem": LEAF})
    key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
    (folder / "CallManager.pem").write_text(key + LEAF.pem)
    assert load_uc_folder(folder).callmanager == Certificate.from_der(LEAF.der)


def test_reading_does_not_depend_on_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server sends is found as of the certificate's own first day."""
    monkeypatch.setattr("expressway_certs.x509.clock.resolve", lambda at: at if at is not None else os.abort())
    assert load_uc_snapshot(snapshot()).presented_cas == (ISSUING.certificate,)
