// SPDX-License-Identifier: Apache-2.0

package typed

import (
	"context"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
)

// Objects are those of one kind in a namespace, or in the cluster.
type Objects[T, L any] interface {
	Create(ctx context.Context, object T, o metav1.CreateOptions) (T, error)
	Get(ctx context.Context, name string, o metav1.GetOptions) (T, error)
	List(ctx context.Context, o metav1.ListOptions) (L, error)
	Watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, form types.PatchType, patch []byte, o metav1.PatchOptions, subresources ...string) (T, error)
	Delete(ctx context.Context, name string, o metav1.DeleteOptions) error
}

// In returns the objects of one kind in a namespace.
type In[T, L any] func(namespace string) Objects[T, L]

// pointer is what a type of Kubernetes has its methods on.
type pointer[T any] interface {
	*T
	runtime.Object
}

// objects are those of one kind of an API server.
type objects[T, L any, P pointer[T], Q pointer[L]] struct {
	client              rest.Interface
	codec               runtime.ParameterCodec
	resource, namespace string
}

func objectsIn[T, L any, P pointer[T], Q pointer[L]](client rest.Interface, codec runtime.ParameterCodec, resource string) In[P, Q] {
	return func(namespace string) Objects[P, Q] {
		return objects[T, L, P, Q]{client: client, codec: codec, resource: resource, namespace: namespace}
	}
}

func (c objects[T, L, P, Q]) request(verb string, options runtime.Object) *rest.Request {
	return c.client.Verb(verb).NamespaceIfScoped(c.namespace, c.namespace != "").Resource(c.resource).VersionedParams(options, c.codec)
}

func do[T any, P pointer[T]](ctx context.Context, request *rest.Request) (P, error) {
	answer := P(new(T))
	err := request.Do(ctx).Into(answer)
	return answer, err
}

func (c objects[T, L, P, Q]) Create(ctx context.Context, object P, o metav1.CreateOptions) (P, error) {
	return do[T, P](ctx, c.request(http.MethodPost, &o).Body(object))
}

func (c objects[T, L, P, Q]) Get(ctx context.Context, name string, o metav1.GetOptions) (P, error) {
	return do[T, P](ctx, c.request(http.MethodGet, &o).Name(name))
}

func (c objects[T, L, P, Q]) List(ctx context.Context, o metav1.ListOptions) (Q, error) {
	return do[L, Q](ctx, c.request(http.MethodGet, &o))
}

func (c objects[T, L, P, Q]) Watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	o.Watch = true
	return c.request(http.MethodGet, &o).Watch(ctx)
}

func (c objects[T, L, P, Q]) Patch(ctx context.Context, name string, form types.PatchType, patch []byte, o metav1.PatchOptions, subresources ...string) (P, error) {
	request := c.client.Patch(form).NamespaceIfScoped(c.namespace, c.namespace != "").Resource(c.resource)
	return do[T, P](ctx, request.Name(name).SubResource(subresources...).VersionedParams(&o, c.codec).Body(patch))
}

func (c objects[T, L, P, Q]) Delete(ctx context.Context, name string, o metav1.DeleteOptions) error {
	return c.client.Delete().NamespaceIfScoped(c.namespace, c.namespace != "").Resource(c.resource).Name(name).Body(&o).Do(ctx).Error()
}
