"""What `xConfiguration` prints: how it is read, what is dropped, and what of the model it sets."""

import pickle
import re
from pathlib import Path
from typing import Final

import attrs
import pytest
from leg_site import site
from sites import AT

from expressway_certs import (
    ConfiguredZone,
    CrlChecking,
    Expressway,
    LoadError,
    MediaEncryption,
    Release,
    RevocationSources,
    Role,
    XConfiguration,
    ZoneKind,
)
from expressway_certs.sources.xconfiguration.node import NODE_SETTINGS
from expressway_certs.sources.xconfiguration.text import MAX_STATEMENTS
from expressway_certs.sources.xconfiguration.withheld import is_secret
from expressway_certs.sources.xconfiguration.zones import ZONE_SETTINGS
from expressway_certs.testing.diagnostics import diagnostic_files
from expressway_certs.testing.dump_noise import KEYS

# The forms that T-212475 shows: several statements on a line, empty values, ciphertexts, remarks that somebody added.
PASTED: Final = """\
Expressway-C *c xConfiguration Zones Zone 6 Name: "Call Service" *c xConfiguration Zones Zone 6 Type: "TraversalClient"
*c xConfiguration Zones Zone 6 TraversalClient Authentication Password: "{cipher}bm90IGEgc2VjcmV0IGF0IGFsbA=="
*c xConfiguration Zones Zone 6 TraversalClient Authentication UserName: "hybrid"
*c xConfiguration Zones Zone 6 TraversalClient Collaboration Edge: "Off"
*c xConfiguration Zones Zone 6 TraversalClient Peer 1 Address: "expe1.example.com"
*c xConfiguration Zones Zone 6 TraversalClient Peer 2 Address:\x20
*c xConfiguration SIP Mode: "Off" *c xConfiguration Zones Zone 6 TraversalClient SIP Port: "7003"
*c xConfiguration Zones Zone 6 TraversalClient SIP PreloadedSipRoutes Accept: "Off"   <-- Possible Suspect Value
*c xConfiguration Zones Zone 6 TraversalClient SIP TLS Verify Mode: "On"
"""


def test_pasted_text_is_read_statement_by_statement() -> None:
    """Several statements on a line, empty values and remarks beside a value."""
    dump = XConfiguration.load(PASTED)
    assert dict(dump) == {
        "Zones Zone 6 Name": "Call Service",
        "Zones Zone 6 Type": "TraversalClient",
        "Zones Zone 6 TraversalClient Authentication UserName": "hybrid",
        "Zones Zone 6 TraversalClient Collaboration Edge": "Off",
        "Zones Zone 6 TraversalClient Peer 1 Address": "expe1.example.com",
        "Zones Zone 6 TraversalClient Peer 2 Address": "",
        "SIP Mode": "Off",
        "Zones Zone 6 TraversalClient SIP Port": "7003",
        "Zones Zone 6 TraversalClient SIP PreloadedSipRoutes Accept": "Off",
        "Zones Zone 6 TraversalClient SIP TLS Verify Mode": "On",
    }
    assert dump.withheld == ("Zones Zone 6 TraversalClient Authentication Password",)


def test_its_zone_is_a_traversal_zone_of_expressway_c() -> None:
    """The zone of the same text: whom it calls, on which port, and that it verifies."""
    assert XConfiguration.load(PASTED).zones == (
        ConfiguredZone(
            index=6,
            name="Call Service",
            type="TraversalClient",
            peer_addresses=("expe1.example.com",),
            port=7003,
            tls_verify=True,
        ),
    )
    zone = XConfiguration.load(PASTED).zones[0]
    assert (zone.kind, zone.role) == (ZoneKind.TRAVERSAL, Role.CORE)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('*c xConfiguration A B: "x"', "x"),
        ("*c xConfiguration A B: x y ", "x y"),
        ("*c xConfiguration A B:", ""),
        ('*c xConfiguration A B: ""', ""),
        ('xConfiguration A B: "typed"', "typed"),
        ('  xconfiguration a   b: "typed"', "typed"),
        ('*c xConfiguration A B: "a "b" c"', 'a "b" c'),
        ('*c xConfiguration A B: "a: b"', "a: b"),
        ('*c xConfiguration A B: "one\ntwo"\n*c xConfiguration C: "d"', "one\ntwo"),
        ('*c xConfiguration A B: "no end', "no end"),
        ('*c xConfiguration A B: "first"\n*c xConfiguration a b: "last"', "last"),
        ('\ufeff*c xConfiguration A B: "mark"', "mark"),
        ('*c xConfiguration A B: "wind"\r\n*c xConfiguration C: "d"\r\n', "wind"),
        ('*c xConfiguration A B: "Mac"\r*c xConfiguration C: "d"\r', "Mac"),
        ('*c xConfiguration A B: "Troms\u00f8"', "Troms\u00f8"),
    ],
)
def test_a_value_is_what_stands_in_quotes(line: str, value: str) -> None:
    """Quotes, none, quotes inside, line breaks inside, and how editors save a text."""
    assert XConfiguration.load(f"{line}\n".encode())["A B"] == value


