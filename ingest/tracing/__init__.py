"""Traces: spans of OpenTelemetry over ingestion and answers, where somebody asks for them.

They are made where the program that uses this has set a tracer provider, or where the usual
variables name an exporter (``ingest.tracing.environment``). Else a traced function costs the look
whether that is so. Attributes follow OpenTelemetry's conventions for generative AI and those of
OpenInference. Words of documents and questions, and names of documents, are among them only where
``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` asks for them.

https://opentelemetry.io/docs/specs/semconv/gen-ai/
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
"""
