"""Settings of the tests. SFSYNC_TEST_DATABASE chooses the database: sqlite (default), postgresql or mysql.

SFSYNC_TEST_SUFFIX keeps the test databases of several runs on one machine apart.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "example_project"))

SUFFIX = os.environ.get("SFSYNC_TEST_SUFFIX", "")


def server(engine: str, prefix: str, port: str, **options: Any) -> dict[str, Any]:
    """Describe a database server, its address from the environment (`<prefix>_HOST` and so on)."""
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": f"sfsync{SUFFIX}",
        "HOST": os.environ.get(f"{prefix}_HOST", "127.0.0.1"),
        "PORT": os.environ.get(f"{prefix}_PORT", port),
        "USER": os.environ.get(f"{prefix}_USER", "root"),
        "PASSWORD": os.environ.get(f"{prefix}_PASSWORD", ""),
        "TEST": {"NAME": f"test_sfsync_{SUFFIX}" if SUFFIX else "test_sfsync"},
        **options,
    }


def sqlite() -> dict[str, Any]:
    """Describe a file, which several threads can open, unlike a database in memory."""
    file = Path(tempfile.gettempdir()) / f"sfsync_test_{SUFFIX or os.getpid()}.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file.with_suffix(".unused")),
        # Nobody needs a test database after the machine went down.
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA synchronous = OFF"},
        "TEST": {"NAME": str(file)},
    }


CHOICES = {
    "sqlite": sqlite,
    "postgresql": lambda: server("postgresql", "SFSYNC_TEST_POSTGRESQL", "5432"),
    "mysql": lambda: server("mysql", "SFSYNC_TEST_MYSQL", "3306", OPTIONS={"charset": "utf8mb4"}),
}
DATABASES = {"default": CHOICES[os.environ.get("SFSYNC_TEST_DATABASE", "sqlite")]()}

SECRET_KEY = "tests have no secrets"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "sfsync",
    "crm",
    "tests.zoo",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "tests.urls"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nothing listens there: a test that means to talk to an org asks for the fixture `org`.
SF_AUTH_DOMAIN = "http://127.0.0.1:9"
SF_CONSUMER_KEY = "no key"
SF_CONSUMER_SECRET = "no secret"
SF_MAPPINGS = [
    "crm.mappings.AccountMapping",
    "crm.mappings.ContactMapping",
    "crm.mappings.OpportunityMapping",
]
