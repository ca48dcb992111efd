package main

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// sdk is the three providers; the resource comes from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
type sdk struct {
	loggers *sdklog.LoggerProvider
	tracers *sdktrace.TracerProvider
	meters  *sdkmetric.MeterProvider
}

type exporters struct {
	logs    sdklog.Exporter
	traces  *otlptrace.Exporter
	metrics sdkmetric.Exporter
}

func startSDK(ctx context.Context, protocol string) (*sdk, error) {
	to, err := exportersFor(ctx, protocol)
	if err != nil {
		return nil, err
	}
	return &sdk{
		loggers: sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(to.logs))),
		tracers: sdktrace.NewTracerProvider(sdktrace.WithBatcher(to.traces)),
		meters:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(to.metrics))),
	}, nil
}

func exportersFor(ctx context.Context, protocol string) (to exporters, err error) {
	var failed [3]error
	switch protocol {
	case "http/protobuf":
		to.logs, failed[0] = otlploghttp.New(ctx)
		to.traces, failed[1] = otlptracehttp.New(ctx)
		to.metrics, failed[2] = otlpmetrichttp.New(ctx)
	case "grpc":
		to.logs, failed[0] = otlploggrpc.New(ctx)
		to.traces, failed[1] = otlptracegrpc.New(ctx)
		to.metrics, failed[2] = otlpmetricgrpc.New(ctx)
	default:
		return to, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: found %q, allowed: http/protobuf, grpc", protocol)
	}
	return to, errors.Join(failed[:]...)
}

// shutdown sends what is waiting, and fails when it did not arrive.
func (s *sdk) shutdown(ctx context.Context) error {
	return errors.Join(s.tracers.Shutdown(ctx), s.loggers.Shutdown(ctx), s.meters.Shutdown(ctx))
}
