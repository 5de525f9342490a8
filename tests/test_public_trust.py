"""The lists of public CAs, against what OpenSSL reads from the same files."""

import ssl

import attrs
import certifi
import pytest
from sites import AT, OTHER_ROOT, good_site

from expressway_certs import (
    Client,
    LoadError,
    State,
    TrustStore,
    audit,
    public_trust_store,
    system_trust_store,
    verify,
)


def test_mozilla_s_list_is_read_whole() -> None:
    """Every CA that OpenSSL reads from certifi's file is in the store, in its order and named with its version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    store = public_trust_store()
    assert {one.der for one in store} == set(context.get_ca_certs(binary_form=True))
    assert store.name == f"Mozilla's list, certifi {certifi.__version__}"


def test_a_public_root_is_trusted_by_it() -> None:
    """A root of the list ends a chain in it, and a private one does not."""
    store = public_trust_store()
    root = max(store, key=lambda one: one.not_after)
    assert verify(root, store).ok
    assert not verify(OTHER_ROOT.certificate, store).ok


def test_a_client_may_have_the_public_list() -> None:
    """A site under a private CA is met with a warning by Jabber on a computer without that CA."""
    site = attrs.evolve(good_site(), clients=[Client(service_domain="example.com", trusted_ca=public_trust_store())])
    states = {one.state for one in audit(site, at=AT).legs if one.leg.id == "1a"}
    assert states == {State.WARNS}


def test_the_system_s_list_is_what_ssl_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store has the CAs of Python's default context, and passes over what is no certificate."""

    class Context:
        def get_ca_certs(self, *, binary_form: bool) -> list[bytes]:
            assert binary_form
            return [OTHER_ROOT.der, b"no certificate"]

    monkeypatch.setattr(ssl, "create_default_context", Context)
    assert system_trust_store() == TrustStore([OTHER_ROOT.certificate], "this system's list")


def test_the_list_of_a_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL's variable for another file of CAs is listened to, as by the system's programs."""
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert set(public_trust_store()) <= set(system_trust_store())


def test_a_system_without_a_list_is_a_load_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python finds no CA the error says what to do."""
    empty = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(ssl, "create_default_context", lambda: empty)
    with pytest.raises(LoadError, match=r"no list of trusted CAs on this system.*use public_trust_store"):
        system_trust_store()
