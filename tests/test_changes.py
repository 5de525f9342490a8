"""Changes carried out on a deployment."""

from collections.abc import Callable
from functools import cache
from typing import get_args

import attrs
import pytest
from sites import CLUSTER, FACTORY, ISSUING, OTHER_ROOT, ROOT, good_site, store, with_node

import expressway_certs
from expressway_certs import (
    AccessRule,
    AddAccessRule,
    AddDnsRecord,
    AddTrustedCa,
    Certificate,
    Change,
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    DiscardRequest,
    Dns,
    DomainCertificate,
    FarEnd,
    MapClusterAddress,
    RefreshServers,
    RemoveTrustedCa,
    RenameExpressway,
    RenameUcServer,
    ReplaceUpload,
    RequestCertificate,
    RequestTrustedCa,
    Restart,
    SetCertificate,
    SetClusterPeer,
    SetPeerAddress,
    SetSwitch,
    SetVerifyName,
    SetZoneSwitch,
    Upload,
    WithdrawUpload,
    Zone,
    make_request,
    plan_renewal,
    steps_of,
)
from expressway_certs.product.changes import CHANGES, Asked, CertificateStore, joined
from expressway_certs.product.changes.switches import UC_SWITCHES, SwitchName
from expressway_certs.product.uc_servers import OWN_LISTS, TRUST_LISTS

CORE = "expc1.example.com"
CUCM = "cucm1.example.com"
LISTS = ("Trusted CA list", "tomcat-trust", "CallManager-trust")


@pytest.mark.parametrize("number", range(3), ids=LISTS)
@pytest.mark.parametrize("change", [AddTrustedCa, RemoveTrustedCa])
def test_a_change_touches_its_list_alone(change: type[AddTrustedCa | RemoveTrustedCa], number: int) -> None:
    """A certificate goes into or out of the list that is named, of the node that is named."""
    ca = OTHER_ROOT if change is AddTrustedCa else ROOT
    name = CUCM if number else CORE
    site = good_site().apply([change(node=name, certificates=[ca.certificate], store=LISTS[number])])
    server = site.uc_servers[0]
    found = [site.expressway(CORE).trusted_ca, server.tomcat_trust, server.callmanager_trust]
    expected = [(ROOT, ISSUING)] * 3
    expected[number] = (ROOT, ISSUING, OTHER_ROOT) if change is AddTrustedCa else (ISSUING,)
    assert [tuple(one or ()) for one in found] == [tuple(ca.certificate for ca in cas) for cas in expected]
    assert list(site.expressway("expc2.example.com").trusted_ca) == [ROOT.certificate, ISSUING.certificate]


def test_zones_see_the_changed_list() -> None:
    """The peer in a zone is the changed one, whatever else it has."""
    site = good_site().apply([RemoveTrustedCa(node=CORE, certificates=[ISSUING.certificate])])
    assert site.zones[0].core[0] == site.expressway(CORE)
    assert site.zones[0].core[0].cluster_name == CLUSTER


def test_what_is_not_there_is_passed_over() -> None:
    """Two findings may delete the same certificate."""
    change = RemoveTrustedCa(node=CORE, certificates=[ROOT.certificate, OTHER_ROOT.certificate])
    site = good_site()
    assert site.apply([change, change]) == site.apply([change])


@pytest.mark.parametrize("change", [AddTrustedCa, RemoveTrustedCa])
@pytest.mark.parametrize(
    ("name", "listed", "words"),
    [
        ("nobody.example.com", "Trusted CA list", "no Expressway is called nobody"),
        ("nobody.example.com", "tomcat-trust", "no tomcat-trust of nobody.example.com is known"),
        (CUCM, "CallManager-trust", "no CallManager-trust of cucm1.example.com is known"),
    ],
)
def test_a_change_that_fits_nothing_is_refused(
    change: type[AddTrustedCa | RemoveTrustedCa], name: str, listed: str, words: str
) -> None:
    """A node that is not there, or a list that is not given, is a ValueError that names it."""
    site = good_site()
    site = attrs.evolve(site, uc_servers=[attrs.evolve(site.uc_servers[0], callmanager_trust=None)])
    with pytest.raises(ValueError, match=words):
        site.apply([change(node=name, certificates=[ROOT.certificate], store=listed)])


def test_the_order_of_the_rest_is_kept() -> None:
    """What is deleted leaves the others in their order, and what is added comes last."""
    changes = [
        AddTrustedCa(node=CORE, certificates=[OTHER_ROOT.certificate]),
        RemoveTrustedCa(node=CORE, certificates=[ROOT.certificate]),
        AddTrustedCa(node=CORE, certificates=[ROOT.certificate]),
    ]
    assert list(good_site().apply(changes).expressway(CORE).trusted_ca) == list(store(ISSUING, OTHER_ROOT, ROOT))


