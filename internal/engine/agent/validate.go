// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
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
	}
	if s.NodeName != "" && (s.AllNodes || len(s.NodeSelector) > 0) {
		errs = append(errs, fieldError("node_name", "state either node_name, or node_selector and all_nodes"))
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
