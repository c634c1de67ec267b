# The page, the command line, the server and the assistants' door, for x86-64 and arm64:
#   docker build --tag rag-app .
#   docker run --read-only --tmpfs /tmp --volume rag-app:/data rag-app ask "How long is the notice period?"
#
# PyTorch is left out: the embedding model that comes with the program runs on ONNX Runtime. For
# re-rankers and other models, build with --build-arg TORCH_INDEX=, the index of PyTorch's CPU builds.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python -m venv /opt/rag-app
ENV PATH=/opt/rag-app/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN pip install --no-compile --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY packaging/image_requirements.py packaging/
ARG TORCH_INDEX=
# What the doors need, in versions that fit those of the lock. Then what nothing here loads goes:
# Chroma's way into clusters, the hub's transfers, tests of libraries.
RUN pip freeze >pins.txt \
 && python packaging/image_requirements.py >extras.txt \
 && pip install --no-compile --constraint pins.txt --requirement extras.txt \
 && if [ -n "$TORCH_INDEX" ]; then \
      pip install --no-compile --index-url "$TORCH_INDEX" "$(python packaging/image_requirements.py torch)"; \
    else pip uninstall --quiet --yes sentence-transformers transformers sympy mpmath; fi \
 && pip uninstall --quiet --yes kubernetes hf-xet \
 && find /opt/rag-app/lib -type d -path '*/site-packages/*' \
      '(' -path '*/pandas/tests' -o -path '*/scipy/*/tests' -o -path '*/sklearn/*tests' ')' \
      -prune -exec rm -r {} +
COPY .streamlit .streamlit
COPY data/documents data/documents
COPY ingest ingest
COPY rag_app rag_app
RUN pip install --no-compile --no-deps --no-build-isolation . \
 && python -m compileall -q /opt/rag-app/lib/python3*/site-packages/ingest \
      /opt/rag-app/lib/python3*/site-packages/rag_app \
 && pip uninstall --quiet --yes pip

FROM ${BASE}
# A number, so that Kubernetes can see that it is not root.
RUN mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/rag-app /opt/rag-app
ENV PATH=/opt/rag-app/bin:$PATH \
    HOME=/data/home \
    RAG_STORE=/data/store \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8501 8502
ENTRYPOINT ["rag-app"]
CMD ["--help"]
