"""Rules for the pages Maintenance > Security > Server certificate and (X15.5) Client certificate, a file a subject."""

from expressway_certs.rules.upload.aftermath import AFTERMATH_RULES
from expressway_certs.rules.upload.format import FORMAT_RULES
from expressway_certs.rules.upload.key import KEY_RULES
from expressway_certs.rules.upload.lacking import LACKING_RULES
from expressway_certs.rules.upload.name import NAME_RULES
from expressway_certs.rules.upload.strength import STRENGTH_RULES
from expressway_certs.rules.upload.trust import TRUST_RULES
from expressway_certs.rules.upload.usage import USAGE_RULES
from expressway_certs.rules.upload.validity import VALIDITY_RULES

UPLOAD_RULES = (
    *FORMAT_RULES,
    *TRUST_RULES,
    *KEY_RULES,
    *NAME_RULES,
    *LACKING_RULES,
    *USAGE_RULES,
    *STRENGTH_RULES,
    *VALIDITY_RULES,
    *AFTERMATH_RULES,
)

__all__ = ["UPLOAD_RULES"]
