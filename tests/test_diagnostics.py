"""Diagnostic log archives: the deployment that they make, and the report on it beside that on the model."""

import io
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leg_faults import LEG_FAULTS
from leg_site import changed, issue, site, swapped
from profiles import examples
from sites import AT, FACTORY, ISSUING, ROOT, good_site, node, store

from expressway_certs import (
    Client,
    ClusterTls,
    CrlChecking,
    Deployment,
    Expressway,
    Finding,
    LoadError,
    MediaEncryption,
    OutcomeKind,
    Release,
    Remedy,
    Report,
    RevocationSources,
    SetPeerAddress,
    SetVerifyName,
    TrustStore,
    Zone,
    ZoneKind,
    audit,
    load_diagnostics,
)
from expressway_certs.testing import diagnostic_archive, diagnostic_files, make_site, write_diagnostics
from expressway_certs.testing.dump_noise import SECRETS
from expressway_certs.testing.sample import sample_deployment

C1, C2, E1, E2 = (f"exp{which}.example.com" for which in ("c1", "c2", "e1", "e2"))
RELEASES: Final = ("X14.2", "X15.5")
BETWEEN_EXPRESSWAYS: Final = {"2", "3", "4", "5", "10"}
FORMS: Final = ("tar.gz", "zip", "folder")
# What an archive does not say, by the words that ask for it.
ASKED_FOR: Final = {
    "default-zone-keeps-out": "those who connect to the Default Zone",
    "phone-profile-not-in-certificate": "the phone security profiles in use",
    "strict-client-refuses-chain": "the clients with their CA lists",
    "phone-edge-trust-lacks-tomcat": "the clients with their CA lists",
    "ios-refuses-certificate": "the clients with their CA lists",
    "client-cannot-ask-for-revocation": "the clients with their CA lists",
    "onboarding-asks-jabber-on-mac": "the clients with their CA lists",
}
# Its legs are those to a server of which the archive has the name alone.
ON_UNCHECKED_LEGS: Final = {"ca-hidden-by-namesake", "sip-oauth-name-not-registered"}


def there_and_back(model: Deployment, folder: Path, form: str = "tar.gz") -> Deployment:
    """Return what the archives of a model's Expressways say of it."""
    paths = write_diagnostics(model, folder, form=form, at=AT)
    modes = {one.name: one.cluster_tls for one in model.nodes}
    return load_diagnostics(*paths, cluster_tls=modes, roles={one.name: one.role for one in model.nodes})


def fault(rule: str) -> Deployment:
    """Return the site with a rule's fault; its lists are called as those that are read, for explanations name them."""
    model = LEG_FAULTS[rule][0]()
    lists = {one.name: attrs.evolve(one.trusted_ca, name=one.name) for one in model.nodes}
    return swapped(model, *(attrs.evolve(one, trusted_ca=lists[one.name]) for one in model.nodes))


def found(report: Report) -> set[Finding]:
    """Return what was found on legs between Expressways, but for what is asked for."""
    return {between_expressways(one) for one in report.findings if one.rule != "input-not-given"}


def between_expressways(finding: Finding) -> Finding:
    """Return a finding as it is between Expressways: without other legs, and without the remedy.

    A remedy names every list in the deployment that has to take a new certificate, those of clients and servers too.
    """
    legs = tuple(leg for leg in finding.legs if leg.id in BETWEEN_EXPRESSWAYS)
    return attrs.evolve(finding, legs=legs, remedy=Remedy())


def asked_for(report: Report) -> set[str]:
    """Return what a report asks for."""
    return {one.expected for one in report.findings if one.rule == "input-not-given"}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("form", FORMS)