def test_crls_stay_when_their_ca_goes() -> None:
    """The page deletes certificates; the CRLs that came in the same file stay in it."""
    added = good_site().apply([AddTrustedCa(node=CORE, certificates=[CA], crls=[CRL])])
    node = added.apply([RemoveTrustedCa(node=CORE, certificates=[CA])]).expressway(CORE)
    assert (CA in node.trusted_ca, node.trusted_ca_crls) == (False, (CRL,))


E1, E2 = "expe1.example.com", "expe2.example.com"
C2 = "expc2.example.com"
PARTNER = "sip.example.net"
WAITING = Upload(node=E1, file=b"one", file_name="one.pem")
OTHER = attrs.evolve(WAITING, file=b"two", file_name="two.pem")
CA = OTHER_ROOT.certificate
CRL = FACTORY.crl(OTHER_ROOT)
NEW = FACTORY.leaf(OTHER_ROOT, common_name="new.example.com").certificate
MARKS = f"(until {NEW.not_after:%Y-%m-%d}, SHA-256 {NEW.sha256[:8]})"
CERTIFICATE_PAGE = "Cisco Unified OS Administration > Security > Certificate Management"
APPEND = f"Maintenance > Security > Trusted CA certificate > Choose file > {CA.subject} > Append CA certificate"
ASKED = RequestCertificate(
    node=E1,
    common_name=E1,
    names=[E1, "example.com"],
    trusted_by=[
        (CORE, "Trusted CA list"),
        (CUCM, "tomcat-trust"),
        ("Jabber of example.com", "client's CA list"),
        (C2, "Trusted CA list"),
    ],
    not_from=["CN=Bad CA"],
)
RESTART = "Restart {}: Maintenance > Restart options"
AFTER_TRUST = (
    f"On {CUCM}: utils service restart Cisco Tomcat",
    f"On {CUCM}: restart Cisco CallManager, if it runs there",
    f"On {CUCM}: restart Cisco TFTP, if it runs there",
    f"On {CUCM}: utils service restart Cisco HAProxy",
)
ZONES = "Configuration > Zones > Zones"
SERVER = "Maintenance > Security > Server certificate"
UPLOAD = f"{SERVER} > Upload server certificate data"

