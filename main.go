// SPDX-License-Identifier: Apache-2.0

// Command terraform-provider-eidos serves the eidos provider to Terraform and
// OpenTofu.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/provider"
)

// The linker sets these in a release: its version, and the digest of the image of the
// eidos command that belongs to it.
var (
	version     = "dev"
	imageDigest = "" //nolint:gochecknoglobals // the linker sets no other thing
)

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger to attach and print how Terraform reaches this process")
	flag.Parse()
	if !*debug && !logsWanted() {
		// Terraform drops every line; writing them is a quarter of a large plan.
		for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"} {
			if err := os.Setenv(name, "OFF"); err != nil {
				log.Fatal(err)
			}
		}
	}

	err := providerserver.Serve(context.Background(), provider.New(version, imageDigest), providerserver.ServeOpts{
		Address:         provider.Address,
		Debug:           *debug,
		ProtocolVersion: provider.ProtocolVersion,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// logsWanted reports whether a variable asks Terraform for logs of any kind.
func logsWanted() bool {
	return slices.ContainsFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_LOG") && !strings.HasSuffix(variable, "=")
	})
}
