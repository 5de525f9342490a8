"""OpenSSL's numbers for what is wrong with a chain (``X509_V_ERR_*``), and its words for them.

The numbers are the same in every branch but for the one of an invalid CA; some words differ.
"""

from __future__ import annotations

from expressway_certs.x509.branch import Version

OK = 0
UNSPECIFIED = 1
UNABLE_TO_GET_ISSUER_CERT = 2
UNABLE_TO_GET_CRL = 3
UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY = 6
CERT_SIGNATURE_FAILURE = 7
CRL_SIGNATURE_FAILURE = 8
CERT_NOT_YET_VALID = 9
CERT_HAS_EXPIRED = 10
CRL_NOT_YET_VALID = 11
CRL_HAS_EXPIRED = 12
ERROR_IN_CERT_NOT_BEFORE_FIELD = 13
ERROR_IN_CERT_NOT_AFTER_FIELD = 14
ERROR_IN_CRL_LAST_UPDATE_FIELD = 15
ERROR_IN_CRL_NEXT_UPDATE_FIELD = 16
DEPTH_ZERO_SELF_SIGNED_CERT = 18
SELF_SIGNED_CERT_IN_CHAIN = 19
UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20
UNABLE_TO_VERIFY_LEAF_SIGNATURE = 21
CERT_CHAIN_TOO_LONG = 22
CERT_REVOKED = 23
INVALID_CA_1_1_1 = 24
PATH_LENGTH_EXCEEDED = 25
INVALID_PURPOSE = 26
KEYUSAGE_NO_CERTSIGN = 32
UNABLE_TO_GET_CRL_ISSUER = 33
UNHANDLED_CRITICAL_EXTENSION = 34
KEYUSAGE_NO_CRL_SIGN = 35
UNHANDLED_CRITICAL_CRL_EXTENSION = 36
KEYUSAGE_NO_DIGITAL_SIGNATURE = 39
PROXY_CERTIFICATES_NOT_ALLOWED = 40
DIFFERENT_CRL_SCOPE = 44
PERMITTED_VIOLATION = 47
EXCLUDED_VIOLATION = 48
SUBTREE_MINMAX = 49
UNSUPPORTED_CONSTRAINT_TYPE = 51
UNSUPPORTED_NAME_SYNTAX = 53
CRL_PATH_VALIDATION_ERROR = 54

OF_CRLS = frozenset(
    {
        UNABLE_TO_GET_CRL,
        CRL_SIGNATURE_FAILURE,
        CRL_NOT_YET_VALID,
        CRL_HAS_EXPIRED,
        ERROR_IN_CRL_LAST_UPDATE_FIELD,
        ERROR_IN_CRL_NEXT_UPDATE_FIELD,
        UNABLE_TO_GET_CRL_ISSUER,
        KEYUSAGE_NO_CRL_SIGN,
        UNHANDLED_CRITICAL_CRL_EXTENSION,
        DIFFERENT_CRL_SCOPE,
        CRL_PATH_VALIDATION_ERROR,
    }
)
"""Those about a CRL, and not about the certificate that is looked up in it."""
HOSTNAME_MISMATCH = 62
IP_ADDRESS_MISMATCH = 64
EE_KEY_TOO_SMALL = 66
CA_KEY_TOO_SMALL = 67
CA_MD_TOO_WEAK = 68
INVALID_CA = 79
EC_KEY_EXPLICIT_PARAMS = 94

