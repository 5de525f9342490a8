"""What is said of each fault in a file for a Trusted CA list: the message, what was wanted and found, the steps."""

# ruff: noqa: E501

from typing import Final

Words = tuple[str, str, str, tuple[str, ...]]

CA_LIST_WORDS: Final[dict[str, Words]] = {
    "ca-list-not-pem": (
        "the CA file is a DER certificate: Expressway takes PEM",
        "PEM certificates",
        "DER certificate",
        (
            "Make PEM of it: python -m expressway_certs identify 'the CA file' --out new.pem (or export as Base-64)",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Append CA certificate",
        ),
    ),
    "ca-list-holds-key": (
        "the CA file holds a private key beside the certificates",
        "certificates alone",
        "certificate and private key",
        (
            "Make a file without the key: python -m expressway_certs identify 'the CA file' --out new.pem",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Choose file > new.pem > Append CA certificate",
        ),
    ),
    "ca-list-too-long": (
        "with the CA file the list would hold 1001 certificates",
        "at most 1000",
        "1001",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: upload the CA certificates of your own peers alone.",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Delete what is not needed.",
        ),
    ),
    "ca-list-not-a-ca": (
        "O=Example, CN=leaf.example.com in the CA file is no CA certificate: it makes nothing trusted",
        "a CA certificate",
        "CA:FALSE",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: upload the CA certificates above it, O=Example, CN=Good Issuing CA first, and not it.",
        ),
    ),
    "ca-list-own-self-signed": (
        "the certificate of expe1.example.com signed itself, and will not do for Unified Communications",
        "a certificate of a CA",
        "a self-signed one",
        (
            "Use a certificate of a CA on expe1.example.com, and that CA's in place of O=Example, CN=expe1.example.com.",
            "On expe1.example.com: Maintenance > Security > Server certificate > Generate CSR: common name expe1.example.com; alternative names expe1.example.com, example.com; key RSA 4096",
            "Have a CA issue it for serverAuth and clientAuth, for at most 825 days.",
            "Load its CA certificates first where they are lacking: Trusted CA list of expe1.example.com",
            "On expe1.example.com: Maintenance > Security > Server certificate > Upload server certificate data: what the CA issued",
            "On expe1.example.com: Maintenance > Security > Client certificate > Generate CSR: common name expe1.example.com; alternative names expe1.example.com, example.com; key RSA 4096",
            "On expe1.example.com: Maintenance > Security > Client certificate: upload the certificate: what the CA issued",
            "Restart expe1.example.com: Maintenance > Restart options",
        ),
    ),
    "ca-list-no-basic-constraints": (
        "the CA certificate CN=Old Root CA has no basicConstraints (version 1)",
        "CA:TRUE",
        "no basicConstraints",
        ("Ask the CA for a certificate with basicConstraints CA:TRUE, and for new ones under that.",),
    ),
    "ca-list-expired": (
        "the CA certificate O=Example, CN=Root CA of 1 in the CA file ended on 2026-11-23",
        "a certificate that holds on 2026-11-24",
        "2025-10-20 to 2026-11-23",
        (
            "Get the CA's new certificate for O=Example, CN=Root CA of 1.",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: append that one, and delete this one if it is in the list.",
        ),
    ),
    "ca-list-expires-soon": (
        "the CA certificate O=Example, CN=Root CA of -21 in the CA file ends on 2026-12-15",
        "more than 21 days",
        "2025-10-20 to 2026-12-15",
        (
            "Get the CA's new certificate for O=Example, CN=Root CA of -21.",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: append that one, and delete this one if it is in the list.",
        ),
    ),
    "ca-list-crl-expired": (
        "the CRL of O=Example, CN=Other Root CA in the CA file is out of date: the next one was due on 2026-11-23; every certificate of that CA counts as revoked where revocation is checked, by LDAP above all",
        "a next update after 2026-11-24",
        "2026-11-23",
        ("Get the current CRL of O=Example, CN=Other Root CA, or take the CRL out of the CA file.",),
    ),
    "ca-list-crl-unreadable": (
        "a CRL in the CA file cannot be read: 144 of its 176 bytes: its end is cut off or a line is missing",
        "CRLs that can be read",
        "144 of its 176 bytes: its end is cut off or a line is missing (the CRL, block 2, line 16)",
        (
            "In the CA file: copy the block again from its source; nothing of it may be missing",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: upload it then.",
        ),
    ),
    "ca-list-holds-crl": (
        "the CA file holds a CRL of O=Example, CN=Other Root CA, which LDAP goes by: 0 revoked; its CA is in the list then",
        "a current CRL",
        "until 2026-11-25",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: upload the next CRL of O=Example, CN=Other Root CA before this one ends.",
        ),
    ),
    "ca-list-subject-taken": (
        "O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) in the CA file has the subject of another one, O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...), which stands above it and is used",
        "a subject that is not in the list",
        "O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...)",
        (
            "O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) is needed by expe1.example.com (server: leg 2, leg 3, leg 4, leg 5), expe2.example.com (server: leg 2, leg 3, leg 4, leg 5), cucm1.example.com (tomcat: leg 6a, leg 6c, leg 6g), expc1.example.com (server: upload): give those certificates under O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) first.",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) > Delete, once nothing needs it.",
        ),
    ),
    "ca-list-old-one-stays": (
        "O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) in the CA file does not replace O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...), which stays above it and is used",
        "a subject that is not in the list",
        "O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...)",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...) > Delete",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Choose file > the CA file > Append CA certificate",
            "Restart expc1.example.com: Maintenance > Restart options",
        ),
    ),
    "ca-list-common-name-taken": (
        "O=Another, CN=Good Root CA (until 2036-11-21, SHA-256 ...) in the CA file has the common name of O=Example, CN=Good Root CA (until 2036-11-21, SHA-256 ...)",
        "a common name of its own",
        "O=Example, CN=Good Root CA",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate: upload or keep only the one of the two that is needed.",
        ),
    ),
    "ca-list-still-untrusted": (
        "with the CA file expc1.example.com still does not trust cucm1.example.com: the list lacks O=Example, CN=Other Issuing CA too",
        "its issuer, O=Example, CN=Other Issuing CA",
        "no certificate that fits",
        (
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Choose file > O=Example, CN=Other Issuing CA > Append CA certificate",
            "Restart expc1.example.com: Maintenance > Restart options",
        ),
    ),
    "ca-list-root-missing": (
        "O=Example, CN=Other Issuing CA goes into the list of expc1.example.com without O=Example, CN=Other Root CA, key identifier 85:49:94:27:79:84:c0:92:0f:91:73:7a:55:29:78:62:c3:df:ab:4a",
        "a chain to a root",
        "no root in the list",
        (
            "Get the CA certificate O=Example, CN=Other Root CA, key identifier 85:49:94:27:79:84:c0:92:0f:91:73:7a:55:29:78:62:c3:df:ab:4a from the CA.",
            "On expc1.example.com: Maintenance > Security > Trusted CA certificate > Choose file > O=Example, CN=Other Root CA, key identifier 85:49:94:27:79:84:c0:92:0f:91:73:7a:55:29:78:62:c3:df:ab:4a > Append CA certificate",
            "Restart expc1.example.com: Maintenance > Restart options",
        ),
    ),
    "ca-list-breaks-trust": (
        "with the CA file expc1.example.com no longer trusts cucm1.example.com (unable to get issuer certificate)",
        "its issuer, O=Example, CN=Other Root CA",
        "no certificate that fits",
        ("Leave out the CA above O=Example, CN=cucm1.example.com, or add its root too.",),
    ),
    "ca-list-makes-trusted": (
        "with the CA file expc1.example.com trusts cucm1.example.com",
        "trusted",
        "not trusted before",
        ("Restart expc1.example.com: Maintenance > Restart options",),
    ),
    "ca-list-already-there": (
        "1 of 1 certificates in the CA file are there already, or twice",
        "certificates that are new",
        "0 of 1",
        ("Nothing is to be done: the page appends what is new.",),
    ),
    "ca-list-afterwards": (
        "the CA file: 1 new, 0 there already or twice; the list of expc1.example.com has 2 and then 3, the new ones at its end",
        "2 certificates",
        "3",
        (
            "On expc2.example.com: Maintenance > Security > Trusted CA certificate: the same file.",
            "Restart expc1.example.com: Maintenance > Restart options",
        ),
    ),
}
