// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// shapes are the parts of overlays: of a user's, which may leave a field null as HCL
// does, or of a catalog.
type shapes struct {
	engine engine
	keys   map[string][]component.Key // see engine.keys
	sparse bool
}

// maybe is a field that need not be there.
func (s shapes) maybe(field schema) schema {
	if !s.sparse {
		return field
	}
	return anyOf(field, null())
}

// some is a list or a mapping that is not empty, unless HCL made it.
func (s shapes) some(field schema, atLeastOne string) schema {
	if s.sparse {
		return field
	}
	return field.with(schema{atLeastOne: 1})
}

func (s shapes) object(fields members, required ...string) schema {
	for name, field := range fields {
		if !slices.Contains(required, name) {
			fields[name] = s.maybe(field)
		}
	}
	return object(fields, required...)
}

// overlays is a user's document: one overlay, or several.
func (s shapes) overlays() schema {
	const most = 200
	several := object(members{"overlays": anyOf(listOf(ref("overlay")).with(schema{"maxItems": most}), null())}, "overlays")
	return anyOf(ref("overlay"), several).with(schema{
		"description": "An overlay of a recipe: what it sets, and where it applies.",
		"definitions": s.definitions(),
	})
}

// catalog is a document that replaces the embedded catalog, or a file of its folder.
func (s shapes) catalog() schema {
	names := func(field string) schema { return one(s.engine.catalog.Values(field)) }
	texts := listOf(filled())
	definitions := s.definitions()
	definitions["base"] = measured()
	return object(members{
		"version":    text().with(schema{"pattern": "."}).about("Becomes metadata.recipe-version."),
		"components": anyOf(schema{"const": "all"}, listOf(one(s.engine.renderer.Bundlers()))).about("The components whose releases recipes choose."),
		"base":       ref("base").about("What holds on any GPU node."),
		"overlays":   listOf(ref("overlay")),
		"platforms": listOf(object(members{
			"service": names("service"), "os": listOf(names("os")), "prefix": text().about("What instance types may begin with."),
			"gpus": listOf(object(members{
				"gpu": names("gpu"), "fabric": text().about("What connects the nodes."),
				"instanceTypes": anyOf(texts, mapOf(count())).about("As nodes are labeled; a mapping says how many GPUs each has."),
				"types":         ref("types"),
			}, "gpu")),
		}, "service")).about("What each service offers."),
		"products": schema{"type": "object", "propertyNames": schema{"pattern": "^[0-9a-f]{4}$"}, "additionalProperties": filled()}.about("GPUs by their PCI device id."),
		"gpus":     listOf(object(members{"gpu": names("gpu"), "siblings": mapOf(text())}, "gpu", "siblings")).about("GPUs that use the recipe of another GPU, each with what differs."),
		"services": listOf(object(members{
			"service": names("service"), "default": boolean(), "also": texts, "providerIDs": texts, "nodeLabels": texts,
			"kubelet": text().about("A regular expression of the kubelets' version."), "versions": texts, "images": texts, "tags": texts,
			"without": text().about("Why no recipe is for it."),
		}, "service")).about("By which marks a service is recognized."),
		"systems": listOf(object(members{
			"os": names("os"), "ids": texts, "also": texts, "yearMonth": boolean(), "without": text().about("Why no recipe is for it."),
			"images": listOf(object(members{"prefix": filled(), "id": text(), "numbers": count()}, "prefix")),
		}, "os")).about("How an operating system names itself."),
		"nodes": nodesSchema(), "facts": listOf(factSchema()), "rules": listOf(ruleSchema()),
	}).with(schema{"minProperties": 1, "description": "A catalog: a base, overlays, and how clusters are recognized.", "definitions": definitions})
}

func ref(name string) schema { return schema{"$ref": "#/definitions/" + name} }

func (s shapes) definitions() schema {
	return schema{"overlay": s.overlay(), "types": s.types(), "condition": condition(), "test": test()}
}

func (s shapes) overlay() schema {
	key, demands := members{}, members{"driver": text()}
	for _, name := range document.QueryFields() {
		key[name] = filled().about("A version such as 1.33, or a range such as >= 1.30, < 1.33.")
		if values := s.engine.catalog.Values(name); values != nil {
			key[name] = one(values)
		} else {
			demands[name] = text()
		}
	}
	return s.object(members{
		"name":        text().with(schema{"pattern": "^$|^[A-Za-z0-9_./-]([A-Za-z0-9_./ -]{0,62}[A-Za-z0-9_./-])?$"}).about("Its name in matched_rules and provenance. Defaults to its key."),
		"key":         s.object(key).about("Fields of the query that must all match; without a key it always applies."),
		"when":        ref("condition").about("What else must hold."),
		"types":       ref("types"),
		"constraints": s.object(demands).about("The versions that it needs."),
	}).with(schema{"minProperties": 1})
}

