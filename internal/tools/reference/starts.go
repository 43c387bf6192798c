// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

func startSettings() []map[string]any {
	return []map[string]any{
		{},
		{"config/rdma": true, "network-config/fabric": "roce"},
		{"config/rdma": true, "network-config/ip_range": "198.51.100.0/24", "network-config/master_interface": "eth1"},
		{"config/rdma": true, "network-config/enable_sriov": true, "network-config/fabric": "infiniband"},
		{"config/mig": true, "config/mig_strategy": "mixed"},
		{"config/gds": true, "config/driver_source": "operator"},
		{"config/driver_source": "image"},
	}
}

// queries are, for the newest release of the component, one for each node image
// of each service, and a GPU that differs from the others in many ways. For each
// older release that the catalog chooses they are one for each service: releases
// differ in what the chart reads, whatever the image.
func (e engine) queries(component string) ([]document.Query, error) {
	minors, err := e.minorsOf(component)
	if err != nil {
		return nil, err
	}
	var queries []document.Query
	add := func(service, os, gpu, k8s string) {
		queries = append(queries, document.Query{Service: service, OS: os, GPU: gpu, Intent: "training", K8s: k8s})
	}
	for _, platform := range e.catalog.Platforms() {
		for _, os := range platform.OS {
			add(platform.Service, os, "h100", minors[0])
		}
		add(platform.Service, platform.OS[0], "gb200", minors[0])
		for _, older := range minors[1:] {
			add(platform.Service, platform.OS[0], "h100", older)
		}
	}
	return queries, nil
}

// minorsOf lists one Kubernetes version, the newest, for each release of the
// component that the catalog chooses; the newest comes first.
func (e engine) minorsOf(component string) ([]string, error) {
	all, err := e.minors()
	if err != nil {
		return nil, err
	}
	var minors []string
	last := ""
	for _, minor := range slices.Backward(all) {
		own, ownErr := e.build(document.Query{K8s: minor})
		eks, eksErr := e.build(document.Query{K8s: minor, Service: "eks"}) // one component is for EKS alone
		if err := errors.Join(ownErr, eksErr); err != nil {
			return nil, err
		}
		if release := cmp.Or(image(own, component), image(eks, component)); release != "" && release != last {
			minors, last = append(minors, minor), release
		}
	}
	if minors == nil {
		return nil, fmt.Errorf("the catalog chooses no release of %s", component)
	}
	return minors, nil
}

// samples are the values tried for a key.
func samples(key bundle.KeyInfo) []any {
	switch {
	case key.Bool:
		return []any{true, false}
	case key.Values != nil:
		values := make([]any, len(key.Values))
		for i, value := range key.Values {
			values[i] = value
		}
		return values
	default:
		return []any{"sample", "192.0.2.0/24", "999.99.99"}
	}
}
