from expressway_certs.testing.assertions import (
    assert_no_findings,
    assert_tunnels_up,
    assert_upload_accepted,
    assert_zone_active,
)
from expressway_certs.testing.breaking import FAULTS, CannotBreakError, Fault, break_site, faults
from expressway_certs.testing.diagnostics import diagnostic_archive, diagnostic_files, write_diagnostics
from expressway_certs.testing.factory import CertificateFactory
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import key_of
from expressway_certs.testing.lab import Lab, Observed
from expressway_certs.testing.options import Options
from expressway_certs.testing.sites import make_site

__all__ = [
    "FAULTS",
    "CannotBreakError",
    "CertificateFactory",
    "Fault",
    "Issued",
    "Lab",
    "Observed",
    "Options",
    "assert_no_findings",
    "assert_tunnels_up",
    "assert_upload_accepted",
    "assert_zone_active",
    "break_site",
    "diagnostic_archive",
    "diagnostic_files",
    "faults",
    "key_of",
    "make_site",
    "write_diagnostics",
]
