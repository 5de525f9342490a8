"""The lab: real TLS and SSH endpoints on loopback, set up as the nodes of a model are. For tests alone."""

from expressway_certs.testing.lab.lab import Ground, Lab
from expressway_certs.testing.lab.observed import Observed

__all__ = ["Ground", "Lab", "Observed"]
