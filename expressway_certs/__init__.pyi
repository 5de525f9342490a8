from expressway_certs._version import __version__
from expressway_certs.matrix import Matrix
from expressway_certs.mending import Round, mend
from expressway_certs.pipeline import (
    Pipeline,
    audit,
    check_mra,
    check_request,
    check_trusted_ca_upload,
    check_tunnels,
    check_upload,
    check_zone,
    compare,
)
from expressway_certs.plan.client_auth import ClientAuthNeed, ClientAuthSunset, client_auth_sunset
from expressway_certs.plan.forecast import Forecast, ForecastEvent, forecast
from expressway_certs.plan.leg_change import LegChange
from expressway_certs.plan.readiness import Readiness, readiness
from expressway_certs.plan.renewal import plan_renewal
from expressway_certs.plan.result import Plan, PlanStep
from expressway_certs.plan.task import StepKind
from expressway_certs.plan.usages import CertificateNeed
from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.calendar import CALENDAR, PolicyDate
from expressway_certs.product.changes import (
    AddAccessRule,
    AddDnsRecord,
    AddTrustedCa,
    Change,
    DiscardRequest,
    MapClusterAddress,
    RefreshServers,
    RemoveTrustedCa,
    RenameExpressway,
    RenameUcServer,
    ReplaceUpload,
    RequestCertificate,
    RequestTrustedCa,
    Restart,
    SetCertificate,
    SetClusterPeer,
    SetPeerAddress,
    SetSwitch,
    SetVerifyName,
    SetZoneSwitch,
    WithdrawUpload,
    steps_of,
)
from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.dns import Dns
from expressway_certs.product.emulation import Difference
from expressway_certs.product.far_ends import AccessRule
from expressway_certs.product.nodes import (
    Client,
    ClientFamily,
    ClusterTls,
    DomainCertificate,
    Expressway,
    FarEnd,
    UcKind,
    UcServer,
)
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.openssl import OpenSsl
from expressway_certs.product.release import Release
from expressway_certs.product.request_form import RequestOptions
from expressway_certs.product.request_page import NewRequest, make_request
from expressway_certs.product.revocation import CrlChecking, RevocationSources
from expressway_certs.product.settings import Settings
from expressway_certs.product.sunset import ClientAuthSource
from expressway_certs.product.symptoms import Symptom
from expressway_certs.product.zones import MediaEncryption, Zone, ZoneKind
from expressway_certs.report import Report, ReportError
from expressway_certs.rules import ALL_RULES
from expressway_certs.rules.finding import Effect, Finding, Outcome, OutcomeKind, Remedy, Severity
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.rules.rule import Rule, Stage
from expressway_certs.sources.diagnostics.load import load_diagnostics
from expressway_certs.sources.files import identify
from expressway_certs.sources.probe.probed import Probed, ProbeFailure, probe
from expressway_certs.sources.public_trust import public_trust_store, system_trust_store
from expressway_certs.sources.site.errors import SiteError
from expressway_certs.sources.site.schema import site_schema
from expressway_certs.sources.uc.folder import load_uc_folder
from expressway_certs.sources.uc.snapshot import load_uc_snapshot
from expressway_certs.sources.web.fetch import Fetched, FetchedOcsp, FetchFailure, fetch_crls, fetch_missing, fetch_ocsp
from expressway_certs.sources.web.policy import FetchPolicy
from expressway_certs.sources.xconfiguration.value import XConfiguration
from expressway_certs.sources.xconfiguration.zones import ConfiguredZone
from expressway_certs.upload_table import UploadTable, UploadTrial, try_upload
from expressway_certs.x509.bulk.index import VerifyIndex
from expressway_certs.x509.bulk.many import verify_many
from expressway_certs.x509.bulk.matrix import VerdictMatrix, verify_matrix
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.chain import Chain, build_chain
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.keys import PrivateKey, load_private_key
from expressway_certs.x509.files.report import FileKind, FileReport
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.ocsp import OcspAnswer, OcspResponse, OcspStatus
from expressway_certs.x509.opinion import Opinion, PolicyInputs, SecondOpinion, StrictAnswer, StrictProfile
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.public_key import PublicKeyInfo
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.second_opinion import second_opinion
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

__all__ = [
    "ALL_RULES",
    "CALENDAR",
    "AccessRule",
    "AddAccessRule",
    "AddDnsRecord",
    "AddTrustedCa",
    "Behaviour",
    "Certificate",
    "CertificateNeed",
    "CertificateRequest",
    "Chain",
    "Change",
    "Client",
    "ClientAuthNeed",
    "ClientAuthSource",
    "ClientAuthSunset",
    "ClientFamily",
    "ClusterTls",
    "ConfiguredZone",
    "CrlChecking",
    "Deployment",
    "Difference",
    "DiscardRequest",
    "Dns",
    "DomainCertificate",
    "Effect",
    "Expressway",
    "FarEnd",
    "FetchFailure",
    "FetchPolicy",
    "Fetched",
    "FetchedOcsp",
    "FileKind",
    "FileReport",
    "Finding",
    "Forecast",
    "ForecastEvent",
    "LegChange",
    "LegResult",
    "LoadError",
    "MapClusterAddress",
    "Matrix",
    "MediaEncryption",
    "MissingIssuer",
    "NewRequest",
    "NotGiven",
    "OcspAnswer",
    "OcspResponse",
    "OcspStatus",
    "OpenSsl",
    "Opinion",
    "Outcome",
    "OutcomeKind",
    "Pipeline",
    "Plan",
    "PlanStep",
    "PolicyDate",
    "PolicyInputs",
    "PrivateKey",
    "ProbeFailure",
    "Probed",
    "PublicKeyInfo",
    "Purpose",
    "Readiness",
    "RefreshServers",
    "Release",
    "Remedy",
    "RemoveTrustedCa",
    "RenameExpressway",
    "RenameUcServer",
    "ReplaceUpload",
    "Report",
    "ReportError",
    "RequestCertificate",
    "RequestOptions",
    "RequestTrustedCa",
    "Restart",
    "RevocationList",
    "RevocationSources",
    "Role",
    "Round",
    "Rule",
    "SecondOpinion",
    "SetCertificate",
    "SetClusterPeer",
    "SetPeerAddress",
    "SetSwitch",
    "SetVerifyName",
    "SetZoneSwitch",
    "Settings",
    "Severity",
    "SiteError",
    "Stage",
    "State",
    "StepKind",
    "StrictAnswer",
    "StrictProfile",
    "Switch",
    "Symptom",
    "TrustStore",
    "UcKind",
    "UcServer",
    "Upload",
    "UploadTable",
    "UploadTrial",
    "Verdict",
    "VerdictMatrix",
    "VerifyIndex",
    "VerifyPolicy",
    "WithdrawUpload",
    "XConfiguration",
    "Zone",
    "ZoneKind",
    "__version__",
    "audit",
    "build_chain",
    "check_mra",
    "check_request",
    "check_trusted_ca_upload",
    "check_tunnels",
    "check_upload",
    "check_zone",
    "client_auth_sunset",
    "compare",
    "fetch_crls",
    "fetch_missing",
    "fetch_ocsp",
    "forecast",
    "identify",
    "load_certificates",
    "load_diagnostics",
    "load_private_key",
    "load_uc_folder",
    "load_uc_snapshot",
    "make_request",
    "mend",
    "plan_renewal",
    "probe",
    "public_trust_store",
    "readiness",
    "second_opinion",
    "site_schema",
    "steps_of",
    "system_trust_store",
    "try_upload",
    "verify",
    "verify_many",
    "verify_matrix",
]
