// SPDX-License-Identifier: Apache-2.0

// Package toleration checks tolerations of pods before an API server does.
package toleration

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Problems says what the API server would refuse, nothing of a toleration that it
// takes.
func Problems(t corev1.Toleration) []string {
	var found []string
	exists := t.Operator == corev1.TolerationOpExists
	switch {
	case !exists && t.Operator != "" && t.Operator != corev1.TolerationOpEqual:
		found = append(found, fmt.Sprintf("operator %q: use Equal or Exists", t.Operator))
	case t.Key == "" && !exists:
		found = append(found, "without a key, which tolerates every taint, the operator is Exists")
	case exists && t.Value != "":
		found = append(found, fmt.Sprintf("the operator Exists takes no value, got %q", t.Value))
	}
	if t.Key != "" {
		found = append(found, misspelled(t.Key, validation.IsQualifiedName)...)
	}
	effects := []corev1.TaintEffect{"", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}
	if !slices.Contains(effects, t.Effect) {
		found = append(found, fmt.Sprintf("effect %q: use NoSchedule, PreferNoSchedule or NoExecute", t.Effect))
	}
	if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
		found = append(found, "seconds are for the effect NoExecute only")
	}
	return append(found, misspelled(t.Value, validation.IsValidLabelValue)...)
}

func misspelled(text string, problems func(string) []string) []string {
	if found := problems(text); len(found) > 0 {
		return []string{fmt.Sprintf("%q: %s", text, strings.Join(found, "; "))}
	}
	return nil
}
