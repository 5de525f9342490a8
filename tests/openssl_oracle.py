"""The system's OpenSSL 3.0 asked directly: ``X509_verify_cert`` of its libcrypto, through ctypes."""

import ctypes
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache, lru_cache
from typing import Final

import attrs

_POINTER: Final = ctypes.c_void_p
_INT: Final = ctypes.c_int
_LONG: Final = ctypes.c_long
_ULONG: Final = ctypes.c_ulong

_SIGNATURES: Final[dict[str, tuple[object, tuple[object, ...]]]] = {
    "OpenSSL_version_num": (_ULONG, ()),
    "OpenSSL_version": (ctypes.c_char_p, (_INT,)),
    "d2i_X509": (_POINTER, (_POINTER, ctypes.POINTER(ctypes.c_char_p), _LONG)),
    "i2d_X509": (_INT, (_POINTER, ctypes.POINTER(ctypes.c_char_p))),
    "X509_free": (None, (_POINTER,)),
    "d2i_X509_CRL": (_POINTER, (_POINTER, ctypes.POINTER(ctypes.c_char_p), _LONG)),
    "X509_CRL_free": (None, (_POINTER,)),
    "X509_STORE_new": (_POINTER, ()),
    "X509_STORE_free": (None, (_POINTER,)),
    "X509_STORE_add_cert": (_INT, (_POINTER, _POINTER)),
    "X509_STORE_add_crl": (_INT, (_POINTER, _POINTER)),
    "X509_STORE_CTX_new": (_POINTER, ()),
    "X509_STORE_CTX_free": (None, (_POINTER,)),
    "X509_STORE_CTX_init": (_INT, (_POINTER, _POINTER, _POINTER, _POINTER)),
    "X509_STORE_CTX_get0_param": (_POINTER, (_POINTER,)),
    "X509_STORE_CTX_get_error": (_INT, (_POINTER,)),
    "X509_STORE_CTX_get_error_depth": (_INT, (_POINTER,)),
    "X509_STORE_CTX_get0_chain": (_POINTER, (_POINTER,)),
    "X509_verify_cert": (_INT, (_POINTER,)),
    "X509_verify_cert_error_string": (ctypes.c_char_p, (_LONG,)),
    "X509_VERIFY_PARAM_set_purpose": (_INT, (_POINTER, _INT)),
    "X509_VERIFY_PARAM_set_flags": (_INT, (_POINTER, _ULONG)),
    "X509_VERIFY_PARAM_set_time": (None, (_POINTER, ctypes.c_int64)),
    "X509_VERIFY_PARAM_set_depth": (None, (_POINTER, _INT)),
    "X509_VERIFY_PARAM_set_auth_level": (None, (_POINTER, _INT)),
    "X509_VERIFY_PARAM_add1_host": (_INT, (_POINTER, ctypes.c_char_p, ctypes.c_size_t)),
    "X509_VERIFY_PARAM_set1_ip": (_INT, (_POINTER, ctypes.c_char_p, ctypes.c_size_t)),
    "OPENSSL_sk_new_null": (_POINTER, ()),
    "OPENSSL_sk_push": (_INT, (_POINTER, _POINTER)),
    "OPENSSL_sk_free": (None, (_POINTER,)),
    "OPENSSL_sk_num": (_INT, (_POINTER,)),
    "OPENSSL_sk_value": (_POINTER, (_POINTER, _INT)),
    "ERR_clear_error": (None, ()),
    "OBJ_txt2nid": (_INT, (ctypes.c_char_p,)),
    "RSA_new": (_POINTER, ()),
    "RSA_free": (None, (_POINTER,)),
    "RSA_set0_key": (_INT, (_POINTER, _POINTER, _POINTER, _POINTER)),
    "RSA_security_bits": (_INT, (_POINTER,)),
    "BN_new": (_POINTER, ()),
    "BN_set_bit": (_INT, (_POINTER, _INT)),
}
_FLAG_CRL_CHECK, _FLAG_CRL_CHECK_ALL, _FLAG_PARTIAL_CHAIN, _FLAG_NO_CHECK_TIME = 0x4, 0x8, 0x80000, 0x200000
_PURPOSES: Final = {"client": 1, "server": 2}


@cache
def library() -> ctypes.CDLL | None:
    """Return the system's libcrypto of OpenSSL 3.0, or None where there is none."""
    try:
        found = ctypes.CDLL("libcrypto.so.3")
    except OSError:
        return None
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, list(arguments)
    return found if version(found)[:2] == (3, 0) else None


def version(found: ctypes.CDLL) -> tuple[int, int, int]:
    """Return a library's version as three numbers."""
    number = found.OpenSSL_version_num()
    return number >> 28, number >> 20 & 0xFF, number >> 4 & 0xFFFF


@attrs.frozen(kw_only=True)
class Question:
    """What OpenSSL is asked: DER everywhere, and the options of a verification."""

    leaf: bytes
    trust: tuple[bytes, ...]
    presented: tuple[bytes, ...] = ()
    purpose: str | None = None
    hosts: tuple[str, ...] = ()
    address: bytes | None = None
    at: int | None = None
    partial_chain: bool = False
    security_level: int = 1
    crls: tuple[bytes, ...] = ()
    crl_check: str | None = None
    depth: int = 100


