# One image for every process: the command decides whether it migrates, works or shows the dashboard.

FROM python:3.12-slim AS packages
WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# pg_dump, pg_restore and psql, for backups: python -m ingestion.backup
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home ingestion
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
USER 10001
EXPOSE 8501
CMD ["python", "-m", "streamlit", "run", "dashboard/asgi.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true"]
