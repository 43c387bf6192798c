// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/dynamic"
	batchv1 "k8s.io/client-go/kubernetes/typed/batch/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	rbacv1 "k8s.io/client-go/kubernetes/typed/rbac/v1"
	"k8s.io/client-go/rest"
)

// Client connects on first use. Its methods may be called from several
// goroutines.
type Client struct {
	connect func() (*Connection, error)
}

// Connection is a set of clients of one API server. They share connections
// and credentials, end with the context of a call, and limit no rate: the
// server's own priority and fairness does.
type Connection struct {
	Host string // URL of the API server
	// REST speaks JSON and decodes nothing but the errors of the server. Paths
	// of its requests begin at the root.
	REST    rest.Interface
	Core    corev1.CoreV1Interface   // protobuf; RESTClient() reaches any path, such as /version
	Batch   batchv1.BatchV1Interface // protobuf
	RBAC    rbacv1.RbacV1Interface   // protobuf
	Dynamic dynamic.Interface        // JSON, for custom resources

	transport *transport
}

// NewClient returns a client whose first use calls config, once: a failure is
// returned again by every later use. Neither does I/O on the network before
// the first call to the API server.
func NewClient(config func() (*rest.Config, error)) *Client {
	return &Client{connect: sync.OnceValues(func() (*Connection, error) {
		c, err := config()
		if err != nil {
			return nil, err
		}
		return connect(c)
	})}
}

// Connect returns the connection, or the error of the first attempt.
func (c *Client) Connect() (*Connection, error) { return c.connect() }

// CloseIdle closes the connections that no call uses, which stay open for more
// calls otherwise. The clients may be used again.
func (c *Connection) CloseIdle() { c.transport.closeIdle() }

func connect(config *rest.Config) (*Connection, error) {
	transport, err := newTransport(config)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s: %w", config.Host, err)
	}
	config = rest.AnonymousClientConfig(config)
	client := &http.Client{Transport: transport}

	untyped := rest.CopyConfig(config)
	untyped.NegotiatedSerializer = errorsOnly()
	raw, rawErr := rest.UnversionedRESTClientForConfigAndClient(untyped, client)
	typed := rest.CopyConfig(config)
	typed.ContentType = runtime.ContentTypeProtobuf
	typed.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	core, coreErr := corev1.NewForConfigAndClient(typed, client)
	batch, batchErr := batchv1.NewForConfigAndClient(typed, client)
	rbac, rbacErr := rbacv1.NewForConfigAndClient(typed, client)
	dyn, dynErr := dynamic.NewForConfigAndClient(config, client)
	if err := errors.Join(rawErr, coreErr, batchErr, rbacErr, dynErr); err != nil {
		return nil, fmt.Errorf("preparing the connection to %s: %w", config.Host, err)
	}
	return &Connection{Host: config.Host, REST: raw, Core: core, Batch: batch, RBAC: rbac, Dynamic: dyn, transport: transport}, nil
}

// errorsOnly decodes the Status that a server answers with when a call fails.
func errorsOnly() runtime.NegotiatedSerializer {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(scheme).WithoutConversion()
}
