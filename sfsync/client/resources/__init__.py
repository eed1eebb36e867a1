"""Resources by dotted name, as django-sforce had them: `api.get("Account.instance", params={"id": ...})`."""

from .own import Tree
from .resource import Resource
from .sobjects import Cache
from .tree import Resources

__all__ = ["Cache", "Resource", "Resources", "Tree"]
