"""The door for web servers: `gunicorn mediacoding.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediacoding.settings")
application = get_wsgi_application()
