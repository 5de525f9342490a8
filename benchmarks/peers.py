"""The peers: each is given the same DER and says yes or no to each leaf. What is done once for all leaves is not timed.

A peer is a function of a workload that returns a function of leaves; only the second is timed.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import verification

from benchmarks.workload import AT, NAME, Workload
from expressway_certs import Certificate, TrustStore, VerifyPolicy, verify_many

if TYPE_CHECKING:
    from OpenSSL import crypto

Answers = list[bool]
Judge = Callable[[tuple[bytes, ...]], Answers]
NOW: Final = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=AT)
POLICY: Final = VerifyPolicy(at=NOW, purpose="server", names=(NAME,))


def floor(workload: Workload) -> Judge:
    """The floor: parse each leaf and verify its signature with a key that was loaded before. No other check."""
    keys = {}
    for one in (*workload.roots, *workload.others):
        loaded = x509.load_der_x509_certificate(one)
        key = loaded.public_key()
        keys[loaded.subject.public_bytes(), _own_key(loaded)] = key
    plans = {leaf: _plan(leaf, keys) for leaf in workload.leaves}

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        found = []
        load = x509.load_der_x509_certificate
        for leaf in leaves:
            signature, data, verify, arguments = plans[leaf]
            load(leaf)
            try:
                verify(signature, data, *arguments)
                found.append(True)
            except InvalidSignature:
                found.append(False)
        return found

    return judge


def _own_key(certificate: x509.Certificate) -> bytes:
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def _plan(leaf: bytes, keys: dict) -> tuple:  # type: ignore[type-arg]
    loaded = x509.load_der_x509_certificate(leaf)
    wanted = loaded.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    key = keys[loaded.issuer.public_bytes(), wanted]
    digest = hashes.SHA256()
    arguments = (padding.PKCS1v15(), digest) if isinstance(key, rsa.RSAPublicKey) else (ec.ECDSA(digest),)
    return loaded.signature, loaded.tbs_certificate_bytes, key.verify, arguments


def _given(workload: Workload) -> tuple[TrustStore, list[Certificate]]:
    return TrustStore(map(Certificate.from_der, workload.roots)), [*map(Certificate.from_der, workload.others)]


def expressway_certs(workload: Workload) -> Judge:
    """This library, in one process."""
    return lambda leaves: [verdict.ok for verdict in verify_many(leaves, *_given(workload), POLICY)]


def explained(workload: Workload) -> Judge:
    """This library, with the explanation of each verdict, for which every other path to an anchor is looked for."""

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        found = verify_many(leaves, *_given(workload), POLICY)
        return [(verdict.ok, verdict.alternatives, verdict.explanation)[0] for verdict in found]

    return judge


def expressway_certs_2_processes(workload: Workload) -> Judge:
    """This library, in a pool of two processes, which is started and ended within the time."""
    return lambda leaves: [verdict.ok for verdict in verify_many(leaves, *_given(workload), POLICY, processes=2)]


def expressway_certs_2_threads(workload: Workload) -> Judge:
    """This library, in two threads."""

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        with ThreadPoolExecutor(2) as threads:
            return [verdict.ok for verdict in verify_many(leaves, *_given(workload), POLICY, threads)]

    return judge


def cryptography_verifier(workload: Workload) -> Judge:
    """`cryptography.x509.verification`, given every CA certificate with each leaf."""
    store, others = _pyca(workload)
    verifier = _verifier(store)
    return lambda leaves: [_accepts(verifier, leaf, others) for leaf in leaves]


def cryptography_preselected(workload: Workload) -> Judge:
    """The same, given only the CA certificates that have the issuer's name, and those above them."""
    store, others = _pyca(workload)
    by_name: dict[bytes, list[x509.Certificate]] = {}
    for one in others:
        by_name.setdefault(one.subject.public_bytes(), []).append(one)
    verifier = _verifier(store)

    @cache
    def above(name: bytes) -> list[x509.Certificate]:
        near = by_name.get(name, [])
        return near + [far for one in near for far in above(one.issuer.public_bytes())]

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        found = []
        for leaf in leaves:
            loaded = x509.load_der_x509_certificate(leaf)
            found.append(_accepts(verifier, leaf, above(loaded.issuer.public_bytes())))
        return found

    return judge