# Each change, and the words that it prints.
WORDS: list[tuple[Change, tuple[str, ...]]] = [
    (
        WithdrawUpload(upload=WAITING),
        (f"On {E1}: do not upload one.pem as it is on Maintenance > Security > Server certificate.",),
    ),
    (
        ReplaceUpload(upload=WAITING, new=OTHER),
        (f"On {E1}: Maintenance > Security > Server certificate: upload two.pem in place of one.pem.",),
    ),
    (
        ReplaceUpload(upload=WAITING, new=attrs.evolve(WAITING, copy_to_client=True)),
        (f"On {E1}: {SERVER}: upload one.pem with the box to copy it as client certificate.",),
    ),
    (
        ReplaceUpload(upload=attrs.evolve(WAITING, copy_to_client=True), new=WAITING),
        (f"On {E1}: {SERVER}: upload one.pem without the box to copy it as client certificate.",),
    ),
    (DiscardRequest(node=E1), (f"On {E1}: {SERVER} > Discard CSR",)),
    (AddTrustedCa(node=CORE, certificates=[CA]), (f"On {CORE}: {APPEND}", RESTART.format(CORE))),
    (
        AddTrustedCa(node=CORE, certificates=[], crls=[CRL]),
        (f"On {CORE}: {APPEND.replace(CA.subject, f'the CRL of {CRL.issuer}')}", RESTART.format(CORE)),
    ),
    (
        AddTrustedCa(node=CUCM, certificates=[CA], store="tomcat-trust"),
        (f"On {CUCM}: {CERTIFICATE_PAGE} > Upload Certificate > tomcat-trust: {CA.subject}", *AFTER_TRUST),
    ),
    (
        AddTrustedCa(node=CUCM, certificates=[CA], store="cup-xmpp-trust"),
        (f"On {CUCM}: {CERTIFICATE_PAGE} > Upload Certificate > cup-xmpp-trust: {CA.subject}",),
    ),
    (
        AddTrustedCa(node="Jabber of example.com", certificates=[CA], store="client's CA list"),
        (f"Install {CA.subject} on the clients (Jabber of example.com).",),
    ),
    (
        AddTrustedCa(node="78xx", certificates=[CA], store="Phone-Edge-trust"),
        (f"On Unified CM: {CERTIFICATE_PAGE} > Upload Certificate > Phone-Edge-trust: {CA.subject} (for 78xx)",),
    ),
    (
        AddTrustedCa(node=PARTNER, certificates=[CA], store="the far end's CA list"),
        (f"Have {PARTNER} load {CA.subject}.",),
    ),
    (
        AddTrustedCa(node=E1, certificates=[CA], store="Activation code onboarding trusted CA list"),
        (f"On {E1}: Activation code onboarding trusted CA certificates: {CA.subject}",),
    ),
    (
        RequestTrustedCa(node=CORE, below=NEW, wanted=CA.subject),
        (f"Get the CA certificate {CA.subject} from the CA.", f"On {CORE}: {APPEND}", RESTART.format(CORE)),
    ),
    (
        RemoveTrustedCa(node=CORE, certificates=[NEW]),
        (
            f"On {CORE}: Maintenance > Security > Trusted CA certificate > {NEW.subject} {MARKS} > Delete",
            RESTART.format(CORE),
        ),
    ),
    (
        RemoveTrustedCa(node=CUCM, certificates=[NEW], store="CallManager-trust"),
        (f"On {CUCM}: {CERTIFICATE_PAGE} > CallManager-trust > {NEW.subject} {MARKS} > Delete", *AFTER_TRUST),
    ),
    (AddDnsRecord(name=E1, address="192.0.2.1"), (f"Enter an A or AAAA record for {E1}: 192.0.2.1",)),
    (AddDnsRecord(name=E1, address="2001:db8:0::1", kind="PTR"), (f"Enter a PTR record for 2001:db8::1: {E1}",)),
    (
        MapClusterAddress(node=E1, name=E2, address="192.0.2.2"),
        (f"On {E1}: System > Clustering > Cluster address mapping: {E2} to 192.0.2.2",),
    ),
    (
        ASKED,
        (
            (
                f"On {E1}: Maintenance > Security > Server certificate > Generate CSR: common name {E1}; "
                f"alternative names {E1}, example.com; key RSA 4096"
            ),
            "Have a CA other than CN=Bad CA issue it for serverAuth and clientAuth, for at most 825 days.",
            "It has to be a CA that is in these lists: client's CA list of Jabber of example.com",
            (
                "Load its CA certificates first where they are lacking: "
                f"Trusted CA list of {E1}, {CORE}, {C2}; tomcat-trust of {CUCM}"
            ),
            f"On {E1}: {UPLOAD}: what the CA issued",
            RESTART.format(E1),
        ),
    ),
    (
        RequestCertificate(node=CUCM, store="callmanager", common_name=CUCM, key_algorithm="ECDSA", key_length=256),
        (
            (
                f"On {CUCM}: {CERTIFICATE_PAGE} > Generate CSR > CallManager: common name {CUCM}; "
                "alternative names none; key ECDSA 256"
            ),
            "Have a CA issue it for serverAuth and clientAuth, for at most 825 days.",
            f"Load its CA certificates first where they are lacking: CallManager-trust of {CUCM}",
            f"On {CUCM}: {CERTIFICATE_PAGE} > Upload Certificate > CallManager: what the CA issued",
            f"On {CUCM}: restart Cisco CallManager, if it runs there",
            f"On {CUCM}: restart Cisco TFTP, if it runs there",
        ),
    ),
    (
        SetCertificate(node=E1, certificate=NEW),
        (
            (f"On {E1}: {UPLOAD}: {NEW.subject} {MARKS}"),
            RESTART.format(E1),
        ),
    ),
    (
        SetCertificate(node=E1, certificate=NEW, store="client"),
        (
            f"On {E1}: Maintenance > Security > Client certificate: upload the certificate: {NEW.subject} {MARKS}",
            RESTART.format(E1),
        ),
    ),
    (
        SetCertificate(node=E1, certificate=NEW, domain="example.org"),
        (f"On {E1}: the domain certificate of example.org: {NEW.subject} {MARKS}", RESTART.format(E1)),
    ),
    (
        SetCertificate(node=CUCM, certificate=NEW, store="tomcat"),
        (
            f"On {CUCM}: {CERTIFICATE_PAGE} > Upload Certificate > tomcat: {NEW.subject} {MARKS}",
            AFTER_TRUST[0],
            AFTER_TRUST[1],
            AFTER_TRUST[3],
        ),
    ),
    (
        SetCertificate(node=PARTNER, certificate=NEW, store="far end, called"),
        (f"Put a certificate in place for {PARTNER} (far end, called): {NEW.subject} {MARKS}",),
    ),
    (
        SetCertificate(node="78xx/88xx phone of example.com", certificate=NEW, store="device"),
        (f"Put a certificate in place for the devices of 78xx/88xx phone of example.com: {NEW.subject} {MARKS}",),
    ),
    (
        SetClusterPeer(node=E1, old="192.0.2.2", new=E2),
        (f"On {E1}: System > Clustering: peer address {E2} in place of 192.0.2.2", RESTART.format(E1)),
    ),
    (
        SetPeerAddress(zone="Zone", node=E1, address=E1, on=[CORE, C2]),
        (f"On {CORE} and {C2}: {ZONES} > Zone: peer address {E1}",),
    ),
    (
        SetPeerAddress(zone="Zone", node=E1, address=E1),
        (f"On every Expressway that calls: {ZONES} > Zone: peer address {E1}",),
    ),
    (
        SetVerifyName(zone="Zone", name=CORE, on=[E1]),
        (f"On {E1}: {ZONES} > Zone: TLS verify subject name {CORE}",),
    ),
    (
        AddAccessRule(zone="Default", rule=AccessRule(pattern=PARTNER), on=[E1]),
        (f"On {E1}: Configuration > Zones > Default zone access rules: Allow Exact {PARTNER}, priority 100",),
    ),
    (
        SetSwitch(node=E1, switch="cluster_tls", value="Enforce"),
        (f"On {E1}: System > Clustering > TLS verification mode: Enforce", RESTART.format(E1)),
    ),
    (
        SetSwitch(node=E1, switch="extended_key_usage_checking", value=False),
        (f"On {E1}: xConfiguration SIP TLS Certificate ExtendedKeyUsage Checking Mode: Off",),
    ),
    (
        SetSwitch(node=CORE, switch="ecdsa_first", value=False),
        (f"On {CORE}: ECDHE-RSA-AES256-GCM-SHA384: first in the cipher lists",),
    ),
    (
        SetSwitch(node=CORE, switch="ssh_key_types", value=["a", "b"]),
        (f"On {CORE}: xConfiguration Ciphers sshd_pfwd_pubkeyalgorithms Value: a,b",),
    ),
    (
        SetSwitch(node=CUCM, switch="tls_verify", value=True),
        (
            (
                "On every Expressway-C: Configuration > Unified Communications > Unified CM servers > "
                f"{CUCM}: TLS verify mode On"
            ),
        ),
    ),
    (
        SetZoneSwitch(zone="Zone", switch="tls_verify", value=True, on=[CORE]),
        (f"On {CORE}: {ZONES} > Zone: TLS verify mode On",),
    ),
    (
        SetZoneSwitch(zone="Zone", switch="media_encryption", value="Force encrypted"),
        (f"On every Expressway of the zone: {ZONES} > Zone: Media encryption mode Force encrypted",),
    ),
    (RenameUcServer(old="cucm1", new=CUCM), (f"On cucm1: System > Server: {CUCM} in place of cucm1",)),
    (
        RenameExpressway(old="exp_e1.example.com", new=E1),
        ("On exp_e1.example.com: System > DNS: System host name expe1, Domain name example.com",),
    ),
    (
        RefreshServers(node=CORE),
        (f"On {CORE}: Configuration > Unified Communications > Unified CM servers > Refresh servers",),
    ),
    (Restart(node=CORE), (RESTART.format(CORE),)),
    (Restart(node=CUCM, what="Cisco HAProxy"), (AFTER_TRUST[3],)),
]


