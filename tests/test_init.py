import subprocess
import sys

import pytest

import sfsync


@pytest.mark.parametrize("name", sfsync.__all__)
def test_every_name_is_there(name):
    assert getattr(sfsync, name) is not None
    assert name in dir(sfsync)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Maping'"):
        sfsync.Maping


def test_importing_loads_neither_models_nor_client():
    code = (
        "import sys, sfsync; "
        "sys.exit(any(name.startswith(('django', 'requests', 'sfsync.')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
