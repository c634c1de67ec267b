"""Traces as the usual variables of the environment ask for them."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from ingest.errors import UsageError
from ingest.tracing.traced import NAME, tracer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

EXPORTERS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
INSTALL = "pip install 'rag-app[tracing]'"


def start_from_environment() -> None:
    """Export spans as the usual variables say: ``OTEL_TRACES_EXPORTER`` (``otlp``, ``console``,
    ``none`` or any other that is installed), by default OTLP where an ``OTEL_EXPORTER_OTLP_…``
    names an endpoint. The SDK reads the other variables. For programs: a library leaves the
    provider to whoever uses it. Raises UsageError for an exporter that is not installed.
    """
    given = os.environ.get("OTEL_TRACES_EXPORTER", "").strip()
    names = given or ("otlp" if any(os.environ.get(one) for one in EXPORTERS) else "none")
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if is_off or names == "none" or tracer() is not None:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise UsageError(f"Traces need the OpenTelemetry SDK: {INSTALL}") from None
    service = os.environ.get("OTEL_SERVICE_NAME") or NAME
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    for name in names.split(","):
        provider.add_span_processor(BatchSpanProcessor(_exporter(name.strip())))
    trace.set_tracer_provider(provider)


def _exporter(name: str) -> SpanExporter:
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)  # standard output is for answers
    if name == "otlp":
        protocol = "OTEL_EXPORTER_OTLP_PROTOCOL"
        spoken = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get(protocol)
        name = "otlp_proto_grpc" if spoken == "grpc" else "otlp_proto_http"
    for entry in entry_points(group="opentelemetry_traces_exporter", name=name):
        try:
            made: Any = entry.load()
        except ImportError:
            continue
        exporter: SpanExporter = made()
        return exporter
    raise UsageError(f"OTEL_TRACES_EXPORTER: there is no exporter {name!r}; {INSTALL}")
