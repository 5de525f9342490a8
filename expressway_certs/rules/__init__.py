"""The registry of rules: every rule there is, in the order of the work."""

from expressway_certs.rules.administration import ADMINISTRATION_RULES
from expressway_certs.rules.ca_list import CA_LIST_RULES
from expressway_certs.rules.client_trust import CLIENT_TRUST_RULES
from expressway_certs.rules.clients import CLIENT_RULES
from expressway_certs.rules.cluster import CLUSTER_RULES
from expressway_certs.rules.dns_records import DNS_RULES
from expressway_certs.rules.far_ends import FAR_END_RULES
from expressway_certs.rules.in_place import IN_PLACE_RULES
from expressway_certs.rules.model import MODEL_RULES
from expressway_certs.rules.mra import MRA_RULES
from expressway_certs.rules.registration import LOOKUP_RULES, REGISTRATION_RULES
from expressway_certs.rules.request import REQUEST_RULES
from expressway_certs.rules.rule import Rule
from expressway_certs.rules.strictness import STRICTNESS_RULES
from expressway_certs.rules.traversal import TRAVERSAL_RULES
from expressway_certs.rules.tunnels import TUNNEL_RULES
from expressway_certs.rules.uc_names import UC_NAME_RULES
from expressway_certs.rules.upload import UPLOAD_RULES
from expressway_certs.rules.zone_settings import ZONE_SETTING_RULES

ALL_RULES: tuple[Rule, ...] = (
    *MODEL_RULES,
    *LOOKUP_RULES,
    *REQUEST_RULES,
    *UPLOAD_RULES,
    *CA_LIST_RULES,
    *TRAVERSAL_RULES,
    *ZONE_SETTING_RULES,
    *FAR_END_RULES,
    *TUNNEL_RULES,
    *DNS_RULES,
    *CLUSTER_RULES,
    *MRA_RULES,
    *UC_NAME_RULES,
    *REGISTRATION_RULES,
    *CLIENT_RULES,
    *CLIENT_TRUST_RULES,
    *ADMINISTRATION_RULES,
    *STRICTNESS_RULES,
    *IN_PLACE_RULES,
)

__all__ = ["ALL_RULES"]
