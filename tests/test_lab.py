"""The lab: what real endpoints make of a leg, what they cannot say, and that nothing is left of them."""

import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, get_args

import attrs
import httpcore
import leg_site
import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from leg_faults import LEG_FAULTS
from sites import AT, FACTORY, ISSUING, RENEWED, ROOT, good_site, good_zone, store

import expressway_certs
from expressway_certs import Deployment, Expressway, NewRequest, State, Zone, audit, check_zone, make_request
from expressway_certs.product.legs import LEGS, Ask
from expressway_certs.product.revocation import CrlChecking
from expressway_certs.rules.judging import LegResult
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.testing.lab import End, Ground, Judging, Lab, processes, slow, unproven
from expressway_certs.testing.lab.names import CHECKS
from expressway_certs.testing.lab.ssh import LACKING

GROUNDS: Final = get_args(Ground)
SITES: Final = {"a small site": good_site(), "a site with every leg": leg_site.site()}
YEARS: Final = timedelta(days=730)


def leg_of(site: Deployment, leg_id: str) -> LegResult:
    """Return the first result on a leg."""
    return next(one for one in audit(site, at=AT).legs if one.leg.id == leg_id)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_good_site_comes_up(site: Deployment, ground: Ground) -> None:
    """On a site with nothing wrong no leg is refused, and what is not proven has a reason."""
    with Lab(at=AT, ground=ground) as lab:
        found = lab.prove(site)
    assert {observed.ok for _, observed in found} == {True, None}
    assert {observed.agrees_with(result) for result, observed in found if observed.handshake} == {True}
    assert {bool(observed.not_proven) for _, observed in found if observed.ok is None} == {True}
    assert {observed.not_proven for _, observed in found if observed.ok} == {()}


def test_every_leg_that_has_a_handshake_is_tried() -> None:
    """On a site with every leg of the table OpenSSL's command tries each but the one that has no handshake."""
    site = leg_site.changed(
        "expe1.example.com", client_certificate_security=True, client_certificate_crls=CrlChecking.NONE
    )
    with Lab(at=AT, ground="openssl") as lab:
        tried = {result.leg.id for result, observed in lab.prove(site) if observed.handshake}
    assert tried == {leg.id for leg in LEGS} - {"5"}


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_fault_is_as_the_library_says(rule: str) -> None:
    """With the fault of any rule about legs the endpoints say of no leg what the library does not."""
    make, *_ = LEG_FAULTS[rule]
    with Lab(at=AT) as lab:
        found = lab.prove(make())
    assert [(result.leg.id, observed) for result, observed in found if observed.agrees_with(result) is False] == []
    assert {observed.ok for result, observed in found if result.state is State.UP} <= {True, None}
    assert {observed.ok for result, observed in found if result.state is State.DOWN} <= {False, None}


def test_everything_that_is_asked_has_a_place() -> None:
    """What is asked of a certificate is looked for by the ends, done by SSH, or told of as not proven."""
    by_ssh = {Ask.SSH_KEY_TYPE, Ask.SSH_NAMES}
    assert sorted([*CHECKS, *unproven.ASKS, *by_ssh], key=str) == sorted(Ask, key=str)


REASONS: Final[dict[str, tuple[Callable[[], Deployment], str]]] = {
    **{
        unproven.ASKS[ask]: (leg_site.site, leg_id)
        for ask, leg_id in {
            Ask.REVERSE_NAME: "4",
            Ask.CLUSTER_ADDRESS: "10",
            Ask.PROFILE_NAMES: "6e",
            Ask.REGISTERED_NAME: "6f",
            Ask.ACCESS_RULES: "13-back",
        }.items()
    },
    unproven.PROTOCOLS["SIP"]: (leg_site.site, "5"),
    unproven.DNS: (LEG_FAULTS["reverse-record-missing"][0], "3"),
    unproven.OCSP: (
        lambda: leg_site.changed("expe1.example.com", revocation_checking=True, ocsp_responses=[_ocsp()]), "2",
    ),
    unproven.FALLBACK: (
        lambda: leg_site.changed(
            "expe1.example.com", xcp_revocation_checking=True, xcp_fail_on_inaccessible_source=False
        ), "4",
    ),
    "client's CA list of Jabber of example.com is not given": (
        lambda: leg_site.with_clients(attrs.evolve(leg_site.clients()[0], trusted_ca=None)), "1a",
    ),
    "no certificate of expc1.example.com is given": (
        lambda: leg_site.changed("expc1.example.com", server_certificate=None), "2",
    ),
    "one of the two nodes is not in the deployment": (
        lambda: leg_site.changed("expc1.example.com", cluster_peers=["expc9.example.com"]), "10",
    ),
}  # fmt: skip


