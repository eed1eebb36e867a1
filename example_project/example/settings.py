"""Settings of the example, all of them from the environment.

With an empty environment the example works with the simulated org that `python -m sfsync.testing
--port 8799` starts, and with an SQLite file beside manage.py.
"""

import os
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent

# For a tour on one's own machine. A real project keeps its key secret and DEBUG off.
SECRET_KEY = os.environ.get("SECRET_KEY", "the example has no secrets")
DEBUG = os.environ.get("DEBUG", "1") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "sfsync",
    "crm",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
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
ROOT_URLCONF = "example.urls"
STATIC_URL = "static/"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# DATABASE_URL: sqlite:////absolute/path.sqlite3, postgres://user:password@host/name, mysql://...
if "DATABASE_URL" in os.environ:
    DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
else:
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(BASE_DIR / "example.sqlite3")}
    }

# The defaults are the fixed credentials that the simulated org prints when it starts.
SF_AUTH = os.environ.get("SF_AUTH", "client_credentials")
SF_AUTH_DOMAIN = os.environ.get("SF_AUTH_DOMAIN", "http://127.0.0.1:8799")
SF_CONSUMER_KEY = os.environ.get("SF_CONSUMER_KEY", "3MVG9SIMULATEDORG.consumer.key")
SF_CONSUMER_SECRET = os.environ.get("SF_CONSUMER_SECRET", "5IMULATED0RG5ECRET")
SF_USER = os.environ.get("SF_USER", "admin@simulated-org.example")
SF_PASSWORD = os.environ.get("SF_PASSWORD", "simulated-password")
SF_SECURITY_TOKEN = os.environ.get("SF_SECURITY_TOKEN", "simulatedtoken")
SF_PRIVATE_KEY_FILE = os.environ.get("SF_PRIVATE_KEY_FILE", "")
SF_PRIVATE_KEY = os.environ.get("SF_PRIVATE_KEY", "")
SF_JWT_AUDIENCE = os.environ.get("SF_JWT_AUDIENCE", "")
SF_REFRESH_TOKEN = os.environ.get("SF_REFRESH_TOKEN", "5Aep861SIMULATEDORG.refresh.token")
SF_CLI_ORG = os.environ.get("SF_CLI_ORG", "")
SF_API_VERSION = os.environ.get("SF_API_VERSION", "66.0")

SF_MAPPINGS = [
    "crm.mappings.AccountMapping",
    "crm.mappings.ContactMapping",
    "crm.mappings.OpportunityMapping",
]
