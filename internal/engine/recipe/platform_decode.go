// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

func decodePlatforms(v document.Value) ([]Platform, error) {
	items, err := v.Items()
	if err != nil {
		return nil, err
	}
	platforms := make([]Platform, 0, len(items))
	for _, item := range items {
		p, err := decodePlatform(item)
		if err != nil {
			return nil, err
		}
		platforms = append(platforms, p)
	}
	return platforms, nil
}

func decodePlatform(v document.Value) (Platform, error) {
	var p Platform
	fields, err := v.Object("service", "os", "gpus", "without")
	if err != nil {
		return p, err
	}
	if p.Service, err = requiredValue(v, fields, "service"); err != nil {
		return p, err
	}
	if p.OS, err = optionalList(fields, "os", systemName); err != nil {
		return p, err
	}
	if p.Without, err = optionalTexts(fields, "without"); err != nil {
		return p, err
	}
	field, ok := fields["gpus"]
	if !ok {
		return p, nil
	}
	items, err := field.Items()
	if err != nil {
		return p, err
	}
	for _, item := range items {
		g, err := decodePlatformGPU(item)
		if err != nil {
			return p, err
		}
		p.GPUs = append(p.GPUs, g)
	}
	return p, nil
}

func decodePlatformGPU(v document.Value) (PlatformGPU, error) {
	var g PlatformGPU
	fields, err := v.Object("gpu", "instanceTypes", "fabric", "types")
	if err != nil {
		return g, err
	}
	if g.GPU, err = requiredValue(v, fields, "gpu"); err != nil {
		return g, err
	}
	if g.InstanceTypes, err = optionalList(fields, "instanceTypes", document.Value.Text); err != nil {
		return g, err
	}
	if fabric, ok := fields["fabric"]; ok {
		if g.Fabric, err = fabric.Text(); err != nil {
			return g, err
		}
	}
	if types, ok := fields["types"]; ok {
		g.Types, err = types.Measurements(document.NullsRemove)
	}
	return g, err
}

// requiredValue returns the enumerated value of a field that must be there.
func requiredValue(v document.Value, fields map[string]document.Value, field string) (string, error) {
	f, ok := fields[field]
	if !ok {
		return "", v.Errorf("the field %q is missing", field)
	}
	return name(field, f)
}

// name returns an enumerated value in its one form.
func name(field string, v document.Value) (string, error) {
	text, err := v.Text()
	if err != nil {
		return "", err
	}
	value := normalValue(field, text)
	if value == "" {
		return "", v.Errorf("got %s, want a name", words.Quote(text))
	}
	return value, nil
}

func systemName(v document.Value) (string, error) { return name("os", v) }

// optionalList returns a list of converted items, nil when the field is not
// there.
func optionalList(fields map[string]document.Value, name string, convert func(document.Value) (string, error)) ([]string, error) {
	field, ok := fields[name]
	if !ok {
		return nil, nil
	}
	items, err := field.Items()
	if err != nil {
		return nil, err
	}
	converted := make([]string, len(items))
	for i, item := range items {
		if converted[i], err = convert(item); err != nil {
			return nil, err
		}
	}
	return converted, nil
}

// optionalTexts returns a mapping of texts, nil when the field is not there.
func optionalTexts(fields map[string]document.Value, name string) (map[string]string, error) {
	field, ok := fields[name]
	if !ok {
		return nil, nil
	}
	entries, err := field.Fields()
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(entries))
	for _, e := range entries {
		if texts[e.Key], err = e.Value.Text(); err != nil {
			return nil, err
		}
	}
	return texts, nil
}
