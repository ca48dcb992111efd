"""Sends one trace, the records said in it and what was measured meanwhile, with OpenTelemetry's SDK for Python, and ends.

OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL (http/protobuf or grpc) say where to and how.
On stdout: one JSON object with the ids of what was sent.
"""

import json
import logging
import os
import sys

from opentelemetry import trace
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

ORDER = {
    "order.id": "o-7",
    "order.items": 3,
    "order.total": 12.5,
    "order.gift": True,
    "order.tags": ["new", "fast"],
    "order.address": {"city": "Łódź", "geo": {"lat": 51.75}},
}


class PaymentError(Exception):
    """Why a card was not charged."""


def exporters(protocol):
    """The exporters of logs, traces and metrics for a protocol; their settings are read from OTEL_EXPORTER_OTLP_*."""
    if protocol == "http/protobuf":
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    elif protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    else:
        sys.exit(f"OTEL_EXPORTER_OTLP_PROTOCOL: found {protocol!r}, allowed: http/protobuf, grpc")
    return OTLPLogExporter(), OTLPSpanExporter(), OTLPMetricExporter()


def checkout(tracer, log, meter):
    """What the program is about: an operation with one inside it. Returns the ids of their spans."""
    attributes = {"order.id": "o-7", "order.items": 3}
    with tracer.start_as_current_span("checkout", kind=SpanKind.SERVER, attributes=attributes) as outer:
        log.info("order taken", extra=ORDER)
        inner = charge(tracer, log)
        meter.create_counter("shop.orders", unit="{order}").add(2, {"shop.way": "card"})
        # Inside the span, which the histogram's point has as its exemplar.
        meter.create_histogram("shop.checkout.duration", unit="s").record(0.25, {"shop.way": "card"})
    return {
        "trace_id": trace.format_trace_id(outer.get_span_context().trace_id),
        "outer_span_id": trace.format_span_id(outer.get_span_context().span_id),
        "inner_span_id": trace.format_span_id(inner.span_id),
    }


def charge(tracer, log):
    """Fails, inside a span of its own."""
    with tracer.start_as_current_span("charge card", kind=SpanKind.CLIENT) as span:
        try:
            raise PaymentError("card refused")
        except PaymentError as error:
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, "card refused"))
            log.exception("charge failed", extra=ORDER)
        return span.get_span_context()


def main():
    logs, spans, metrics = exporters(os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", ""))
    loggers = LoggerProvider()
    loggers.add_log_record_processor(BatchLogRecordProcessor(logs))
    tracers = TracerProvider()
    tracers.add_span_processor(BatchSpanProcessor(spans))
    meters = MeterProvider([PeriodicExportingMetricReader(metrics)])

    log = logging.getLogger("shop.checkout")
    log.setLevel(logging.DEBUG)
    log.addHandler(LoggingHandler(logger_provider=loggers))
    sent = checkout(tracers.get_tracer("shop.checkout", "1.2.3"), log, meters.get_meter("shop.checkout"))
    for provider in (tracers, loggers, meters):
        provider.shutdown()
    print(json.dumps(sent))


main()