@pytest.mark.parametrize(("change", "words"), WORDS, ids=[type(change).__name__ for change, _ in WORDS])
def test_a_change_prints_as_its_steps(change: Change, words: tuple[str, ...]) -> None:
    """A change prints as the menu path or the command, and the restarts that it needs."""
    assert tuple(str(change).splitlines()) == words


def test_every_change_is_printed_here_and_has_a_source() -> None:
    """No change comes without words that are looked at, nor without the row of the facts that it rests on."""
    assert {type(change) for change, _ in WORDS} == set(CHANGES)
    assert [change.__name__ for change in CHANGES if not change.sources] == []


def test_every_change_is_a_public_name() -> None:
    """Whoever makes a plan of their own has every change at hand."""
    assert {change.__name__ for change in CHANGES} - set(expressway_certs.__all__) == set()


def test_one_restart_comes_after_everything_that_it_is_for() -> None:
    """Lists stand before certificates, a refresh before the restarts, and each restart once at the end."""
    changes = [
        Restart(node=CORE),
        RefreshServers(node=CORE),
        SetCertificate(node=CORE, certificate=NEW),
        AddTrustedCa(node=CORE, certificates=[CA]),
        AddTrustedCa(node=C2, certificates=[CA]),
        AddTrustedCa(node=CORE, certificates=[CA, NEW]),
    ]
    assert steps_of(changes) == (
        f"On {CORE}: {APPEND}",
        f"On {C2}: {APPEND}",
        f"On {CORE}: {APPEND.replace(CA.subject, NEW.subject)}",
        f"On {CORE}: {UPLOAD}: {NEW.subject} {MARKS}",
        f"On {CORE}: Configuration > Unified Communications > Unified CM servers > Refresh servers",
        RESTART.format(CORE),
        RESTART.format(C2),
    )


FAR_ENDS = {"webex_services": "webex.example", "administrators": "Anna", "ldap_servers": "ldap.example.com"}


