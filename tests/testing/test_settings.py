from sfsync.testing.ids import is_id
from sfsync.testing.settings import OrgSettings


def test_ids_are_valid() -> None:
    settings = OrgSettings()
    assert (settings.org_id[:3], settings.user_id[:3]) == ("00D", "005")
    assert is_id(settings.org_id) and is_id(settings.user_id)


def test_no_secret_in_the_repr() -> None:
    settings = OrgSettings()
    for secret in (settings.consumer_secret, settings.password, settings.security_token):
        assert secret and secret not in repr(settings)