def _ocsp() -> bytes:
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    return refused.public_bytes(Encoding.DER)


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_not_proven_says_why(reason: str) -> None:
    """Each reason for which a leg is not proven is told where it holds."""
    make, leg_id = REASONS[reason]
    with Lab(at=AT) as lab:
        observed = lab.prove(leg_of(make(), leg_id))
    assert observed.ok is None
    assert reason in observed.not_proven


def test_a_refusal_has_its_judge_its_words_and_its_alert() -> None:
    """Where an intermediate is in no list at all: who refuses, why, and what the peer hears of it."""
    zone = renewed_without_intermediate()
    with Lab(at=AT) as lab:
        zone_leg, tunnel = (lab.prove(leg_of(Deployment(zones=[zone]), leg_id)) for leg_id in ("2", "3"))
    assert (zone_leg.ok, zone_leg.judge, zone_leg.code, zone_leg.depth) == (False, "expc1.example.com", 20, 0)
    assert (zone_leg.error, zone_leg.alert) == ("unable to get local issuer certificate", "unknown ca")
    assert (tunnel.ok, tunnel.judge, tunnel.code, tunnel.depth, tunnel.alert) == (
        False,
        "expc1.example.com",
        20,
        0,
        None,
    )
    assert "AsyncSSH" in tunnel.ground


def renewed_without_intermediate() -> Zone:
    """Return a zone whose Expressway-E has a certificate of an intermediate that nobody has."""
    zone = good_zone()
    renewed = FACTORY.leaf(RENEWED, dns_names=(zone.edge[0].name, "example.com"))
    edge = [attrs.evolve(zone.edge[0], server_certificate=renewed.certificate)]
    return attrs.evolve(zone, core=zone.core[:1], edge=edge, peer_addresses=[zone.edge[0].name])


def test_the_zone_is_up_and_the_tunnels_are_down() -> None:
    """The heart of the source document, on real endpoints: TLS carries the intermediate, SSH does not."""
    zone = renewed_without_intermediate()
    edge = [attrs.evolve(zone.edge[0], trusted_ca=store(ROOT, ISSUING, RENEWED))]
    with Lab(at=AT) as lab:
        found = {result.leg.id: observed.ok for result, observed in lab.prove(attrs.evolve(zone, edge=edge))}
    assert found == {"2": True, "3": False, "4": None, "5": None}


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_instant_is_the_one_that_is_asked_for(ground: Ground) -> None:
    """Certificates that have ended hold at an instant before; Python's ssl says that it cannot go there."""
    factory = CertificateFactory(seed=70, at=AT - 2 * YEARS)
    root = factory.root("Old Root CA", not_after=AT - YEARS)
    zone = small_zone(root, factory)
    with Lab(ground=ground) as lab:
        past = {result.leg.id: one for result, one in lab.prove(zone, at=factory.at)}
        now = {result.leg.id: one for result, one in lab.prove(zone)}
    assert (past["3"].ok, now["3"].ok, now["3"].code) == (True, False, 10)
    assert (now["2"].ok, now["2"].code) == (False, 10)
    if ground == "openssl":
        assert past["2"].ok is True
    else:
        assert past["2"].ok is None
        assert past["2"].not_proven[0].startswith("Python's ssl judges by the clock")


def small_zone(root: Issued, factory: CertificateFactory) -> Zone:
    """Return a zone of one by one under a root."""
    names = {"expc1.example.com": "C", "expe1.example.com": "E"}
    nodes = [
        Expressway(
            name=name,
            role=role,
            server_certificate=factory.leaf(root, dns_names=(name,)).certificate,
            trusted_ca=[root.certificate],
        )
        for name, role in names.items()
    ]
    return Zone(name="small", core=nodes[:1], edge=nodes[1:])


