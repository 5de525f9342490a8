"""The registry of rules: every rule there is, in the order of the work."""

from expressway_certs.rules.ca_list import CA_LIST_RULES
from expressway_certs.rules.clients import CLIENT_RULES
from expressway_certs.rules.model import MODEL_RULES
from expressway_certs.rules.mra import MRA_RULES
from expressway_certs.rules.request import REQUEST_RULES
from expressway_certs.rules.rule import Rule
from expressway_certs.rules.traversal import TRAVERSAL_RULES
from expressway_certs.rules.tunnels import TUNNEL_RULES
from expressway_certs.rules.upload import UPLOAD_RULES

ALL_RULES: tuple[Rule, ...] = (
    *MODEL_RULES,
    *REQUEST_RULES,
    *UPLOAD_RULES,
    *CA_LIST_RULES,
    *TRAVERSAL_RULES,
    *TUNNEL_RULES,
    *MRA_RULES,
    *CLIENT_RULES,
)

__all__ = ["ALL_RULES"]
