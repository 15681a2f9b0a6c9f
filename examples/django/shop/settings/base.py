"""What all environments share. Secrets come from environment variables, and only from there."""

import dj_database_url

from shop.environment import boolean, items, required

SECRET_KEY = required("SECRET_KEY")
DEBUG = boolean("DEBUG", default=False)
ALLOWED_HOSTS = items("ALLOWED_HOSTS")
DATABASES = {"default": dj_database_url.parse(required("DATABASE_URL"))}

TIME_ZONE = "UTC"
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
