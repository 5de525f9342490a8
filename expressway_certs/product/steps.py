"""What Expressway releases do differently: one table, a row for each step of each behaviour.

A behaviour's value for a release is that of its last step that is not newer and fits the node.
"""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.product.release import Release


@attrs.frozen(kw_only=True)
class Step:
    """From ``since`` on a behaviour is ``value``: for one role or both, with a switch set, with a setting on one side.

    ``setting`` is the name and the value of one of `Settings`, where the sources disagree.
    """

    behaviour: Behaviour
    since: Release
    value: bool
    role: Role | None = None
    switch: Switch | None = None
    setting: tuple[str, str] | None = None
    source: Source

    @property
    def conditions(self) -> int:
        """How many conditions it has; among steps of one release the most particular decides."""
        return sum(one is not None for one in (self.role, self.switch, self.setting))


def _step(
    behaviour: Behaviour,
    since: str,
    value: bool,  # noqa: FBT001 - a column of the table
    source: str,
    confidence: Confidence = "documented",
    *,
    role: Role | None = None,
    switch: Switch | None = None,
    setting: tuple[str, str] | None = None,
) -> Step:
    return Step(
        behaviour=behaviour,
        since=Release(since),
        value=value,
        role=role,
        switch=switch,
        setting=setting,
        source=Source(source, confidence),
    )


_B = Behaviour