def zone_of_a_request() -> tuple[Zone, NewRequest]:
    """Return a good zone whose Expressway-E has the certificate of a request, whose key no factory knows."""
    zone = good_zone()
    new = make_request(zone.edge[0])
    certificate = FACTORY.issue(ISSUING, new.request, dns_names=(zone.edge[0].name, "example.com"))
    edge = [attrs.evolve(zone.edge[0], server_certificate=certificate)]
    return attrs.evolve(zone, edge=edge, peer_addresses=[zone.edge[0].name]), new


def test_a_certificate_without_a_key_is_named() -> None:
    """A certificate whose key the lab has not is told of with what to do; with the key in any form it is shown."""
    zone, new = zone_of_a_request()
    result = check_zone(zone, at=AT).legs[0]
    with (
        Lab(at=AT) as lab,
        pytest.raises(ValueError, match=r"no private key for .*expe1.*give it one, as in Lab\(keys"),
    ):
        lab.prove(result)
    issued = Issued(certificate=zone.edge[0].server_certificate, key=new.private_key)
    for key in (new.private_key, new.private_key_pem, new.private_key_pem.encode(), issued):
        with Lab(at=AT, keys=[key]) as lab:
            assert lab.prove(result).ok is True


def test_a_key_that_cannot_be_used_is_not_told() -> None:
    """What is wrong with a key is said without a word of it, and no key is seen in a lab's repr."""
    with pytest.raises(ValueError, match="no private key in PEM") as raised:
        Lab(keys=["-----BEGIN SECRET-----"])
    assert "SECRET" not in str(raised.value)
    with pytest.raises(TypeError, match="X25519PrivateKey is no key that signs"):
        Lab(keys=[x25519.X25519PrivateKey.generate()])
    with Lab(keys=[ROOT]) as lab:
        seen = repr(lab) + repr(vars(lab))
    assert "PRIVATE" not in seen
    assert "RSAPrivateKey" not in seen


def test_a_ground_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two grounds; without OpenSSL's command Python's ssl is the one, and the other cannot be had."""
    with pytest.raises(ValueError, match="'schannel' is no ground; there are 'openssl', 'python'"):
        Lab(ground="schannel")
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(LookupError, match="there is no command openssl"):
        Lab(ground="openssl")
    with Lab() as lab:
        assert lab.ground.endswith("(Python's ssl)")
        with pytest.raises(LookupError, match="there is no command openssl"):
            lab.ocsp(ROOT)


def test_ssh_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without AsyncSSH a tunnel is not proven, and the reason says what to install."""
    monkeypatch.setattr("expressway_certs.testing.lab.ssh.find_spec", lambda _: None)
    with Lab(at=AT) as lab:
        observed = lab.prove(leg_of(good_site(), "3"))
    assert (observed.ok, observed.not_proven) == (None, (LACKING,))


def test_an_instant_without_a_zone_is_refused() -> None:
    """A lab's instant is an aware one, as everywhere."""
    with pytest.raises(ValueError, match="has no time zone"):
        Lab(at=AT.replace(tzinfo=None))


def children() -> set[str]:
    """Return the processes that this one has started and that still run."""
    tasks = Path("/proc/self/task").iterdir()
    return {child for task in tasks for child in (task / "children").read_text().split()}


def left_overs() -> tuple[set[str], set[str], int, set[str]]:
    """Return the processes, threads, open files and folders that are there now."""
    threads = {thread.name for thread in threading.enumerate()}
    folders = {path.name for path in Path(tempfile.gettempdir()).glob(f"expressway_lab_{os.getpid()}_*")}
    return children(), threads, len(list(Path("/proc/self/fd").iterdir())), folders


def use_everything(lab: Lab) -> None:
    """Have a lab start all that it can."""
    others = children()
    http, responder = lab.http(), lab.ocsp(ROOT)
    http.routes["/slow"] = slow
    with socket.create_connection(("127.0.0.1", http.port)) as caller:
        caller.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
        caller.recv(1)
        responder.good.append(ISSUING)
        assert {observed.ok for _, observed in lab.prove(good_zone())} == {True, None}
        assert len(children() - others) == 1


def test_nothing_is_left() -> None:
    """When a lab is closed its processes, threads, sockets and files are gone."""
    before = left_overs()
    with Lab(at=AT) as lab:
        use_everything(lab)
        assert left_overs()[3] > before[3]
    assert left_overs() == before


