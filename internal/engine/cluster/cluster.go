// SPDX-License-Identifier: Apache-2.0

// Package cluster connects to a Kubernetes API server. RESTConfig turns
// settings and environment into a configuration without asking the network,
// a Client connects on first use, and Explain says what went wrong with a call
// and what to do. No setting means no cluster: nothing is taken from
// ~/.kube/config, KUBECONFIG, the pod that this runs in, or localhost.
package cluster

import (
	"fmt"
	"net/http"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
)

// Client connects on first use. Its methods may be called from several
// goroutines.
type Client struct {
	Door    Door // whose settings errors name; set before the first use
	connect func() (*Connection, error)
}

// Connection is a client of one API server. Its calls end with their context
// and have no limit on their rate: the server's own priority and fairness does
// that.
type Connection struct {
	Host string // URL of the API server
	// REST speaks JSON and decodes nothing but the errors of the server. Paths
	// of its requests begin at the root.
	REST rest.Interface

	door      Door
	config    *rest.Config // without credentials, which transport has
	transport *transport
}

// NewClient returns a client whose first use calls config, once: a failure is
// returned again by every later use. Neither does I/O on the network before
// the first call to the API server.
func NewClient(config func() (*rest.Config, error)) *Client {
	client := &Client{}
	client.connect = sync.OnceValues(func() (*Connection, error) {
		c, err := config()
		if err != nil {
			return nil, err
		}
		return connect(c, client.Door)
	})
	return client
}

// Connect returns the connection, or the error of the first attempt.
func (c *Client) Connect() (*Connection, error) { return c.connect() }

// CloseIdle closes the connections that no call uses, which stay open for more
// calls otherwise. The clients may be used again.
func (c *Connection) CloseIdle() { c.transport.closeIdle() }

func connect(config *rest.Config, door Door) (*Connection, error) {
	transport, err := newTransport(config)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s: %w", config.Host, err)
	}
	c := &Connection{Host: config.Host, door: door, config: rest.AnonymousClientConfig(config), transport: transport}
	untyped, client := c.ForClients()
	untyped.NegotiatedSerializer = errorsOnly()
	if c.REST, err = rest.UnversionedRESTClientForConfigAndClient(untyped, client); err != nil {
		return nil, fmt.Errorf("preparing the connection to %s: %w", config.Host, err)
	}
	return c, nil
}

// ForClients returns what other clients of the API server are made from. They
// share credentials and connections with this one.
func (c *Connection) ForClients() (*rest.Config, *http.Client) {
	return rest.CopyConfig(c.config), &http.Client{Transport: c.transport}
}

// errorsOnly decodes the Status that a server answers with when a call fails.
func errorsOnly() runtime.NegotiatedSerializer {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(scheme).WithoutConversion()
}
