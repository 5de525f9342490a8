"""What each rule about an upload says of its fault in upload_faults, word for word: a change shows in review."""

# ruff: noqa: E501

from typing import Final

UPLOAD_WORDS: Final = {
    "upload-page-not-on-release": (
        "X14.2 on expe1.example.com has no page Client certificate for the certificate file",
        "X15.5 or later",
        "X14.2",
        ("Upgrade expe1.example.com to X15.5 or later, or use Maintenance > Security > Server certificate alone.",),
    ),
    "upload-not-a-pem-certificate": (
        "the certificate file is a DER certificate: Expressway takes PEM; here it is",
        "a PEM certificate",
        "DER certificate",
        (
            "Make PEM of it: python -m expressway_certs identify 'the certificate file' --out new.pem (or export as Base-64)",
            "On expe1.example.com: Maintenance > Security > Server certificate > Upload server certificate data",
        ),
    ),
    "upload-holds-several-certificates": (
        "the certificate file holds 2 certificates, not the leaf alone",
        "one certificate",
        "2 certificates",
        (
            "On expe1.example.com: Maintenance > Security > Trusted CA certificate: upload the CA certificates of the file.",
            "On expe1.example.com: Maintenance > Security > Server certificate: upload the leaf alone.",
        ),
    ),
    "upload-chain-untrusted": (
        "expe1.example.com does not trust the CA chain of the certificate file",
        "its issuer, O=Example, CN=Good Issuing CA 2",
        "no certificate that fits",
        (
            "On expe1.example.com: Maintenance > Security > Trusted CA certificate > Choose file > O=Example, CN=Good Issuing CA 2, key identifier 89:07:e0:bc:31:0b:29:06:80:88:9f:39:25:8d:80:a1:6b:f3:28:88",
            "On expe1.example.com: Maintenance > Security > Server certificate: upload the certificate file again.",
        ),
    ),
    "upload-chain-broken": (
        "the chain of the certificate file fails on expe1.example.com: certificate signature failure",
        "a signature by the key of O=Example, CN=Twin Issuing CA",
        "a signature that this key did not make",
        (
            "On expe1.example.com: Maintenance > Security > Trusted CA certificate: replace or delete O=Example, CN=Twin Issuing CA, sha256 cfa12862ae42edd55276c5071157f17fcfbd14c0e3011c6a71667b8bae51df15.",
        ),
    ),
    "upload-self-signed": (
        "the certificate file is self-signed, which does not work in Unified Communications deployments",
        "a certificate of a CA",
        "issued by O=Example, CN=expe1.example.com",
        (
            "On expe1.example.com: Maintenance > Security > Server certificate > Generate CSR; then upload the certificate that a CA makes of it.",
        ),
    ),
    "upload-key-not-usable": (
        "the private key file for the certificate file is under a password",
        "one private key in PEM, not encrypted",
        "an encrypted private key",
        (
            "Take the password off on a safe machine: openssl pkey -in encrypted.key -out open.key",
            "On expe1.example.com: Maintenance > Security > Server certificate > Select the server private key file",
        ),
    ),
    "upload-key-while-request-pending": (
        "expe1.example.com has a pending request, and takes no private key file for the certificate file",
        "no pending request",
        "a pending request for expe1.example.com",
        (
            "On expe1.example.com: Maintenance > Security > Server certificate > Discard CSR, if nobody waits for its certificate; then upload both files again.",
        ),
    ),
    "upload-key-without-newline": (
        "the private key file for the certificate file has no final line break, and MRA services will fail",
        "a line break after the last line",
        "none",
        (
            "Add a line break after the last line of the private key file.",
            "On expe1.example.com: Maintenance > Security > Server certificate > Select the server private key file: upload it again, with the certificate.",
        ),
    ),
    "upload-key-does-not-match": (
        "the certificate file does not belong to the private key that is uploaded with it",
        "the key that is uploaded with it",
        "another key",
        (
            "On expe1.example.com: Maintenance > Security > Server certificate: upload the certificate that was issued for this node's request, with its key if that was made elsewhere; or Generate CSR again.",
        ),
    ),
    "upload-name-not-fqdn": (
        "Subject alternative name expe1 in the certificate file is no FQDN",
        "FQDNs",
        "expe1",
        ("On expe1.example.com: Maintenance > Security > Server certificate > Generate CSR without expe1.",),
    ),
    "upload-without-common-name": (
        "the certificate file has no common name, and Mobile and Remote Access does not work without one",
        "a common name",
        "O=Example",
        ("Get a new certificate from the CA, with the common name expe1.example.com.",),
    ),
    "upload-wildcard": (
        "the certificate file is a wildcard certificate, which Expressway does not support",
        "names without *",
        "*.example.com",
        ("Get a new certificate from the CA, with expe1.example.com and every other name of this node, none with *.",),
    ),
    "upload-alternative-names-too-long": (
        "the certificate file has more than 999 characters of alternative names; the last may not count",
        "at most 999 characters",
        "1290 characters",
        (
            "Get a new certificate from the CA, with fewer names, or with these before the others: alias47.example.com, alias48.example.com, alias49.example.com, alias50.example.com, alias51.example.com, alias52.example.com, alias53.example.com, alias54.example.com, alias55.example.com, alias56.example.com, alias57.example.com, alias58.example.com, alias59.example.com, expe1.example.com, example.com.",
        ),
    ),
    "upload-lacks-names": (
        "the certificate file lacks expc.example.com, the FQDN of its cluster; expc.example.com, the TLS verify subject name that Expressway-E asks for in zone Zone",
        "expc.example.com",
        "DNS:expc1.example.com",
        (
            "On expc1.example.com: Maintenance > Security > Server certificate > Generate CSR with expc.example.com; then upload what the CA issues.",
        ),
    ),
    "upload-without-client-auth": (
        "the certificate file is not for client authentication, which X14.2 asks for",
        "clientAuth",
        "serverAuth",
        (
            "Get a new certificate from the CA, for server and client authentication; where public CAs no longer give both, a private one does.",
            "Or upgrade Expressway-C and Expressway-E to X15.5, which takes it on expe1.example.com.",
        ),
    ),
    "upload-without-server-auth": (
        "the certificate file is not for server authentication",
        "serverAuth",
        "clientAuth",
        (
            "Get a new certificate from the CA, for server and client authentication; where public CAs no longer give both, a private one does.",
        ),
    ),
    "upload-client-store-without-client-auth": (
        "the certificate file is not for client authentication, which the client store asks for",
        "clientAuth, or no extendedKeyUsage",
        "serverAuth",
        ("Get a new certificate from the CA, with clientAuth, with both usages, or without extendedKeyUsage.",),
    ),
    "upload-copied-without-client-auth": (
        "copied to the client store of expc1.example.com, the certificate file is taken, and its SSH tunnels will fail",
        "clientAuth, or no extendedKeyUsage",
        "serverAuth",
        (
            "On expc1.example.com: leave the box to copy it, and upload a certificate with clientAuth: Maintenance > Security > Client certificate",
        ),
    ),
    "upload-purpose-not-valid": (
        "the certificate file does not hold for clientAuth: O=Example, CN=Server Issuing CA does not allow it",
        "clientAuth",
        "serverAuth",
        ("Get a new certificate from the CA, in whose chain every extendedKeyUsage allows clientAuth.",),
    ),
    "upload-weak": (
        "the certificate file is weak: expe1.example.com: signed with sha1WithRSAEncryption",
        "SHA-256 or better, RSA keys of 2048 bits or more",
        "expe1.example.com: signed with sha1WithRSAEncryption",
        ("Get a new certificate from the CA, signed with SHA-256, and for a key of at least 2048 bits.",),
    ),
    "upload-rsa-8192": (
        "the certificate file has an RSA key of 8192 bits: SIP TLS zones may not become active",
        "at most 4096 bits",
        "8192 bits",
        ("Get a new certificate from the CA, for an RSA key of 4096 bits.",),
    ),
    "upload-key-kind-not-supported": (
        "the certificate file has a key (EC P-256) that X14.2 does not support",
        "RSA",
        "EC P-256",
        ("Get a new certificate from the CA, for a key of the kind RSA.",),
    ),
    "upload-name-not-readable": (
        "the certificate file has 1.3.6.1.4.1.6449.1.2.1.5.1 in its names, and SSH tunnels will fail with it",
        "attributes that have a name",
        "subject O=Example, 1.3.6.1.4.1.6449.1.2.1.5.1=x, CN=expe1.example.com, issuer O=Example, CN=Good Issuing CA",
        ("Get a new certificate from the CA, without that attribute in subject and issuer.",),
    ),
    "upload-expired": (
        "the certificate file expired on 2026-11-24",
        "valid at 2026-11-24 12:00 UTC",
        "valid until 2026-11-24 12:00 UTC",
        ("Get a new certificate from the CA, that holds now.",),
    ),
    "upload-not-yet-valid": (
        "the certificate file does not hold before 2026-11-24",
        "valid at 2026-11-24 12:00 UTC",
        "valid from 2026-11-24 12:00 UTC",
        ("Upload it on 2026-11-24 12:00 UTC or later; check NTP if it should hold now.",),
    ),
    "upload-expires-soon": (
        "the certificate file expires on 2026-12-15, in 21 days",
        "more than 21 days",
        "valid until 2026-12-15 12:00 UTC",
        ("Get a new certificate from the CA, that holds longer.",),
    ),
    "upload-valid-beyond-2050": (
        "the certificate file holds until 2050-01-01: dates beyond 2050 cause issues",
        "an end before 2050",
        "2050-01-01",
        ("Get a new certificate from the CA, that ends before 2050.",),
    ),
    "upload-lifetime-over-limit": (
        "the certificate file lasts 365 days; a public certificate of its day of issue may last 200",
        "at most 200 days, as issued from 2026-03-15 on",
        "365 days, issued on 2026-11-24",
        ("Get a new certificate from the CA, of at most 200 days.",),
    ),
    "upload-needs-restart": (
        "expe1.example.com shows the certificate file only after a restart",
        None,
        None,
        (
            "Restart expe1.example.com: Maintenance > Restart options; in a cluster one peer after the other.",
            "Where single sign-on is in use: export the SAML metadata again (alarm 35016).",
        ),
    ),
    "upload-shared-with-peer": (
        "the certificate file is the certificate of expe2.example.com too",
        "a certificate for each peer",
        "in place on expe2.example.com",
        ("Make a request on expe1.example.com itself, and upload what the CA issues for it.",),
    ),
}
