"""Rules for the page Maintenance > Security > Trusted CA certificate, a file a subject."""

from expressway_certs.rules.ca_list.certificates import CERTIFICATE_RULES
from expressway_certs.rules.ca_list.crls import CRL_RULES
from expressway_certs.rules.ca_list.file import AFTERWARDS_RULES, FILE_RULES
from expressway_certs.rules.ca_list.namesakes import NAMESAKE_RULES
from expressway_certs.rules.ca_list.trust import TRUST_RULES

CA_LIST_RULES = (
    *FILE_RULES,
    *CERTIFICATE_RULES,
    *CRL_RULES,
    *NAMESAKE_RULES,
    *TRUST_RULES,
    *AFTERWARDS_RULES,
)

__all__ = ["CA_LIST_RULES"]
