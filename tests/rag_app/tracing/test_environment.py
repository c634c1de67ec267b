"""Traces by the usual variables, from the command line; and none without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.errors import UsageError
from ingest.tracing.environment import start_from_environment
from ingest.tracing.traced import traced, tracer
from tests.conftest import REPOSITORY


def search(sample: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag_app", "search", "notice period", "--json", "--store", sample],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | variables,
    )


@pytest.mark.slow
def test_spans_reach_a_collector(sample: Path) -> None:
    received = ExportTraceServiceRequest()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            received.MergeFromString(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        done = search(
            sample, OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_EXPORTER_OTLP_COMPRESSION="none"
        )
        server.shutdown()
        thread.join()
    assert json.loads(done.stdout)["hits"] and done.stderr == ""
    [resource] = received.resource_spans
    attributes = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert attributes["service.name"] == "rag-app"
    names = {span.name for scope in resource.scope_spans for span in scope.spans}
    assert {"search", "retrieval default", "embeddings all-MiniLM-L6-v2"} <= names


@pytest.mark.slow
def test_a_collector_that_is_gone_costs_no_answer(sample: Path) -> None:
    done = search(
        sample, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT="1"
    )
    assert json.loads(done.stdout)["hits"]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_console_is_standard_error(sample: Path) -> None:
    done = search(sample, OTEL_TRACES_EXPORTER="console", OTEL_SERVICE_NAME="mine")
    assert json.loads(done.stdout)["hits"]
    assert '"name": "search"' in done.stderr and '"service.name": "mine"' in done.stderr


def test_an_exporter_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "pigeon")
    with pytest.raises(UsageError, match=r"no exporter 'pigeon'; pip install 'rag-app\[tracing\]'"):
        start_from_environment()


@pytest.mark.parametrize(
    "variables", [{}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true"}]
)
def test_off_by_default(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1" if variables else "")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    start_from_environment()
    assert tracer() is None

    @traced("never", "CHAIN", lambda *_: pytest.fail("it was described"))
    def work(number: int) -> int:
        return number + 1

    assert work(1) == 2