_REASONS = {
    0: "ok",
    1: "unspecified certificate verification error",
    2: "unable to get issuer certificate",
    3: "unable to get certificate CRL",
    4: "unable to decrypt certificate's signature",
    5: "unable to decrypt CRL's signature",
    6: "unable to decode issuer public key",
    7: "certificate signature failure",
    8: "CRL signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    11: "CRL is not yet valid",
    12: "CRL has expired",
    13: "format error in certificate's notBefore field",
    14: "format error in certificate's notAfter field",
    15: "format error in CRL's lastUpdate field",
    16: "format error in CRL's nextUpdate field",
    17: "out of memory",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    21: "unable to verify the first certificate",
    22: "certificate chain too long",
    23: "certificate revoked",
    24: "issuer certificate doesn't have a public key",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    27: "certificate not trusted",
    28: "certificate rejected",
    29: "subject issuer mismatch",
    30: "authority and subject key identifier mismatch",
    31: "authority and issuer serial number mismatch",
    32: "key usage does not include certificate signing",
    33: "unable to get CRL issuer certificate",
    34: "unhandled critical extension",
    35: "key usage does not include CRL signing",
    36: "unhandled critical CRL extension",
    37: "invalid non-CA certificate (has CA markings)",
    38: "proxy path length constraint exceeded",
    39: "key usage does not include digital signature",
    40: "proxy certificates not allowed, please set the appropriate flag",
    41: "invalid or inconsistent certificate extension",
    42: "invalid or inconsistent certificate policy extension",
    43: "no explicit policy",
    44: "different CRL scope",
    45: "unsupported extension feature",
    46: "RFC 3779 resource not subset of parent's resources",
    47: "permitted subtree violation",
    48: "excluded subtree violation",
    49: "name constraints minimum and maximum not supported",
    50: "application verification failure",
    51: "unsupported name constraint type",
    52: "unsupported or invalid name constraint syntax",
    53: "unsupported or invalid name syntax",
    54: "CRL path validation error",
    55: "path loop",
    56: "Suite B: certificate version invalid",
    57: "Suite B: invalid public key algorithm",
    58: "Suite B: invalid ECC curve",
    59: "Suite B: invalid signature algorithm",
    60: "Suite B: curve not allowed for this LOS",
    61: "Suite B: cannot sign P-384 with P-256",
    62: "hostname mismatch",
    63: "email address mismatch",
    64: "IP address mismatch",
    65: "no matching DANE TLSA records",
    66: "EE certificate key too weak",
    67: "CA certificate key too weak",
    68: "CA signature digest algorithm too weak",
    69: "invalid certificate verification context",
    70: "issuer certificate lookup error",
    71: "Certificate Transparency required, but no valid SCTs found",
    72: "proxy subject name violation",
    73: "OCSP verification needed",
    74: "OCSP verification failed",
    75: "OCSP unknown cert",
    76: "Cannot find certificate signature algorithm",
    77: "subject signature algorithm and issuer public key algorithm mismatch",
    78: "cert info signature and signature algorithm mismatch",
    79: "invalid CA certificate",
    80: "Path length invalid for non-CA cert",
    81: "Path length given without key usage keyCertSign",
    82: "Key usage keyCertSign invalid for non-CA cert",
    83: "Issuer name empty",
    84: "Subject name empty",
    85: "Missing Authority Key Identifier",
    86: "Missing Subject Key Identifier",
    87: "Empty Subject Alternative Name extension",
    88: "Subject empty and Subject Alt Name extension not critical",
    89: "Basic Constraints of CA cert not marked critical",
    90: "Authority Key Identifier marked critical",
    91: "Subject Key Identifier marked critical",
    92: "CA cert does not include key usage extension",
    93: "Using cert extension requires at least X509v3",
    94: "Certificate public key has explicit ECC parameters",
}
_UNKNOWN = "unknown certificate verification error"
_OLD_REASONS = {
    18: "self signed certificate",
    19: "self signed certificate in certificate chain",
    24: "invalid CA certificate",
    26: "unsupported certificate purpose",
    44: "Different CRL scope",
    45: "Unsupported extension feature",
    55: "Path Loop",
    62: "Hostname mismatch",
    63: "Email address mismatch",
    65: "No matching DANE TLSA records",
    69: "Invalid certificate verification context",
    70: "Issuer certificate lookup error",
    76: _UNKNOWN,
    77: _UNKNOWN,
    78: _UNKNOWN,
    79: "Certificate public key has explicit ECC parameters",
    80: _UNKNOWN,
    81: _UNKNOWN,
    82: _UNKNOWN,
    83: _UNKNOWN,
    84: _UNKNOWN,
    85: _UNKNOWN,
    86: _UNKNOWN,
    87: _UNKNOWN,
    88: _UNKNOWN,
    89: _UNKNOWN,
    90: _UNKNOWN,
    91: _UNKNOWN,
    92: _UNKNOWN,
    93: _UNKNOWN,
    94: _UNKNOWN,
}


def reason(code: int, version: Version = "3.0") -> str:
    """Return that branch's words for an error number (``X509_verify_cert_error_string``)."""
    known = _REASONS.get(code, _UNKNOWN)
    return _OLD_REASONS.get(code, known) if version == "1.1.1" else known
