// SPDX-License-Identifier: Apache-2.0

// Package typed has client-go's typed clients. They register every type of
// Kubernetes when a program starts that has them, which costs milliseconds and
// megabytes: only programs that need them import this package.
package typed

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	batchv1 "k8s.io/client-go/kubernetes/typed/batch/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	rbacv1 "k8s.io/client-go/kubernetes/typed/rbac/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Connection is a connection with typed clients, which speak protobuf.
type Connection struct {
	*cluster.Connection
	Core  corev1.CoreV1Interface
	Batch batchv1.BatchV1Interface
	RBAC  rbacv1.RbacV1Interface
}

// New returns the clients of a connection.
func New(connection *cluster.Connection) (*Connection, error) {
	config, client := connection.ForClients()
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	core, coreErr := corev1.NewForConfigAndClient(config, client)
	batch, batchErr := batchv1.NewForConfigAndClient(config, client)
	rbac, rbacErr := rbacv1.NewForConfigAndClient(config, client)
	if err := errors.Join(coreErr, batchErr, rbacErr); err != nil {
		return nil, fmt.Errorf("preparing clients of %s: %w", connection.Host, err)
	}
	return &Connection{Connection: connection, Core: core, Batch: batch, RBAC: rbac}, nil
}