def test_a_good_site_is_good_out_of_its_archives(release: str, form: str, tmp_path: Path) -> None:
    """From archives to the report in one call: the same legs are up, and nothing is found."""
    report = audit(there_and_back(site(release), tmp_path, form), at=AT)
    model = {(one.leg.id, one.initiator, one.acceptor): one.state for one in audit(site(release), at=AT).legs}
    judged = {(one.leg.id, one.initiator, one.acceptor): one.state for one in report.legs if one.judgements}
    checked = {key: state for key, state in judged.items() if state.value != "not checked"}
    assert found(report) == set()
    assert {key[0] for key in checked} == {"2", "3", "5"}
    assert checked == {key: state for key, state in model.items() if key in checked}


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_fault_is_found_out_of_archives_or_what_it_takes_is_asked_for(rule: str, tmp_path: Path) -> None:
    """Each fault that a rule about legs finds: the same finding, or the report says what is lacking for it."""
    model = fault(rule)
    report = audit(there_and_back(model, tmp_path), at=AT)
    lost = {one.rule for one in found(audit(model, at=AT)) - found(report)}
    not_run = {one.rule for one in report.outcomes if one.kind is OutcomeKind.NOT_RUN}
    unasked = {one for one in lost - not_run - ON_UNCHECKED_LEGS if ASKED_FOR.get(one) not in asked_for(report)}
    # Of the clients nothing is in the archives, and the domains that they register in are.
    instead = {"certificate-lacks-names"} if rule == "service-domain-not-in-certificate" else set()
    assert {one.rule for one in found(report) - found(audit(model, at=AT))} == instead
    assert unasked == set()


FOUND_OUT_OF_ARCHIVES: Final = frozenset(
    [
        "certificate-has-wildcard",
        "cluster-ca-not-trusted",
        "cluster-certificate-refused",
        "cluster-peer-not-in-certificate",
        "cluster-tls-permissive",
        "edge-domain-spelt-differently",
        "edge-host-name-has-underscore",
        "service-certificate-refused",
        "tunnel-ca-missing",
        "tunnel-certificate-refused",
        "tunnel-key-type-not-allowed",
        "tunnel-name-not-readable",
        "uc-zone-media-not-forced",
        "uc-zone-without-tls-verify",
        "zone-ca-not-trusted",
        "zone-certificate-refused",
        "zone-peer-address-not-in-certificate",
        "zone-verify-name-not-in-certificate",
    ]
)


@pytest.mark.parametrize("rule", sorted(FOUND_OUT_OF_ARCHIVES))
def test_what_is_between_expressways_is_found_whole(rule: str, tmp_path: Path) -> None:
    """What Expressways have of each other is in the archives: every finding, its evidence and sources included."""
    model = fault(rule)
    assert found(audit(there_and_back(model, tmp_path), at=AT)) == found(audit(model, at=AT))


@settings(max_examples=examples(20))
@given(
    st.integers(1, 3), st.integers(1, 3), st.sampled_from(("X12.5", "X14.2", "X14.3", "X15.4", "X15.5")), st.randoms()
)
def test_drawn_sites_are_found_out_of_their_archives(core: int, edge: int, release: str, rng: random.Random) -> None:
    """Sites of any size and release whose lists have been thinned: what is wrong between Expressways is found."""
    model = make_site(core, edge, release, clients=[], other_zones=False, dns=False, at=AT)
    thinned = [
        attrs.evolve(
            one,
            trusted_ca=TrustStore([ca for ca in one.trusted_ca if rng.random() < 0.9], one.name),
            cluster_addresses=(),
            cluster_tls=rng.choice(list(ClusterTls)),
        )
        for one in model.nodes
    ]
    model = attrs.evolve(swapped(model, *thinned), uc_servers=[], administrators=[], ldap_servers=[])
    with TemporaryDirectory() as folder:
        read = there_and_back(model, Path(folder))
    assert found(audit(read, at=AT)) == found(audit(model, at=AT))


def test_the_sample_site_is_found_out_of_its_archives(tmp_path: Path) -> None:
    """The faults of the source document between Expressways, one of them a peer that is called by its NAT address."""
    model = sample_deployment(at=AT)
    report = audit(there_and_back(model, tmp_path), at=AT)
    expected = {one for one in audit(model, at=AT).findings if one.rule.startswith(("zone-", "tunnel-"))}
    domain = "the server certificate of expe2.example.com lacks example.com, a domain that users register in"
    assert {(one.rule, one.message, one.nodes) for one in found(report)} == {
        *((one.rule, one.message, one.nodes) for one in expected),
        ("certificate-lacks-names", domain, ("expe2.example.com",)),
    }
    assert len(expected) == 4


