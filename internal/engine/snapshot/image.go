// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// AgentLabel is on the pods of agents. What takes the snapshot is not part of it.
const AgentLabel = "agent.dgxc.io/run"

const noAgents = "!" + AgentLabel

// imageCollector reads the images of all containers, init containers and
// ephemeral containers of all pods but those of agents.
//
// The key of an image is its name, the last part of its repository, and the
// value its tag, its digest, or both as "tag@digest". An image with neither has
// the value "latest", as container runtimes read it. Where one name occurs in
// several repositories or with several values, the one that most containers
// have (among equals, the first in the order of the references) keeps the plain
// key. Every other has the key "name@repository:value", where repository is
// without the name, such as
//
//	driver:                              580.105.08
//	driver@nvcr.io/nvidia:580.95.05:     580.95.05
//	busybox@docker.io/library@sha256:1…: sha256:1…
//
// No plain key contains an @. An invalid reference has the key "@" followed by it
// and the value "invalid reference".
//
// The pods also say where components run: see componentCount.
func imageCollector(client *cluster.Client, o KubernetesOptions) Collector {
	return Collector{Name: KubernetesImage, Collect: func(ctx context.Context) (measurement.List, error) {
		listings, err := podListings(o.Namespaces)
		if err != nil {
			return nil, err
		}
		connection, err := client.Connect()
		if err != nil {
			return nil, err
		}
		images, components := imageCount{}, newComponentCount(o.Catalog.ComponentImages())
		for _, l := range listings {
			found := podCount{imageCount{}, newComponentCount(components.images)}
			l.items = found.reader()
			if err := l.each(ctx, connection); err != nil {
				return nil, err
			}
			images.add(found.images)
			components.add(found.components)
		}
		list := single(KubernetesImage, images.data())
		list[0].Subtypes = append(list[0].Subtypes, components.subtype(len(o.Namespaces) == 0))
		return list, nil
	}}
}

func podListings(namespaces []string) ([]listing, error) {
	if len(namespaces) == 0 {
		return []listing{{path: "/api/v1/pods", selector: noAgents, call: cluster.Call{Verb: "list", Resource: "pods"}}}, nil
	}
	var listings []listing
	for _, namespace := range slices.Compact(slices.Sorted(slices.Values(namespaces))) {
		if problems := validation.IsDNS1123Label(namespace); len(problems) > 0 {
			return nil, fmt.Errorf("%q is not a name of a namespace: %s", namespace, strings.Join(problems, "; "))
		}
		listings = append(listings, listing{
			path: "/api/v1/namespaces/" + namespace + "/pods", selector: noAgents,
			call: cluster.Call{Verb: "list", Resource: "pods", Namespace: namespace},
		})
	}
	return listings, nil
}

// imageCount maps references, as pods state them, to how many containers do.
type imageCount map[string]*int

func (c imageCount) add(other imageCount) {
	for image, n := range other {
		c.count([]byte(image), *n)
	}
}

// count looks up before it inserts, so that only the first sight of a
// reference allocates.
func (c imageCount) count(image []byte, n int) {
	if known := c[string(image)]; known != nil {
		*known += n
		return
	}
	c[string(image)] = &n
}

// data returns the keys and values that imageCollector describes.
func (c imageCount) data() map[string]measurement.Reading {
	data := map[string]measurement.Reading{}
	counts := Tally[reference]{}
	for image, n := range c {
		r, err := parseReference(image)
		if err != nil {
			data["@"+image] = measurement.Str("invalid reference")
			continue
		}
		counts[r] += *n
	}
	for _, r := range counts.Sorted() {
		key := r.name
		if _, taken := data[key]; taken {
			key = r.key()
		}
		data[key] = measurement.Str(r.value())
	}
	return data
}
