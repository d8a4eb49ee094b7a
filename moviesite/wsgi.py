"""The WSGI entry that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from moviesite.traces import start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
# A request is served by one thread: threads of the linear algebra's own would only fight over
# the processors with other requests. Read when numpy is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

start_tracing("matinee-web")
application = get_wsgi_application()

from moviesite.web.process import settle  # noqa: E402 - it needs the settings

settle()