NODE_FIELDS: Final[dict[str, object]] = {
    "verify_origin_server": False,
    "server_eku_upload": True,
    "extended_key_usage_checking": False,
    "xcp_verification": False,
    "xcp_verify_hostname": False,
    "xcp_fail_on_inaccessible_source": False,
    "revocation_sources": RevocationSources(ocsp=False, crls=False, downloads=True),
    "xcp_revocation_sources": RevocationSources(downloads=False),
    "client_certificate_security": True,
    "client_certificate_crls": CrlChecking.PEER,
    "client_certificate_fail_on_inaccessible_source": True,
    "trusted_ca_crls": (FACTORY.crl(ROOT),),
    "ssh_key_types": ("x509v3-rsa2048-sha256",),
    "ecdsa_first": True,
    "sip_prefers_rsa": True,
    "activation_code_onboarding": True,
    "address": "2001:db8::7",
    "cluster_name": "other.example.com",
    "client_certificate": issue(E1),
}


@pytest.mark.parametrize("field", NODE_FIELDS)
def test_a_setting_of_a_node_comes_through(field: str, tmp_path: Path) -> None:
    """Each field that a dump has is read from it, with a value that is not the default."""
    model = changed(E1, "X15.5", **{field: NODE_FIELDS[field]})
    assert getattr(there_and_back(model, tmp_path).expressway(E1), field) == NODE_FIELDS[field]


def test_nothing_else_of_a_node_is_lost(tmp_path: Path) -> None:
    """What an archive has no word of is left as the model has it by default, and the rest is the same."""
    read, model = (one.expressway(C1) for one in (there_and_back(site("X15.5"), tmp_path), site("X15.5")))
    differing = {one.name for one in attrs.fields(Expressway) if getattr(read, one.name) != getattr(model, one.name)}
    # The copy in the client store is a file of its own; the mapping table is in no dump.
    assert differing == {"client_certificate", "cluster_addresses"}
    assert read.client_certificate == model.server_certificate
    assert read.trusted_ca.certificates == model.trusted_ca.certificates


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tls_verify_subject_name", "other.example.com"),
        ("media_encryption", MediaEncryption.BEST_EFFORT),
        ("tls_verify", False),
        ("peer_addresses", (E1.upper(), "192.0.2.12")),
        ("kind", ZoneKind.TRAVERSAL),
    ],
)
def test_a_setting_of_a_zone_comes_through(field: str, value: object, tmp_path: Path) -> None:
    """Each field of a traversal zone is read from both sides' dumps."""
    whole = site()
    zones = [attrs.evolve(one, **{field: value}) if one.name == "UC" else one for one in whole.zones]
    read = there_and_back(attrs.evolve(whole, zones=zones), tmp_path)
    zone = next(one for one in read.zones if one.name == "UC")
    assert getattr(zone, field) == value
    assert ([one.name for one in zone.core], [one.name for one in zone.edge]) == ([C1, C2], [E1, E2])


def test_zones_to_others_come_through(tmp_path: Path) -> None:
    """Neighbor, DNS and Default Zones are there with the address of the other end, whose certificate is asked for."""
    zones = {one.name: one for one in there_and_back(site(), tmp_path).zones}
    assert {name: zone.kind for name, zone in zones.items()} == {
        "UC": ZoneKind.UNIFIED_COMMUNICATIONS,
        "Neighbor": ZoneKind.NEIGHBOR,
        "DNS": ZoneKind.DNS,
        "Webex": ZoneKind.DNS,
        "DefaultZone": ZoneKind.DEFAULT,
    }
    assert [one.name for one in zones["Neighbor"].far_ends] == ["sip.example.net"]
    assert all(zone.tls_verify for zone in zones.values())


def test_what_is_behind_expressway_c_is_known_by_name(tmp_path: Path) -> None:
    """Domains with MRA on, and the Unified CM nodes that Expressway-C has made zones for, with what is on there."""
    read = there_and_back(site(), tmp_path)
    assert read.mra_domains == ("example.com",)
    assert [(one.name, one.mixed_mode, one.sip_oauth, one.tls_verify, one.tomcat) for one in read.uc_servers] == [
        ("cucm1.example.com", True, True, True, None)
    ]