@cache
def rich() -> Deployment:
    """Return a site on which every change fits something, made once."""
    site = good_site("X15.5")
    edge = attrs.evolve(
        site.expressway(E1),
        cluster_peers=["192.0.2.2"],
        pending_request=make_request(site.expressway(E1), key_algorithm="ECDSA").request,
        onboarding_trusted_ca=[],
        domain_certificates=[DomainCertificate(domain="example.org", certificate=CA)],
    )
    far = FarEnd(name=PARTNER, server_certificate=CA, trusted_ca=[])
    rules = [AccessRule(pattern="x")]
    zones = [
        Zone(name="Neighbor", kind="Neighbor", nodes=[edge], far_ends=[far]),
        Zone(name="Default", kind="Default", nodes=[edge], far_ends=[far], access_rules=rules),
    ]
    site = with_node(site, edge)
    phone = Client(service_domain="example.com", family=ClientFamily.PHONE, trusted_ca=[], phone_edge_trust=[])
    server = attrs.evolve(site.uc_servers[0], expressway_cores=["old.example.com"])
    return attrs.evolve(
        site,
        zones=[*site.zones, *zones],
        clients=[*site.clients, phone],
        uc_servers=[server],
        uploads=[WAITING],
        dns=Dns(forward={E1: "192.0.2.1"}),
        **{field: [FarEnd(name=name)] for field, name in FAR_ENDS.items()},
    )


PHONE = "78xx/88xx phone of example.com"
JABBER = "Jabber of example.com"

# A change, and how to read on the site what it sets, with the value that it has to have then.
DONE: list[tuple[Change, Callable[[Deployment], object], object]] = [
    (WithdrawUpload(upload=WAITING), lambda site: site.uploads, ()),
    (ReplaceUpload(upload=WAITING, new=OTHER), lambda site: site.uploads, (OTHER,)),
    (DiscardRequest(node=E1), lambda site: site.expressway(E1).pending_request, None),
    (
        AddTrustedCa(node=E1, certificates=[CA], store="Activation code onboarding trusted CA list"),
        lambda site: tuple(site.expressway(E1).onboarding_trusted_ca or ()),
        (CA,),
    ),
    (
        AddTrustedCa(node=PHONE, certificates=[CA], store="Phone-Edge-trust"),
        lambda site: [one.phone_edge_trust and tuple(one.phone_edge_trust) for one in site.clients],
        [None, (CA,)],
    ),
    (
        AddTrustedCa(node=JABBER, certificates=[CA], store="client's CA list"),
        lambda site: CA in (site.clients[0].trust("") or ()),
        True,
    ),
    *(
        (
            SetCertificate(node=name, certificate=NEW, store="far end, called"),
            lambda site, field=field: [one.server_certificate for one in getattr(site, field)],
            [NEW],
        )
        for field, name in FAR_ENDS.items()
    ),
    (
        AddTrustedCa(node=PARTNER, certificates=[CA], store="the far end's CA list"),
        lambda site: [tuple(one.trusted_ca or ()) for zone in site.zones for one in zone.far_ends],
        [(CA,), (CA,)],
    ),
    (
        SetCertificate(node=E1, certificate=NEW),
        lambda site: (site.expressway(E1).server_certificate, site.expressway(E1).pending_request),
        (NEW, None),
    ),
    (
        SetCertificate(node=E1, certificate=NEW, store="client"),
        lambda site: site.expressway(E1).client_certificate,
        NEW,
    ),
    (
        SetCertificate(node=E1, certificate=NEW, domain="example.org"),
        lambda site: site.expressway(E1).certificate_for("a.example.org"),
        NEW,
    ),
    *(
        (
            SetCertificate(node=CUCM, certificate=NEW, store=name),
            lambda site, name=name: site.uc_servers[0].certificate(name),
            NEW,
        )
        for name in ("tomcat", "tomcat-ECDSA", "CallManager", "CallManager-ECDSA", "cup-xmpp")
    ),
    (
        SetCertificate(node=PARTNER, certificate=NEW, store="far end, called"),
        lambda site: site.zones[1].far_ends[0].certificate("server"),
        NEW,
    ),
    (
        SetCertificate(node=PARTNER, certificate=NEW, store="far end, calling"),
        lambda site: site.zones[2].far_ends[0].certificate("client"),
        NEW,
    ),
    (
        SetCertificate(node=PHONE, certificate=NEW, store="device"),
        lambda site: site.clients[1].device_certificate,
        NEW,
    ),
    (
        SetClusterPeer(node=E1, old="192.0.2.2", new=E2),
        lambda site: site.expressway(E1).cluster_peers,
        (E2,),
    ),
    (
        MapClusterAddress(node=E1, name=E2.upper(), address="192.0.2.2"),
        lambda site: site.expressway(E1).cluster_addresses,
        ((E2, "192.0.2.2"),),
    ),
    (
        SetPeerAddress(zone="Neighbor", node=PARTNER, address="a.example.net"),
        lambda site: site.zones[1].peer_addresses,
        ("a.example.net",),
    ),
    (
        SetPeerAddress(zone="Zone", node=E2, address="b.example.com"),
        lambda site: site.zones[0].peer_addresses,
        (E1, "b.example.com"),
    ),
    (
        SetVerifyName(zone="Zone", name="c.example.com"),
        lambda site: site.zones[0].tls_verify_subject_name,
        "c.example.com",
    ),
    (
        AddAccessRule(zone="Default", rule=AccessRule(pattern=PARTNER)),
        lambda site: [one.pattern for one in site.zones[2].access_rules],
        ["x", PARTNER],
    ),
    (
        SetSwitch(node=E1, switch="cluster_tls", value=ClusterTls.ENFORCE),
        lambda site: site.expressway(E1).cluster_tls,
        ClusterTls.ENFORCE,
    ),
    (SetSwitch(node=E1, switch="ssh_key_types", value=["a"]), lambda site: site.expressway(E1).ssh_key_types, ("a",)),
    (SetSwitch(node=CUCM, switch="tls_verify", value=False), lambda site: site.uc_servers[0].tls_verify, False),
    (SetZoneSwitch(zone="Zone", switch="tls_verify", value=False), lambda site: site.zones[0].tls_verify, False),
    (
        AddDnsRecord(name=E1, address="192.0.2.9"),
        lambda site: site.dns and site.dns.addresses(E1),
        ("192.0.2.1", "192.0.2.9"),
    ),
    (
        AddDnsRecord(name=E1, address="192.0.2.1", kind="PTR"),
        lambda site: site.dns and site.dns.names("192.0.2.1"),
        (E1,),
    ),
    (RenameUcServer(old=CUCM, new="cucm9.example.com"), lambda site: site.uc_servers[0].name, "cucm9.example.com"),
    (
        RenameExpressway(old=E1, new="e9.example.com"),
        lambda site: (
            [node.name for node in site.nodes],
            [peer.name for peer in site.zones[0].edge],
            [node.name for node in site.zones[1].nodes],
            [one.node for one in site.uploads],
            site.zones[0].peer_addresses,
        ),
        ([CORE, C2, "e9.example.com", E2], ["e9.example.com", E2], ["e9.example.com"], ["e9.example.com"], (E1, E2)),
    ),
    (
        RefreshServers(node=CORE),
        lambda site: site.uc_servers[0].expressway_cores,
        ("old.example.com", CORE, CLUSTER),
    ),
    (Restart(node=CORE), lambda site: site == rich(), True),
    (Restart(node=CUCM, what="Cisco TFTP"), lambda site: site == rich(), True),
]