def test_utf_16_is_read() -> None:
    """A dump that an editor has saved in two bytes a character."""
    assert XConfiguration.load('*c xConfiguration A B: "Troms\u00f8"\n'.encode("utf-16"))["a b"] == "Troms\u00f8"


@pytest.mark.parametrize("line", ["xConfiguration Zones", "*c xConfiguration A\nB: x", "say xConfiguration A: x"])
def test_what_is_no_statement_is_passed_over(line: str) -> None:
    """A question, a key over two lines, a sentence about the command."""
    assert dict(XConfiguration.load(f'*c xConfiguration C: "d"\n{line}\n')) == {"C": "d"}


MARKUP: Final = b"""<?xml version='1.0'?>
<Configuration xmlns="http://www.example.com/XML/CUIL">
  <DNS item="1"><Domain item="1"><Name item="1">example.com</Name></Domain><Hostname>expc1</Hostname></DNS>
  <SIP><Domain item="2"><Name>two.example.com</Name></Domain></SIP>
  <Zones item="1">
    <Zone item="6">
      <Name item="1">A &amp; B</Name>
      <TraversalClient item="1">
        <Peer item="1"><Address item="1">expe1.example.com</Address></Peer>
        <Peer item="2"><Address item="1"/></Peer>
        <Authentication item="1"><Password item="1">{cipher}bm90IGEgc2VjcmV0</Password></Authentication>
      </TraversalClient>
    </Zone>
    <Zone><Name>second</Name></Zone>
  </Zones>
</Configuration>"""


def test_markup_is_read_into_the_same_keys() -> None:
    """Elements are words; a number is one where the text form counts, by its attribute or by its place."""
    dump = XConfiguration.load(MARKUP)
    assert dict(dump) == {
        "DNS Domain Name": "example.com",
        "DNS Hostname": "expc1",
        "SIP Domain 2 Name": "two.example.com",
        "Zones Zone 6 Name": "A & B",
        "Zones Zone 6 TraversalClient Peer 1 Address": "expe1.example.com",
        "Zones Zone 6 TraversalClient Peer 2 Address": "",
        "Zones Zone 2 Name": "second",
    }
    assert dump.withheld == ("Zones Zone 6 TraversalClient Authentication Password",)


@pytest.mark.parametrize("codec", ["TTF-8", "rot13", "zlib_codec", "idna", "utf-16"])
def test_markup_chooses_no_codec(codec: str) -> None:
    """What the XML says of its encoding is passed over: it is read as any text is."""
    text = f"<?xml version='1.0' encoding='{codec}'?><Configuration><A>Troms\u00f8</A></Configuration>"
    assert dict(XConfiguration.of(text.encode(), "")) == {"A": "Troms\u00f8"}
    assert dict(XConfiguration.of(text.encode("utf-16"), "")) == {"A": "Troms\u00f8"}


def test_both_forms_of_one_dump_are_the_same() -> None:
    """The test kit's text and XML of one Expressway have the same keys and values, and withhold the same."""
    files = diagnostic_files("expc1.example.com", site(), at=AT)
    text, markup = (
        XConfiguration.of(
            next(data for name, data in files.items() if name.startswith("xconf") and name.endswith(end)), ""
        )
        for end in (".txt", ".xml")
    )
    assert dict(text) == dict(markup)
    assert set(text.withheld) == set(markup.withheld)