def _pyca(workload: Workload) -> tuple[verification.Store, list[x509.Certificate]]:
    roots = [x509.load_der_x509_certificate(one) for one in workload.roots]
    return verification.Store(roots), [x509.load_der_x509_certificate(one) for one in workload.others]


def _verifier(store: verification.Store) -> verification.ServerVerifier:
    # Its own limit of 8 would refuse a long chain for its length alone.
    builder = verification.PolicyBuilder().store(store).time(NOW.replace(tzinfo=None)).max_chain_depth(_DEEPEST)
    return builder.build_server_verifier(x509.DNSName(NAME))


_DEEPEST: Final = 32


def _accepts(verifier: verification.ServerVerifier, leaf: bytes, others: list[x509.Certificate]) -> bool:
    try:
        verifier.verify(x509.load_der_x509_certificate(leaf), others)
    except (verification.VerificationError, ValueError):
        return False
    return True


def pyopenssl(workload: Workload) -> Judge:
    """pyOpenSSL, every CA certificate in the store, which is its quickest way. It asks for no name and no purpose."""
    from OpenSSL import crypto  # noqa: PLC0415 - a peer may not be installed

    store = crypto.X509Store()
    store.set_time(NOW)
    for one in (*workload.roots, *workload.others):
        store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, one))

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        found = []
        for leaf in leaves:
            context = crypto.X509StoreContext(store, crypto.load_certificate(crypto.FILETYPE_ASN1, leaf))
            try:
                context.verify_certificate()
                found.append(True)
            except crypto.X509StoreContextError:
                found.append(False)
        return found

    return judge


def pyopenssl_untrusted(workload: Workload) -> Judge:
    """pyOpenSSL, the roots in the store and every other CA certificate given with each leaf."""
    from OpenSSL import crypto  # noqa: PLC0415 - a peer may not be installed

    roots, others = (
        [crypto.load_certificate(crypto.FILETYPE_ASN1, one) for one in members]
        for members in (workload.roots, workload.others)
    )
    store = crypto.X509Store()
    store.set_time(NOW)
    for one in roots:
        store.add_cert(one)
    return lambda leaves: [_openssl_accepts(store, leaf, others) for leaf in leaves]


def _openssl_accepts(store: crypto.X509Store, leaf: bytes, others: list[crypto.X509]) -> bool:
    from OpenSSL import crypto  # noqa: PLC0415 - the same

    loaded = crypto.load_certificate(crypto.FILETYPE_ASN1, leaf)
    try:
        crypto.X509StoreContext(store, loaded, others).verify_certificate()
    except crypto.X509StoreContextError:
        return False
    return True


def openssl_command(workload: Workload) -> Judge:
    """`openssl verify`, many files on one command line."""
    if shutil.which("openssl") is None:
        raise ImportError("no openssl command")

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        with tempfile.TemporaryDirectory() as folder:
            return _openssl(Path(folder), workload, leaves)

    return judge


def _openssl(folder: Path, workload: Workload, leaves: Iterable[bytes]) -> Answers:
    for name, members in (("roots.pem", workload.roots), ("others.pem", workload.others)):
        (folder / name).write_text("".join(Certificate(one).to_pem() for one in members), "ascii")
    for number, leaf in enumerate(leaves):
        (folder / f"{number:07}.pem").write_text(Certificate(leaf).to_pem(), "ascii")
    names = sorted(path.name for path in folder.glob("0*.pem"))
    options = ["-CAfile", "roots.pem", "-untrusted", "others.pem", "-attime", str(AT)]
    options += ["-purpose", "sslserver", "-verify_hostname", NAME]
    said = ""
    stream = iter(names)
    while batch := list(islice(stream, 2000)):
        command = ["openssl", "verify", *options, *batch]
        said += subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    trusted = {line.removesuffix(": OK") for line in said.splitlines() if line.endswith(": OK")}
    return [name in trusted for name in names]


