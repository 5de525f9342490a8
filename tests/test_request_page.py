"""The page Generate CSR: what it asks for, for which node, and what it refuses; and that OpenSSL reads the same."""

import copy
import pickle
import re
import shutil
import subprocess
from typing import Final, get_args

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sites import AT, CLUSTER, good_site

from expressway_certs import Deployment, Expressway, NewRequest, RequestOptions, Zone, load_private_key, make_request
from expressway_certs.product.request_form import AlternativeNames, RequestForm
from expressway_certs.testing.keys import ec_key, rsa_key
from expressway_certs.testing.sample import sample_deployment
from expressway_certs.x509.alternative_names import AlternativeName, names_in
from expressway_certs.x509.request_building import RequestContents, build_request

OPENSSL: Final = shutil.which("openssl") or ""
WITH_OPENSSL: Final = pytest.mark.skipif(not OPENSSL, reason="there is no openssl command on the path")
SAMPLE: Final = sample_deployment(AT)
PEERS: Final = get_args(AlternativeNames)[1]
KEY: Final = rsa_key(0)
EXTENDED: Final = "TLS Web Server Authentication, TLS Web Client Authentication"


def full_site(release: str = "X14.3") -> Deployment:
    """Return the good site with every service that asks for names, its nodes of Expressway-E a cluster."""
    site = good_site(release)
    zone = site.zones[0]
    edge = [attrs.evolve(node, cluster_name="expe.example.com") for node in zone.edge]
    return attrs.evolve(
        site,
        zones=[attrs.evolve(zone, edge=edge)],
        expressways=[*zone.core, *edge],
        mra_domains=["example.net"],
        xmpp_domains=["chat.example.com"],
        chat_node_aliases=["conference.example.com"],
        phone_security_profiles=["profile.example.com"],
    )


def made(node: str = "expe1.example.com", site: Deployment | None = None, **options: object) -> NewRequest:
    """Return the request of a node, for a stored key."""
    site = site or full_site()
    return make_request(site.expressway(node), site, **{"private_key": KEY, **options})


def names(request: NewRequest) -> list[str]:
    """Return the alternative names that are asked for."""
    return [str(name) for name in names_in(request.request)]


def openssl(request: NewRequest) -> str:
    """Return what OpenSSL prints of a request that it has verified."""
    command = [OPENSSL, "req", "-verify", "-noout", "-text", "-nameopt", "oneline,-space_eq"]
    done = subprocess.run(command, input=request.request.to_pem(), capture_output=True, text=True, check=True)
    assert "verify OK" in done.stderr + done.stdout
    return done.stdout


def extension(printed: str, name: str) -> str:
    """Return the value of an extension as OpenSSL prints it."""
    found = re.search(rf"X509v3 {name}: ?(?:critical)?\n\s+(.*)", printed)
    assert found is not None
    return found.group(1).strip()


@WITH_OPENSSL
@pytest.mark.parametrize("node", [node.name for node in SAMPLE.nodes])
def test_openssl_reads_the_request_of_each_node_of_the_sample(node: str) -> None:
    """The signature verifies, and names and usages stand there as OpenSSL prints them."""
    request = made(node, SAMPLE)
    printed = openssl(request)
    assert f"Subject: CN={node}" in printed
    assert extension(printed, "Subject Alternative Name") == ", ".join(names(request))
    assert extension(printed, "Extended Key Usage") == EXTENDED
    assert extension(printed, "Key Usage") == "Digital Signature, Key Encipherment"


