# One image for web, worker, beat and migrations; docker-compose.yml shows them together.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
# More lists after a space, for example --build-arg LISTS="base embedded".
ARG LISTS="base"
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements/*.txt requirements/
RUN set -e; for list in ${LISTS}; do pip install --require-hashes -r "requirements/${list}.txt"; done
COPY . .
# Translations, static files and byte code are made here: the running container writes nothing beside its data.
RUN python -m advisory_portal.translations \
    && SECRET_KEY=build-only DATABASE_URL=postgresql://unused/unused REDIS_URL=redis://unused \
       python manage.py prepare_static \
    && python -m compileall -q advisory_portal partners documents bookkeeping catalog client_portal collaborations

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
    && install -d -o portal /data/media
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER portal
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=advisory_portal.settings \
    STORAGE_URL=file:///data/media \
    BIND=0.0.0.0 \
    PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s --retries=3 \
    CMD ["python", "-m", "advisory_portal.services.healthcheck"]
CMD ["gunicorn", "--config", "gunicorn.conf.py"]
