"""docs/settings.rst agrees with the settings that the code reads."""

import re
from dataclasses import fields
from pathlib import Path

from sfsync.conf import OrgSettings

PAGE = (Path(__file__).parents[2] / "docs" / "settings.rst").read_text()
OF_NO_ORG = {"SF_MAPPINGS", "SF_ORGS"}


def test_every_setting_is_documented_and_every_documented_setting_exists():
    terms = "".join(re.findall(r"^``SF_.*$", PAGE, re.M))
    of_an_org = {f"SF_{field.name.upper()}" for field in fields(OrgSettings)} - {"SF_ORG"}
    assert set(re.findall(r"SF_\w+", terms)) == of_an_org | OF_NO_ORG
