import pytest

from sfsync.client.auth import read_key_file
from sfsync.exceptions import ConfigurationError


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "salesforce.key"
    file.write_text("marked-key")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_that_only_its_owner_reads(file, mode):
    file.chmod(mode)
    assert read_key_file(str(file)).reveal() == "marked-key"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o777])
def test_a_key_that_others_reach_is_refused(file, mode):
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match=rf"open to other users.*Type: chmod 600 {file}\.") as caught:
        read_key_file(str(file))
    assert "marked" not in str(caught.value)


def test_a_key_behind_a_link_counts_as_the_file_it_leads_to(file, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(file)
    assert read_key_file(str(link)).reveal() == "marked-key"
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_key_file(str(link))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        ConfigurationError, match=r"SF_PRIVATE_KEY_FILE.*nothing\.key.*No such file"
    ) as caught:
        read_key_file(str(tmp_path / "nothing.key"))
    assert caught.value.__context__ is None
