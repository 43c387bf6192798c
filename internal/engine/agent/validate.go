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
		errs = append(errs, errors.New("image: name the image of the eidos command"))
	}
	if s.NodeName != "" && (s.AllNodes || len(s.NodeSelector) > 0) {
		errs = append(errs, errors.New("node_name: state either node_name, or node_selector and all_nodes"))
	}
	_, err := s.chosen()
	if err := errors.Join(append(errs, err)...); err != nil {
		return &Error{Reason: InvalidSpec, Err: err}
	}
	return nil
}

func check(what, value string, problems func(string) []string) error {
	if found := problems(value); len(found) > 0 {
		return fmt.Errorf("%s %q: %s", what, value, strings.Join(found, "; "))
	}
	return nil
}
