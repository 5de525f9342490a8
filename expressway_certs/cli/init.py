"""The command that writes a site folder to begin with."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from expressway_certs.cli.common import NOTHING_WRONG, Command, UsageError, add_at, print_json
from expressway_certs.show.escape import plain, write


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, nargs="?", metavar="DIR", help="a new folder, or an empty one")
    add("--sample", action="store_true", help="write the embedded sample with its certificates")
    add("--schema", action="store_true", help="print the JSON Schema of site.toml instead")
    add_at(parser, "make the certificates of the sample as of this ISO 8601 time (UTC unless it says; default: now)")


def _init(arguments: argparse.Namespace) -> int:
    # The other commands should not wait for what reads and writes sites.
    from expressway_certs.sources.site.schema import site_schema  # noqa: PLC0415
    from expressway_certs.sources.site.writing import write_folder  # noqa: PLC0415

    if arguments.schema:
        print_json(site_schema())
        return NOTHING_WRONG
    if arguments.folder is None:
        raise UsageError("give the folder to write, or --schema")
    write_folder(_files(arguments), arguments.folder)
    write(f"{plain(arguments.folder)}: written; {_ADVICE[arguments.sample]}", sys.stdout)
    return NOTHING_WRONG


_ADVICE = {
    False: "put your own names and files into its site.toml, then audit it",
    True: "a site with the usual faults, to audit and to change",
}


def _files(arguments: argparse.Namespace) -> dict[str, bytes]:
    from expressway_certs.sources.site.folder import SITE_FILE  # noqa: PLC0415
    from expressway_certs.sources.site.template import commented_site  # noqa: PLC0415
    from expressway_certs.sources.site.writing import site_files  # noqa: PLC0415
    from expressway_certs.testing.sample import sample_deployment  # noqa: PLC0415

    if arguments.sample:
        return site_files(sample_deployment(at=arguments.at))
    return {SITE_FILE: commented_site().encode("utf-8")}


INIT = Command(name="init", summary="write a site folder to begin with", add_arguments=_arguments, run=_init)
