"""The test kit: certificates made on the spot, whole sites, and what breaks them. For tests, never for production."""

from expressway_certs.testing.diagnostics import diagnostic_archive, diagnostic_files, write_diagnostics
from expressway_certs.testing.factory import CertificateFactory
from expressway_certs.testing.faults import FAULTS, CannotBreakError, Fault, break_site, faults
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import key_of
from expressway_certs.testing.options import Options
from expressway_certs.testing.sites import make_site

__all__ = [
    "FAULTS",
    "CannotBreakError",
    "CertificateFactory",
    "Fault",
    "Issued",
    "Options",
    "break_site",
    "diagnostic_archive",
    "diagnostic_files",
    "faults",
    "key_of",
    "make_site",
    "write_diagnostics",
]
