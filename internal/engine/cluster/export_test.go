// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"k8s.io/client-go/rest"
)

// PodConfig is inCluster with the directory of the service account given.
func PodConfig(getenv func(string) string, dir string) (*rest.Config, error) {
	on := true
	return inCluster(Settings{InCluster: &on}, getenv, dir)
}

// Redact masks values in a text.
func Redact(text string, values ...string) string { return newRedactor(values...).redact(text) }

// RedactOutput masks what looks like a credential.
func RedactOutput(text string) string { return redactOutput(text) }
