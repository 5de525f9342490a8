"""The verdict: what it holds, what it explains, and how it refuses nonsense."""

import pickle
from datetime import UTC, date, datetime
from ipaddress import ip_address

import pytest
from docs_files import contents

from expressway_certs import (
    Certificate,
    LoadError,
    Purpose,
    RevocationList,
    TrustStore,
    Verdict,
    VerifyPolicy,
    build_chain,
    verify,
)

FILES = contents()
AT = datetime(2027, 1, 1, tzinfo=UTC)
LEAF, ISSUING, ROOT, OTHER = (
    Certificate.load(FILES[f"{name}.pem"]) for name in ("leaf", "intermediate", "root", "other-root")
)


def judged(trust: list[Certificate], presented: list[Certificate], **policy: object) -> Verdict:
    """Judge the leaf at a fixed time."""
    return verify(LEAF, TrustStore(trust, name="expc1"), presented, VerifyPolicy(**{"at": AT, **policy}))


# The table of facts/mra.md, part E: what is presented, what is in the store, error and depth.
SITUATIONS = [
    ([], [], 20, 0),
    ([], [ROOT], 20, 0),
    ([], [ISSUING], 2, 1),
    ([ISSUING], [], 20, 1),
    ([ISSUING, ROOT], [], 19, 2),
    ([ISSUING], [OTHER], 20, 1),
    ([], [ISSUING, ROOT], 0, 0),
    ([ISSUING], [ROOT], 0, 0),
    ([ROOT], [ISSUING], 2, 1),
    ([], [LEAF], 20, 0),
]


@pytest.mark.parametrize(("presented", "trust", "code", "depth"), SITUATIONS)
def test_the_measured_table(presented: list[Certificate], trust: list[Certificate], code: int, depth: int) -> None:
    """Every row of the measured table comes out as OpenSSL said it."""
    verdict = judged(trust, presented)
    assert (verdict.ok, verdict.code, verdict.depth) == (code == 0, code, depth)


def test_a_partial_chain_ends_at_an_intermediate() -> None:
    """With the flag any certificate of the store ends the chain."""
    assert [one.role for one in judged([ISSUING], [], partial_chain=True).chain] == ["leaf", "intermediate"]
    assert judged([LEAF], [], partial_chain=True).chain == (LEAF,)


def test_a_good_verdict_says_by_what() -> None:
    """The chain is whole and the explanation names its anchor and the store."""
    verdict = judged([ROOT], [ISSUING], purpose=Purpose.SERVER, names=("expe1.example.com",))
    assert (verdict.ok, verdict.reason, verdict.fault, verdict.missing) == (True, "ok", None, None)
    assert verdict.chain == (LEAF, ISSUING, ROOT)
    assert verdict.explanation == (
        "'expe1.example.com' is trusted: it chains to 'Example Root CA' in the trust store 'expc1'."
    )
    assert repr(verdict) == "<Verdict ok: expe1.example.com <- Example Issuing CA <- Example Root CA>"


def test_a_missing_issuer_is_named() -> None:
    """Name, key identifier and URL of what is missing are there, as values and in the sentence."""
    verdict = judged([ROOT], [])
    assert verdict.missing is not None
    assert verdict.missing.name == ISSUING.subject
    assert verdict.missing.key_identifier == ISSUING.subject_key_identifier
    assert verdict.missing.urls == ("http://pki.example.com/issuing.cer",)
    assert verdict.certificate == LEAF
    identifier = ISSUING.subject_key_identifier.hex(":")
    assert verdict.explanation == (
        f"The issuer of 'expe1.example.com' is missing: C=NO, O=Example, CN=Example Issuing CA, "
        f"key identifier {identifier}, to be had from http://pki.example.com/issuing.cer. "
        "It is not in the trust store 'expc1', and nothing but the leaf was presented."
    )
    assert repr(verdict) == (
        "<Verdict error 20 at depth 0: unable to get local issuer certificate (expe1.example.com)>"
    )


def test_an_expired_anchor_says_when() -> None:
    """The certificate at fault, the instant asked for and the instant found are told."""
    verdict = judged([ROOT], [ISSUING], at=datetime(2049, 1, 1, tzinfo=UTC))
    assert (verdict.code, verdict.depth, verdict.certificate) == (10, 2, ROOT)
    assert verdict.expected == "validity at 2049-01-01 00:00:00 UTC"
    assert verdict.found == "expired 2049-01-01 00:00:00 UTC"