@pytest.mark.parametrize(("key", "value"), KEYS)
def test_unknown_keys_are_kept_and_secrets_are_not(key: str, value: str) -> None:
    """Keys that nothing is read from are there with their values, but for those that hold a secret."""
    data = next(
        data
        for name, data in diagnostic_files("expe1.example.com", site(), at=AT).items()
        if name.startswith("xconf") and name.endswith(".txt")
    )
    dump = XConfiguration.of(data, "")
    expected = "secret" if key in dump.withheld else value
    assert dump.get(key, "secret") == expected
    assert (key in dump.withheld) == is_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Zones Zone 1 TraversalClient Authentication Password", "plain"),
        ("SNMP V3AuthenticationPassword", "plain"),
        ("SNMP CommunityName", "public"),
        ("Login Remote LDAP BindPassword", "plain"),
        ("XCP Shared Secret", "plain"),
        ("Option Key", "1234"),
        ("HSM PrivateKey", "plain"),
        ("OAuth Token", "plain"),
        ("Anything At All", "{cipher}abc="),
        ("Anything At All", "x {CIPHER}abc="),
        ("Anything At All", "$6$salt$hash"),
        ("Anything At All", "-----BEGIN RSA PRIVATE KEY-----"),
        ("Anything At All", "https://name:word@host.example.com/"),
        ("Anything At All", "ftp://:word@host.example.com"),
        ("Backup Pass Phrase", "plain"),
        ("Tunnel PSK", "plain"),
    ],
)
def test_a_secret_is_dropped_while_reading(key: str, value: str) -> None:
    """By the words of its key or by how the value starts; repr, pickle and errors have nothing of it."""
    dump = XConfiguration.load(f'*c xConfiguration {key}: "{value}"\n*c xConfiguration A B: "c"\n')
    assert (dict(dump), dump.withheld) == ({"A B": "c"}, (key,))
    assert value not in repr(dump)
    assert value.encode() not in pickle.dumps(dump)
    assert dict(XConfiguration({key: value, "A B": "c"})) == {"A B": "c"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Ciphers sshd_pfwd_pubkeyalgorithms Value", "x509v3-rsa2048-sha256"),
        ("SIP Advanced SipTlsDhKeySize", "2048"),
        ("SNMP V3PrivacyMode", "On"),
        ("Transform 1 Pattern String", r"(\d{10})@example\.com"),
        ("Zones Zone 1 TraversalClient Authentication UserName", "traversal"),
    ],
)
def test_what_is_no_secret_is_kept(key: str, value: str) -> None:
    """Names of algorithms, sizes and patterns with braces are not taken for secrets."""
    assert dict(XConfiguration.load(f'*c xConfiguration {key}: "{value}"\n')) == {key: value}


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        (b"", "no xConfiguration statement is in it", ""),
        (b"hello", "no xConfiguration statement is in it", ""),
        (b"<html/>", "an element Configuration is wanted: found <html>", ""),
        (b"<Configuration><a>", "the XML is damaged", "line 1"),
        (b"<Configuration>\n&x;</Configuration>", "the XML is damaged", "line 2"),
        (b"<!DOCTYPE Configuration [<!ENTITY a 'b'>]><Configuration/>", "declares a document type", "DOCTYPE"),
        (b"<Configuration>" + b"<a>" * 100, "not like that of a dump", "line 1"),
        (b"<Configuration>" + b"<a/>" * (MAX_STATEMENTS + 1), "not like that of a dump", "line 1"),
        (b"*c xConfiguration A: b\n" * (MAX_STATEMENTS + 1), "too many statements", "200000"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_no_dump_is_refused(source: bytes, message: str, place: str) -> None:
    """Other text, other XML, damaged XML, entities, and too much of anything."""
    with pytest.raises(LoadError) as caught:
        XConfiguration.load(source)
    assert message in str(caught.value)
    assert place in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_told_of() -> None:
    """The path is in the error."""
    with pytest.raises(LoadError, match=r"missing\.txt: cannot be read"):
        XConfiguration.load("missing.txt")


CORE: Final = """\
*c xConfiguration IP DNS Hostname: "expc1"
*c xConfiguration IP DNS Domain Name: "example.com"
*c xConfiguration Zones Zone 2 Name: "UC"
*c xConfiguration Zones Zone 2 Type: "TraversalClient"
*c xConfiguration Zones Zone 2 TraversalClient Collaboration Edge: "On"
"""

ON_OFF: Final = {
    "EdgeConfigServer VerifyOriginServer": "verify_origin_server",
    "XCP TLS Certificate CVS EnableServerEkuUpload": "server_eku_upload",
    "SIP TLS Certificate ExtendedKeyUsage Checking Mode": "extended_key_usage_checking",
    "SIP TLS Certificate Revocation Checking Mode": "revocation_checking",
    "XCP TLS Certificate CVS EnableCvs": "xcp_verification",
    "XCP TLS Certificate CVS VerifyHostname": "xcp_verify_hostname",
    "XCP TLS Certificate CVS CertificateRevocationCheck": "xcp_revocation_checking",
    "XCP TLS Certificate CVS FailOnInaccessibleSource": "xcp_fail_on_inaccessible_source",
    "SIP Advanced TlsSignatureAlgoPrefRsa": "sip_prefers_rsa",
    "CollaborationEdge AllowOnboardingOverMra": "activation_code_onboarding",
}
PARTS: Final = {
    "SIP TLS Certificate Revocation Checking OCSP Mode": ("revocation_sources", "ocsp"),
    "SIP TLS Certificate Revocation Checking CRL Mode": ("revocation_sources", "crls"),
    "SIP TLS Certificate Revocation Checking CRL Network Fetch Mode": ("revocation_sources", "downloads"),
    "XCP TLS Certificate CVS UseOcsp": ("xcp_revocation_sources", "ocsp"),
    "XCP TLS Certificate CVS UseCrl": ("xcp_revocation_sources", "crls"),
    "XCP TLS Certificate CVS CrlNetworkFetchEnabled": ("xcp_revocation_sources", "downloads"),
}
OTHERS: Final = {
    ("Authentication Certificate Mode", "NotRequired"): ("client_certificate_security", False),
    ("Authentication Certificate Mode", "Validation"): ("client_certificate_security", True),
    ("Authentication Certificate Mode", "Authentication"): ("client_certificate_security", True),
    ("Authentication Certificate Crlcheck", "None"): ("client_certificate_crls", CrlChecking.NONE),
    ("Authentication Certificate Crlcheck", "Peer"): ("client_certificate_crls", CrlChecking.PEER),
    ("Authentication Certificate Crlinaccessible", "Fail"): ("client_certificate_fail_on_inaccessible_source", True),
    ("Authentication Certificate Crlinaccessible", "Ignore"): ("client_certificate_fail_on_inaccessible_source", False),
    ("Alternates Cluster Name", "expc.example.com"): ("cluster_name", "expc.example.com"),
    ("Ethernet 1 IP V4 Address", "192.0.2.1"): ("address", "192.0.2.1"),
    ("Ethernet 1 IP V6 Address", "2001:DB8::1"): ("address", "2001:db8::1"),
    ("Ciphers sshd_pfwd_pubkeyalgorithms Value", "a, b"): ("ssh_key_types", ("a", "b")),
    ("Ciphers UcClientTLSCiphers Value", "EECDH:EDH:HIGH"): ("ecdsa_first", True),
    ("Ciphers UcClientTLSCiphers Value", "ECDHE-RSA-AES256-GCM-SHA384:EECDH:HIGH"): ("ecdsa_first", False),
    ("Ciphers UcClientTLSCiphers Value", "EECDH:HIGH:+ECDSA"): ("ecdsa_first", False),
    ("Ciphers UcClientTLSCiphers Value", "EECDH:HIGH:!ECDSA"): ("ecdsa_first", False),
    ("Alternates Peer 2 Address", "expc2.example.com"): ("cluster_peers", ("expc2.example.com",)),
    ("Alternates Peer 1 Address", "EXPC1.example.com"): ("cluster_peers", ()),
}


@pytest.mark.parametrize("value", ["On", "Off"])
@pytest.mark.parametrize("key", ON_OFF)
def test_a_switch_sets_its_field(key: str, value: str) -> None:
    """Each switch of the table, both ways."""
    node = XConfiguration.load(f'{CORE}*c xConfiguration {key}: "{value}"\n').expressway()
    assert getattr(node, ON_OFF[key]) == (value == "On")


@pytest.mark.parametrize("value", ["On", "Off"])
@pytest.mark.parametrize("key", PARTS)
def test_a_switch_sets_a_part_of_its_field(key: str, value: str) -> None:
    """The sources of revocation are one field with a part for each switch; the other parts keep their default."""
    field, part = PARTS[key]
    node = XConfiguration.load(f'{CORE}*c xConfiguration {key}: "{value}"\n').expressway()
    assert getattr(node, field) == attrs.evolve(RevocationSources(), **{part: value == "On"})


@pytest.mark.parametrize("given", OTHERS)
def test_a_key_sets_its_field(given: tuple[str, str]) -> None:
    """Each other key of the table."""
    key, value = given
    field, expected = OTHERS[given]
    assert getattr(XConfiguration.load(f'{CORE}*c xConfiguration {key}: "{value}"\n').expressway(), field) == expected


def test_every_row_for_a_node_is_tried() -> None:
    """No row of the table is without a case above."""
    assert {row.key for row in NODE_SETTINGS} == {
        *ON_OFF,
        *PARTS,
        *(key for key, _ in OTHERS if "Alternates Peer" not in key),
    }


@pytest.mark.parametrize("row", NODE_SETTINGS, ids=lambda row: row.key)
def test_an_empty_value_sets_nothing(row: object) -> None:
    """A key without a value leaves the default of its field."""
    assert attrs.has(type(row))
    key, field = row.key, row.field.partition(".")[0]
    plain = XConfiguration.load(CORE).expressway()
    assert getattr(XConfiguration.load(f"{CORE}*c xConfiguration {key}: \n").expressway(), field) == getattr(
        plain, field
    )


def test_every_row_says_where_it_comes_from() -> None:
    """Keys stand in the facts or in the guide's list of commands, and name a field of the model."""
    fields = {one.name for one in attrs.fields(Expressway)}
    rows = [*NODE_SETTINGS, *(row for rows in ZONE_SETTINGS.values() for row in rows)]
    assert all(row.source.key.startswith(("platform.md", "mra.md", "AG155")) for row in rows)
    assert {row.field.partition(".")[0] for row in NODE_SETTINGS} <= fields
    assert {row.field for rows in ZONE_SETTINGS.values() for row in rows} <= {
        one.name for one in attrs.fields(ConfiguredZone)
    }


def test_the_docs_have_every_row() -> None:
    """The tables of the how-to are those that dumps are read by."""
    page = Path(__file__).parent.parent / "docs" / "how-to" / "diagnostic-log.md"
    rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \| (.*?) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    nodes = [(row.key, row.field, str(row.source)) for row in NODE_SETTINGS]
    zones = [(row.key.partition(" ")[2], row.field, str(row.source)) for row in ZONE_SETTINGS["TraversalServer"]]
    assert rows == nodes + zones


def test_what_a_dump_does_not_say_can_be_given() -> None:
    """Certificates, the list, the release; and what is given goes over what the dump says."""
    node = XConfiguration.load(CORE).expressway(release="X15.5", cluster_name="other.example.com")
    assert (node.name, node.role) == ("expc1.example.com", Role.CORE)
    assert (node.release, node.cluster_name) == (Release("X15.5"), "other.example.com")
    assert XConfiguration.load('*c xConfiguration A: "b"').expressway(name="a.example.com", role="E").role is Role.EDGE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('*c xConfiguration A: "b"\n', "its name is not in it: found no DNS Hostname; give name=…"),
        (
            '*c xConfiguration DNS Hostname: "expc1"\n',
            "its role is not in it: found no traversal zone of one side alone",
        ),
        (
            f'{CORE}*c xConfiguration EdgeConfigServer VerifyOriginServer: "1\x1b[2J"\n',
            "is On or Off: found '1\\x1b[2J'",
        ),
        (f'{CORE}*c xConfiguration Ethernet 1 IP V4 Address: "{"9" * 500}"\n', f"found '{'9' * 60}…'"),
    ],
)
def test_a_dump_that_describes_no_expressway_says_why(text: str, message: str) -> None:
    """No name, no role, or a value that its key cannot have; what is shown of it is short and printable."""
    with pytest.raises(LoadError) as caught:
        XConfiguration.load(text).expressway()
    assert message in str(caught.value)


