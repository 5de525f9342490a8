"""The lab: real TLS and SSH endpoints on loopback, set up as the nodes of a model are. For tests alone."""

from expressway_certs.testing.lab.ends import End, Judging, Outcome, Refusal
from expressway_certs.testing.lab.lab import Ground, Lab
from expressway_certs.testing.lab.observed import Observed
from expressway_certs.testing.lab.ocsp import Responder
from expressway_certs.testing.lab.web import Http, Route, body_of, endless, moved, slow

__all__ = [
    "End",
    "Ground",
    "Http",
    "Judging",
    "Lab",
    "Observed",
    "Outcome",
    "Refusal",
    "Responder",
    "Route",
    "body_of",
    "endless",
    "moved",
    "slow",
]
