// SPDX-License-Identifier: Apache-2.0

// Package cluster connects to a Kubernetes API server. RESTConfig turns
// settings and environment into a configuration without asking the network,
// a Client connects on first use, and Explain says what went wrong with a call
// and what to do. No setting means no cluster: nothing is taken from
// ~/.kube/config, KUBECONFIG, the pod that this runs in, or localhost.
package cluster
