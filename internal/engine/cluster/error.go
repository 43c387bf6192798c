// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
)

// ErrNotConfigured is the error of settings that name no cluster.
var ErrNotConfigured = errors.New(`no cluster is configured. Use one of:
  - config_path (or KUBE_CONFIG_PATH), config_paths (or KUBE_CONFIG_PATHS): kubeconfig files, with config_context (or KUBE_CTX) to choose a context
  - host (or KUBE_HOST) with cluster_ca_certificate (or KUBE_CLUSTER_CA_CERT_DATA) and one of token (or KUBE_TOKEN), client_certificate and client_key, username and password, or exec
  - in_cluster = true: the service account of the pod that this runs in
~/.kube/config and KUBECONFIG are not read unless config_path names them`)

// Error is a setting that cannot be used.
type Error struct {
	Attribute string // such as "config_path" or "exec.command"
	Variable  string // the variable that stated the value; "" for the attribute itself
	Err       error
}

// Error returns "config_path: message", or "KUBE_CONFIG_PATH: message" when
// the variable stated the value.
func (e *Error) Error() string {
	if e.Variable != "" {
		return e.Variable + ": " + e.Err.Error()
	}
	return e.Attribute + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func attributeError(attribute, format string, args ...any) *Error {
	return &Error{Attribute: attribute, Err: fmt.Errorf(format, args...)}
}