KILLED: Final = """
import sys, time
from expressway_certs.testing import Lab
with Lab() as lab:
    print(lab._folder.sub("mark"), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="such a folder stays there")
def test_the_folder_of_a_killed_process_goes_with_the_next_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a signal left is deleted, and what belongs to a lab that is open, or to nobody, is let be."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "expressway_lab_of_another_kind").mkdir()
    (tmp_path / "expressway_lab_link").symlink_to(tmp_path / "expressway_lab_of_another_kind")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip()).parent
        with Lab(at=AT):
            during = sorted(tmp_path.glob("expressway_lab_*_*"))
        process.send_signal(signal.SIGTERM)
    after = sorted(tmp_path.iterdir())
    with Lab(at=AT), Lab(at=AT):
        kept = sorted(tmp_path.glob(f"expressway_lab_{os.getpid()}_*"))
    assert (left in during, left in after, len(kept)) == (True, True, 2)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["expressway_lab_link", "expressway_lab_of_another_kind"]


def test_nothing_is_left_of_a_test_that_fails() -> None:
    """The same where the test inside fails or is interrupted, in the middle of a handshake as well."""
    before = left_overs()
    with pytest.raises(KeyboardInterrupt):
        be_interrupted_at_the_end()
    assert left_overs() == before
    for program in ("s_server", "ssh_ends"):
        with pytest.raises(KeyboardInterrupt):
            be_interrupted_while_waiting_for(program)
        assert left_overs() == before


def be_interrupted_at_the_end() -> None:
    """Use a lab, and be interrupted."""
    with Lab(at=AT) as lab:
        use_everything(lab)
        raise KeyboardInterrupt


def be_interrupted_while_waiting_for(program: str) -> None:
    """Be interrupted in the middle of a proof."""
    with Lab(at=AT) as lab, pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes.Running, "wait_for", interrupted(program))
        lab.prove(good_zone())


def interrupted(program: str) -> Callable[..., bool]:
    """Return a wait for a program that somebody interrupts."""
    waits = processes.Running.wait_for

    def wait(self: processes.Running, *arguments: Any) -> bool:
        if any(program in str(argument) for argument in self.command):
            raise KeyboardInterrupt
        return waits(self, *arguments)

    return wait


def test_a_closed_lab_proves_nothing() -> None:
    """A lab that was closed says so, whatever is asked of it, and may be closed again."""
    with Lab() as lab:
        assert not repr(lab).endswith("closed>")
    for ask in (lambda: lab.prove(good_site()), lambda: lab.meet(server=End(), client=End()), lab.http):
        with pytest.raises(ValueError, match="the lab is closed"):
            ask()
    lab.close()
    assert repr(lab).endswith("closed>")


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_lab_may_be_used_by_several_threads(ground: Ground) -> None:
    """Eight threads that ask one lab get what one thread gets."""
    results = [one for one in audit(leg_site.site(), at=AT).legs if one.leg.id in {"1a", "2", "3", "6c", "7b"}]
    with Lab(at=AT, ground=ground) as lab:
        expected = [lab.prove(one) for one in results]
    with Lab(at=AT, ground=ground) as lab, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lab.prove, results)) == expected


def test_labs_run_beside_each_other_under_xdist(tmp_path: Path) -> None:
    """Two workers of pytest-xdist each have labs, at the same time."""
    (tmp_path / "test_many.py").write_text(MANY)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-W", "error", tmp_path]
    done = subprocess.run(command, cwd=tmp_path, env=with_package(), capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


MANY: Final = """
import pytest
from expressway_certs import Expressway, Zone
from expressway_certs.testing import CertificateFactory
from expressway_certs.testing.lab import Lab

@pytest.mark.parametrize("seed", range(4))
def test_it(seed):
    factory = CertificateFactory(seed=seed)
    root = factory.root("Root CA")
    core, edge = (
        Expressway(name=name, role=role, trusted_ca=[root.certificate],
                   server_certificate=factory.leaf(root, dns_names=[name]).certificate)
        for name, role in (("c.example.com", "C"), ("e.example.com", "E"))
    )
    with Lab() as lab:
        found = {result.leg.id: observed.ok for result, observed in lab.prove(Zone(name="Z", core=[core], edge=[edge]))}
    assert (found["2"], found["3"]) == (True, True)
