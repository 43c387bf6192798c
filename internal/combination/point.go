// SPDX-License-Identifier: Apache-2.0

// Package combination enumerates what users can combine, platforms, cluster
// versions and options, and takes each point through the pipeline as a user
// would: a query and an overlay make a recipe, the recipe makes a bundle. It
// also enumerates what no vendor sells. It judges nothing: tests hold its
// outcomes against the vendors' tables and give its manifests to an API server.
package combination

import (
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// MIG strategies, as a recipe's mig_strategy. NoMIG also turns MIG off.
const (
	NoMIG     = "none"
	SingleMIG = "single"
	MixedMIG  = "mixed"
)

// Point is one combination. Options are always stated, so that no default of
// the catalog decides them.
type Point struct {
	Service, OS, GPU, Intent string
	Kubernetes               string // minor version, such as 1.33
	OSVersion, Kernel        string // "" leaves them open
	MIG                      string // NoMIG, SingleMIG or MixedMIG
	RDMA, GDS                bool
	Driver                   string // who brings the driver, operator or image; "" leaves it to the catalog
	Addresses                bool   // pods get addresses on the RDMA network
	Bundler                  string // the only bundler, by name; "" takes those that the platform needs
}

// String names the point, with what is on and stated beyond the platform.
func (p Point) String() string {
	words := []string{p.Service, p.OS, p.GPU, p.Intent, p.Kubernetes}
	for _, stated := range []struct {
		yes  bool
		word string
	}{
		{p.OSVersion != "", "osv=" + p.OSVersion},
		{p.Kernel != "", "kernel=" + p.Kernel},
		{p.MIG != NoMIG, "mig=" + p.MIG},
		{p.RDMA, "rdma"},
		{p.GDS, "gds"},
		{p.Driver != "", "driver=" + p.Driver},
		{p.Addresses, "addresses"},
		{p.Bundler != "", "bundler=" + p.Bundler},
	} {
		if stated.yes {
			words = append(words, stated.word)
		}
	}
	return strings.Join(words, " ")
}

// Query is what the user states about the cluster.
func (p Point) Query() document.Query {
	return document.Query{
		OS: p.OS, OSVersion: p.OSVersion, Kernel: p.Kernel,
		Service: p.Service, K8s: p.Kubernetes, GPU: p.GPU, Intent: p.Intent,
	}
}

// Overlay is the user's overlay with the options.
func (p Point) Overlay() string {
	config := fmt.Sprintf("mig: %t, mig_strategy: %s, rdma: %t, gds: %t", p.MIG != NoMIG, p.MIG, p.RDMA, p.GDS)
	if p.Driver != "" {
		config += ", driver_source: " + p.Driver
	}
	text := "types:\n  - type: K8s\n    subtypes:\n" + subtype("config", config)
	if p.Addresses {
		text += subtype("network-config", "ip_range: 192.168.0.0/16, master_interface: ens1f0")
	}
	return text
}

func subtype(name, data string) string {
	return "      - {subtype: " + name + ", data: {" + data + "}}\n"
}
