"""What waits to be uploaded or answered, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from expressway_certs.product.applying.nodes import refuse, replaced
from expressway_certs.product.changes import DiscardRequest, ReplaceUpload, WithdrawUpload

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment


def without_upload(deployment: Deployment, change: WithdrawUpload | ReplaceUpload) -> Deployment:
    """Return the deployment without an upload, or with another one in its place; `ValueError` where it is not there."""
    if change.upload not in deployment.uploads:
        refuse(f"{change.upload.file_name} does not wait to be uploaded on {change.upload.node}")
    new = [change.new] if isinstance(change, ReplaceUpload) else []
    uploads = [two for one in deployment.uploads for two in (new if one == change.upload else [one])]
    return attrs.evolve(deployment, uploads=uploads)


def without_request(deployment: Deployment, change: DiscardRequest) -> Deployment:
    """Return the deployment in which a node has no pending request; `ValueError` where it has none now."""
    node = deployment.expressway(change.node)
    if node.pending_request is None:
        refuse(f"{change.node} has no pending request")
    return replaced(deployment, attrs.evolve(node, pending_request=None))