@WITH_OPENSSL
@pytest.mark.parametrize(
    ("options", "kind", "signature"),
    [
        ({"key_length": 2048}, "(2048 bit)", "sha256WithRSAEncryption"),
        ({"private_key": KEY, "digest": "SHA-384"}, "(2048 bit)", "sha384WithRSAEncryption"),
        ({"key_algorithm": "ECDSA"}, "NIST CURVE: P-256", "ecdsa-with-SHA256"),
        ({"key_algorithm": "ECDSA", "key_length": 384}, "NIST CURVE: P-384", "ecdsa-with-SHA256"),
        ({"key_algorithm": "ECDSA", "key_length": 521, "digest": "SHA-512"}, "NIST CURVE: P-521", "ecdsa-with-SHA512"),
    ],
)
def test_openssl_reads_every_kind_of_key(options: RequestOptions, kind: str, signature: str) -> None:
    """Each key, length and digest that the page offers is what OpenSSL finds."""
    printed = openssl(make_request(Expressway(name="expe1.example.com", role="E", release="X14.3"), **options))
    assert kind in printed
    assert f"Signature Algorithm: {signature}" in printed


def test_an_rsa_key_has_4096_bits_where_nothing_is_said() -> None:
    """The length that the guides recommend."""
    assert str(make_request(Expressway(name="expe1.example.com", role="E")).request.key) == "RSA 4096"


@WITH_OPENSSL
def test_openssl_reads_every_field_of_the_subject() -> None:
    """Country, province, locality, organisation, unit, common name and e-mail address, in the usual order."""
    request = made(
        country="no", province="Oslo", locality="Fornebu", organization="Example AS", organizational_unit="Voice",
        email="pki@example.com",
    )  # fmt: skip
    subject = "C=NO, ST=Oslo, L=Fornebu, O=Example AS, OU=Voice, CN=expe1.example.com, emailAddress=pki@example.com"
    assert f"Subject: {subject}" in openssl(request)


@WITH_OPENSSL
def test_openssl_prints_xmpp_addresses_as_such() -> None:
    """The format XMPPAddress is the XmppAddr of RFC 6120."""
    printed = extension(openssl(made(xmpp_domain_format="XMPPAddress")), "Subject Alternative Name")
    assert "othername: XmppAddr" in printed
    assert "DNS:chat.example.com" not in printed


def test_the_names_of_expressway_e() -> None:
    """The common name first, then the cluster with its peers, the domains, the federated ones and the aliases."""
    assert names(made()) == [
        "DNS:expe1.example.com", "DNS:expe.example.com", "DNS:expe2.example.com", "DNS:example.net",
        "DNS:example.com", "DNS:chat.example.com", "DNS:conference.example.com",
    ]  # fmt: skip


def test_the_names_of_expressway_c() -> None:
    """No domains: the aliases and the phone security profiles."""
    assert names(made("expc1.example.com")) == [
        "DNS:expc1.example.com", f"DNS:{CLUSTER}", "DNS:expc2.example.com", "DNS:conference.example.com",
        "DNS:profile.example.com",
    ]  # fmt: skip


def test_the_common_name_can_be_the_cluster_s() -> None:
    """It is an alternative name all the same."""
    request = made(common_name="FQDN of Expressway cluster")
    assert request.request.common_name == "expe.example.com"
    assert names(request)[:3] == ["DNS:expe.example.com", "DNS:expe1.example.com", "DNS:expe2.example.com"]


def test_a_cluster_without_a_deployment_has_the_one_known_peer() -> None:
    """The node itself is in its request even where its cluster gives the common name."""
    node = Expressway(name="expe1.example.com", role="E", cluster_name="expe.example.com")
    request = make_request(node, private_key=KEY, common_name="FQDN of Expressway cluster")
    assert names(request) == ["DNS:expe.example.com", "DNS:expe1.example.com"]


def test_a_cluster_is_of_one_role() -> None:
    """A node of the other role is no peer, whatever cluster name it was given."""
    nodes = [Expressway(name=f"exp{role}.example.com", role=role, cluster_name="exp.example.com") for role in "CE"]
    request = make_request(nodes[1], Deployment(expressways=nodes), private_key=KEY)
    assert names(request) == ["DNS:expE.example.com", "DNS:exp.example.com"]


def test_the_cluster_s_names_can_be_left_out() -> None:
    """Subject alternative names: None leaves the common name, and what is entered elsewhere."""
    assert names(made(alternative_names="None"))[:2] == ["DNS:expe1.example.com", "DNS:example.net"]
    assert names(made(alternative_names=PEERS)) == names(made())