def test_a_report_asks_by_name_for_what_no_archive_says(tmp_path: Path) -> None:
    """The certificates and lists of servers, the clients, DNS: by finding, by leg, or by rule."""
    read = there_and_back(site(), tmp_path)
    report = audit(read, at=AT)
    whys = {one.rule: one.why for one in report.outcomes if one.kind is OutcomeKind.NOT_RUN}
    assert asked_for(report) == {
        "the phone security profiles in use",
        "IM and Presence and Unity Connection with their certificates and trust lists",
        "the clients with their CA lists",
        "the hosts of Webex",
        "the administrators with their certificates",
        "those who connect to the Default Zone",
    }
    assert whys["uc-server-lacks-expressway-ca"] == "tomcat-trust of cucm1.example.com is not given"
    assert whys["client-distrusts-edge"] == "the clients with their CA lists: not given"
    assert whys["webex-not-trusted"] == "the hosts of Webex: not given"
    assert "not checked, for want of the hosts of Webex" in report.to_text()
    given = attrs.evolve(read, clients=[Client(service_domain="example.com", trusted_ca=store(ROOT))])
    assert "the clients with their CA lists" not in asked_for(audit(given, at=AT))


def test_without_a_unified_cm_zone_the_server_is_asked_for(tmp_path: Path) -> None:
    """Where no zone names a Unified CM, its trust lists are asked for all the same."""
    read = there_and_back(attrs.evolve(site(), uc_servers=[]), tmp_path)
    report = audit(read, at=AT)
    assert "Unified CM with its certificates and trust lists" in asked_for(report)
    outcome = next(one for one in report.outcomes if one.rule == "uc-server-lacks-expressway-ca")
    assert (outcome.kind, outcome.why) == (
        OutcomeKind.NOT_RUN,
        "Unified CM with its certificates and trust lists: not given",
    )


def test_who_administers_is_asked_for_where_certificates_have_a_part_in_it(tmp_path: Path) -> None:
    """Browsers that have to show a certificate, and LDAP servers: neither stands in an archive."""
    path = spoilt(tmp_path, replacing("xconf", ".txt", b'Source Admin: "LocalOnly"', b'Source Admin: "Both"'))
    assert "the administrators with their certificates" in asked_for(audit(load_diagnostics(path), at=AT))
    assert "the LDAP servers that administrators are looked up in" in asked_for(audit(load_diagnostics(path), at=AT))


@pytest.mark.parametrize("form", FORMS)
def test_a_deployment_is_loaded_from_archives_as_from_a_folder(form: str, tmp_path: Path) -> None:
    """`Deployment.load` takes one archive, or a folder of them; and writes what it read as a site folder."""
    paths = write_diagnostics(site(), tmp_path / "logs", form=form, at=AT)
    read = Deployment.load(tmp_path / "logs")
    read.save(tmp_path / "site")
    assert read == load_diagnostics(*paths)
    assert Deployment.load(paths[0]).expressways[0].name == C1
    assert Deployment.load(tmp_path / "site") == read


def test_the_order_of_the_archives_does_not_matter(tmp_path: Path) -> None:
    """Given in any order, and out of a folder, they make the same deployment with the same things not given."""
    paths = write_diagnostics(sample_deployment(at=AT), tmp_path, at=AT)
    read = [load_diagnostics(*paths), load_diagnostics(*reversed(paths)), load_diagnostics(tmp_path)]
    assert read[0] == read[1] == read[2]
    assert read[0].not_given == read[1].not_given == read[2].not_given


def test_a_neighbor_that_is_a_node_itself_is_passed_over(tmp_path: Path) -> None:
    """A neighbor zone whose address is the node's own leads to nobody else."""
    files = diagnostic_files(E1, site(), at=AT)
    replacing("xconf", ".txt", b'Peer 1 Address: "sip.example.net"', f'Peer 1 Address: "{E1}"'.encode())(files)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    neighbor = next(zone for zone in load_diagnostics(tmp_path).zones if zone.name == "Neighbor")
    assert (neighbor.far_ends, neighbor.peer_addresses) == ((), ())


