"""Trees of resources that users write: what SF_RESOURCES names.

    {"invoices": {"path": "apexrest/invoices/{id}", "class": Invoice, "resources": {"lines": {}}}}

`path` is relative to the resource above and is the name unless given, `class` a subclass of Resource or its dotted
path, `resources` the tree below. What has `resources` alone groups them, and is neither a resource nor part of a
path. `"replace": True` at the top leaves Salesforce's own resources out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from ...exceptions import ConfigurationError
from ..addresses import is_template
from .resource import Resource

KEYS = ("path", "class", "resources")
CHECK = "sfsync.E028"
EXAMPLE = 'Type {"invoices": {"path": "apexrest/invoices/{id}"}}.'


class Tree:
    """A tree as it was written, by dotted names; `setting` is what led to it.

    Raises ConfigurationError naming the setting, the resource and the mistake.
    """

    def __init__(self, tree: Mapping[str, Any], setting: str = "SF_RESOURCES") -> None:
        try:
            self._read(tree)
        except ConfigurationError as error:
            raise ConfigurationError(f"{setting}: {error.message}", hint=error.hint, check=CHECK) from None

    def _read(self, tree: Mapping[str, Any]) -> None:
        if not isinstance(tree, Mapping):
            raise wrong("the tree is no dict", EXAMPLE)
        self.replaces = tree.get("replace", False)
        if not isinstance(self.replaces, bool):
            raise wrong('"replace" is neither True nor False', 'Type "replace": True.')
        nodes = {name: node for name, node in tree.items() if name != "replace"}
        self.resources = dict(_resources(nodes, "", ""))


def _resources(nodes: Any, above: str, base: str) -> Iterator[tuple[str, Resource]]:
    """Yield dotted name and resource of every node, those below it after it."""
    if not isinstance(nodes, Mapping):
        raise wrong(f'"resources" of {above!r} is no dict', EXAMPLE)
    for key, node in nodes.items():
        name = f"{above}.{key}" if above else str(key)
        _check(key, name, node)
        below = base
        if set(node) != {"resources"}:
            resource = _resource(key, name, node, base)
            below = resource.template
            yield name, resource
        yield from _resources(node.get("resources", {}), name, below)


def _resource(key: str, name: str, node: Mapping[str, Any], base: str) -> Resource:
    kind = _class(name, node.get("class", Resource))
    path = node.get("path") or kind.path or key
    if is_template(path):
        resource = kind(name, path if path.startswith("/") or not base else f"{base.rstrip('/')}/{path}")
        resource.label = name
        return resource
    raise wrong(
        f'"path" of {name!r} is no path',
        'Type one such as "apexrest/invoices/{id}": no "..", no "?", no host.',
    )


def _check(key: Any, name: str, node: Any) -> None:
    if not isinstance(key, str) or not key or "." in key:
        raise wrong(f"{name!r} is no name of a resource", "Use a text without dots.")
    if not isinstance(node, Mapping):
        raise wrong(f"{name!r} is no dict", EXAMPLE)
    for unknown in set(node) - set(KEYS):
        raise wrong(f"{name!r} has no {unknown!r}", f"There are: {', '.join(KEYS)}.")


def _class(name: str, given: Any) -> type[Resource]:
    found = _imported(name, given) if isinstance(given, str) else given
    if isinstance(found, type) and issubclass(found, Resource):
        return found
    raise wrong(
        f'"class" of {name!r} is no subclass of Resource',
        "Derive it from sfsync.client.resources.Resource.",
    )


def _imported(name: str, path: str) -> Any:
    module, _, attribute = path.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise wrong(f'"class" of {name!r} cannot be imported ({reason})', "Type its dotted path.")


def wrong(message: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"{message}.", hint=hint, check=CHECK)