// types are measurements of which null removes a value.
func (s shapes) types() schema {
	subtype := func(data, context schema) schema {
		fields := members{"subtype": text().with(schema{"pattern": "^[^/]+$"}), "data": s.some(data, "minProperties"), "context": context}
		if s.sparse {
			return s.object(fields, "subtype")
		}
		return object(fields, "subtype", "data")
	}
	var known []schema
	for _, name := range slices.Sorted(maps.Keys(s.keys)) {
		is := schema{"properties": schema{"subtype": schema{"const": name}}, "required": []string{"subtype"}}
		known = append(known, schema{"if": is, "then": schema{"properties": schema{"data": s.data(name)}}})
	}
	fields := members{
		"type":     schema{"enum": types()},
		"subtypes": s.some(listOf(subtype(mapOf(anyOf(text(), null())), mapOf(s.maybe(text())))), "minItems"),
	}
	required := []string{"type", "subtypes"}
	if s.sparse {
		required = required[:1]
	}
	isK8s := schema{"properties": schema{"type": schema{"const": string(measurement.K8s)}}, "required": []string{"type"}}
	then := schema{"properties": schema{"subtypes": schema{"items": schema{"allOf": known}}}}
	return s.some(listOf(s.object(fields, required...).with(schema{"if": isK8s, "then": then})), "minItems").about("What it sets: null removes a value of an earlier layer.")
}

// data are the values of a subtype of K8s. Among options no others have a meaning.
func (s shapes) data(subtype string) schema {
	properties := schema{}
	for _, k := range s.keys[subtype] {
		properties[k.Name()] = s.value(k)
	}
	data := schema{"properties": properties}
	if component.IsOption(measurement.Path{Type: measurement.K8s, Subtype: subtype}) {
		data["additionalProperties"] = false
	}
	return data
}

func (s shapes) value(k component.Key) schema {
	value := schema{"type": []string{"string", "null"}}
	switch {
	case !component.IsOption(k.Path()) && !k.Option:
		value = schema{}
	case k.Type == component.Bool && s.sparse:
		value = schema{"enum": []any{true, false, "true", "false", nil}}
	case k.Type == component.Bool:
		value = schema{"type": []string{"boolean", "null"}}
	case len(k.OneOf) > 0:
		values := []any{nil}
		for _, name := range k.OneOf {
			values = append(values, name)
		}
		value = schema{"enum": values}
	}
	return value.about(k.About)
}

// condition is one over recipe keys, the snapshot, fields of the request and more.
func condition(more ...string) schema {
	operands := "^((snapshot )?" + path("[^/]*") + "|" + strings.Join(append(document.QueryFields(), more...), "|") + ")$"
	alternative := schema{"type": "object", "propertyNames": schema{"pattern": operands}, "additionalProperties": ref("test")}
	return anyOf(alternative, listOf(alternative))
}

func test() schema {
	scalar := schema{"type": []string{"string", "number", "boolean", "null"}}
	word := object(members{
		"not": ref("test"), "empty": schema{"enum": []any{true, "true"}}, "same": text().about("The value of another operand."),
		"below": text(), "atLeast": text(), "in": text().about("A range of versions."), "form": text(),
		"contains": text().with(schema{"pattern": "."}), "lacks": text(),
	}).with(schema{"minProperties": 1, "maxProperties": 1})
	return anyOf(scalar, listOf(ref("test")), word)
}

func nodesSchema() schema {
	texts := listOf(text())
	return object(members{
		"distributions": listOf(object(members{"distribution": text(), "providerIDs": texts, "kubelet": texts, "labels": texts, "images": texts})),
		"labels":        mapOf(text()), "pools": texts, "passing": texts, "tolerated": texts,
	}).about("What the marks of nodes mean.")
}

func factSchema() schema {
	why := anyOf(text(), object(members{"from": text(), "text": text()}))
	return object(members{
		"set": schema{"type": "string", "pattern": "^" + path("[^/]*") + "$"}, "when": ref("condition"), "from": text(), "value": schema{}, "why": why,
	}, "set").about("A recipe key that follows from the snapshot.")
}

func ruleSchema() schema {
	parts := members{"of": text(), "when": condition("driver"), "at": anyOf(text(), listOf(text())), "message": text(), "advice": text(), "breaks": schema{"type": "object"}}
	fields := members{"name": text(), "severity": schema{"enum": []string{"error", "warning"}}, "summary": text(), "twice": boolean(), "cases": listOf(object(parts))}
	maps.Copy(fields, parts)
	return object(fields, "name", "severity", "summary").about("What can be wrong with a recipe.")
}
