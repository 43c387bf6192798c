// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// decodeRelease reads a data file; data/README.md describes its form. What is
// wrong with the schemas of objects shows when they are first used.
func decodeRelease(text []byte) (*Release, error) {
	const linesPerKey = 2 // about, so that the list need not grow
	r := &Release{text: raw(text), objects: map[string]*object{}, renders: map[string]condition{}, keys: make([]key, 0, bytes.Count(text, []byte("\n"))/linesPerKey)}
	r.keys = append(r.keys, key{path: "global", typ: mapKey, unset: true})
	from := r.text.reader()
	for name := range from.members() {
		if err := r.read(name, from); err != nil {
			return nil, err
		}
	}
	if from.err == nil && r.policy != nil && r.objects["ClusterPolicy"] == nil {
		return nil, errors.New("a cluster policy map without the ClusterPolicy's schema")
	}
	r.byPath, r.defaults = sync.OnceValue(r.indexKeys), sync.OnceValue(r.readDefaults)
	return r, from.err
}

// read reads one section of a data file.
func (r *Release) read(name string, from *reader) (err error) {
	switch name {
	case "chart":
		r.Name = from.text()
	case "version":
		r.Version = from.text()
	case "candidate":
		r.Candidate = from.value() == true
	case "appVersion":
		r.AppVersion = from.text()
	case "kubeVersion":
		r.KubeVersion, err = parseConstraint(from.text())
	case "kubernetes":
		r.Kubernetes, err = parseRange(from.text())
	case "read":
		r.Read = from.text()
	case "systems":
		r.readSystems(from)
	case "values":
		err = r.readKeys("", from)
	case "subcharts":
		err = r.readSubcharts(from)
	case "renders":
		for kind := range from.members() {
			r.renders[kind] = condition(from.text())
		}
	case "refusals":
		err = r.readRefusals(from)
	case "images":
		err = r.readImages(from)
	case "objects":
		err = r.readObjects(from)
	case "clusterPolicy":
		err = r.readPolicy(from)
	default:
		err = fmt.Errorf("unknown field %q", name)
	}
	if err == nil && from.err != nil {
		err = fmt.Errorf("%s: %w", name, from.err)
	}
	return err
}

func (r *Release) readSystems(from *reader) {
	r.systems = map[string][]string{}
	for os := range from.members() {
		for range from.elements() {
			r.systems[os] = append(r.systems[os], from.text())
		}
	}
}

func (r *Release) readRefusals(from *reader) error {
	for range from.elements() {
		var one refusal
		for name := range from.members() {
			switch name {
			case "when":
				one.when = condition(from.text())
			case "message":
				one.message = from.text()
			default:
				return fmt.Errorf("refusals: unknown field %q", name)
			}
		}
		r.refusals = append(r.refusals, one)
	}
	return nil
}

func (r *Release) readSubcharts(from *reader) error {
	for name := range from.members() {
		if err := r.readKeys(name+".", from); err != nil {
			return fmt.Errorf("sub-chart %s: %w", name, err)
		}
	}
	return nil
}

func (r *Release) readImages(from *reader) error {
	r.images = map[string]Image{}
	for component := range from.members() {
		reference := from.text()
		slash, colon := strings.LastIndexByte(reference, '/'), strings.LastIndexByte(reference, ':')
		if slash < 0 || colon < slash {
			return fmt.Errorf("image of %s: %q is not repository/image:version", component, reference)
		}
		r.images[component] = Image{
			Repository: reference[:slash], Image: reference[slash+1 : colon], Version: reference[colon+1:],
		}
	}
	return nil
}
