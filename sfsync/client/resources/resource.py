"""One resource: where it is, what may be asked of it, and what to make of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...exceptions import ResourceError
from .. import addresses

READS = ("GET", "HEAD")


class Resource:
    """A resource of an org, reached by a dotted name. Subclasses change what they have to.

    `path` is a template such as "invoices/{id}", relative to the resource above it; at the top, to
    /services/data/vXX.X/ (or to /services/ if it starts with "apexrest/"). Without one it is the name.
    `methods` are those it answers to; None leaves that to the org. `timeout` is (connect, read) in seconds,
    None the client's. `root` names the element that an XML request consists of, and `reads` says that no
    method changes anything, so that all may be repeated after a passing error.
    """

    path = ""
    methods: tuple[str, ...] | None = READS
    timeout: tuple[float, float] | None = None
    root = "request"
    reads = False
    # The methods that make no sense without data.
    need_data: tuple[str, ...] = ()
    # What messages and logs call it, where its path may hold more than ids; "" for its path.
    label = ""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.template = f"/services/{path}" if path.startswith("apexrest/") else path

    def url(self, params: Mapping[str, Any]) -> str:
        """Return the address for some params. Raises ResourceError for those that do not fit."""
        return addresses.fill(self.name, self.template, params)

    def parse(self, body: Any) -> Any:
        """Return what the caller gets for the parsed body of an answer, {} if there is none."""
        return body

    def allowed(self, params: Mapping[str, Any]) -> tuple[str, ...] | None:
        """Return the methods there are with such params; None for any."""
        return self.methods

    def check(self, method: str, params: Mapping[str, Any]) -> None:
        """Raise ResourceError for a method that the resource does not have."""
        methods = self.allowed(params)
        if methods is not None and method not in methods:
            names = ", ".join(f"api.{each.lower()}" for each in methods)
            raise ResourceError(f"{self.name!r} has no {method}. There are: {names}.")

    def check_without_data(self, method: str) -> None:
        """Raise ResourceError for a method that needs data."""
        if method in self.need_data:
            record = "params={...}, " if method == "PATCH" else ""
            raise ResourceError(
                f'{self.name!r} needs data. Type api.{method.lower()}("{self.name}", {record}data={{...}}).'
            )
