"""The test kit: certificates made on the spot, and a sample site. For tests, never for production."""

from expressway_certs.testing.factory import CertificateFactory, Issued
from expressway_certs.testing.options import Options

__all__ = ["CertificateFactory", "Issued", "Options"]
