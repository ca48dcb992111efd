// Prints annotations of an alert rule as Grafana does: templates of Go with the functions that these use.
// In: JSON with templates, labels, the value of B, and the URL of Grafana. Out: JSON with the texts.
package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"text/template"
)

type value struct {
	Labels map[string]string
	Value  float64
}

func main() {
	var in struct {
		Templates   map[string]string
		Labels      map[string]string
		Value       float64
		ExternalURL string
	}
	must(json.NewDecoder(os.Stdin).Decode(&in))
	functions := template.FuncMap{
		"externalURL": func() string { return in.ExternalURL },
		"reReplaceAll": func(pattern, with, text string) string {
			return regexp.MustCompile(pattern).ReplaceAllString(text, with)
		},
	}
	data := struct {
		Labels map[string]string
		Values map[string]value
	}{in.Labels, map[string]value{"B": {in.Labels, in.Value}}}
	out := map[string]string{}
	for name, text := range in.Templates {
		var printed strings.Builder
		parsed, err := template.New(name).Option("missingkey=invalid").Funcs(functions).Parse(text)
		must(err)
		must(parsed.Execute(&printed, data))
		out[name] = printed.String()
	}
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
