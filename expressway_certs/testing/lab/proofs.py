"""A leg tried out: the handshakes that it takes, the names that are asked for after them, and what came of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Final

import attrs

from expressway_certs.product.nodes import Client, Expressway, Node, UcServer
from expressway_certs.rules.connection import Connection, Showing
from expressway_certs.rules.revocation import checking_of
from expressway_certs.testing.lab import unproven
from expressway_certs.testing.lab.ends import End, Handshake, Judging, Outcome, Refusal
from expressway_certs.testing.lab.names import CHECKS, Standing, Wanted, WireNames
from expressway_certs.testing.lab.observed import Observed
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain

_NOTHING_GIVEN: Final = "no certificate of {} is given"
_NO_LIST: Final = "{} of {} is not given"
_NOTHING: Final = "neither end looks at a certificate of the other"


Shake = Callable[[Handshake], Outcome]
"""What lets two ends meet: a ground."""


@attrs.frozen(kw_only=True)
class Proof:
    """A connection that is to be tried at an instant, on a ground."""

    connection: Connection
    at: datetime
    shake: Shake
    ground: str

    def observe(self) -> Observed:
        """Try it. Raises `ValueError` where the lab has no private key for a certificate that is shown."""
        why = self._lacking()
        if why is not None:
            return self._unproven(why)
        outcomes: list[Outcome] = []
        for handshake in self._handshakes():
            outcome = self.shake(handshake)
            if outcome.failed is not None:
                return self._unproven(outcome.failed)
            outcomes.append(outcome)
        return self._observed(outcomes)

    def _lacking(self) -> str | None:
        """Return why there can be no handshake; None where there can be one."""
        leg = self.connection.leg
        if leg.protocol in unproven.PROTOCOLS:
            return unproven.PROTOCOLS[leg.protocol]
        showings = [one for one in self.connection.sides if one is not None]
        if not showings:
            return _NOTHING
        if self.connection.acceptor_certificate() is None:
            return _NOTHING_GIVEN.format(self.connection.acceptor.name)
        for showing in showings:
            if showing.certificate is None:
                return _NOTHING_GIVEN.format(showing.presenter.name)
            for listed in showing.shown.judged_by:
                if showing.judge.trust(listed) is None:
                    return _NO_LIST.format(listed, showing.judge.name)
            lacking = unproven.other_openssl(showing) or unproven.ocsp(self.connection, showing)
            if lacking is not None:
                return lacking
        return None

    def _handshakes(self) -> Iterator[Handshake]:
        """Yield a handshake for each list and purpose by which a side judges; there is one in most cases."""
        to_initiator, to_acceptor = self.connection.sides
        by_initiator, by_acceptor = list(self._judgings(to_initiator)), list(self._judgings(to_acceptor))
        for first, second in zip_longest(by_initiator, by_acceptor):
            yield Handshake(
                server=self._server(second or (by_acceptor[-1] if by_acceptor else None)),
                client=self._client(first or (by_initiator[-1] if by_initiator else None), to_acceptor),
                server_name=self._server_name(),
                at=self.at,
            )

    def _judgings(self, showing: Showing | None) -> Iterator[Judging]:
        if showing is None or showing.certificate is None:
            return
        judge = showing.judge
        checking = checking_of(judge, self.connection.leg, showing.shown)
        sent = showing.presenter.presents(showing.certificate, self.at) if showing.shown.travels else ()
        for listed in showing.shown.judged_by:
            trust = judge.trust(listed) or ()
            chain = build_chain(showing.certificate, trust, sent, at=self.at).certificates
            looked_up = checking and checking.with_downloads(chain, self.connection.deployment.published_crls)
            for purpose in showing.purposes:
                yield Judging(
                    trust=trust,
                    purpose=purpose,
                    crls=looked_up.crls if looked_up else (),
                    crl_check=looked_up.depth if looked_up else None,
                    security_level=judge.openssl.security_level if isinstance(judge, Expressway | UcServer) else 1,
                    # Unified CM also takes a certificate that itself lies in its list (mra.md A2.3, mixed mode).
                    partial_chain=isinstance(judge, UcServer) and showing.certificate in trust,
                    goes_on=_goes_on(judge),
                )

    def _server(self, judges: Judging | None) -> End:
        node, certificate = self.connection.acceptor, self.connection.acceptor_certificate()
        end, name = _end(node, certificate, judges), self._server_name()
        if name is None or certificate is None or not isinstance(node, Expressway):
            return end
        # With another list for clients than its own, an end shows what SNI would pick without being asked for it.
        is_by_name = node.server_certificate not in {None, certificate}
        if not is_by_name or (judges is not None and judges.trust != end.own_list):
            return end
        return attrs.evolve(end, certificate=node.server_certificate, by_name=(name, certificate))

    def _client(self, judges: Judging | None, showing: Showing | None) -> End:
        return _end(self.connection.initiator, showing.certificate if showing else None, judges)

    def _server_name(self) -> str | None:
        shown = self.connection.leg.acceptor_shows
        return self.connection.called_as if shown is not None and shown.by_sni else None

    def _observed(self, outcomes: list[Outcome]) -> Observed:
        """Return what came of it, in the order of the handshake: the server's chain and names, then the client's."""
        noted = Observed(ok=True, handshake=True, ground=self.ground)
        for showing, by_server in zip(self.connection.sides, (False, True), strict=True):
            if showing is None:
                continue
            judge = showing.judge
            went_on = next((one.noted for one in outcomes if one.noted and one.noted.by_server is by_server), None)
            if went_on is not None:
                passed_over = unproven.fallback(self.connection, showing, went_on.code)
                if passed_over is not None:
                    return self._unproven(passed_over)
                noted = _with(noted, went_on, judge)
                if went_on.code == codes.CERT_REVOKED:
                    # The end of the lab goes on about everything, Jabber not about this (mra.md A1.10).
                    return attrs.evolve(noted, ok=False)
            refused = next((one for one in outcomes if one.refusal and one.refusal.by_server is by_server), None)
            if refused is not None and refused.refusal is not None:
                passed_over = unproven.fallback(self.connection, showing, refused.refusal.code)
                if passed_over is not None:
                    return self._unproven(passed_over)
                noted = _with(noted, refused.refusal, judge)
                return attrs.evolve(noted, ok=False, handshake=False, alert=refused.alert)
            for name, standing in self._names(showing, outcomes, by_server=by_server):
                error = f"{name} is not a name in the certificate of {showing.presenter.name}"
                if standing == "refused" and not _goes_on(judge):
                    return attrs.evolve(noted, ok=False, error=error, judge=judge.name)
                if standing == "taken with a warning":
                    error = f"{name} is in the certificate of {showing.presenter.name}, and not as a DNS name"
                if standing != "taken" and noted.error is None:
                    noted = attrs.evolve(noted, error=error, judge=judge.name)
        reasons = tuple(dict.fromkeys(unproven.reasons(self.connection)))
        return attrs.evolve(noted, ok=None if reasons else True, not_proven=reasons)

    def _names(self, showing: Showing, outcomes: list[Outcome], *, by_server: bool) -> Iterator[tuple[str, Standing]]:
        """Yield the names that are looked for in a certificate, and how they stand there."""
        if showing.certificate is None:
            return
        came = (one.client_certificate if by_server else one.server_certificate for one in outcomes)
        # Where the other end refuses at the same time nothing may be left of what came over the wire.
        names = WireNames.read(next((one for one in came if one is not None), showing.certificate.der))
        wanted = Wanted(names=names, showing=showing, connection=self.connection)
        for ask in showing.shown.asks:
            found = CHECKS[ask](wanted) if ask in CHECKS else None
            if found is not None:
                yield found

    def _unproven(self, why: str) -> Observed:
        return Observed(ok=None, not_proven=(why,), ground=self.ground)


def _with(observed: Observed, refusal: Refusal, judge: Node) -> Observed:
    """Return what was observed with the refusal of a judge on top."""
    return attrs.evolve(observed, error=refusal.why, judge=judge.name, code=refusal.code, depth=refusal.depth)


def _goes_on(judge: Node) -> bool:
    return isinstance(judge, Client) and judge.tolerates


def _end(node: Node, certificate: Certificate | None, judges: Judging | None) -> End:
    """Return an end as its node is: Expressway leaves the chain that it sends to OpenSSL, the others say what it is."""
    is_expressway = isinstance(node, Expressway)
    return End(
        certificate=certificate,
        sends=None if is_expressway or certificate is None else node.presents(certificate),
        own_list=node.effective_ca if isinstance(node, Expressway) else (),
        judges=judges,
    )
