"""Find the Python interpreters that tox needs, also those that pyenv keeps off the PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def candidates(version: str) -> Iterator[Path]:
    """Yield where `version` ("3.13") may be: on the PATH first, then in pyenv, newest patch release first."""
    name = f"python{version}"
    if on_path := shutil.which(name):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    releases = sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), key=patch_release, reverse=True)
    yield from releases


def patch_release(interpreter: Path) -> int:
    """Return 7 for .../versions/3.11.7/bin/python3.11, and 0 for a release without a plain number."""
    last = interpreter.parents[1].name.rpartition(".")[2]
    return int(last) if last.isdigit() else 0


def executable(candidate: Path, version: str) -> Path | None:
    """Return the interpreter behind `candidate`, or None: a pyenv shim may exist and still refuse."""
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
    answered, _, path = done.stdout.strip().partition(" ")
    return Path(path) if done.returncode == 0 and answered == version else None


def find(version: str) -> Path | None:
    """Return the first interpreter of `version` that runs, or None."""
    return next(filter(None, (executable(candidate, version) for candidate in candidates(version))), None)


def main(versions: list[str]) -> int:
    """Print the interpreters' paths, one a line; name every missing version and return 1."""
    found = {version: find(version) for version in versions}
    missing = [version for version, path in found.items() if path is None]
    if missing:
        names = " and ".join(f"Python {version}" for version in missing)
        sys.stderr.write(
            f"{names} not found, neither on the PATH nor in pyenv. Install it, then run this again.\n"
        )
        return 1
    sys.stdout.writelines(f"{path}\n" for path in found.values())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