def test_a_neighbor_without_tls_verifies_nothing(tmp_path: Path) -> None:
    """TLS verify mode is On, and the transport of the zone is TCP: there is no certificate to look at."""
    files = diagnostic_files(E1, site(), at=AT)
    replacing("xconf", ".txt", b'Neighbor SIP Transport: "TLS"', b'Neighbor SIP Transport: "TCP"')(files)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert not next(zone for zone in load_diagnostics(tmp_path).zones if zone.name == "Neighbor").tls_verify


def test_what_is_no_site_is_no_archive_either(tmp_path: Path) -> None:
    """Another file or folder is refused with what would do; a file that is packed as one has its own error."""
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "other.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    for name in ("notes.txt", "missing"):
        with pytest.raises(LoadError, match="or a diagnostic log archive or a folder with such ones"):
            Deployment.load(tmp_path / name)
    with pytest.raises(LoadError, match=r"other\.zip: the archive is damaged"):
        Deployment.load(tmp_path / "other.zip")


def archives(tmp_path: Path, model: Deployment, *names: str) -> list[Path]:
    """Write the archives of some Expressways of a model."""
    paths = [tmp_path / f"{name}.tar.gz" for name in names]
    for name, path in zip(names, paths, strict=True):
        path.write_bytes(diagnostic_archive(name, model, at=AT))
    return paths


def test_a_peer_without_archive_is_asked_for(tmp_path: Path) -> None:
    """A zone with one peer unknown stands with the other, and the unknown one is named until it is there."""
    read = load_diagnostics(*archives(tmp_path, site(), C1, E1))
    assert (read.zones[0].name, [peer.name for peer in read.zones[0].members]) == ("UC", [C1, E1])
    asked = asked_for(audit(read, at=AT))
    assert f"{E2}, which Expressway-C calls in the zone UC" in asked
    assert f"the TLS verification mode of the cluster of {C1}" in asked
    assert not any(one.leg.id == "10" for one in audit(read, at=AT).legs)


def test_one_side_alone_asks_for_the_other(tmp_path: Path) -> None:
    """Archives of Expressway-C alone, or of Expressway-E alone, make no zone, and name who is lacking."""
    core, edge = (load_diagnostics(*archives(tmp_path, site(), *names)) for names in ((C1, C2), (E1, E2)))
    assert not any(zone.kind.is_traversal for zone in (*core.zones, *edge.zones))
    assert {f"{E1}, which Expressway-C calls in the zone UC", f"{E2}, which Expressway-C calls in the zone UC"} <= (
        asked_for(audit(core, at=AT))
    )
    assert "Expressway-C of the zone UC (expc.example.com)" in asked_for(audit(edge, at=AT))
    assert next(one.why for one in audit(core, at=AT).outcomes if one.rule == "tunnel-ca-missing") == (
        f"{E1}, which Expressway-C calls in the zone UC: not given"
    )


def test_peers_behind_a_nat_are_found_by_their_zone(tmp_path: Path) -> None:
    """Addresses that nobody is known to have lead to the cluster whose zone wants this Expressway-C by name."""
    changes = [SetPeerAddress(zone="UC", node=name, address=f"203.0.113.{at}") for at, name in enumerate((E1, E2), 1)]
    model = site().apply(changes)
    read = there_and_back(model, tmp_path)
    assert read.zones[0].peer_addresses == ("203.0.113.1", "203.0.113.2")
    assert found(audit(read, at=AT)) == found(audit(model, at=AT))


def test_a_peer_is_found_by_address_and_by_a_name_in_its_certificate(tmp_path: Path) -> None:
    """The address of its LAN port and an alias in its certificate lead to a peer as its own name does."""
    edge = attrs.evolve(site().expressway(E2), server_certificate=issue(E2, "alias.example.com", issuer=ISSUING))
    model = swapped(site(), edge).apply(
        [
            SetPeerAddress(zone="UC", node=E1, address="192.0.2.11"),
            SetPeerAddress(zone="UC", node=E2, address="alias.example.com"),
            # So that no zone leads to them by its name.
            SetVerifyName(zone="UC", name="nobody.example.com"),
        ]
    )
    zone = there_and_back(model, tmp_path).zones[0]
    assert [(one.name, zone.address_of(one)) for one in zone.edge] == [(E1, "192.0.2.11"), (E2, "alias.example.com")]


