"""How much of an archive is looked at: limits that hostile input meets, and real archives do not."""

from __future__ import annotations

from typing import BinaryIO, Final

import attrs

from expressway_certs.x509.errors import LoadError

MAX_UNPACKED: Final = 2 * 1024**3
"""The most bytes that one archive may unpack to, packet captures and logs included (they are passed over)."""
MAX_ENTRIES: Final = 10_000
"""The most entries that one archive or folder may have."""
MAX_FILE: Final = 32 * 1024**2
"""The most bytes of one file that is read: a dump, a certificate, a list of CAs."""
MAX_KEPT: Final = 128 * 1024**2
"""The most bytes that are read of all the files of one archive together."""
_CHUNK: Final = 256 * 1024


@attrs.define(kw_only=True)
class Budget:
    """What is left of the limits for one archive; ``where`` is what errors call it."""

    where: str
    unpacked: int = 0
    entries: int = 0
    kept: int = 0

    def fail(self, message: str, found: str, remedy: str = "unpack it, and give the folder") -> LoadError:
        """Return an error about the archive."""
        return LoadError(message, found=found, where=self.where, remedy=remedy)

    def entry(self) -> None:
        """Count an entry."""
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise self.fail("too many files are in it", f"more than {MAX_ENTRIES}", "give the files of one archive")

    def unpack(self, size: int) -> None:
        """Count bytes that come out of the archive."""
        self.unpacked += size
        if self.unpacked > MAX_UNPACKED:
            raise self.fail("it is too large", f"more than {MAX_UNPACKED // 1024**3} GiB unpacked")

    def keep(self, size: int) -> None:
        """Count bytes that are going to be read of a file."""
        self.kept += size
        if size > MAX_FILE or self.kept > MAX_KEPT:
            limit = MAX_FILE if size > MAX_FILE else MAX_KEPT
            what = "a file in it is too large" if size > MAX_FILE else "the files in it are too large"
            raise self.fail(what, f"more than {limit // 1024**2} MiB", "give an archive as Expressway makes it")


def read_whole(stream: BinaryIO, budget: Budget) -> bytes:
    """Read a stream to its end, as far as one file may go."""
    parts, size = [], 0
    while size <= MAX_FILE and (chunk := stream.read(_CHUNK)):
        budget.unpack(len(chunk))
        parts.append(chunk)
        size += len(chunk)
    budget.keep(size)
    return b"".join(parts)