@attrs.frozen(kw_only=True)
class Answer:
    """What OpenSSL said: its first error and the depth of it, and the chain where it found none."""

    ok: bool
    code: int
    depth: int
    chain: tuple[bytes, ...]


def ask(question: Question) -> Answer | None:
    """Ask the system's libcrypto; None where it cannot read one of the certificates or CRLs."""
    lib = library()
    assert lib is not None
    with ExitStack() as stack:
        leaf = _held("X509", question.leaf)
        trust = [_held("X509", der) for der in question.trust]
        presented = [_held("X509", der) for der in question.presented]
        crls = [_held("X509_CRL", der) for der in question.crls]
        if leaf is None or None in trust or None in presented or None in crls:
            lib.ERR_clear_error()
            return None
        store = lib.X509_STORE_new()
        stack.callback(lib.X509_STORE_free, store)
        for certificate in trust:
            lib.X509_STORE_add_cert(store, certificate)
        for crl in crls:
            lib.X509_STORE_add_crl(store, crl)
        untrusted = lib.OPENSSL_sk_new_null()
        stack.callback(lib.OPENSSL_sk_free, untrusted)
        for certificate in presented:
            lib.OPENSSL_sk_push(untrusted, certificate)
        context = lib.X509_STORE_CTX_new()
        stack.callback(lib.X509_STORE_CTX_free, context)
        lib.X509_STORE_CTX_init(context, store, leaf, untrusted)
        _set(lib, lib.X509_STORE_CTX_get0_param(context), question)
        ok = lib.X509_verify_cert(context) == 1
        code, depth = lib.X509_STORE_CTX_get_error(context), lib.X509_STORE_CTX_get_error_depth(context)
        chain = tuple(_der(lib, one) for one in _members(lib, lib.X509_STORE_CTX_get0_chain(context)))
        lib.ERR_clear_error()
        return Answer(ok=ok, code=code, depth=0 if ok else depth, chain=chain)


def _set(lib: ctypes.CDLL, parameters: int, question: Question) -> None:
    flags = _FLAG_PARTIAL_CHAIN if question.partial_chain else 0
    flags |= {None: 0, "leaf": _FLAG_CRL_CHECK, "all": _FLAG_CRL_CHECK | _FLAG_CRL_CHECK_ALL}[question.crl_check]
    if question.at is None:
        flags |= _FLAG_NO_CHECK_TIME
    else:
        lib.X509_VERIFY_PARAM_set_time(parameters, question.at)
    lib.X509_VERIFY_PARAM_set_flags(parameters, flags)
    lib.X509_VERIFY_PARAM_set_depth(parameters, question.depth)
    lib.X509_VERIFY_PARAM_set_auth_level(parameters, question.security_level)
    if question.purpose is not None:
        lib.X509_VERIFY_PARAM_set_purpose(parameters, _PURPOSES[question.purpose])
    for host in question.hosts:
        name = host.encode()
        lib.X509_VERIFY_PARAM_add1_host(parameters, name, len(name))
    if question.address is not None:
        lib.X509_VERIFY_PARAM_set1_ip(parameters, question.address, len(question.address))


class _Held:
    """A structure of the library, freed when nobody holds it any more; ctypes takes it as a pointer."""

    def __init__(self, lib: ctypes.CDLL, pointer: int, free: str) -> None:
        self._as_parameter_ = ctypes.c_void_p(pointer)
        weakref.finalize(self, getattr(lib, free), pointer)


@lru_cache(maxsize=1024)
def _held(kind: str, der: bytes) -> _Held | None:
    """Read a certificate ("X509") or a CRL ("X509_CRL"), once: reading costs more than a whole verification."""
    lib = library()
    assert lib is not None
    pointer = getattr(lib, f"d2i_{kind}")(None, ctypes.byref(ctypes.c_char_p(der)), len(der))
    return _Held(lib, pointer, f"{kind}_free") if pointer else None


def _members(lib: ctypes.CDLL, stack: int | None) -> Iterator[int]:
    if stack:
        for at in range(lib.OPENSSL_sk_num(stack)):
            yield lib.OPENSSL_sk_value(stack, at)


def _der(lib: ctypes.CDLL, certificate: int) -> bytes:
    size = lib.i2d_X509(certificate, None)
    buffer = ctypes.create_string_buffer(size)
    lib.i2d_X509(certificate, ctypes.byref(ctypes.cast(buffer, ctypes.c_char_p)))
    return buffer.raw


def rsa_security_bits(size: int) -> int:
    """Return the security bits that OpenSSL gives an RSA key of ``size`` bits."""
    lib = library()
    assert lib is not None
    key, modulus, exponent = lib.RSA_new(), lib.BN_new(), lib.BN_new()
    lib.BN_set_bit(modulus, size - 1)
    lib.BN_set_bit(exponent, 1)
    lib.RSA_set0_key(key, modulus, exponent, None)
    bits: int = lib.RSA_security_bits(key)
    lib.RSA_free(key)
    return bits


def has_name(oid: str) -> bool:
    """Return whether OpenSSL knows an object identifier, dotted, by a name."""
    lib = library()
    assert lib is not None
    return lib.OBJ_txt2nid(oid.encode()) > 0