ZONE: Final = '*c xConfiguration Zones Zone 1 Name: "Z"\n*c xConfiguration Zones Zone 1 Type: "{kind}"\n'


@pytest.mark.parametrize(
    ("kind", "key", "value", "field", "expected"),
    [
        ("TraversalClient", "Peer 6 Address", "expe6.example.com", "peer_addresses", ("expe6.example.com",)),
        ("Neighbor", "Peer 1 Address", "192.0.2.7", "peer_addresses", ("192.0.2.7",)),
        (
            "TraversalServer",
            "SIP TLS Verify Subject Name",
            "expc.example.com",
            "tls_verify_subject_name",
            "expc.example.com",
        ),
        ("DNS", "SIP TLS Verify Subject Name", "sip.example.net", "tls_verify_subject_name", "sip.example.net"),
        ("DNS", "SIP TLS Verify Mode", "On", "tls_verify", True),
        ("Neighbor", "SIP Transport", "TCP", "transport", "TCP"),
        ("TraversalServer", "SIP Port", "7011", "port", 7011),
        ("TraversalServer", "SIP Media Encryption Mode", "On", "media_encryption", MediaEncryption.FORCED),
        ("TraversalServer", "SIP Media Encryption Mode", "Off", "media_encryption", MediaEncryption.UNENCRYPTED),
        ("Neighbor", "SIP Media Encryption Mode", "BestEffort", "media_encryption", MediaEncryption.BEST_EFFORT),
        ("TraversalServer", "Collaboration Edge", "On", "kind", ZoneKind.UNIFIED_COMMUNICATIONS),
        ("TraversalServer", "Collaboration Edge", "Off", "kind", ZoneKind.TRAVERSAL),
        ("ENUM", "DNSSuffix", "e164.arpa", "kind", None),
        ("SomethingNew", "Mode", "On", "kind", None),
        ("traversalserver", "SIP TLS Verify Mode", "On", "role", Role.EDGE),
    ],
)
def test_a_key_of_a_zone_sets_its_field(kind: str, key: str, value: str, field: str, expected: object) -> None:
    """The keys of platform.md §8 for zones of each type; a type that is not known is kept as it is."""
    text = ZONE.format(kind=kind) + f'*c xConfiguration Zones Zone 1 {kind} {key}: "{value}"\n'
    (zone,) = XConfiguration.load(text).zones
    assert getattr(zone, field) == expected


def test_a_box_with_zones_of_both_sides_is_what_its_uc_zone_says() -> None:
    """Of a client and a server zone the one for Unified Communications decides, and without it nobody knows."""
    both = ZONE.format(kind="TraversalServer") + CORE
    assert XConfiguration.load(both).expressway().role is Role.CORE
    with pytest.raises(LoadError, match="its role is not in it"):
        XConfiguration.load(both.replace('Collaboration Edge: "On"', 'Collaboration Edge: "Off"')).expressway()


def test_it_is_a_value() -> None:
    """Equal, hashable, picklable, and a mapping that cannot be changed."""
    dump = XConfiguration.load(CORE)
    assert dump == XConfiguration.load(CORE)
    assert hash(dump) == hash(XConfiguration.load(CORE))
    assert pickle.loads(pickle.dumps(dump)) == dump  # noqa: S301 - our own pickle
    assert "zones zone 2 TYPE" in dump
    assert repr(dump) == "<XConfiguration '' 5 keys, 0 withheld>"
    with pytest.raises(KeyError):
        dump["nothing"]
    with pytest.raises(TypeError):
        dump["Zones Zone 2 Name"] = "other"
