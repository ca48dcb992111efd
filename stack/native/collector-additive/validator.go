package xconfmap

import "go.opentelemetry.io/collector/confmap"

// Validator had its place here until 0.157.
type Validator = confmap.Validator
