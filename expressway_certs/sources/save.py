"""Writing what was asked for into a new file."""

from __future__ import annotations

from pathlib import Path

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label


def save_text(path: str | Path, text: str, *, encoding: str = "ascii") -> None:
    """Write ``text`` into a new file; `LoadError` where there is one already or it can't be written."""
    where = path_label(path)
    try:
        with Path(path).open("x", encoding=encoding, newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise LoadError(
            "nothing was written", found="a file of that name", where=where, remedy="give another name, or move it away"
        ) from None
    except (OSError, ValueError) as error:
        found = (isinstance(error, OSError) and error.strerror) or "a name that no file can have"
        raise LoadError("nothing was written", found=found, where=where, remedy="give another name") from None
