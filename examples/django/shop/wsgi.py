from django.core.wsgi import get_wsgi_application

# As in manage.py, there is no default for DJANGO_SETTINGS_MODULE.
application = get_wsgi_application()
