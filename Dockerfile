# One image for every process: the command decides whether it migrates, works or shows the dashboard.

# The tag says what the digest is: Python 3.12 on Debian 13, for every kind of processor. To renew it, take both from
#   docker buildx imagetools inspect python:3.12-slim-trixie
ARG PYTHON_IMAGE=python:3.12.14-slim-trixie@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea

# checkov:skip=CKV_DOCKER_7: the tag is in the ARG, which checkov does not read
FROM ${PYTHON_IMAGE} AS packages
WORKDIR /build
COPY requirements.txt .
# Without pip inside: nothing is installed later. Every requirement comes as a wheel, so nothing is compiled.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --requirement requirements.txt \
    && find /opt/venv -type d -name tests -prune -exec rm -r {} +

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XDG_STATE_HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1
# pg_dump, pg_restore and psql, for backups (python -m ingestion.backup), of the server's version: an older pg_dump
# refuses a newer server. Debian keeps only the newest build of it, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ingestion
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The command line is called ingest, and keeps a sign-in below XDG_STATE_HOME: this user has no home. Compiled here, as
# nobody may write into the folder later.
RUN ln -s /app/ingest /usr/local/bin/ingest \
    && python -m compileall -q .
USER 10001:10001
# All that is ever written: copies of uploads while they are read, and exports while they are sent. Named here, it may
# be written to by this user wherever an empty volume is mounted, as on Fargate; the rest may be read-only.
VOLUME /tmp
EXPOSE 8501
# Of the dashboard, which is what the image is unless it is told otherwise: alive, not ready, since what is not healthy
# may be restarted, and that mends no database.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/livez', timeout=3)"]
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Data Ingestion Tool" \
      org.opencontainers.image.description="Upload a contact list, settle what needs a person, download clean contacts." \
      org.opencontainers.image.version="${VERSION}"
CMD ["python", "-m", "streamlit", "run", "dashboard/asgi.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true"]
