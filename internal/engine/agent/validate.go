// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/toleration"
)

// Validate reports everything that is wrong with a spec before any call.
func (s Spec) Validate() error {
	errs := []error{
		check("namespace", s.Namespace, validation.IsDNS1123Label),
		check("name", s.Name, validation.IsDNS1123Subdomain),
	}
	optional := func(what, value string) {
		if value != "" {
			errs = append(errs, check(what, value, validation.IsDNS1123Subdomain))
		}
	}
	optional("node_name", s.NodeName)
	optional("service_account", s.ServiceAccount)
	optional("runtime_class", s.RuntimeClass)
	for _, secret := range s.ImagePullSecrets {
		errs = append(errs, check("image_pull_secrets", secret, validation.IsDNS1123Subdomain))
	}
	for _, key := range slices.Sorted(maps.Keys(s.NodeSelector)) {
		errs = append(errs, check("node_selector", key, validation.IsQualifiedName),
			check("node_selector", s.NodeSelector[key], validation.IsValidLabelValue))
	}
	if strings.TrimSpace(s.Image) == "" {
		errs = append(errs, fieldError("image", "name the image of the eidos command"))
	} else if strings.ContainsFunc(s.Image, unicode.IsSpace) {
		errs = append(errs, fieldError("image", "%q: the name of an image has no white space", s.Image))
	}
	for _, t := range s.Tolerations {
		for _, problem := range toleration.Problems(t) {
			errs = append(errs, fieldError("tolerations", "%s", problem))
		}
	}
	if s.Parallel < 0 {
		errs = append(errs, fieldError("parallel", "%d: at least one node runs the agent at a time", s.Parallel))
	}
	if s.NodeName != "" && (s.AllNodes || len(s.NodeSelector) > 0) {
		errs = append(errs, fieldError("node_name", "set either %s, or %s and %s", s.called("node_name"), s.called("node_selector"), s.called("all_nodes")))
	}
	_, err := s.chosen()
	if err != nil {
		err = &FieldError{Field: "collectors", Err: err}
	}
	if err := errors.Join(append(errs, err)...); err != nil {
		return &Error{Reason: InvalidSpec, Err: err}
	}
	return nil
}

// Same reports whether a run for another spec would do the same. How long it may
// take, on how many nodes at a time, and what it leaves after a failure plays no
// part.
func (s Spec) Same(other Spec) bool { return reflect.DeepEqual(s.canonical(), other.canonical()) }

// canonical is the one way to write a valid spec.
func (s Spec) canonical() Spec {
	s.KeepOnFailure, s.Timeout, s.Parallel, s.Called = false, 0, 0, nil
	if chosen, err := s.chosen(); err == nil {
		s.Collectors = namesOf(chosen)
	}
	if len(s.NodeSelector) == 0 {
		s.NodeSelector = nil
	}
	s.ImagePullSecrets = slices.Compact(slices.Sorted(slices.Values(s.ImagePullSecrets)))
	var tolerations []corev1.Toleration
	for _, t := range s.Tolerations {
		t.Operator = cmp.Or(t.Operator, corev1.TolerationOpEqual)
		tolerations = append(tolerations, t)
	}
	slices.SortFunc(tolerations, func(a, b corev1.Toleration) int { return cmp.Compare(a.String(), b.String()) })
	s.Tolerations = tolerations
	return s
}

// FieldError is a field of a Spec that cannot be used, by its name in
// configurations.
type FieldError struct {
	Field string
	Err   error
}

// Error returns "field: message".
func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *FieldError) Unwrap() error { return e.Err }

func fieldError(field, format string, args ...any) error {
	return &FieldError{Field: field, Err: fmt.Errorf(format, args...)}
}

func check(field, value string, problems func(string) []string) error {
	if found := problems(value); len(found) > 0 {
		return fieldError(field, "%q: %s", value, strings.Join(found, "; "))
	}
	return nil
}