def test_a_wrong_purpose_shows_both_sides() -> None:
    """What was wanted of an extension and what it says are told."""
    crippled = LEAF.der.replace(bytes.fromhex("06082b06010505070302"), bytes.fromhex("06082b06010505070303"))
    verdict = verify(Certificate.from_der(crippled), [ROOT], [ISSUING], VerifyPolicy(at=AT, purpose="client"))
    assert (verdict.code, verdict.depth, verdict.extension) == (26, 0, "extendedKeyUsage")
    assert (verdict.expected, verdict.found) == ("clientAuth", "codeSigning, serverAuth")


def test_the_words_are_the_branch_s_own() -> None:
    """1.1.1 and 3.0 write some reasons differently."""
    chains = [judged([], [ISSUING, ROOT], openssl=version) for version in ("3.0", "1.1.1")]
    assert [verdict.reason for verdict in chains] == [
        "self-signed certificate in certificate chain",
        "self signed certificate in certificate chain",
    ]


def test_another_path_is_told_of() -> None:
    """Where a path exists that OpenSSL does not take, the explanation shows it."""
    broken = Certificate.from_der(ISSUING.der[:-1] + bytes((ISSUING.der[-1] ^ 1,)))
    verdict = judged([ROOT], [broken, ISSUING])
    assert (verdict.code, verdict.depth) == (7, 1)
    assert verdict.alternatives.found == ((LEAF, ISSUING, ROOT),)
    assert verdict.alternatives.is_complete
    assert "A path to an anchor does exist, 'expe1.example.com' <- 'Example Issuing CA' <- 'Example Root CA'," in (
        verdict.explanation
    )


def test_a_name_is_asked_of_the_leaf() -> None:
    """One of several names is enough, and the mismatch lists what the certificate has."""
    assert judged([ROOT], [ISSUING], names=("nobody.example.com", "EXAMPLE.com")).ok
    verdict = judged([ROOT], [ISSUING], names="10.0.0.1")
    assert (verdict.code, verdict.found) == (64, "DNS:expe1.example.com, DNS:example.com")


def test_crls_are_asked_for_by_the_policy() -> None:
    """A CRL at hand counts only when it is asked for, and then it must be there for every certificate asked."""
    crl = FILES["issuing.crl"]
    assert judged([ROOT], [ISSUING], crls=[crl]).ok
    assert judged([ROOT], [ISSUING], crls=[crl], crl_check="leaf").ok
    verdict = judged([ROOT], [ISSUING], crls=RevocationList.load(crl), crl_check="all")
    assert (verdict.code, verdict.depth, verdict.reason) == (3, 1, "unable to get certificate CRL")


def test_what_is_no_certificate_is_refused() -> None:
    """A path or PEM in the place of a certificate is a mistake that is told at once."""
    with pytest.raises(TypeError, match="a Certificate is wanted, not str"):
        verify("leaf.pem", [ROOT])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a Certificate is wanted, not bytes"):
        verify(LEAF, [ROOT.der], [ISSUING])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="a Certificate is wanted, not str"):
        verify(LEAF, [ROOT], [ISSUING.to_pem()])  # type: ignore[list-item]


