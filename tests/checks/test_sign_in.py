"""The checks of the ways to sign in."""

import pytest

from sfsync.checks import check_sign_in


@pytest.fixture
def found(settings):
    settings.DEBUG = True

    def check(**values):
        for name, value in values.items():
            setattr(settings, name, value)
        messages = check_sign_in(None)
        assert all(message.hint for message in messages)
        return {message.id.removeprefix("sfsync."): message for message in messages}

    return check


@pytest.mark.parametrize(
    "auth", ["client_credentials", "jwt", "refresh_token", "sf_cli", "tests.own.sign_in"]
)
def test_a_way_with_a_future(found, auth):
    assert not found(SF_AUTH=auth.replace("tests.own.sign_in", "tests.test_sign_ins.of_ones_own"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SF_AUTH", "client_credential"),
        ("SF_AUTH", "tests.test_sign_ins.nothing"),
        ("SF_AUTH", "tests.test_sign_ins.NO_FUNCTION"),
        ("SF_TOKEN_STORE", "tests.test_sign_ins.nothing"),
        ("SF_TOKEN_STORE", "nothing"),
    ],
)
def test_what_cannot_be_used_is_named(found, name, value):
    messages = found(**{name: value})
    assert list(messages) == ["E022"]
    assert messages["E022"].msg.startswith(f"{name} = {value!r}")


def test_soap_login_ends_and_it_says_when(found):
    message = found(SF_AUTH="soap")["W004"]
    assert "Summer '27 (June 2027)" in message.msg
    assert '"client_credentials"' in message.hint


def test_the_password_flow_is_blocked_in_new_orgs(found):
    assert "Summer '23" in found(SF_AUTH="password")["W004"].msg


def test_the_session_of_a_person_is_no_way_for_a_server(found, settings):
    assert list(found(SF_AUTH="sf_cli", DEBUG=False)) == ["W005"]


def test_a_key_that_others_can_read(found, tmp_path):
    file = tmp_path / "salesforce.key"
    assert not found(SF_AUTH="jwt", SF_PRIVATE_KEY_FILE=str(file))  # a machine that calls no org has none
    file.write_text("key")
    file.chmod(0o644)
    assert f"chmod 600 {file}" in found()["E022"].hint
    file.chmod(0o600)
    assert not found()
    assert "are both set" in found(SF_PRIVATE_KEY="key")["E022"].msg


def test_each_org_is_checked(found):
    messages = found(SF_ORGS={"emea": {"AUTH": "soap"}})
    assert 'SF_ORGS["emea"]["AUTH"]' in messages["W004"].hint


def test_settings_that_cannot_be_read_are_left_to_their_own_check(found):
    assert not found(SF_ORGS=[])