@pytest.mark.parametrize("given", ["a.example.com, b.example.com,", ["a.example.com", "b.example.com"]])
def test_additional_names_are_taken_as_they_are(given: object) -> None:
    """As a text with commas, as on the page, or as a list."""
    node = Expressway(name="expe1.example.com", role="E")
    request = make_request(node, private_key=KEY, additional_names=given)  # type: ignore[arg-type]
    assert names(request) == ["DNS:expe1.example.com", "DNS:a.example.com", "DNS:b.example.com"]


def other_address(address: str, verify_name: str = "zone.example.com") -> Deployment:
    """Return the full site whose zone calls the first Expressway-E otherwise, and asks for another name."""
    site = full_site()
    zone = site.zones[0]
    changed: Zone = attrs.evolve(
        zone, peer_addresses=[address, zone.peer_addresses[1]], tls_verify_subject_name=verify_name
    )
    return attrs.evolve(site, zones=[changed])


def test_what_a_zone_asks_for_is_typed_in() -> None:
    """The address it calls and the name it verifies are additional names, unless others are given."""
    site = other_address("edge.example.com")
    assert "DNS:edge.example.com" in names(made(site=site))
    assert "DNS:zone.example.com" in names(made("expc1.example.com", site))
    assert "DNS:edge.example.com" not in names(made(site=site, additional_names=()))


def test_an_ip_address_is_not_asked_for() -> None:
    """Expressway takes none in a certificate, so the zone has to change."""
    assert [name for name in names(made(site=other_address("192.0.2.7"))) if "192" in name] == []


def test_a_name_is_asked_for_once() -> None:
    """Whatever its case, as it stands there first."""
    request = made(additional_names=["EXPE1.example.com", "Example.NET", "example.com"])
    assert [name for name in names(request) if name.lower() == "dns:example.net"] == ["DNS:Example.NET"]
    assert len({name.lower() for name in names(request)}) == len(names(request))


def test_collab_edge_keeps_the_bare_domain_out() -> None:
    """The format CollabEdgeDNS is for the registration domains alone (mra.md A1.4)."""
    found = names(made(mra_domain_format="CollabEdgeDNS"))
    assert {"DNS:collab-edge.example.net", "DNS:collab-edge.example.com", "DNS:chat.example.com"} <= set(found)
    assert "DNS:example.net" not in found


def test_each_format_is_for_its_own_row() -> None:
    """Federated domains and aliases each have theirs."""
    assert "XMPP:chat.example.com" in names(made(xmpp_domain_format="XMPPAddress"))
    assert "DNS:conference.example.com" in names(made(xmpp_domain_format="XMPPAddress"))
    assert "XMPP:conference.example.com" in names(made("expc1.example.com", chat_alias_format="XMPPAddress"))


