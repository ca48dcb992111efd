// Command geo-database writes a small database in MaxMind's form that knows one city: Zurich, at 203.0.113.0/24
// (a network that is kept for documentation). Real databases have licences and may not be shipped.
//
//	geo-database city.mmdb
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: geo-database FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string) error {
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "GeoLite2-City", IncludeReservedNetworks: true})
	if err != nil {
		return err
	}
	_, network, err := net.ParseCIDR("203.0.113.0/24")
	if err != nil {
		return err
	}
	if err := tree.Insert(network, zurich()); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := tree.WriteTo(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

func zurich() mmdbtype.Map {
	named := func(name string) mmdbtype.Map { return mmdbtype.Map{"en": mmdbtype.String(name)} }
	return mmdbtype.Map{
		"city":      mmdbtype.Map{"names": named("Zurich")},
		"country":   mmdbtype.Map{"iso_code": mmdbtype.String("CH"), "names": named("Switzerland")},
		"continent": mmdbtype.Map{"code": mmdbtype.String("EU"), "names": named("Europe")},
		"location": mmdbtype.Map{
			"latitude":  mmdbtype.Float64(47.37),
			"longitude": mmdbtype.Float64(8.54),
			"time_zone": mmdbtype.String("Europe/Zurich"),
		},
	}
}
