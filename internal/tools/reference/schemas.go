// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// schemaAddress is where editors find the schemas.
const schemaAddress = "https://raw.githubusercontent.com/cloud-native-stack/terraform-provider-eidos/main/schemas/"

// schema is a JSON Schema of draft 7, the newest that editors understand well.
type schema map[string]any

// schemas returns the JSON Schema of each document by its file name. They know the
// names that the catalog and the components have, for completion; a name that only an
// overlay of a user states is fine too.
func (e engine) schemas() (map[string]string, error) {
	keys, err := e.keys()
	if err != nil {
		return nil, err
	}
	own, catalog := shapes{e, keys, true}, shapes{e, keys, false}
	texts := map[string]string{}
	for name, s := range map[string]schema{
		"snapshot": snapshotSchema(),
		"recipe":   recipeSchema(),
		"overlay":  own.overlays(),
		"catalog":  catalog.catalog(),
	} {
		s["$schema"], s["$id"] = "http://json-schema.org/draft-07/schema#", schemaAddress+name+".json"
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(s); err != nil {
			return nil, err
		}
		texts[name+".json"] = text.String()
	}
	return texts, nil
}

// members are the fields of a mapping.
type members map[string]schema

func (s schema) with(more schema) schema {
	all := maps.Clone(s)
	maps.Copy(all, more)
	return all
}

func (s schema) about(text string) schema { return s.with(schema{"description": text}) }

// object is a mapping of these fields and no others.
func object(fields members, required ...string) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": fields}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func listOf(items schema) schema { return schema{"type": "array", "items": items} }

func mapOf(values schema) schema { return schema{"type": "object", "additionalProperties": values} }

func anyOf(some ...schema) schema { return schema{"anyOf": some} }

// text is what is read as written: a version such as 24.04 needs no quotes.
func text() schema { return schema{"type": []string{"string", "number", "boolean"}} }

func filled() schema { return text().with(schema{"pattern": `\S`}) }

func boolean() schema { return schema{"type": "boolean"} }

func null() schema { return schema{"type": "null"} }

// count is a number of 0 or more, which may stand in quotes.
func count() schema {
	return schema{"type": []string{"integer", "string"}, "minimum": 0, "pattern": `^\+?[0-9]+$`}
}

// one offers names and takes others too.
func one(names []string) schema { return anyOf(schema{"enum": names}, filled()) }

// once refuses that a field is given under its older name as well.
func once(pairs ...[2]string) schema {
	var all []schema
	for _, pair := range pairs {
		all = append(all, schema{"not": schema{"required": pair}})
	}
	return schema{"allOf": all}
}

func types() []string {
	var names []string
	for _, t := range measurement.Types() {
		names = append(names, string(t))
	}
	return names
}

// path matches the path of a value, such as K8s/image/driver.
func path(subtype string) string { return "(" + strings.Join(types(), "|") + ")/" + subtype + "/.+" }

func moment() schema {
	return anyOf(schema{"type": "string", "format": "date-time"}, schema{"const": ""})
}

func header(kind, apiVersion string) members {
	return members{"kind": schema{"const": kind}, "apiVersion": schema{"enum": []string{apiVersion, "v1"}}}
}

// measured is a list of measurements without nulls.
func measured() schema {
	subtype := object(members{
		"subtype": text().with(schema{"pattern": "^[^/]+$"}),
		"data":    mapOf(text()).with(schema{"minProperties": 1}).about("Values: texts, numbers, true and false."),
		"context": mapOf(text()).about("Why a value of data is what it is."),
	}, "subtype", "data")
	return listOf(object(members{
		"type":     schema{"enum": types()},
		"subtypes": listOf(subtype).with(schema{"minItems": 1}),
	}, "type", "subtypes")).with(schema{"minItems": 1})
}

func snapshotSchema() schema {
	metadata := object(members{
		"created":            moment().about("When it was taken."),
		"hostname":           text(),
		"version":            text().about("The version of eidos that took it."),
		"snapshot-timestamp": moment().about("The older name of created."),
		"source-node":        text().about("The older name of hostname."),
		"snapshot-version":   text().about("The older name of version."),
	}).with(once([2]string{"created", "snapshot-timestamp"}, [2]string{"hostname", "source-node"}, [2]string{"version", "snapshot-version"}))
	fields := header(document.SnapshotKind, document.SnapshotAPIVersion)
	fields["metadata"], fields["measurements"] = metadata, measured()
	return object(fields, "kind", "apiVersion", "measurements").about("A snapshot: what is there.")
}

func recipeSchema() schema {
	metadata := object(members{
		"recipe-version":   text().about("The version of the catalog."),
		"created":          moment(),
		"recipe-timestamp": moment().about("The older name of created."),
	}).with(once([2]string{"created", "recipe-timestamp"}))
	fields := header(document.RecipeKind, document.RecipeAPIVersion)
	fields["metadata"] = metadata
	fields["request"] = requestSchema().about("What was asked for.")
	fields["matchedRules"] = listOf(text()).about("The overlays in the order in which they were applied.")
	fields["constraints"] = listOf(object(members{"field": text(), "range": text(), "layer": text()}, "field", "range", "layer")).about("What layers demand of versions.")
	fields["measurements"] = anyOf(measured(), mapOf(text()).with(schema{"minProperties": 1, "propertyNames": schema{"pattern": "^" + path("[^/]+") + "$"}}))
	fields["contexts"] = mapOf(text()).about("The reason for each value, by path, if measurements are a mapping of paths.")
	fields["provenance"] = schema{"type": "object"}.about("Which layer set each value, which ones it replaced and why, by path; for people and programs, not read back.")
	fields["findings"] = schema{"type": "array"}.about("What was doubtful when the recipe was made; not read back.")
	return object(fields, "kind", "apiVersion", "measurements").about("A recipe: what should run there.")
}

// requestSchema takes the versions of older recipes as well, which are mappings.
func requestSchema() schema {
	older := object(members{"major": count(), "minor": count(), "patch": count(), "precision": schema{"enum": []any{1, 2, 3, "1", "2", "3"}}, "extras": text()})
	fields := members{"context": boolean().about("Whether values carry the reason for them."), "withContext": boolean().about("The older name of context.")}
	for _, name := range document.QueryFields() {
		fields[name] = text()
	}
	for _, name := range []string{"osv", "kernel", "k8s"} {
		fields[name] = anyOf(text(), older)
	}
	return object(fields).with(once([2]string{"context", "withContext"}))
}

// keys returns what is read of K8s: of each subtype the keys, of which only these
// have a meaning among options.
func (e engine) keys() (map[string][]component.Key, error) {
	all, err := e.set.Descriptions()
	if err != nil {
		return nil, err
	}
	keys := map[string][]component.Key{}
	for _, d := range all {
		for _, k := range d.Reads() {
			if of := k.Path(); of.Type == measurement.K8s {
				keys[of.Subtype] = append(keys[of.Subtype], k)
			}
		}
	}
	return keys, nil
}
