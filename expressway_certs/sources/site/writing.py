"""From a deployment to `site.toml` and the files beside it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.nodes import Expressway
from expressway_certs.sources.site.errors import SiteError
from expressway_certs.sources.site.folder import SITE_FILE, Written
from expressway_certs.sources.site.kinds import Spot
from expressway_certs.sources.site.names import Names, file_name
from expressway_certs.sources.site.reading import read_site
from expressway_certs.sources.site.records import FORMAT, owner_of, record
from expressway_certs.sources.site.toml import Remarked, toml
from expressway_certs.x509.files.contents import contents
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.files.source import path_label, printable

_KEYS: Final = (Shape.PRIVATE_KEY, Shape.ENCRYPTED_PRIVATE_KEY, Shape.PKCS12)
_HEAD: Final = """\
# A site for expressway_certs. Audit it with: python -m expressway_certs audit FOLDER
# Paths are those of files in this folder. What is left out is not known, or as usual.

"""


def site_files(deployment: Deployment) -> dict[str, bytes]:
    """Return the files of a site folder, by their paths; they read back as the same deployment.

    Raises `SiteError` where that is not so, and for a file with a private key that waits to be uploaded: keys are not
    written.
    """
    try:
        for number, upload in enumerate(deployment.uploads):
            _want_no_key(upload, number)
        writer = Writer(nodes=deployment.nodes)
        table = {"format": FORMAT, **record(Deployment).write(deployment, writer, Spot())}
        text = _HEAD + toml(table)
        files = {SITE_FILE: text.encode("utf-8"), **writer.files}
    except SiteError:
        raise
    except (AttributeError, TypeError, ValueError) as error:
        raise _unsayable(deployment, printable(str(error))) from None
    _want_same(deployment, files)
    return files


def _want_no_key(upload: Upload, number: int) -> None:
    if contents(upload.file).count(*_KEYS):
        raise SiteError(
            f"the file {printable(upload.file_name)} for upload holds a private key, and keys are not written",
            found="a private key",
            key=f"uploads[{number}].file",
            remedy="leave that upload out, or give the certificate alone",
        )


def _want_same(deployment: Deployment, files: dict[str, bytes]) -> None:
    try:
        back = read_site(Written(files), SITE_FILE, SITE_FILE)
    except SiteError as error:
        raise _unsayable(deployment, str(error)) from None
    if back != deployment:
        raise _unsayable(deployment, "a value of another type than the model's")


def _unsayable(deployment: Deployment, found: str) -> SiteError:
    return SiteError(
        f"the deployment {printable(str(deployment.name))} holds a value that a site folder cannot say",
        found=found,
        remedy="make its values as the classes of the model have them",
    )


def save_site_folder(deployment: Deployment, path: FilePath) -> None:
    """Write a site folder: a new one, or into one that is empty. It is there as a whole or not at all."""
    write_folder(site_files(deployment), path)


def write_folder(files: dict[str, bytes], path: FilePath) -> None:
    """Write files into a new or empty folder; `SiteError` where it holds anything or cannot be written."""
    where = path_label(path)
    try:
        _want_empty(path, where)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = FilePath(tempfile.mkdtemp(prefix=f".{path.name[:20]}-", dir=path.parent))
        try:
            beside.chmod(0o777 & ~_umask())
            _fill(beside, files)
            _put(beside, path)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except SiteError:
        raise
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or "a name that no folder can have"
        raise SiteError("nothing was written", found=found, file=where, remedy="give another name") from None


def _want_empty(path: FilePath, where: str) -> None:
    if os.path.lexists(path) and not (path.is_dir() and not path.is_symlink() and not any(path.iterdir())):
        found = "a folder with something in it" if path.is_dir() else "a file of that name"
        raise SiteError("nothing was written", found=found, file=where, remedy="give another name, or move it away")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _fill(folder: FilePath, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)


def _put(beside: FilePath, path: FilePath) -> None:
    if path.is_dir():
        # Windows renames onto no folder, an empty one neither.
        path.rmdir()
    beside.rename(path)


@attrs.define(eq=False)
class Writer:
    """What writing needs besides the values: the nodes, and the files so far."""

    nodes: tuple[Expressway, ...]
    files: dict[str, bytes] = attrs.field(factory=dict)
    _folders: dict[tuple[type, str], str] = attrs.field(factory=dict)
    _names: Names = attrs.field(factory=lambda: Names(SITE_FILE, "uploads", "published-crls"))
    _places: dict[tuple[str, bytes], str] = attrs.field(factory=dict)

    def inside(self, of: type, value: Any, spot: Spot) -> Spot:
        """Return the place of the fields of a value: with its owner, and the folder or prefix of its files."""
        if of is Upload:
            return attrs.evolve(spot, prefix="uploads/", owner=value.file_name)
        owner = owner_of(of, {key: getattr(value, key) for key in ("name", "service_domain") if hasattr(value, key)})
        if of.__name__ == "Client":
            owner = value.service_domain
        if owner:
            return attrs.evolve(spot, owner=owner, prefix=f"{self._folder(of, value.name)}/")
        if of.__name__ == "DomainCertificate":
            return attrs.evolve(spot, prefix=f"{spot.prefix}{file_name(value.domain)}-")
        return spot

    def _folder(self, of: type, name: str) -> str:
        if (of, name) not in self._folders:
            self._folders[of, name] = self._names.take(file_name(name.replace(" ", "-")))
        return self._folders[of, name]

    def file(self, data: bytes, suffix: str, spot: Spot, *, remark: str = "", name: str = "") -> Any:
        """Keep a file to be written, and return its path, with a remark for the reader."""
        folder = spot.prefix or f"{str(spot.path[0]).replace('_', '-')}/"
        wanted = f"{folder}{name or file_name(spot.field.replace('_', '-').removesuffix(suffix))}{suffix}"
        if (wanted, data) not in self._places:
            self._places[wanted, data] = self._names.take(wanted)
            self.files[self._places[wanted, data]] = data
        path = self._places[wanted, data]
        return Remarked(path, remark) if remark else path
