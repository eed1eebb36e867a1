import sys

import pytest

from sfsync.database.sealing import require_cipher, seal, unseal
from sfsync.exceptions import ConfigurationError

BOUND = ("default", "https://acme.my.salesforce.com", "key")


def test_a_sealed_text_opens_for_the_same_values():
    sealed = seal("marked-text", BOUND)
    assert "marked-text" not in sealed
    assert unseal(sealed, BOUND) == "marked-text"
    assert seal("marked-text", BOUND) != sealed


@pytest.mark.parametrize("bound_to", [BOUND[:2], (*BOUND[:2], "another"), ()])
def test_it_stays_shut_for_others(bound_to):
    assert unseal(seal("text", BOUND), bound_to) is None


def test_it_stays_shut_without_the_secret_key(settings):
    sealed = seal("text", BOUND)
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert unseal(sealed, BOUND) is None
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed, BOUND) == "text"


@pytest.mark.parametrize("sealed", ["", "text", "gAAAAA=="])
def test_what_was_never_sealed(sealed):
    assert unseal(sealed, BOUND) is None


def test_a_changed_text_does_not_open():
    sealed = seal("text", BOUND)
    assert unseal(sealed[:-8] + "AAAAAAA=", BOUND) is None


def test_without_its_library_it_says_what_to_install(monkeypatch):
    require_cipher()
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'sfsync\[jwt\]'"):
        require_cipher()
