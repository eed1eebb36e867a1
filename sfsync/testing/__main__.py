"""The simulated org as a program: `python -m sfsync.testing --port 8799 --data org.sqlite3`."""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .schema.load import SchemaError
from .settings import OrgSettings
from .simulated_org import SimulatedOrg

SEEDS = ("accounts", "contacts", "opportunities")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    options = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        simulated = _start(options)
    except SchemaError as error:
        return _fail(f"{options.schema} describes no objects. {error}")
    except ValueError:
        return _fail(f"{options.schema} is no JSON file. Save there what describe answers.")
    except FileNotFoundError as error:
        return _fail(f"There is no file {error.filename}. Check --schema, --data and --tls.")
    except OSError as error:
        return _fail(_why_not_listening(options.port, error))
    except sqlite3.Error as error:
        return _fail(f"Cannot use {options.data} as data file ({error}). Name another one with --data.")
    _introduce(simulated)
    stopped.wait()
    simulated.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sfsync.testing", description="Serve a simulated Salesforce org over HTTP."
    )
    parser.add_argument("--port", type=_port, default=8799, help="port to listen on; 0 takes a free one")
    parser.add_argument("--data", default=":memory:", help="SQLite file that keeps the records")
    parser.add_argument(
        "--seed", type=_seed, metavar="accounts=50,contacts=200", help="records to begin with in new data"
    )
    parser.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        help="describe JSON of further objects and fields, one or an array",
    )
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"), help="PEM files; serves HTTPS")
    parser.add_argument("--certificate", type=_text, help="PEM file; checks JWT bearer assertions")
    parser.add_argument("--base-url", help="address that answers carry, when a proxy stands in front")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return int(text)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {path} ({error}); name a PEM file") from error


def _seed(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = part.strip().partition("=")
        if name not in SEEDS or not number.isdecimal():
            example = ",".join(f"{known}=10" for known in SEEDS)
            raise argparse.ArgumentTypeError(f"{part.strip()!r} is not understood; write {example}")
        counts[name] = int(number)
    return {**dict.fromkeys(SEEDS, 0), **counts}


def _start(options: argparse.Namespace) -> SimulatedOrg:
    tls = tuple(options.tls) if options.tls else None
    settings = {
        name: getattr(options, name) for name in ("base_url", "certificate") if getattr(options, name)
    }
    objects = json.loads(options.schema.read_bytes()) if options.schema else None
    return SimulatedOrg(
        options.data, options.port, options.seed, tls=tls, objects=objects, **settings
    ).start()


def _introduce(simulated: SimulatedOrg) -> None:
    settings: OrgSettings = simulated.org.settings
    lines = {
        "Consumer key": settings.consumer_key,
        "Consumer secret": settings.consumer_secret,
        "Username": settings.username,
        "Password": settings.password,
        "Security token": settings.security_token,
    }
    for label, value in lines.items():
        sys.stdout.write(f"{label}: {value}\n")
    sys.stdout.write(f"Simulated org ready at {simulated.url}\n")
    sys.stdout.flush()


def _why_not_listening(port: int, error: OSError) -> str:
    if "in use" in str(error):
        return f"Port {port} is in use. Stop what listens there, or give another --port (0 takes a free one)."
    return f"Cannot serve on port {port} ({error}). Check --port and the files of --tls."


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