def test_several_sites_are_told_apart(tmp_path: Path) -> None:
    """Two pairs with zones of one name and port: each Expressway-C calls its own Expressway-E."""
    pairs = []
    for town in ("oslo", "bergen"):
        core, edge = node(f"expc-{town}.example.com", "C"), node(f"expe-{town}.example.com", "E")
        core = attrs.evolve(core, cluster_name=None)
        pairs.append(Zone(name=f"Zone {town}", core=[core], edge=[edge]))
    for zone in pairs:
        write_diagnostics(Deployment(zones=[attrs.evolve(zone, name="Traversal")]), tmp_path / zone.name, at=AT)
    read = load_diagnostics(tmp_path)
    assert [(one.name, [peer.name for peer in one.members]) for one in read.zones] == [
        ("Traversal", ["expc-bergen.example.com", "expe-bergen.example.com"]),
        ("Traversal (expc-oslo.example.com)", ["expc-oslo.example.com", "expe-oslo.example.com"]),
    ]


def test_zones_of_one_expressway_e_are_told_apart_by_port(tmp_path: Path) -> None:
    """Two Expressway-C with a zone each: the zone of Expressway-E on the same port answers, whatever name it wants."""
    edge = good_site().expressway(E1)
    zones = [
        Zone(
            name=f"Zone {number}",
            core=[attrs.evolve(node(f"expc{number}.example.com", "C"), cluster_name=None)],
            edge=[edge],
            tls_verify_subject_name=f"nobody{number}.example.com",
        )
        for number in (1, 2)
    ]
    read = there_and_back(Deployment(zones=zones), tmp_path)
    assert [(one.name, one.tls_verify_subject_name) for one in read.zones] == [
        ("Zone 1", "nobody1.example.com"),
        ("Zone 2", "nobody2.example.com"),
    ]


def test_an_address_that_may_be_of_two_clusters_is_of_none(tmp_path: Path) -> None:
    """Behind a NAT, with two Expressway-E that each have a zone for the same Expressway-C: nothing is guessed."""
    core = attrs.evolve(node(C1, "C"), cluster_name=None)
    zones = [
        Zone(
            name=f"Zone {number}", core=[core], edge=[node(f"expe{number}.example.com", "E")], peer_addresses=[address]
        )
        for number, address in ((1, "203.0.113.1"), (2, "203.0.113.2"))
    ]
    read = there_and_back(Deployment(zones=zones), tmp_path)
    assert read.zones == ()
    assert {f"203.0.113.{number}, which Expressway-C calls in the zone Zone {number}" for number in (1, 2)} <= (
        asked_for(audit(read, at=AT))
    )


def test_one_folder_may_hold_the_files_of_several_hosts(tmp_path: Path) -> None:
    """Files that were unpacked side by side are told apart by the host in their names."""
    for name in (C1, E1):
        for file, data in diagnostic_files(name, site(), at=AT).items():
            (tmp_path / file).write_bytes(data)
    read = load_diagnostics(tmp_path)
    assert [one.name for one in read.expressways] == [C1, E1]
    assert read.expressway(E1).server_certificate == site().expressway(E1).server_certificate


def test_the_newest_dump_of_a_host_counts(tmp_path: Path) -> None:
    """Where the files of one host are there twice, those of the later time are read, whichever come first."""
    later = diagnostic_files(C1, changed(C1, address="192.0.2.99"), at=AT.replace(day=25))
    path = spoilt(tmp_path, lambda files: files.update({**later, **{name: files.pop(name) for name in list(files)}}))
    assert load_diagnostics(path).expressway(C1).address == "192.0.2.99"


