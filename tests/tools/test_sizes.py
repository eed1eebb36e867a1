"""The sizes that `make check` prints and holds to their limits."""

import pytest

from tools import sizes


def function_of(lines: int) -> str:
    """Return the text of a function of that many lines."""
    return "def long():\n" + "    x = 1\n" * (lines - 1)


def package(folder, **modules):
    for name, text in modules.items():
        folder.joinpath(f"{name}.py").write_text(text)
    return str(folder)


def test_a_function_runs_from_def_to_its_last_line(tmp_path):
    path = tmp_path / "nouns.py"
    path.write_text('import os\n\n@decorated\ndef short():\n    """Say it."""\n    return 1\n')
    assert list(sizes.functions(path)) == [sizes.Size(3, f"{path}:4 short")]


def test_methods_and_nested_functions_count(tmp_path):
    path = tmp_path / "nouns.py"
    path.write_text(
        "class A:\n    async def b(self):\n        def c():\n            return 1\n        return c\n"
    )
    assert {size.lines for size in sizes.functions(path)} == {4, 2}


def test_empty_modules_and_migrations_are_left_out(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_initial.py").write_text(function_of(400))
    (tmp_path / "__init__.py").write_text("\n")
    (tmp_path / "nouns.py").write_text("X = 1\n")
    assert [path.name for path in sizes.python_files(tmp_path)] == ["nouns.py"]


@pytest.mark.parametrize(
    ("lengths", "percent", "expected"), [([5], 90, 5), (range(1, 11), 90, 9), (range(1, 12), 90, 10)]
)
def test_the_nearest_rank_is_the_percentile(lengths, percent, expected):
    assert sizes.percentile([sizes.Size(lines, "") for lines in lengths], percent) == expected


def test_within_the_limits_the_figures_are_printed(tmp_path, capsys):
    assert sizes.main([package(tmp_path, nouns=function_of(9))]) == 0
    printed = capsys.readouterr().out
    assert "functions: 1, median 9, 90th percentile 9, longest 9" in printed
    assert "modules: 1, median 9, 90th percentile 9, longest 9" in printed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (function_of(61), "nouns.py:1 long has 61 lines; the limit is 60"),
        (function_of(31), "The 90th percentile of the functions is 31 lines; the limit is 30"),
        (function_of(10), "The median of the functions is 10 lines; the limit is 9"),
        (function_of(2) + "x = 1\n" * 299, "nouns.py has 301 lines; the limit is 300"),
        (function_of(2) + "x = 1\n" * 109, "The median of the modules is 111 lines; the limit is 110"),
    ],
)
def test_a_figure_over_its_limit_fails_and_is_named(tmp_path, capsys, text, complaint):
    assert sizes.main([package(tmp_path, nouns=text)]) == 1
    assert complaint in capsys.readouterr().out
