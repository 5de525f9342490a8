"""What the source of a deployment does not say of it, so that a report can ask for it by name."""

from __future__ import annotations

import attrs

from expressway_certs.product.fields import is_name, texts
from expressway_certs.x509.typed import typed


@attrs.frozen(kw_only=True, field_transformer=typed)
class NotGiven:
    """Something that is not known of a deployment, as a noun phrase: "the hosts of Webex".

    ``legs`` are the ids of those that cannot be judged for want of it. It counts as given once the deployment has an
    Expressway called ``missing_node``, a zone called ``missing_zone``, or something in its field ``missing_field``;
    where none of these is said, once it has one of the legs. ``remedy`` says how to give it, ``node`` on which
    Expressway it is wanted. Raises `ValueError` where ``what`` is empty.
    """

    what: str = attrs.field(validator=is_name)
    remedy: str
    node: str
    legs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    missing_node: str | None = None
    missing_zone: str | None = None
    missing_field: str | None = None
