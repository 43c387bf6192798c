// SPDX-License-Identifier: Apache-2.0

// Package typed has clients for the types of Kubernetes that agents need. Those of
// client-go's package kubernetes register every type there is when a program
// starts, which costs each start of the command milliseconds and megabytes, and its
// generic ones bring their fakes along.
package typed

import (
	"context"
	"errors"
	"fmt"
	"io"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Connection is a connection with typed clients, which speak protobuf.
type Connection struct {
	*cluster.Connection
	Nodes           Objects[*corev1.Node, *corev1.NodeList]
	ConfigMaps      In[*corev1.ConfigMap, *corev1.ConfigMapList]
	Events          In[*corev1.Event, *corev1.EventList]
	Jobs            In[*batchv1.Job, *batchv1.JobList]
	Pods            In[*corev1.Pod, *corev1.PodList]
	Roles           In[*rbacv1.Role, *rbacv1.RoleList]
	RoleBindings    In[*rbacv1.RoleBinding, *rbacv1.RoleBindingList]
	ServiceAccounts In[*corev1.ServiceAccount, *corev1.ServiceAccountList]
	// Log returns the log of a pod, to be closed.
	Log func(ctx context.Context, namespace, pod string, o *corev1.PodLogOptions) (io.ReadCloser, error)
}

// New returns the clients of a connection.
func New(connection *cluster.Connection) (*Connection, error) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	err := errors.Join(corev1.AddToScheme(scheme), batchv1.AddToScheme(scheme), rbacv1.AddToScheme(scheme))
	c := clients{connection: connection, scheme: scheme, codec: runtime.NewParameterCodec(scheme)}
	core, coreErr := c.of("/api", corev1.SchemeGroupVersion)
	batch, batchErr := c.of("/apis", batchv1.SchemeGroupVersion)
	rbac, rbacErr := c.of("/apis", rbacv1.SchemeGroupVersion)
	if err := errors.Join(err, coreErr, batchErr, rbacErr); err != nil {
		return nil, fmt.Errorf("preparing clients of %s: %w", connection.Host, err)
	}
	return &Connection{
		Connection:      connection,
		Nodes:           objectsIn[corev1.Node, corev1.NodeList](core, c.codec, "nodes")(""),
		ConfigMaps:      objectsIn[corev1.ConfigMap, corev1.ConfigMapList](core, c.codec, "configmaps"),
		Events:          objectsIn[corev1.Event, corev1.EventList](core, c.codec, "events"),
		Jobs:            objectsIn[batchv1.Job, batchv1.JobList](batch, c.codec, "jobs"),
		Pods:            objectsIn[corev1.Pod, corev1.PodList](core, c.codec, "pods"),
		Roles:           objectsIn[rbacv1.Role, rbacv1.RoleList](rbac, c.codec, "roles"),
		RoleBindings:    objectsIn[rbacv1.RoleBinding, rbacv1.RoleBindingList](rbac, c.codec, "rolebindings"),
		ServiceAccounts: objectsIn[corev1.ServiceAccount, corev1.ServiceAccountList](core, c.codec, "serviceaccounts"),
		Log: func(ctx context.Context, namespace, pod string, o *corev1.PodLogOptions) (io.ReadCloser, error) {
			return core.Get().Namespace(namespace).Resource("pods").Name(pod).SubResource("log").VersionedParams(o, c.codec).Stream(ctx)
		},
	}, nil
}

// clients are what those of all groups share.
type clients struct {
	connection *cluster.Connection
	scheme     *runtime.Scheme
	codec      runtime.ParameterCodec
}

// of returns the client of a group.
func (c clients) of(path string, group schema.GroupVersion) (rest.Interface, error) {
	config, client := c.connection.ForClients()
	config.APIPath, config.GroupVersion = path, &group
	config.NegotiatedSerializer = serializer.NewCodecFactory(c.scheme).WithoutConversion()
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	return rest.RESTClientForConfigAndClient(config, client)
}
