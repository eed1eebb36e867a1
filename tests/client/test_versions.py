import pytest

from sfsync import exceptions

from .scripted import Reply

GONE = Reply.json([{"errorCode": "GONE", "message": "API version 30.0 is retired"}], 410)


def test_a_retired_version_is_an_error_with_those_there_are(simulated_org, connect):
    """Covers F84."""
    client = connect(simulated_org, api_version="30.0")
    with pytest.raises(
        exceptions.UnsupportedVersion, match=r"version 30\.0 .* 31\.0 to 68\.0\. .*SF_API_VERSION"
    ) as caught:
        client.call("GET", "sobjects/")
    assert (caught.value.status, caught.value.code, client.calls) == (410, "GONE", 1)
    assert caught.value.__context__ is None


def test_the_version_that_is_named_is_one_the_org_speaks(scripted, connect):
    """Covers F84."""
    listed = [{"version": "70.0"}, {"version": "67.0"}, {"version": "<b>"}, "x", {}]
    scripted.replies = [GONE, Reply.json(listed)]
    with pytest.raises(exceptions.UnsupportedVersion, match=r'67\.0 to 70\.0\. .*"67\.0"'):
        connect(scripted, api_version="40.0").call("GET", "limits")


@pytest.mark.parametrize("listed", [Reply(503, b""), Reply.json({}), Reply.json([])])
def test_an_org_that_does_not_list_its_versions_is_no_other_error(scripted, connect, listed):
    """Covers F84."""
    scripted.replies = [GONE, listed]
    with pytest.raises(exceptions.UnsupportedVersion, match="check SF_API_VERSION"):
        connect(scripted, api_version="30.0").call("GET", "limits")


def test_a_list_that_is_refused_like_everything_else_is_asked_for_once(scripted, connect):
    """Covers F84."""
    scripted.replies = [GONE, GONE]
    with pytest.raises(exceptions.UnsupportedVersion):
        connect(scripted, api_version="30.0").call("GET", "limits")
    assert [seen.path for seen in scripted.seen] == ["/services/data/v30.0/limits", "/services/data/"]