def test_both_usages_are_asked_for_whatever_the_key() -> None:
    """An ECDSA key asks for no key encipherment, which it cannot do."""
    request = made(private_key=ec_key("page")).request
    assert request.extended_key_usage == {"serverAuth", "clientAuth"}
    assert request.key_usage == {"digitalSignature"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"digest": "SHA-1"}, "the digest is SHA-256, SHA-384, SHA-512, not 'SHA-1'; SHA-1 cannot be chosen since X8"),
        ({"digest": "sha1"}, "SHA-1 cannot be chosen"),
        ({"digest": "MD5"}, "not 'MD5'$"),
        ({"key_length": 1024}, "the page offers RSA keys of 4096 or 2048 bits, not 1024"),
        ({"key_length": 8192}, "not 8192"),
        ({"key_algorithm": "ECDSA", "key_length": 2048}, "the page offers ECDSA keys of 256 or 384 or 521 bits"),
        ({"key_algorithm": "DSA"}, "key_algorithm is 'RSA' or 'ECDSA' on the page Generate CSR, not 'DSA'"),
        ({"private_key": rsa.generate_private_key(65537, 1024)}, "RSA keys of 4096 or 2048 bits, not 1024"),  # noqa: S505
        ({"private_key": ec.generate_private_key(ec.SECP256K1())}, "P-256, P-384 and P-521, not on secp256k1"),
        ({"common_name": "other.example.com"}, "common_name is 'FQDN of Expressway' or 'FQDN of Expressway cluster'"),
        ({"alternative_names": "all"}, "alternative_names is 'None' or 'FQDN of Expressway cluster plus"),
        ({"mra_domain_format": "SRVName"}, "mra_domain_format is 'DNS' or 'CollabEdgeDNS'"),
        ({"xmpp_domain_format": None}, "xmpp_domain_format is 'DNS' or 'XMPPAddress' .* not None"),
        ({"additional_names": ["192.0.2.1"]}, "192.0.2.1 is an IP address"),
        ({"additional_names": ["bücher.example.com"]}, "'bücher.example.com' cannot be an alternative name"),
        ({"additional_names": ["a b.example.com"]}, "cannot be an alternative name"),
        ({"additional_names": [""]}, "'' cannot be an alternative name"),
        ({"country": "NOR"}, "country is a code of two letters, such as NO, not 'NOR'"),
        ({"country": "4É"}, "country is a code"),
        ({"organization": ""}, "organization has 1 to 64 characters, not 0; None leaves it out"),
        ({"organizational_unit": "x" * 65}, "organizational_unit has 1 to 64"),
        ({"locality": "x" * 129}, "locality has 1 to 128 characters, not 129"),
        ({"email": "nobody"}, "email is an address in ASCII, not 'nobody'"),
        ({"email": ""}, "email has 1 to 255"),
    ],
)
def test_what_the_page_does_not_offer_is_an_error(options: dict[str, object], words: str) -> None:
    """A ValueError says what the page offers instead."""
    with pytest.raises(ValueError, match=words):
        made(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"challenge": "x"}, "the page has no field challenge; there are common_name, alternative_names"),
        ({"private_key": ed25519.Ed25519PrivateKey.generate()}, "RSA or ECDSA key of cryptography, not Ed25519Pri"),
        ({"private_key": "-----BEGIN"}, "RSA or ECDSA key of cryptography, not str"),
        ({"additional_names": [5]}, "an additional name is a text, not int"),
    ],
)
def test_another_kind_of_value_is_a_type_error(options: dict[str, object], words: str) -> None:
    """The words name the field and what it takes."""
    with pytest.raises(TypeError, match=words):
        made(**options)


@pytest.mark.parametrize("release", ["X12.5", "X14.2.7"])
def test_ecdsa_comes_with_x14_3(release: str) -> None:
    """Before, the page makes RSA keys alone; a given key is no way around it."""
    node = Expressway(name="expe1.example.com", role="E", release=release)
    for options in ({"key_algorithm": "ECDSA"}, {"private_key": ec_key("early")}):
        with pytest.raises(ValueError, match=rf"{release} makes requests for RSA keys alone; ECDSA comes with X14\.3"):
            make_request(node, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("release", "role", "fails"), [("X12.5", "C", False), ("X12.6", "C", True), ("X12.6", "E", False)]
)
def test_profile_names_are_fqdns_from_x12_6(release: str, role: str, fails: bool) -> None:
    """Expressway-C's request fails with another; Expressway-E has no such row (platform.md §3)."""
    node = Expressway(name="exp.example.com", role=role, release=release)
    site = Deployment(expressways=[node], phone_security_profiles=["SecureProfile"])
    if fails:
        with pytest.raises(ValueError, match="the phone security profile 'SecureProfile' is no FQDN"):
            make_request(node, site, private_key=KEY)
    else:
        assert ("DNS:SecureProfile" in names(make_request(node, site, private_key=KEY))) is (role == "C")


@pytest.mark.parametrize("name", ["cluster", "exp_c.example.com", "192.0.2.1"])
def test_a_cluster_name_is_an_fqdn(name: str) -> None:
    """The cluster works with another, and the request fails, whatever the common name (platform.md §3: AG155-clus)."""
    node = Expressway(name="expc1.example.com", role="C", cluster_name=name)
    with pytest.raises(ValueError, match="is no FQDN, and the request fails with it"):
        make_request(node, private_key=KEY)