@pytest.mark.parametrize(("change", "read", "value"), DONE, ids=[type(change).__name__ for change, _, _ in DONE])
def test_a_change_is_carried_out(change: Change, read: Callable[[Deployment], object], value: object) -> None:
    """What a change sets is set afterwards, and was not before."""
    before = rich()
    assert read(before.apply([change])) == value
    assert isinstance(change, Restart) or read(before) != value


@pytest.mark.parametrize(
    "switch", [name for name in get_args(SwitchName) if name not in {"cluster_tls", "ssh_key_types"}]
)
def test_every_switch_is_a_field_that_can_be_set(switch: SwitchName) -> None:
    """A switch changes the field of its name, to and fro, and prints the word for it."""
    is_server = switch in UC_SWITCHES
    name = CUCM if is_server else CORE
    for value in (True, False):
        site = rich().apply([SetSwitch(node=name, switch=switch, value=value)])
        node = site.uc_servers[0] if is_server else site.expressway(name)
        assert getattr(node, switch) is value


SEVENTEEN = [FACTORY.self_signed(f"CA {number}").certificate for number in range(17)]
NOT_THERE: list[tuple[Change, str]] = [
    (WithdrawUpload(upload=OTHER), "two.pem does not wait to be uploaded on expe1"),
    (ReplaceUpload(upload=OTHER, new=OTHER), "two.pem does not wait to be uploaded on expe1"),
    (DiscardRequest(node=E2), f"{E2} has no pending request"),
    (
        AddTrustedCa(node=PHONE.replace("com", "org"), certificates=[CA], store="Phone-Edge-trust"),
        "no clients are called",
    ),
    (
        AddTrustedCa(node=JABBER, certificates=[CA], store="Phone-Edge-trust"),
        f"no Phone-Edge-trust of {JABBER} is known",
    ),
    (
        AddTrustedCa(node=PHONE, certificates=SEVENTEEN, store="Phone-Edge-trust"),
        f"^Phone-Edge-trust of {PHONE} holds at most 16 certificates, and would have 17: remove some first$",
    ),
    (AddTrustedCa(node=E1, certificates=[CA], store="the far end's CA list"), f"no far end is called {E1}"),
    (
        AddTrustedCa(node=E2, certificates=[CA], store="Activation code onboarding trusted CA list"),
        f"no Activation code onboarding trusted CA list of {E2} is known",
    ),
    (SetCertificate(node=CUCM, certificate=NEW), f"no Expressway is called {CUCM}"),
    (SetCertificate(node=E1, certificate=NEW, store="tomcat"), f"no server behind Expressway-C is called {E1}"),
    (SetCertificate(node=E1, certificate=NEW, domain="x.org"), f"{E1} has no domain certificate for x.org"),
    (SetPeerAddress(zone="No", node=E1, address=E1), "no zone is called No"),
    (SetPeerAddress(zone="Zone", node=CORE, address=E1), f"{CORE} is not called in the zone Zone"),
    (SetVerifyName(zone="No", name=E1), "no zone is called No"),
    (SetZoneSwitch(zone="No", switch="tls_verify", value=True), "no zone is called No"),
    (AddAccessRule(zone="Zone", rule=AccessRule(pattern="x")), "access rules belong to the Default Zone"),
    (SetSwitch(node=CUCM, switch="sip_prefers_rsa", value=True), f"no Expressway is called {CUCM}"),
    (SetClusterPeer(node=E1, old=E2, new=E2), f"{E1} has no cluster peer {E2}"),
    (RenameUcServer(old="no", new="x"), "no server behind Expressway-C is called no"),
    (RenameExpressway(old="no", new="x"), "no Expressway is called no"),
    (RenameExpressway(old=E1, new=E2), f"{E2} stands twice"),
    (RefreshServers(node="no"), "no Expressway is called no"),
    (Restart(node="no"), "no is no node that has Expressway to restart"),
    (Restart(node=CORE, what="Cisco TFTP"), f"{CORE} is no node that has Cisco TFTP to restart"),
    (ASKED, f"a CA has to sign a certificate for {E1}: give apply a sign that does"),
    (RequestTrustedCa(node=E1, below=NEW, wanted="x"), f"a CA has to give its CA certificates for {E1}"),
]