@pytest.mark.parametrize("left", [".txt", ".xml"])
def test_either_form_of_the_dumps_will_do(left: str, tmp_path: Path) -> None:
    """With the text alone, or with the XML alone, the same Expressway is read."""
    for file, data in diagnostic_files(C1, site("X15.5"), at=AT).items():
        if file.endswith((left, ".pem")):
            (tmp_path / file).write_bytes(data)
    read = load_diagnostics(tmp_path, cluster_tls=ClusterTls.ENFORCE).expressway(C1)
    assert attrs.evolve(
        read, client_certificate=None, cluster_addresses=site("X15.5").expressway(C1).cluster_addresses
    ) == (site("X15.5").expressway(C1))


def test_a_release_and_a_role_can_be_said(tmp_path: Path) -> None:
    """What an archive lacks is asked for in the error, and taken as an argument."""
    lone = Deployment(expressways=[good_site().expressway(C1)])
    for file, data in diagnostic_files(C1, lone, at=AT).items():
        if "xstat" not in file:
            (tmp_path / file).write_bytes(data)
    with pytest.raises(LoadError, match=f"whether {C1} is Expressway-C or Expressway-E is not in it"):
        load_diagnostics(tmp_path)
    with pytest.raises(LoadError, match=f"the release of {C1} is not in it"):
        load_diagnostics(tmp_path, roles={C1.upper(): "C"})
    read = load_diagnostics(tmp_path, roles={C1: "C"}, release="X12.6")
    assert read.expressway(C1).release == Release("X12.6")


def test_a_peer_without_zones_has_the_role_of_its_cluster(tmp_path: Path) -> None:
    """A dump without any zone is of Expressway-C where a peer of its cluster is."""
    bare = attrs.evolve(site(), zones=[attrs.evolve(site().zones[0], core=site().zones[0].core[:1])])
    read = load_diagnostics(*archives(tmp_path, bare, C1, C2))
    assert read.expressway(C2).role == read.expressway(C1).role


def test_crls_are_asked_for_where_revocation_is_checked(tmp_path: Path) -> None:
    """A node that checks revocation has CRLs that are in no archive; nothing is called revoked for want of them."""
    read = there_and_back(changed(C1, revocation_checking=True, xcp_revocation_checking=True), tmp_path)
    report = audit(read, at=AT)
    assert f"the CRLs of {C1}, which checks revocation" in asked_for(report)
    assert found(report) == set()
    assert (read.expressway(C1).revocation_checking, read.expressway(C1).xcp_revocation_checking) == (False, False)


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_leaves_the_loader(form: str, tmp_path: Path) -> None:
    """Passwords, hashes and communities of the dumps are in no value, repr or report."""
    files = diagnostic_files(C1, site(), at=AT)
    dump = next(data for name, data in files.items() if name.startswith("xconf") and name.endswith(".txt"))
    read = there_and_back(site(), tmp_path, form)
    shown = repr(read) + audit(read, at=AT).to_json() + repr(attrs.asdict(read))
    assert [secret for secret in SECRETS if secret.encode() not in dump] == []
    assert [secret for secret in SECRETS if secret in shown] == []


def spoilt(tmp_path: Path, change: Callable[[dict[str, bytes]], None], *, form: str = "tar.gz") -> Path:
    """Write an archive of Expressway-C whose files have been changed."""
    files = diagnostic_files(C1, site(), at=AT)
    change(files)
    packed = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    path = tmp_path / f"spoilt.{form}"
    path.write_bytes(packed.getvalue())
    return path


def named(files: dict[str, bytes], start: str, end: str) -> str:
    """Return the name of one of the files."""
    return next(name for name in files if name.startswith(start) and name.endswith(end))


def without(start: str) -> Callable[[dict[str, bytes]], None]:
    """Return a change that leaves files out."""

    def change(files: dict[str, bytes]) -> None:
        for name in [name for name in files if name.startswith(start)]:
            del files[name]

    return change


