// Sends one trace, the records said in it and what was measured meanwhile, with OpenTelemetry's SDK for Go, and ends.
// OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL (http/protobuf or grpc) say where to and how.
// On stdout: one JSON object with the ids of what was sent.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

type sentIDs struct {
	TraceID     string `json:"trace_id"`
	OuterSpanID string `json:"outer_span_id"`
	InnerSpanID string `json:"inner_span_id"`
}

type paymentError struct{ reason string }

func (e *paymentError) Error() string { return e.reason }

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	sdk, err := startSDK(ctx, os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"))
	if err != nil {
		return err
	}
	sent := checkout(ctx, sdk)
	if err := sdk.shutdown(ctx); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sent)
}

// checkout is what the program is about: an operation with one inside it.
func checkout(ctx context.Context, sdk *sdk) sentIDs {
	tracer := sdk.tracers.Tracer("shop.checkout", trace.WithInstrumentationVersion("1.2.3"))
	logger := sdk.loggers.Logger("shop.checkout", log.WithInstrumentationVersion("1.2.3"))
	meter := sdk.meters.Meter("shop.checkout")

	ctx, outer := tracer.Start(ctx, "checkout", trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("order.id", "o-7"), attribute.Int("order.items", 3)))
	say(ctx, logger, log.SeverityInfo, "order taken", nil)
	inner := charge(ctx, tracer, logger)
	measure(ctx, meter)
	outer.End()
	return sentIDs{
		TraceID:     outer.SpanContext().TraceID().String(),
		OuterSpanID: outer.SpanContext().SpanID().String(),
		InnerSpanID: inner.SpanID().String(),
	}
}

// charge fails, inside a span of its own.
func charge(ctx context.Context, tracer trace.Tracer, logger log.Logger) trace.SpanContext {
	ctx, span := tracer.Start(ctx, "charge card", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	err := fmt.Errorf("charging o-7: %w", &paymentError{"card refused"})
	span.RecordError(err)
	span.SetStatus(codes.Error, "card refused")
	say(ctx, logger, log.SeverityError, "charge failed", err)
	return span.SpanContext()
}

// say emits a record with attributes of every kind there is.
func say(ctx context.Context, logger log.Logger, severity log.Severity, text string, err error) {
	var record log.Record
	record.SetTimestamp(time.Now())
	record.SetSeverity(severity)
	record.SetSeverityText(severity.String())
	record.SetBody(attribute.StringValue(text))
	record.SetErr(err)
	record.AddAttributes(
		attribute.String("order.id", "o-7"),
		attribute.Int("order.items", 3),
		attribute.Float64("order.total", 12.5),
		attribute.Bool("order.gift", true),
		attribute.StringSlice("order.tags", []string{"new", "fast"}),
		attribute.Map("order.address", attribute.String("city", "Łódź"), attribute.Map("geo", attribute.Float64("lat", 51.75))),
	)
	logger.Emit(ctx, record)
}

// measure is called inside the span, which the histogram's point has as its exemplar.
func measure(ctx context.Context, meter metric.Meter) {
	orders, _ := meter.Int64Counter("shop.orders", metric.WithUnit("{order}"))
	orders.Add(ctx, 2, metric.WithAttributes(attribute.String("shop.way", "card")))
	duration, _ := meter.Float64Histogram("shop.checkout.duration", metric.WithUnit("s"))
	duration.Record(ctx, 0.25, metric.WithAttributes(attribute.String("shop.way", "card")))
}
