"""Zones against real TLS endpoints: each side has its leaf and its list, as Expressway has, and judges the other."""

import ssl
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from live_draws import Draw, chunks, draw, with_namesakes

from expressway_certs import Expressway, State, check_zone
from expressway_certs.rules.judging import Judgement
from expressway_certs.testing import Issued

DRAWS: Final = 360


def endpoint(node: Expressway, shown: Issued, protocol: int, folder: Path) -> ssl.SSLContext:
    """Return one side: its leaf alone, and its list, out of which OpenSSL makes the chain that is sent."""
    made = ssl.SSLContext(protocol)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags = ssl.VERIFY_DEFAULT
    made.set_ciphers("DEFAULT:@SECLEVEL=1")
    if node.trusted_ca:
        made.load_verify_locations(cadata="".join(one.to_pem() for one in node.trusted_ca))
    file = folder / "shown.pem"
    file.write_text(shown.key_pem + shown.pem, "ascii")
    made.load_cert_chain(file)
    return made


def meet(drawn: Draw, folder: Path) -> tuple[int | None, int | None]:
    """Let the two sides shake hands; return the number that each has for the other, None where it is not asked."""
    client = endpoint(drawn.zone.core[0], drawn.core, ssl.PROTOCOL_TLS_CLIENT, folder)
    server = endpoint(drawn.zone.edge[0], drawn.edge, ssl.PROTOCOL_TLS_SERVER, folder)
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    calls = client.wrap_bio(inward, outward)
    answers = server.wrap_bio(outward, inward, server_side=True)
    codes: dict[str, int] = {}
    for _ in range(4):
        for name, side in (("core", calls), ("edge", answers)):
            if name not in codes:
                step(name, side, codes)
    # Where Expressway-C refuses, Expressway-E is never shown its certificate.
    return codes.get("core", 0), None if codes.get("core") else codes.get("edge", 0)


def step(name: str, side: ssl.SSLObject, codes: dict[str, int]) -> None:
    """Take one side's next turn, and note how it judges the other."""
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return
    except ssl.SSLCertVerificationError as error:
        codes[name] = error.verify_code
    except ssl.SSLError:
        # The other side refused, which it has told itself.
        return


def named(certificate: Issued, wanted: str) -> str:
    """Return how a name stands in a certificate, worked out apart from the library: "there", "common name", "not"."""
    there = certificate.certificate.to_cryptography()
    found = ssl_names(there)
    if wanted.lower() in found:
        return "there"
    common = [one.value.lower() for one in there.subject if one.oid.dotted_string == "2.5.4.3"]
    return "common name" if wanted.lower() in common else "not"


def ssl_names(certificate: x509.Certificate) -> set[str]:
    """Return the names and addresses of a certificate, by `cryptography`."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    addresses = names.get_values_for_type(x509.IPAddress)
    return {*(one.lower() for one in names.get_values_for_type(x509.DNSName)), *map(str, addresses)}


STATES: Final = {"there": State.UP, "common name": State.WARNS, "not": State.DOWN}


def expected(code: int | None, name: str) -> State:
    """Return what must become of a judgement, by the endpoint's number and the name."""
    return State.DOWN if code else STATES[name]


def seen(judgement: Judgement) -> tuple[int | None, State]:
    """Return the number and the state of a judgement."""
    return (None if judgement.verdict is None else judgement.verdict.code), judgement.state


@pytest.mark.parametrize("numbers", chunks(DRAWS, 60), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_a_zone_comes_up_where_real_endpoints_do(numbers: range, tmp_path: Path) -> None:
    """Both directions of a drawn zone: the same yes, or the same number, and then the names."""
    for number in numbers:
        compare(draw(number), tmp_path)


@pytest.mark.parametrize("numbers", chunks(120, 60), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_namesakes_are_told_apart_as_real_endpoints_do(numbers: range, tmp_path: Path) -> None:
    """Lists with several CAs of one subject, in any order: where key identifiers decide, we answer as OpenSSL."""
    for number in numbers:
        compare(with_namesakes(number), tmp_path)


def compare(drawn: Draw, folder: Path) -> None:
    """Hold the verdicts on a zone against real endpoints, first Expressway-C's and then Expressway-E's."""
    core_says, edge_says = meet(drawn, folder)
    first, second = check_zone(drawn.zone).legs[0].judgements
    first_state = expected(core_says, named(drawn.edge, drawn.zone.peer_addresses[0]))
    assert seen(first) == (core_says, first_state), drawn.number
    if first_state is State.DOWN:
        assert seen(second) == (None, State.NOT_REACHED), drawn.number
    else:
        second_state = expected(edge_says, named(drawn.core, drawn.zone.tls_verify_subject_name))
        assert seen(second) == (edge_says, second_state), drawn.number


def test_the_draws_are_of_all_kinds(tmp_path: Path) -> None:
    """Among the draws are zones that are up, that warn, and that are refused on either side for many reasons."""
    answers = [meet(draw(number), tmp_path) for number in range(DRAWS)]
    states = {check_zone(draw(number).zone).legs[0].state for number in range(DRAWS)}
    assert states == {State.UP, State.WARNS, State.DOWN}
    assert sum(answer == (0, 0) for answer in answers) > DRAWS // 8
    assert {code for code, _ in answers} >= {0, 10, 18, 19, 20, 26}
    assert {code for _, code in answers} >= {0, 10, 19, 20, 26, None}
