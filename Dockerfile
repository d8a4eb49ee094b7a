# syntax=docker/dockerfile:1
# One image for web, workers, beat and commands: docs/operating.md, "In containers".
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-trixie AS packages
# cpu, or cuda for NVIDIA GPUs: some 3 GB more.
ARG TORCH=cpu
# Or requirements-s3.txt, for models or back-ups in an object store.
ARG REQUIREMENTS=requirements.txt
ENV MATINEE_VENV=/opt/matinee/venv PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/matinee/site
COPY requirements.txt requirements-cuda.txt requirements-s3.txt ./
COPY moviesite/local/bootstrap.py moviesite/local/
RUN python -m venv "$MATINEE_VENV" \
    && if [ "$TORCH" = cuda ]; then "$MATINEE_VENV/bin/python" -m pip install -r requirements-cuda.txt; fi \
    && python moviesite/local/bootstrap.py "$REQUIREMENTS" \
    && "$MATINEE_VENV/bin/python" -m pip check \
    && "$MATINEE_VENV/bin/python" -m pip uninstall --yes pip

FROM python:${PYTHON}-slim-trixie AS site
# The client that `manage.py backup` calls, of compose.yaml's PostgreSQL; its security updates are wanted.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip uninstall --yes pip \
    && groupadd --gid 10001 matinee \
    && useradd --uid 10001 --gid matinee --home-dir /var/lib/matinee --no-create-home --shell /usr/sbin/nologin matinee \
    && install --directory --owner matinee --group matinee --mode 0750 /var/lib/matinee /var/lib/matinee/tmp
COPY --from=packages /opt/matinee/venv /opt/matinee/venv
ENV PATH=/opt/matinee/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MATINEE_VAR=/var/lib/matinee \
    MATINEE_STATIC=/opt/matinee/static \
    HOME=/var/lib/matinee \
    TMPDIR=/var/lib/matinee/tmp
WORKDIR /opt/matinee/site
COPY . .
# Settings need these to be read; nothing of them stays.
RUN SECRET_KEY=only-while-building DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput \
    && python -m compileall -q moviesite recommender catalog
# What `models list` and the admin show as the code of a version.
ARG MATINEE_CODE_VERSION=
ENV MATINEE_CODE_VERSION=$MATINEE_CODE_VERSION
USER 10001:10001
VOLUME /var/lib/matinee
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["python", "moviesite/health_probe.py"]
# No shell and no entry script in between: the process itself gets the signals.
CMD ["gunicorn", "--config", "python:moviesite.gunicorn_conf", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
