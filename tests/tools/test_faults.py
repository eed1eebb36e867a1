"""The page of faults says which tests cover which."""

import textwrap

import pytest

from tools import faults

PAGE = textwrap.dedent("""\
    .. list-table::

       * - Number
         - What goes wrong
         - Required outcome
         - Tests
       * - F1
         - The answer is lost
         - Next run: adopted
         - not yet
       * - F2
         - The network is slow
         - Same run: repeated
         - ``tests/test_gone.py::test_gone``
    """)


@pytest.fixture
def tests_folder(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    folder.joinpath("test_nouns.py").write_text(
        textwrap.dedent('''\
        def test_lost():
            """Covers F1 and F12."""

        def helper():
            """About F9."""

        def test_the_org():
            """Causes F1, and F13."""

        class TestSlow:
            async def test_slow(self):
                """Covers F1."""
        ''')
    )
    return tmp_path


def test_the_docstrings_of_tests_say_what_they_cover(tests_folder):
    lost, slow = "tests/test_nouns.py::test_lost", "tests/test_nouns.py::TestSlow::test_slow"
    assert faults.coverage(tests_folder) == {"F1": [lost, slow], "F12": [lost]}


def test_the_last_column_is_written_anew():
    page = faults.with_tests(PAGE, {"F1": ["tests/test_a.py::test_a", "tests/test_b.py::test_b"]})
    cells = "     - Next run: adopted\n     - ``tests/test_a.py::test_a``, ``tests/test_b.py::test_b``\n"
    assert cells in page
    assert "test_gone" not in page
    assert page.count("not yet") == 1
    assert faults.with_tests(page, {}).count("not yet") == 2


def test_a_number_nobody_knows_is_refused(tests_folder, tmp_path, monkeypatch, capsys):
    page = tmp_path / "faults.rst"
    page.write_text(PAGE)
    monkeypatch.setattr(faults, "PAGE", page)
    monkeypatch.setattr(faults, "coverage", lambda: {"F12": ["tests/test_nouns.py::test_lost"]})
    assert faults.main() == 1
    assert "F12" in capsys.readouterr().err
    assert page.read_text() == PAGE
