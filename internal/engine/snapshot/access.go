// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// access names a request to the API server as RBAC rules do.
type access struct {
	verb      string
	group     string // "" is the core group
	resource  string // plural
	namespace string // "" where all namespaces or none are meant
	path      string // instead of a resource
}

// String returns what was asked for, such as "list pods in namespace web".
func (a access) String() string {
	switch {
	case a.path != "":
		return a.verb + " " + a.path
	case a.namespace != "":
		return fmt.Sprintf("%s %s in namespace %s", a.verb, a.qualified(), a.namespace)
	default:
		return fmt.Sprintf("%s %s in the whole cluster", a.verb, a.qualified())
	}
}

func (a access) qualified() string {
	return strings.TrimSuffix(a.resource+"."+a.group, ".")
}

// explain says of an error what could not be done, and what to grant where a
// permission lacks.
func (a access) explain(err error) error {
	if !apierrors.IsForbidden(err) {
		return fmt.Errorf("cannot %s: %w", a, err)
	}
	rule := fmt.Sprintf("verb %q on resource %q of API group %q", a.verb, a.resource, a.group)
	if a.path != "" {
		rule = fmt.Sprintf("verb %q on the non-resource URL %q", a.verb, a.path)
	}
	return fmt.Errorf("may not %s; grant the identity the %s: %w", a, rule, err)
}
