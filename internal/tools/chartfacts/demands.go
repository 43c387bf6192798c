// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
)

// demands is what a chart's schema of its values demands of one, in the data's
// notation of types; "" for nothing that the data's type of the key does not say.
// Properties have demands of their own.
func demands(s folder.ValuesSchema) string {
	if known := referred(s.Ref); known != "" {
		return known
	}
	switch s.Type.Single() {
	case "integer":
		return strings.Join(append([]string{"integer"}, bounds(s.Minimum, s.Maximum)...), " ")
	case "string":
		return choice(s.Enum)
	case "array":
		if s.Items == nil {
			return ""
		}
		if inner := demands(*s.Items); inner != "" {
			return "[" + inner + "]"
		}
		if name := s.Items.Type.Single(); name == "string" || name == "object" {
			return "[" + name + "]"
		}
	case "object":
		if len(s.Properties) == 0 {
			return "object"
		}
	}
	if slices.Equal(s.Type, folder.OneOrMore{"integer", "string"}) || slices.Equal(s.Type, folder.OneOrMore{"string", "integer"}) {
		return "int-or-string"
	}
	return ""
}

func choice(values []any) string {
	if len(values) == 0 {
		return ""
	}
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = fmt.Sprint(value)
	}
	return "string enum " + strings.Join(words, "|")
}

// referred is the type of Kubernetes that a schema refers to.
func referred(ref string) string {
	parts := regexp.MustCompile(`definitions/io\.k8s\.[a-z.]+\.v1\.(\w+)(?:/properties/(\w+))?$`).FindStringSubmatch(ref)
	if parts == nil {
		return ""
	}
	return kubernetesNamed(parts[1], parts[2])
}
