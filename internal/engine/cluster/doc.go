// SPDX-License-Identifier: Apache-2.0

// Package cluster connects to a Kubernetes API server.
package cluster

import (
_ "k8s.io/client-go/kubernetes"
_ "k8s.io/client-go/dynamic"
_ "k8s.io/client-go/tools/clientcmd"
_ "k8s.io/api/core/v1"
_ "k8s.io/apimachinery/pkg/apis/meta/v1"
)
