// Tempo as one program, from the newest version of its module that the Go proxy serves (2023).
//
// Tempo's own main can't be used with a Go of today: its gRPC codec registers itself in an init function, packages are now
// initialised in the order of their import paths, and so the stock codec of the same name wins and fails at the first write.
// Registered here, after all of them, Tempo's wins.
package main

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/drone/envsubst"
	gogo "github.com/gogo/protobuf/proto"
	golang "github.com/golang/protobuf/proto"
	"github.com/grafana/tempo/cmd/tempo/app"
	"github.com/grafana/tempo/pkg/util/log"
	"google.golang.org/grpc/encoding"
	"gopkg.in/yaml.v2"
)

// Packages whose messages are made with gogo's generator.
var gogoPackages = []string{
	"github.com/grafana/tempo/",
	"github.com/jaegertracing/jaeger/",
	"go.opentelemetry.io/collector",
}

type codec struct{}

func (codec) Name() string { return "proto" }

func (codec) Marshal(message any) ([]byte, error) {
	if isGogo(message) {
		return gogo.Marshal(message.(gogo.Message))
	}
	return golang.Marshal(message.(golang.Message))
}

func (codec) Unmarshal(bytes []byte, message any) error {
	if isGogo(message) {
		return gogo.Unmarshal(bytes, message.(gogo.Message))
	}
	return golang.Unmarshal(bytes, message.(golang.Message))
}

func isGogo(message any) bool {
	path := reflect.TypeOf(message).Elem().PkgPath()
	for _, prefix := range gogoPackages {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func run() error {
	encoding.RegisterCodec(codec{})
	config := &app.Config{}
	file := flag.String("config.file", "", "configuration file (YAML)")
	expand := flag.Bool("config.expand-env", false, "put environment variables into the file")
	verify := flag.Bool("config.verify", false, "check the configuration and exit")
	config.RegisterFlagsAndApplyDefaults("", flag.CommandLine)
	flag.Parse()
	if err := read(*file, *expand, config); err != nil {
		return fmt.Errorf("configuration %s: %w", *file, err)
	}
	if *verify {
		return nil
	}
	log.InitLogger(&config.Server)
	tempo, err := app.New(*config)
	if err != nil {
		return err
	}
	return tempo.Run()
}

func read(file string, expand bool, config *app.Config) error {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(bytes)
	if expand {
		if text, err = envsubst.EvalEnv(text); err != nil {
			return err
		}
	}
	return yaml.UnmarshalStrict([]byte(text), config)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "tempo:", err)
		os.Exit(1)
	}
}
