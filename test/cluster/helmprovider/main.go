// SPDX-License-Identifier: Apache-2.0

// Command terraform-provider-helm stands in for HashiCorp's provider helm in tests:
// the same schemas as its release 3.1.2, over the real Helm library. What it does not
// act on is an error, never ignored. As that release does, it applies on the client's
// side, installs nothing at plan but locates each chart, and forgets a release whose
// first installation failed.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

func main() {
	options := providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/helm"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return &helm{} }, options); err != nil {
		log.Fatal(err)
	}
}
