"""docs/commands.rst agrees with the commands."""

import re
from pathlib import Path

import pytest
from django.core.management import find_commands, load_command_class
from django.core.management.base import BaseCommand

import sfsync

PAGE = (Path(__file__).parents[2] / "docs" / "commands.rst").read_text()
SECTIONS = dict(re.findall(r"^(sf_\w+)\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", PAGE, re.M | re.S))
COMMANDS = find_commands(str(Path(sfsync.__file__).parent / "management"))


def own_options(name: str) -> set[str]:
    """Return the options a command adds to Django's own."""
    parser = load_command_class("sfsync", name).create_parser("manage.py", name)
    django = BaseCommand().create_parser("manage.py", "any")
    every = {option for action in parser._actions for option in action.option_strings}
    return {
        option
        for option in every - {option for action in django._actions for option in action.option_strings}
        if option.startswith("--")
    }


def test_every_command_has_its_section():
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented_and_every_documented_option_exists(name):
    documented = set(re.findall(r"^``(--[a-z-]+)", SECTIONS.get(name, ""), re.M))
    assert documented == own_options(name)