@pytest.mark.parametrize(("change", "words"), NOT_THERE, ids=[type(change).__name__ for change, _ in NOT_THERE])
def test_what_fits_nothing_is_an_error_that_names_it(change: Change, words: str) -> None:
    """A node, list, store, zone or upload that is not there is a ValueError with its name."""
    with pytest.raises(ValueError, match=words):
        rich().apply([change])


def test_a_record_needs_a_dns_that_is_known() -> None:
    """Where nobody said what DNS has, nothing can be entered."""
    with pytest.raises(ValueError, match="DNS is not given"):
        good_site().apply([AddDnsRecord(name=E1, address="192.0.2.1")])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AddTrustedCa(node=E1, certificates=[], store="my list"), "'my list' is no list of CAs"),
        (
            lambda: AddTrustedCa(node=E1, certificates=[], crls=[CRL], store="tomcat-trust"),
            "tomcat-trust takes no CRL; the Trusted CA list of an Expressway does",
        ),
        (
            lambda: SetCertificate(node=E1, certificate=NEW, store="x"),
            "SetCertificate.store is 'server' or .*, not 'x'",
        ),
        (lambda: SetSwitch(node=E1, switch="x", value=True), "SetSwitch.switch is '.*, not 'x'"),
        (lambda: SetSwitch(node=E1, switch="cluster_tls", value=True), "True is no value of cluster_tls"),
        (lambda: SetSwitch(node=E1, switch="sip_prefers_rsa", value=["On"]), "is no value of sip_prefers_rsa"),
        (lambda: SetZoneSwitch(zone="Z", switch="x", value=True), "SetZoneSwitch.switch is 'tls_verify' or '.*'x'"),
        (lambda: SetZoneSwitch(zone="Z", switch="tls_verify", value="Auto"), "is no value of tls_verify"),
        (lambda: Restart(node=E1, what="nginx"), "Restart.what is 'Expressway' or .*, not 'nginx'"),
        (lambda: RequestCertificate(node=E1, common_name=E1, key_length=1024), "no page offers a key RSA 1024"),
        (lambda: RequestCertificate(node="", common_name=E1), "RequestCertificate.node is empty"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_once(make: Callable[[], Change], words: str) -> None:
    """The set is closed: another switch, store or service is no change at all."""
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SetCertificate(node=E1, certificate="leaf.pem"), "SetCertificate.certificate is Certificate, not str"),
        (lambda: AddTrustedCa(node=E1, certificates=["ca.pem"]), "a Certificate is wanted, not str; .*"),
        (lambda: RemoveTrustedCa(node=E1, certificates="ca.pem"), "a Certificate is wanted, not str; .*"),
        (lambda: RequestTrustedCa(node=E1, below="a", wanted="b"), "RequestTrustedCa.below is Certificate, not str"),
        (lambda: RequestCertificate(node=E1, common_name=E1, names=E1), "texts are several, .* not one str"),
        (lambda: RequestCertificate(node=E1, common_name=E1, usages="serverAuth"), "texts are several, .* not one str"),
        (lambda: WithdrawUpload(upload="a.pem"), "WithdrawUpload.upload is Upload, not str"),
        (lambda: AddAccessRule(zone="Z", rule="a"), "AddAccessRule.rule is AccessRule, not str"),
    ],
)
def test_a_change_of_something_else_is_a_type_error(make: Callable[[], Change], words: str) -> None:
    """A path in place of the certificate, say, is told where the change is made, not where it is carried out."""
    with pytest.raises(TypeError, match=f"^{words}$"):
        make()