def test_a_common_name_has_its_bounds() -> None:
    """64 characters at most (RFC 5280, appendix A.1)."""
    with pytest.raises(ValueError, match="is no common name: it has to have 1 to 64 characters"):
        make_request(Expressway(name="x" * 60 + ".example.com", role="E"), private_key=KEY)


def test_a_node_without_a_cluster_has_no_cluster_name_to_choose() -> None:
    """The page offers the choice to peers of a cluster alone."""
    with pytest.raises(ValueError, match=r"expe1\.example\.com is in no cluster"):
        make_request(
            Expressway(name="expe1.example.com", role="E"), private_key=KEY, common_name="FQDN of Expressway cluster"
        )


def test_one_request_is_pending_at_a_time() -> None:
    """A second one is refused until the first is discarded or answered (platform.md §1.1)."""
    site = full_site()
    node = site.expressway("expe1.example.com")
    waiting = attrs.evolve(node, pending_request=made().request)
    with pytest.raises(ValueError, match=r"expe1\.example\.com has a pending request; press Discard CSR"):
        make_request(waiting, private_key=KEY)


def test_the_node_stands_in_the_deployment() -> None:
    """Another node of the same name is refused, for its names would be another's."""
    with pytest.raises(ValueError, match=r"expe1\.example\.com is not the expe1\.example\.com of the deployment"):
        make_request(Expressway(name="expe1.example.com", role="C"), full_site(), private_key=KEY)


def test_the_key_goes_to_the_caller_and_nowhere_else() -> None:
    """It is in the PEM that is asked for; not in a repr, a pickle or a copy."""
    request = made()
    secret = request.private_key_pem
    assert load_pem_private_key(secret.encode(), None).private_numbers() == KEY.private_numbers()
    assert secret.endswith("-----END PRIVATE KEY-----\n")
    assert load_private_key(secret).matches(request.request)
    assert repr(request) == "<NewRequest 'expe1.example.com'>"
    for hand_on in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="a private key is not handed on"):
            hand_on(request)


def test_each_request_has_a_key_of_its_own() -> None:
    """A new key is made where none is given, and two requests are told apart by what they ask for."""
    node = Expressway(name="expe1.example.com", role="E", release="X14.3")
    first, second = (make_request(node, key_algorithm="ECDSA") for _ in range(2))
    assert first.private_key_pem != second.private_key_pem
    assert first != second
    assert load_private_key(first.private_key_pem).matches(first.request)


def test_the_options_and_the_form_have_the_same_fields() -> None:
    """What can be given is what is checked."""
    assert list(RequestOptions.__annotations__) == [field.name for field in attrs.fields(RequestForm)]


def test_a_request_may_ask_for_nothing() -> None:
    """What is left out of the contents is left out of the request, and every kind of name goes in and comes out."""
    bare = build_request(RequestContents(), ec_key("bare"))
    assert (bare.subject, bare.key_usage, bare.extended_key_usage, names_in(bare)) == ("", None, None, ())
    every = tuple(
        AlternativeName(kind, value)
        for kind, value in [
            ("DNS", "a.example.com"), ("IP", "192.0.2.1"), ("IP", "2001:db8::1"), ("URI", "https://a.example.com/"),
            ("email", "a@example.com"), ("SRV", "_collab-edge._tls.example.com"), ("XMPP", "chat.example.com"),
        ]
    )  # fmt: skip
    assert names_in(build_request(RequestContents(names=every), ec_key("bare"))) == every


def test_an_address_is_no_name_of_a_node() -> None:
    """The page asks for the FQDN; a request for an IP address as a DNS name would be for nothing."""
    node = Expressway(name="192.0.2.1", role="E")
    with pytest.raises(ValueError, match=r"^192\.0\.2\.1 is an IP address; the page asks for the FQDN of the node"):
        make_request(node)
