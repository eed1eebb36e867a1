"""Trees that users write: what is accepted, and what is said about the rest."""

import pytest

from sfsync import exceptions
from sfsync.client.resources import Resource, Tree


class Invoice(Resource):
    path = "apexrest/invoice/{number}"


def test_paths_follow_the_tree():
    tree = Tree(
        {
            "a": {
                "resources": {"b": {"path": "x/{id}/", "resources": {"c": {}, "d": {"path": "/services/y"}}}}
            },
            "e": {"class": Invoice, "resources": {"f": {"path": "{line}"}}},
            "g": {"class": f"{__name__}.Invoice", "path": "h"},
        }
    )
    assert {name: resource.template for name, resource in tree.resources.items()} == {
        "a.b": "x/{id}/",
        "a.b.c": "x/{id}/c",
        "a.b.d": "/services/y",
        "e": "/services/apexrest/invoice/{number}",
        "e.f": "/services/apexrest/invoice/{number}/{line}",
        "g": "h",
    }
    assert {type(tree.resources[name]) for name in "eg"} == {Invoice}
    assert not tree.replaces


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ([], "the tree is no dict"),
        ({"a": 1}, "'a' is no dict"),
        ({"a": {"paht": "x"}}, "'a' has no 'paht'. There are: path, class, resources."),
        ({"a.b": {}}, "'a.b' is no name"),
        ({"": {}}, "no name"),
        ({7: {}}, "no name"),
        ({"a": {"resources": []}}, "\"resources\" of 'a' is no dict"),
        ({"a": {"resources": {"b": {"replace": True}}}}, "'a.b' has no 'replace'"),
        ({"replace": "yes"}, '"replace" is neither'),
        ({"a": {"path": "https://evil.example/"}}, "\"path\" of 'a' is no path"),
        ({"a": {"path": "//evil.example/x"}}, "no path"),
        ({"a": {"path": "/etc"}}, "no path"),
        ({"a": {"path": "x/../y"}}, "no path"),
        ({"a": {"path": ".."}}, "no path"),
        ({"a": {"path": "x?y={z}"}}, "no path"),
        ({"a": {"path": 7}}, "no path"),
        ({"a b": {}}, "no path"),
        ({"a": {"class": dict}}, "\"class\" of 'a' is no subclass of Resource"),
        ({"a": {"class": "nowhere.Invoice"}}, "cannot be imported (ModuleNotFoundError"),
        ({"a": {"class": f"{__name__}.Invioce"}}, "cannot be imported (AttributeError"),
        ({"a": {"class": "Invoice"}}, "cannot be imported"),
    ],
)
def test_mistakes_are_named(tree, text):
    with pytest.raises(exceptions.ConfigurationError) as caught:
        Tree(tree, 'SF_ORGS["emea"]["RESOURCES"]')
    assert str(caught.value).startswith('SF_ORGS["emea"]["RESOURCES"]: ')
    assert text in str(caught.value)
    assert caught.value.hint
    assert caught.value.check == "sfsync.E028"