def test_what_is_no_change_is_a_type_error() -> None:
    """Words are nothing that can be carried out."""
    with pytest.raises(TypeError, match="'restart' is no change"):
        good_site().apply(["restart"])


def test_a_ca_answers_a_request() -> None:
    """The CA certificates go into the lists of Expressways and servers first, then the certificate into its store."""
    asked: list[Asked] = []

    def sign(change: Asked) -> list[Certificate]:
        asked.append(change)
        return [NEW, CA]

    site = rich().apply([ASKED], sign=sign)
    assert asked == [ASKED]
    assert site.expressway(E1).server_certificate == NEW
    trusted = [
        site.expressway(E1).trusted_ca,
        site.expressway(CORE).trusted_ca,
        site.expressway(C2).trusted_ca,
        site.uc_servers[0].tomcat_trust,
        site.uc_servers[0].callmanager_trust,
        site.clients[0].trust(""),
    ]
    assert [CA in (one or ()) for one in trusted] == [True, True, True, True, False, False]


@pytest.mark.parametrize(("store", "listed"), OWN_LISTS.items())
def test_the_ca_of_a_certificate_of_unified_cm_goes_into_its_own_list(store: CertificateStore, listed: str) -> None:
    """What a CA answers goes into the trust list of the same kind, as a plan of a renewal has it, and into no other."""
    site = rich()
    server = attrs.evolve(site.uc_servers[0], cup_xmpp_trust=())
    site = attrs.evolve(site, uc_servers=[server])
    asked = RequestCertificate(node=CUCM, store=store, common_name=CUCM)
    after = site.apply([asked], sign=lambda _: [NEW, CA]).uc_servers[0]
    assert {name for name in TRUST_LISTS if CA in (after.trust(name) or ())} == {listed}
    plan = plan_renewal(site, [SetCertificate(node=CUCM, store=store, certificate=NEW)], cas=[CA])
    assert (CUCM, listed) in {(one.node, one.store) for one in plan.changes if isinstance(one, AddTrustedCa)}


def test_a_request_that_is_pending_goes_first() -> None:
    """There can be one at a time, so the step says so, and the model has none afterwards, whatever the store."""
    change = attrs.evolve(ASKED, store="client", discards=True)
    assert change.steps[0] == f"On {E1}: Maintenance > Security > Server certificate > Discard CSR"
    assert rich().apply([change], sign=lambda _: NEW).expressway(E1).pending_request is None
    assert rich().apply([attrs.evolve(change, discards=False)], sign=lambda _: NEW).expressway(E1).pending_request


def test_a_ca_gives_its_certificates() -> None:
    """What is given for a list goes into that list; one certificate alone will do."""
    change = RequestTrustedCa(node=CUCM, below=NEW, wanted="x", store="CallManager-trust")
    site = rich().apply([change], sign=lambda _: CA)
    assert list(site.uc_servers[0].callmanager_trust or ()) == [ROOT.certificate, ISSUING.certificate, CA]


def test_a_ca_that_gives_nothing_is_an_error() -> None:
    """An empty answer leaves nothing to put in place."""
    with pytest.raises(ValueError, match=f"no certificate was given for {E1}"):
        rich().apply([ASKED], sign=lambda _: [])


def test_changes_about_one_thing_are_joined() -> None:
    """A list is added to once, a file replaced or left out once, a server renamed once; the rest stays as it is."""
    changes = [
        AddTrustedCa(node=E1, certificates=[CA]),
        AddTrustedCa(node=E2, certificates=[CA]),
        AddTrustedCa(node=E1, certificates=[NEW, CA], crls=[CRL]),
        WithdrawUpload(upload=WAITING),
        ReplaceUpload(upload=WAITING, new=OTHER),
        RenameUcServer(old="a", new="b"),
        RenameUcServer(old="a", new="c"),
        Restart(node=E1),
        Restart(node=E1),
        ASKED,
        attrs.evolve(ASKED, names=["c.example.com"]),
        attrs.evolve(ASKED, store="client"),
    ]
    assert joined(changes) == (
        AddTrustedCa(node=E1, certificates=[CA, NEW], crls=[CRL]),
        AddTrustedCa(node=E2, certificates=[CA]),
        WithdrawUpload(upload=WAITING),
        RenameUcServer(old="a", new="b"),
        Restart(node=E1),
        attrs.evolve(ASKED, names=[E1, "example.com", "c.example.com"]),
        attrs.evolve(ASKED, store="client"),
    )


def test_two_requests_for_one_store_are_joined() -> None:
    """One certificate has the names of both, and comes from a CA that does for both."""
    other = RequestCertificate(
        node=E1, common_name="x", names=["b.example.com", E1], most_days=90, not_from=["CN=Worse"]
    )
    expected = attrs.evolve(
        ASKED, names=[E1, "example.com", "b.example.com"], most_days=90, not_from=["CN=Bad CA", "CN=Worse"]
    )
    assert ASKED.joined(other) == expected
