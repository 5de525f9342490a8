"""The sites that the examples in the docs speak of: a folder, one with a fault in it, and what Unified CM exports."""

import json
from collections.abc import Mapping
from typing import Final

SITE: Final = """\
name = "Headquarters"
mra_domains = ["example.com"]

[[expressways]]
name = "expc1.example.com"
role = "C"
release = "X14.2.7"
server_certificate = "expc1/server.pem"
trusted_ca = "expc1/ca.pem"

[[expressways]]
name = "expe1.example.com"
role = "E"
release = "X14.2.7"
server_certificate = "expe1/server.pem"
trusted_ca = ["expe1/root.pem", "expe1/issuing.pem"]

[[zones]]
name = "Traversal"
core = ["expc1.example.com"]
edge = ["expe1.example.com"]
tls_verify_subject_name = "example.com"

[[uploads]]
file = "renewed.cer"
node = "expe1.example.com"
"""


def site_contents(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the sites, by their paths, made of the certificates that lie beside them."""
    beside = {
        "expc1/server.pem": files["leaf.pem"],
        "expc1/ca.pem": files["root.pem"],
        "expe1/server.pem": files["leaf.pem"],
        "expe1/root.pem": files["root.pem"],
        "expe1/issuing.pem": files["intermediate.pem"],
        "renewed.cer": files["leaf.der"],
    }
    broken = SITE.replace('role = "E"\nrelease = "X14.2.7"', 'role = "E"\nrelease = 14.2').encode()
    sites = {"site": SITE.encode(), "broken-site": broken}
    return {f"{name}/site.toml": text for name, text in sites.items()} | {
        f"{name}/{path}": data for name in sites for path, data in beside.items()
    }


def uc_contents(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what a Unified CM gives: the snapshot of its certificates, and a folder of exported ones."""
    pem = {name: files[f"{name}.pem"].decode() for name in ("leaf", "intermediate", "root")}
    trusted = [
        {"filename": f"{name}.pem", "certificate": pem[file]}
        for name, file in (("Example_Root_CA", "root"), ("Example_Issuing_CA", "intermediate"))
    ]
    snapshot = {
        "trackingId": "1",
        "server": "cucm1.example.com",
        "identities": [
            {"service": "tomcat", "certificate": pem["leaf"]},
            {"service": "CallManager", "certificate": pem["leaf"]},
        ],
        "trusts": [
            {"service": "tomcat-trust", "certificate_data": trusted},
            {"service": "CallManager-trust", "certificate_data": trusted[:1]},
        ],
        "revokedCertificates": [],
    }
    return {
        "cucm1.json": json.dumps(snapshot, indent=2).encode(),
        "cucm1.example.com/tomcat.pem": files["leaf.pem"],
        "cucm1.example.com/CallManager.der": files["leaf.der"],
        "cucm1.example.com/tomcat-trust/Example_Root_CA.pem": files["root.pem"],
        "cucm1.example.com/tomcat-trust/Example_Issuing_CA.pem": files["intermediate.pem"],
        "cucm1.example.com/CallManager-trust.pem": files["root.pem"],
    }
