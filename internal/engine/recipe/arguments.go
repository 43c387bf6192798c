// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// argumentName is the layer of what the request states itself.
const argumentName = "argument"

// statedContext explains a value that the request states.
const statedContext = "Stated with the request"

// Options lists the options that Request.Options takes, by name.
func (c *Catalog) Options() ([]component.Key, error) {
	set, err := c.releases()
	if err != nil {
		return nil, err
	}
	return set.Options()
}

// arguments returns the layer of the options, releases and driver of a request.
// Each that is wrong is an *Error.
func (c *Catalog) arguments(r Request) (*layer, error) {
	var sets settings
	var errs []error
	add := func(field, key string, path measurement.Path, value measurement.Reading, err error) {
		if err != nil {
			errs = append(errs, &Error{Field: field, Key: key, Err: err})
			return
		}
		sets = append(sets, entry{path: path, value: value, context: statedContext})
	}
	var known []component.Key
	var err error
	if len(r.Options) > 0 {
		if known, err = c.Options(); err != nil {
			return nil, &Error{Field: fieldCatalog, Err: err}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Options)) {
		path, value, err := option(known, name, r.Options[name])
		add(fieldOptions, name, path, value, err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Releases)) {
		value, err := c.release(name, r.Releases[name])
		add(fieldReleases, name, component.ImagePath(name), value, err)
	}
	if r.Driver != "" {
		value, err := driverReading(r.Driver)
		add(fieldDriver, "", component.ImagePath(fieldDriver), value, err)
	}
	slices.SortFunc(sets, byPath)
	return newLayer(argumentName, sets), errors.Join(errs...)
}

// option returns what an option of that name sets.
func option(options []component.Key, name, text string) (path measurement.Path, value measurement.Reading, err error) {
	i := slices.IndexFunc(options, func(k component.Key) bool { return k.Name() == name })
	if i < 0 {
		names := make([]string, len(options))
		for i, k := range options {
			names[i] = k.Name()
		}
		return path, nil, fmt.Errorf("there is no option %s; known are %s%s", words.Quote(name), words.And(names), suggest.Question(name, names))
	}
	if strings.TrimSpace(text) == "" {
		return path, nil, errEmpty
	}
	value, err = options[i].Read(strings.TrimSpace(text))
	return options[i].Path(), value, err
}

var errEmpty = errors.New("the value is empty; leave it out, or set one")

// release returns the release of a component that a text names, as the chart's
// repository writes it where it is known.
func (c *Catalog) release(name, text string) (measurement.Reading, error) {
	set, err := c.releases()
	if err != nil {
		return nil, err
	}
	e, known := set.Entry(name)
	if !known {
		return nil, fmt.Errorf("there is no component %s; known are %s%s", words.Quote(name), words.And(set.Names()), suggest.Question(name, set.Names()))
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errEmpty
	}
	if r := e.Release(text); r != nil {
		return measurement.Str(r.Version), nil
	}
	const numbers = 3
	if v, err := version.Parse(text); err != nil || v.Numbers() != numbers {
		return nil, fmt.Errorf("%s is not a release of %s, such as %q", words.Quote(text), e.Name, e.Newest("").Version)
	}
	return measurement.Str(text), nil
}

// driverReading reads a driver's version, or the branch alone, which precompiled
// drivers are tagged with.
func driverReading(text string) (measurement.Reading, error) {
	text = strings.TrimSpace(text)
	err := component.DriverVersion.Check(text)
	if component.DriverBranch.Check(text) == nil {
		err = nil
	}
	return measurement.Str(text), err
}
