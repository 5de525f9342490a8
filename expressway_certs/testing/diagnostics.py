"""Diagnostic log archives of Expressways of the model, with the noise that real ones have."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import one_of, wanted
from expressway_certs.product.nodes import Expressway
from expressway_certs.testing.dump_noise import LOG, PCAP
from expressway_certs.testing.dumps import configuration_text, markup, statements, status_markup, status_text
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate

Form = Literal["tar.gz", "zip", "folder"]
_LINES: Final = 40
_MODE: Final = 0o640


def diagnostic_files(node: str, deployment: Deployment, *, at: datetime | None = None) -> dict[str, bytes]:
    """Return the files of the archive of a node, by name, as AG155-diag lists them; ``at`` (None: now) is in the names.

    A client certificate is among them where the release has a store for it. `ValueError` for a node that is not there.
    """
    wanted(Deployment, deployment)
    found = deployment.expressway(node)
    host = found.name.partition(".")[0]
    stamp = f"{host}_{clock.resolve(at):%Y-%m-%d_%H_%M_%S}"
    said = statements(found, deployment)
    return {
        f"loggingsnapshot_{stamp}.txt": _log(host, at),
        f"xconf_dump_{stamp}.txt": configuration_text(said),
        f"xconf_dump_{stamp}.xml": markup("Configuration", said),
        f"xstat_dump_{stamp}.txt": status_text(found),
        f"xstat_dump_{stamp}.xml": status_markup(found),
        f"eth0_diagnostic_logging_tcpdump0_{stamp}.pcap": PCAP,
        f"ca_{stamp}.pem": _listed(found),
        **_certificates(found, stamp),
    }


def _log(host: str, at: datetime | None) -> bytes:
    time = f"{clock.resolve(at):%Y-%m-%dT%H:%M:%S.000+00:00}"
    lines = (LOG[number % len(LOG)].format(time=time, host=host) for number in range(_LINES))
    return "".join(f"{line}\n" for line in lines).encode()


def _listed(node: Expressway) -> bytes:
    """Return a Trusted CA list as the page shows it: each certificate after a line with its subject, then CRLs."""
    listed = [f"{one.subject}\n{one.to_pem()}\n" for one in node.trusted_ca]
    crls = [one.to_pem() for one in node.trusted_ca_crls]
    return "".join([*listed, *crls]).encode()


def _certificates(node: Expressway, stamp: str) -> dict[str, bytes]:
    stores: dict[str, Certificate | None] = {"server": node.server_certificate}
    if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
        stores["client"] = node.certificate("client")
    return {f"{store}_{stamp}.pem": one.to_pem().encode() for store, one in stores.items() if one is not None}


def diagnostic_archive(
    node: str, deployment: Deployment, *, form: Literal["tar.gz", "zip"] = "tar.gz", at: datetime | None = None
) -> bytes:
    """Return the diagnostic log archive of a node of a deployment, the same bytes for the same ``at`` (None: now).

    >>> from expressway_certs.testing.sample import sample_deployment
    >>> archive = diagnostic_archive("expc1.example.com", sample_deployment())
    >>> archive[:2].hex()
    '1f8b'
    """
    one_of(form, ("tar.gz", "zip"), "form of an archive")
    files = diagnostic_files(node, deployment, at=at)
    moment = clock.resolve(at)
    return _zipped(files, moment) if form == "zip" else _packed(files, moment)


def _packed(files: dict[str, bytes], at: datetime) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=int(at.timestamp()), filename="") as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), int(at.timestamp()), _MODE
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _zipped(files: dict[str, bytes], at: datetime) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def write_diagnostics(
    deployment: Deployment, folder: str | Path, *, form: Form = "tar.gz", at: datetime | None = None
) -> tuple[Path, ...]:
    """Write an archive, or a folder of files, for every Expressway of a deployment; return their paths in order.

    ``folder`` is made where it is not there. The names of the files are those of `diagnostic_files`.
    """
    wanted(Deployment, deployment)
    one_of(form, get_args(Form), "form")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return tuple(_write(node.name, deployment, Path(folder), form, at) for node in deployment.nodes)


def _write(node: str, deployment: Deployment, folder: Path, form: Form, at: datetime | None) -> Path:
    path = folder / f"diagnostic_log_{node.partition('.')[0]}"
    if form == "folder":
        path.mkdir()
        for name, data in diagnostic_files(node, deployment, at=at).items():
            (path / name).write_bytes(data)
        return path
    path = path.with_name(f"{path.name}.{form}")
    path.write_bytes(diagnostic_archive(node, deployment, form=form, at=at))
    return path