def certvalidator(workload: Workload) -> Judge:
    """pyhanko-certvalidator. It asks for no name."""
    from asn1crypto import x509 as asn1  # noqa: PLC0415 - a peer may not be installed
    from pyhanko_certvalidator import CertificateValidator, ValidationContext  # noqa: PLC0415 - the same
    from pyhanko_certvalidator.errors import PathError, ValidationError  # noqa: PLC0415 - the same

    roots = [asn1.Certificate.load(one) for one in workload.roots]
    others = [asn1.Certificate.load(one) for one in workload.others]
    context = ValidationContext(trust_roots=roots, other_certs=others, moment=NOW, allow_fetching=False)

    async def accepts(leaf: bytes) -> bool:
        try:
            validator = CertificateValidator(asn1.Certificate.load(leaf), validation_context=context)
            await validator.async_validate_usage({"digital_signature"}, {"server_auth"})
        except (PathError, ValidationError):
            return False
        return True

    async def accept(leaves: tuple[bytes, ...]) -> Answers:
        return [await accepts(leaf) for leaf in leaves]

    return lambda leaves: asyncio.run(accept(leaves))


def go(workload: Workload) -> Judge:
    """Go's `crypto/x509`, on one core; it tells what it used from DER in memory to the last answer."""
    if shutil.which("go") is None:
        raise ImportError("no go command")

    def judge(leaves: tuple[bytes, ...]) -> Answers:
        lines = [str(AT), NAME]
        for members in (workload.roots, workload.others, leaves):
            lines += [str(len(members)), *(member.hex() for member in members)]
        with tempfile.TemporaryDirectory() as folder:
            program, given = Path(folder) / "peer", Path(folder) / "given"
            subprocess.run(["go", "build", "-o", program, Path(__file__).with_name("peer.go")], check=True)
            given.write_text("\n".join(lines) + "\n", "ascii")
            done = subprocess.run([program, given], capture_output=True, text=True, check=True)
        used, said = done.stdout.split()
        judge.used = float(used)  # type: ignore[attr-defined]
        return [letter == "1" for letter in said]

    return judge


_SIGNATURE_ONLY: Final = frozenset({"expired", "not yet valid", "purpose", "critical"})
_NOTHING: Final[frozenset[str]] = frozenset()

PEERS: Final[dict[str, tuple[str, Callable[[Workload], Judge], int, frozenset[str]]]] = {
    "floor": ("floor: parse and one signature", floor, 1, _SIGNATURE_ONLY),
    "expressway_certs": ("**expressway_certs**, one process", expressway_certs, 1, _NOTHING),
    "explained": ("**expressway_certs**, explained", explained, 1, _NOTHING),
    "processes": ("**expressway_certs**, two processes", expressway_certs_2_processes, 1, _NOTHING),
    "threads": ("**expressway_certs**, two threads", expressway_certs_2_threads, 1, _NOTHING),
    "pyopenssl": ("pyOpenSSL, pool in the store", pyopenssl, 4, frozenset({"purpose"})),
    "untrusted": ("pyOpenSSL, pool given with the leaf", pyopenssl_untrusted, 4, frozenset({"purpose"})),
    "preselected": ("`cryptography` verifier, pool preselected", cryptography_preselected, 4, _NOTHING),
    "cryptography": ("`cryptography` verifier", cryptography_verifier, 10, _NOTHING),
    "go": ("Go `crypto/x509`", go, 4, _NOTHING),
    "openssl": ("`openssl verify`, many files", openssl_command, 10, _NOTHING),
    "certvalidator": ("pyhanko-certvalidator", certvalidator, 20, _NOTHING),
}
"""By name: its title, how it is made, for how many leaves it judges one, and what it does not ask about."""