STEPS: Final[tuple[Step, ...]] = (
    _step(_B.UPLOAD_NEEDS_TRUSTED_CHAIN, "X12.5", False, "platform.md §1.2: CG155-load"),
    _step(_B.UPLOAD_NEEDS_TRUSTED_CHAIN, "X14.0", True, "platform.md §1.2: CG155-load, T-221624"),
    _step(
        _B.UPLOAD_NEEDS_TRUSTED_CHAIN,
        "X14.0",
        False,
        "platform.md §1.2: CG155-load",
        setting=("untrusted_chain_upload", "warning"),
    ),
    _step(_B.UPLOAD_NEEDS_FQDN, "X12.5", False, "platform.md §1.2: CG155-load", "inferred"),
    _step(_B.UPLOAD_NEEDS_FQDN, "X14.0.2", True, "platform.md §1.2: CG155-load"),
    _step(_B.UPLOAD_NEEDS_CLIENT_AUTH, "X12.5", True, "platform.md §1.2: T-225482, AG155-uc, MRA150, T-213872"),
    _step(
        _B.UPLOAD_NEEDS_CLIENT_AUTH,
        "X15.4",
        False,
        "platform.md §1.2: T-225482",
        role=Role.EDGE,
        switch=Switch.SERVER_EKU_UPLOAD,
    ),
    _step(_B.UPLOAD_NEEDS_CLIENT_AUTH, "X15.5", False, "platform.md §1.2: T-225693, AG155-sec"),
    _step(
        _B.UPLOAD_NEEDS_CLIENT_AUTH,
        "X15.5",
        True,
        "platform.md §11 C4: AG155-uc",
        role=Role.EDGE,
        setting=("edge_server_only_on_x15_5", "refuse"),
    ),
    _step(_B.UPLOAD_NEEDS_SERVER_AUTH, "X12.5", True, "platform.md §1.2: T-213872"),
    _step(_B.UPLOAD_NEEDS_SERVER_AUTH, "X15.4", False, "platform.md §1.2: T-213872", "own choice"),
    _step(_B.SUPPORTS_ECDSA, "X12.5", False, "platform.md §1.2: CG155-about, AG155-sec"),
    _step(_B.SUPPORTS_ECDSA, "X14.3", True, "platform.md §1.2: CG155-about, AG155-sec"),
    _step(_B.SEPARATE_CLIENT_CERTIFICATE, "X12.5", False, "platform.md §7: AG155-sec"),
    _step(_B.SEPARATE_CLIENT_CERTIFICATE, "X15.5", True, "platform.md §7: AG155-sec, T-225693"),
    _step(_B.ALARMS_SERVER_EXPIRY, "X12.5", False, "platform.md §9: AG155-ref", "inferred"),
    _step(_B.ALARMS_SERVER_EXPIRY, "X14.0", True, "platform.md §9: AG155-ref"),
    _step(_B.ALARMS_CLIENT_EXPIRY, "X12.5", False, "platform.md §9: AG155-ref", "inferred"),
    _step(_B.ALARMS_CLIENT_EXPIRY, "X15.5", True, "platform.md §9: AG155-ref"),
    _step(_B.ALARMS_DOMAIN_EXPIRY, "X12.5", False, "platform.md §9: AG155-ref", "inferred"),
    _step(_B.ALARMS_DOMAIN_EXPIRY, "X15.3", True, "platform.md §9: AG155-ref"),
    _step(_B.ALARMS_CA_EXPIRY, "X12.5", False, "platform.md §2: RN1401", "inferred"),
    _step(_B.ALARMS_CA_EXPIRY, "X14.0.1", True, "platform.md §2: RN1401"),
    _step(_B.REQUEST_NEEDS_FQDN_PROFILES, "X12.5", False, "platform.md §3: CG155-mng", "inferred"),
    _step(_B.REQUEST_NEEDS_FQDN_PROFILES, "X12.6", True, "platform.md §3: CG155-mng"),
    _step(_B.REQUEST_OFFERS_ECDSA, "X12.5", False, "platform.md §3: CG155-csr, AG155-sec", "inferred"),
    _step(_B.REQUEST_OFFERS_ECDSA, "X14.3", True, "platform.md §3: CG155-csr, AG155-sec"),
    _step(_B.PRESENTS_TO_UC_SERVERS, "X12.5", False, "mra.md A2.1: 225476"),
    _step(_B.PRESENTS_TO_UC_SERVERS, "X14.0.2", True, "mra.md A2.1: 217748, 225476"),
    _step(_B.VERIFIES_UC_SERVERS, "X12.5", False, "mra.md A2.1: 225476"),
    _step(
        _B.VERIFIES_UC_SERVERS,
        "X14.0.8",
        True,
        "platform.md §11 C3: T-225476",
        setting=("traffic_server_verifies_since", "X14.0.8"),
    ),
    _step(_B.VERIFIES_UC_SERVERS, "X14.2", True, "mra.md A2.1: 218018"),
    _step(
        _B.VERIFIES_UC_SERVERS,
        "X14.2",
        False,
        "mra.md A2.1: 218018, RN14.2",
        switch=Switch.ORIGIN_SERVER_UNVERIFIED,
    ),
    _step(_B.MAY_VERIFY_UC_SERVERS, "X12.5", False, "mra.md A2.1: 225476"),
    _step(
        _B.MAY_VERIFY_UC_SERVERS,
        "X14.0.8",
        True,
        "platform.md §11 C3: T-225476",
        setting=("traffic_server_verifies_since", "X14.0.8 possible"),
    ),
    _step(
        _B.MAY_VERIFY_UC_SERVERS,
        "X14.2",
        False,
        "mra.md A2.1: 218018",
        setting=("traffic_server_verifies_since", "X14.0.8 possible"),
    ),
    _step(_B.SERVICE_NEEDS_CLIENT_AUTH, "X12.5", True, "platform.md §7: T-225482"),
    _step(_B.SERVICE_NEEDS_CLIENT_AUTH, "X15.4", False, "platform.md §7: T-225482"),
    _step(_B.CLUSTER_NEEDS_CLIENT_AUTH, "X12.5", True, "platform.md §4.6: T-225482"),
    _step(_B.CLUSTER_NEEDS_CLIENT_AUTH, "X15.4", False, "platform.md §4.6: T-225482"),
    _step(_B.SIP_NEEDS_CLIENT_AUTH, "X12.5", True, "platform.md §10: 5", "inferred"),
    _step(
        _B.SIP_NEEDS_CLIENT_AUTH,
        "X15.5",
        False,
        "platform.md §7: AG155-sec, AG155-ref, T-225693",
        switch=Switch.EKU_UNCHECKED,
    ),
    _step(_B.SIP_NEEDS_SERVER_AUTH, "X12.5", False, "platform.md §7: T-225693", "inferred"),
    _step(
        _B.SIP_NEEDS_SERVER_AUTH,
        "X15.5",
        True,
        "platform.md §7: AG155-sec, T-225693",
        switch=Switch.EKU_UNCHECKED,
    ),
    _step(
        _B.SIP_NEEDS_SERVER_AUTH,
        "X15.5",
        False,
        "platform.md §11 C5: AG155-sec",
        switch=Switch.EKU_UNCHECKED,
        setting=("eku_checking_off", "nothing"),
    ),
    _step(_B.XCP_NEEDS_BOTH, "X12.5", True, "mra.md A3: ADM-ref, 118798"),
    _step(_B.XCP_NEEDS_BOTH, "X15.4", False, "mra.md A3: ADM-ref, 118798"),
    _step(_B.ASKS_FOR_ECDSA, "X12.5", False, "mra.md A2.1: 218018"),
    _step(_B.ASKS_FOR_ECDSA, "X14.2", True, "mra.md A2.1: 218018, 225476", switch=Switch.ECDSA_FIRST),
    _step(_B.SIP_ASKS_FOR_RSA, "X12.5", False, "platform.md §4.3: T-225476", "inferred"),
    _step(_B.SIP_ASKS_FOR_RSA, "X15.2", True, "platform.md §4.3: T-225476", switch=Switch.SIP_PREFERS_RSA),
)
