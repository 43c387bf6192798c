// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// decodeSummary reads the members of a data file that a Summary holds. They
// stand first: it reads no further than to the last of them.
func decodeSummary(file io.Reader) (s Summary, err error) {
	var kubeVersion, kubernetes string
	members := map[string]*string{
		"chart": &s.Name, "version": &s.Version, "appVersion": &s.AppVersion,
		"kubeVersion": &kubeVersion, "kubernetes": &kubernetes,
	}
	decoder := json.NewDecoder(file)
	if start, err := decoder.Token(); err != nil {
		return s, err
	} else if start != json.Delim('{') {
		return s, fmt.Errorf("want an object, got %v", start)
	}
	for len(members) > 0 && decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return s, err
		}
		name, _ := token.(string)
		var value any = new(json.RawMessage)
		if member := members[name]; member != nil {
			value = member
			delete(members, name)
		}
		if err := decoder.Decode(value); err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
	}
	if s.KubeVersion, err = parseConstraint(kubeVersion); err != nil {
		return s, err
	}
	s.Kubernetes, err = parseRange(kubernetes)
	return s, err
}

// decodeRelease reads a data file; data/README.md describes its form. What is
// wrong with the schemas of objects shows when they are first used.
func decodeRelease(text []byte) (*Release, error) {
	summary, err := decodeSummary(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r := &Release{
		Summary: summary, text: raw(text), objects: map[string]*object{},
		keys: []key{{path: "global", typ: mapKey, unset: true}},
	}
	from := r.text.reader()
	for name := range from.members() {
		if err := r.read(name, from); err != nil {
			return nil, err
		}
	}
	if r.policy != nil && r.objects["ClusterPolicy"] == nil {
		return nil, errors.New("a cluster policy map without the ClusterPolicy's schema")
	}
	r.byPath, r.defaults = sync.OnceValue(r.indexKeys), sync.OnceValue(r.readDefaults)
	r.copies = sync.OnceValues(r.findCopies)
	r.pods, err = readSchema(podNotation)
	return r, err
}

// read reads one section of a data file.
func (r *Release) read(name string, from *reader) (err error) {
	switch name {
	case "chart", "version", "appVersion", "kubeVersion", "kubernetes":
		from.skip() // is in the Summary
	case "systems":
		r.readSystems(from)
	case "values":
		err = r.readKeys("", from)
	case "subcharts":
		err = r.readSubcharts(from)
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

func (r *Release) readSubcharts(from *reader) error {
	for name := range from.members() {
		r.keys = append(r.keys, key{path: name, typ: mapKey})
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