def test_no_chain_is_built_of_what_is_no_certificate() -> None:
    """A path or PEM in the place of a certificate is told by `build_chain` as by `verify`."""
    for arguments in (("leaf.pem", [ROOT]), (LEAF, "root.pem"), (LEAF, [ROOT], ["issuing.pem"])):
        with pytest.raises(TypeError, match="a Certificate is wanted, not str"):
            build_chain(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^several certificates are wanted; put the one into a list$"):
        build_chain(LEAF, [ROOT], ISSUING)  # type: ignore[arg-type]


def test_what_is_no_policy_is_refused() -> None:
    """A purpose, or None, in the place of a policy is told at once."""
    with pytest.raises(TypeError, match=r"^a VerifyPolicy is wanted, not NoneType$"):
        verify(LEAF, [ROOT], policy=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ok", "code", "depth", "chain", "case", "fault", "alternatives", "explanation"])
def test_a_verdict_is_read_only(name: str) -> None:
    """Nobody can write another answer into a verdict, neither before it was read nor after."""
    verdict = judged([ROOT], [])
    for _ in range(2):
        with pytest.raises(AttributeError, match="has no setter"):
            setattr(verdict, name, None)
        getattr(verdict, name)


def test_a_verdict_is_no_truth_value() -> None:
    """It would be read as ok by mistake."""
    with pytest.raises(TypeError, match=r"ask verdict\.ok"):
        bool(judged([ROOT], []))


def test_a_verdict_travels() -> None:
    """A verdict can be sent to another process, with its explanation."""
    verdict = judged([ROOT], [])
    again = pickle.loads(pickle.dumps(verdict))  # noqa: S301 - our own bytes
    assert again == verdict
    assert again.explanation == verdict.explanation


def test_time_is_not_asked_where_it_is_left_out() -> None:
    """Without the time check an expired chain stands."""
    late = datetime(2060, 1, 1, tzinfo=UTC)
    assert judged([ROOT], [ISSUING], at=late).code == 10
    assert judged([ROOT], [ISSUING], at=late, check_time=False).ok


def test_the_depth_limit_counts_issuers_between() -> None:
    """A chain with more issuers than allowed is too long."""
    assert judged([ROOT], [ISSUING], depth=1).ok
    verdict = judged([ROOT], [ISSUING], depth=0)
    assert (verdict.code, verdict.reason) == (22, "certificate chain too long")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("at", datetime(2026, 1, 1), "aware datetime"),  # noqa: DTZ001 - that is the mistake
        ("names", ("",), "none of them empty"),
        ("names", ("a\0b",), "host names or IP addresses"),
        ("security_level", 6, "security_level"),
        ("security_level", -1, "security_level"),
        ("crl_check", "some", r"^VerifyPolicy\.crl_check is 'leaf' or 'all' or None, not 'some'$"),
        ("openssl", "4.0", r"^VerifyPolicy\.openssl is '3\.0' or '1\.1\.1', not '4\.0'$"),
        ("purpose", "both", "both"),
        ("depth", -1, "depth"),
    ],
)
def test_a_policy_refuses_nonsense(field: str, value: object, words: str) -> None:
    """A value outside of what the judge knows is an error that names it."""
    with pytest.raises(ValueError, match=words):
        VerifyPolicy(**{field: value})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("at", date(2026, 1, 1), "is datetime or None, not date"),
        ("at", "2026-01-01", "is datetime or None, not str"),
        ("names", b"a.example.com", "holds text each, not int"),
        ("names", [b"a.example.com"], "holds text each, not bytes"),
        ("names", [None], "holds text each, not NoneType"),
        ("partial_chain", "no", "is True or False, not str"),
        ("security_level", "1", "is a whole number, not str"),
        ("security_level", 1.5, "is a whole number, not float"),
        ("depth", True, "is a whole number, not bool"),
    ],
)
def test_a_policy_refuses_another_type(field: str, value: object, words: str) -> None:
    """A value of another type is an error that names the field and both types."""
    with pytest.raises(TypeError, match=rf"^VerifyPolicy\.{field} {words}$"):
        VerifyPolicy(**{field: value})


def test_a_name_may_be_an_address_as_a_certificate_has_it() -> None:
    """What `Certificate.ip_addresses` gives can be asked for."""
    assert VerifyPolicy(names=[ip_address("192.0.2.1"), "a"]).names == ("192.0.2.1", "a")


def test_a_crl_is_nothing_else() -> None:
    """A number, or a certificate that was loaded, is no CRL."""
    for value in (5, LEAF):
        with pytest.raises(TypeError, match=f"^a CRL is a RevocationList, .* not {type(value).__name__}$"):
            VerifyPolicy(crls=[value])


def test_a_policy_refuses_what_is_no_crl() -> None:
    """A certificate where a CRL belongs is an error of loading."""
    with pytest.raises(LoadError):
        VerifyPolicy(crls=[FILES["leaf.pem"]])


def test_build_chain_is_whole_or_says_what_is_missing() -> None:
    """The chain ends in its anchor, or tells what is missing above its last certificate."""
    whole = build_chain(LEAF, [ISSUING, ROOT], at=AT)
    assert (whole.is_complete, whole.anchor, whole.missing) == (True, ROOT, None)
    assert repr(whole) == "<Chain expe1.example.com <- Example Issuing CA <- Example Root CA>"
    broken = build_chain(LEAF, [OTHER], [ISSUING], at=AT)
    assert (broken.certificates, broken.anchor) == ((LEAF, ISSUING), None)
    assert broken.missing is not None
    assert broken.missing.name == ROOT.subject
    assert repr(broken) == f"<Chain expe1.example.com <- Example Issuing CA <- missing: {broken.missing}>"
    assert build_chain(LEAF, [ISSUING], at=AT, partial_chain=True).anchor == ISSUING
    assert whole.alternatives == ()
    assert whole.alternatives_complete