"""


def with_package() -> dict[str, str]:
    """Return the environment, in which this package is found as it is here."""
    return {**os.environ, "PYTHONPATH": str(Path(expressway_certs.__file__).parents[1])}


HANGS: Final = """#!/bin/sh
[ "$1" = version ] && echo "OpenSSL 3.0.0 of a test" && exit
exec sleep 60
"""


@pytest.mark.parametrize("timeout", [0, -1, math.nan, math.inf])
def test_a_connection_needs_some_time(timeout: float) -> None:
    """With no time nothing would be proven, and nothing would fail."""
    with pytest.raises(ValueError, match="timeout is a number of seconds above 0"):
        Lab(timeout=timeout)


def test_what_is_no_leg_is_not_proven() -> None:
    """A node, say, has nothing to be proven, which is an error and no leg that cannot be proven."""
    with Lab(at=AT) as lab, pytest.raises(TypeError, match="a leg of a report, a zone or a deployment, not Expressway"):
        lab.prove(good_site().nodes[0])


def test_nothing_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An OpenSSL that never answers is given up: the leg is not proven, and nothing is left."""
    script = tmp_path / "openssl"
    script.write_text(HANGS)
    script.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(script))
    before = left_overs()
    with Lab(at=AT, timeout=0.3) as lab:
        zone_leg, tunnel = (lab.prove(leg_of(good_site(), leg_id)) for leg_id in ("2", "3"))
    assert (zone_leg.ok, zone_leg.not_proven) == (None, ("openssl s_server said nothing for 0.3 s",))
    assert (tunnel.ok, tunnel.not_proven) == (None, ("openssl verify said nothing for 0.3 s",))
    assert left_overs() == before


def test_a_process_that_dies_is_started_anew() -> None:
    """Where the process of the SSH endpoints is killed, a tunnel is not proven then, and is when asked again."""
    results = [one for one in audit(good_site(), at=AT).legs if one.leg.id == "3"]
    others = children()
    with Lab(at=AT) as lab:
        assert lab.prove(results[0]).ok is True
        (child,) = children() - others
        os.kill(int(child), signal.SIGKILL)
        while Path(f"/proc/{child}/stat").read_text().split()[2] != "Z":
            pass
        observed = lab.prove(results[1])
        assert (observed.ok, len(observed.not_proven)) == (None, 1)
        assert observed.not_proven[0].startswith("the process of the SSH endpoints has failed")
        assert lab.prove(results[1]).ok is True


def test_a_handshake_is_made_once() -> None:
    """The same ends at the same instant are not made to meet again, and another instant is another meeting."""
    server = End(certificate=ISSUING.certificate)
    client = End(judges=Judging(trust=[ROOT.certificate]))
    with Lab(at=AT, timeout=30) as lab, pytest.MonkeyPatch.context() as patch:
        first = lab.meet(server=server, client=client)
        patch.setattr("expressway_certs.testing.lab.openssl.running", None)
        assert lab.meet(server=server, client=client) is first
        with pytest.raises(TypeError):
            lab.meet(server=server, client=client, at=AT + YEARS)


def test_a_server_has_what_it_is_given_and_counts_who_asks() -> None:
    """An HTTP server answers with what lies at a path, at once, and knows what it was asked for."""
    with Lab() as lab:
        http, other = lab.http(), lab.http()
        http.routes["/ca.cer"] = ROOT.der
        assert httpcore.request("GET", http.url("/ca.cer")).content == ROOT.der
        assert httpcore.request("GET", http.url("/gone")).status == 404
        assert (http.asked, other.asked) == (["/ca.cer", "/gone"], [])
        assert http.port != other.port


def test_who_is_being_answered_is_cut_off() -> None:
    """A lab that is closed does not wait for an answer that drips: the caller has a part of it."""
    with Lab() as lab:
        http = lab.http()
        http.routes["/slow"] = slow
        with socket.create_connection(("127.0.0.1", http.port), timeout=20) as caller:
            caller.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
            answer = caller.recv(1)
            lab.close()
            while block := received(caller):
                answer += block
    assert 0 < answer.rpartition(b"\r\n\r\n")[2].count(b"x") < 500


def received(caller: socket.socket) -> bytes:
    """Return what comes next, nothing at the end, however that comes."""
    try:
        return caller.recv(65_536)
    except ConnectionError:
        return b""