def replacing(start: str, end: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    """Return a change of a piece of one file."""

    def change(files: dict[str, bytes]) -> None:
        name = named(files, start, end)
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (without("xconf"), "xstat_dump_expc1", "the configuration is not in it"),
        (without("ca_"), "xconf_dump_expc1", f"the Trusted CA list of {C1} is not in it"),
        (without("xstat"), "xconf_dump_expc1", f"the release of {C1} is not in it"),
        (replacing("server_", ".pem", b"MII", b"!!!"), "server_expc1", ""),
        (replacing("ca_", ".pem", b"BEGIN CERT", b"BEGIN DIRT"), "ca_expc1", ""),
        (replacing("xconf", ".xml", b"</Configuration>", b""), "xconf_dump_expc1", "the XML is damaged"),
        (
            replacing("xconf", ".txt", b'VerifyOriginServer: "On"', b'VerifyOriginServer: "Perhaps"'),
            "xconf_dump_expc1",
            "EdgeConfigServer VerifyOriginServer is On or Off: found 'Perhaps'",
        ),
        (
            replacing("xconf", ".txt", b'Ethernet 1 IP V4 Address: "192.0.2.1"', b'Ethernet 1 IP V4 Address: "here"'),
            "xconf_dump_expc1",
            "Ethernet 1 IP V4 Address is an IP address: found 'here'",
        ),
        (
            replacing("xconf", ".txt", b'TraversalClient SIP Port: "7001"', b'TraversalClient SIP Port: "0"'),
            "xconf_dump_expc1",
            "TraversalClient SIP Port is a port: found '0'",
        ),
    ],
)
@pytest.mark.parametrize("form", ["tar.gz", "zip"])
def test_an_archive_that_lacks_or_spoils_something_is_refused(
    change: Callable[[dict[str, bytes]], None], where: str, words: str, form: str, tmp_path: Path
) -> None:
    """What is missing or damaged ends in LoadError, which says in which file of which archive."""
    path = spoilt(tmp_path, change, form=form)
    with pytest.raises(LoadError) as caught:
        load_diagnostics(path)
    assert words in str(caught.value)
    assert caught.value.where.startswith(f"{path}: {where}")
    assert caught.value.remedy


def test_two_archives_of_one_node_are_refused(tmp_path: Path) -> None:
    """The same Expressway twice: the error names both archives."""
    first, *_ = archives(tmp_path, site(), C1)
    second = first.with_name("again.tar.gz")
    second.write_bytes(first.read_bytes())
    with pytest.raises(LoadError, match=rf"two archives are of {C1}: found .*{first.name}.* as well"):
        load_diagnostics(first, second)


def test_what_fits_no_model_is_refused(tmp_path: Path) -> None:
    """A zone with more than six peers of Expressway-C: the error says so, and which archives."""
    names = [f"expc{number}.example.com" for number in range(1, 8)]
    cores = [attrs.evolve(good_site().expressway(C1), name=name) for name in names]
    for core in cores:
        zone = Zone(name="Zone", core=[core], edge=[good_site().expressway(E1)])
        model = Deployment(zones=[zone], expressways=zone.members)
        (tmp_path / f"{core.name}.tar.gz").write_bytes(diagnostic_archive(core.name, model, at=AT))
    (tmp_path / "edge.tar.gz").write_bytes(diagnostic_archive(E1, model, at=AT))
    with pytest.raises(LoadError, match="the archives fit no model: found a zone has one to 6 peers") as caught:
        load_diagnostics(tmp_path)
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"roles": {C1: "X"}}, "role is"),
        ({"release": "fourteen"}, "no Expressway release"),
        ({"cluster_tls": "Maybe"}, "Maybe"),
    ],
)
def test_a_wrong_argument_is_an_error_of_its_own(arguments: dict[str, object], error: str, tmp_path: Path) -> None:
    """A role, release or mode that is none raises ValueError, before anything is read."""
    with pytest.raises(ValueError, match=error):
        load_diagnostics(tmp_path, **arguments)
    with pytest.raises(TypeError, match="at least one"):
        load_diagnostics()


def test_the_content_of_an_archive_is_no_path() -> None:
    """It is refused by its type, and the error does not repeat it."""
    with pytest.raises(TypeError, match=r"^the path of an archive or folder is wanted, not bytes$"):
        load_diagnostics(b"content")  # type: ignore[arg-type]
