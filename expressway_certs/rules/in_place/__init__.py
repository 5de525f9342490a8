"""Rules for what is in place: certificates in stores and Trusted CA lists, whether a leg shows the fault or not."""

from expressway_certs.rules.in_place.certificates import CERTIFICATE_RULES
from expressway_certs.rules.in_place.ends import END_RULES, expires_soon
from expressway_certs.rules.in_place.lists import LIST_RULES
from expressway_certs.rules.in_place.names import NAME_RULES

FORETOLD_RULES = (expires_soon, *LIST_RULES)
"""Those that a forecast does without: it tells of the end of whatever anything rests on."""

IN_PLACE_RULES = (*END_RULES, *CERTIFICATE_RULES, *NAME_RULES, *LIST_RULES)

__all__ = ["FORETOLD_RULES", "IN_PLACE_RULES"]
