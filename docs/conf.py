"""Configuration of Sphinx."""

from importlib.metadata import version as installed_version

project = "sfsync"
author = "sfsync contributors"
release = version = installed_version("sfsync")

root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "Django models and Salesforce objects, equal in both directions",
    "page_width": "1080px",
    "fixed_sidebar": True,
}
