// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
)

// transport sends requests with the credentials of the configuration or of its
// exec plugin, and keeps both out of errors.
type transport struct {
	static   http.RoundTripper // nil with a plugin
	plugin   *plugin           // nil without one
	redactor *redactor
}

// newTransport runs plugins itself: client-go's own runner knows no context,
// so that a plugin that hangs holds every caller for ever, and it hands the
// plugin's stderr, secrets included, to this process's.
func newTransport(config *rest.Config) (*transport, error) {
	t := &transport{redactor: newRedactor(configSecrets(config)...)}
	var err error
	if config.ExecProvider == nil || identified(config) {
		config = rest.CopyConfig(config)
		config.ExecProvider = nil
		t.static, err = rest.TransportFor(config)
	} else {
		t.plugin, err = newPlugin(config, t.redactor)
	}
	return t, err
}

// identified reports whether a configuration carries credentials, which then
// beat its exec plugin, as they do for kubectl.
func identified(config *rest.Config) bool {
	return config.BearerToken != "" || config.BearerTokenFile != "" || config.Username != "" ||
		len(config.CertData) > 0 || config.CertFile != ""
}

// RoundTrip sends a request.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.send(req)
	if err != nil {
		return nil, t.redactor.hide(err)
	}
	resp.Body = &body{ReadCloser: resp.Body, ctx: req.Context()}
	return resp, nil
}

func (t *transport) send(req *http.Request) (*http.Response, error) {
	if t.plugin == nil {
		return t.static.RoundTrip(req)
	}
	credentials, err := t.plugin.credentials(req.Context())
	if err != nil {
		return nil, err
	}
	resp, err := credentials.transport.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		t.plugin.forget(credentials)
	}
	return resp, err
}

// body is the body of a response. A server that notices that its client is
// leaving may end the body as if it were whole before the client has left: a
// body that ends after its context is an error.
type body struct {
	io.ReadCloser
	ctx context.Context
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) && b.ctx.Err() != nil {
		err = b.ctx.Err()
	}
	return n, err
}

func (t *transport) closeIdle() {
	if t.plugin == nil {
		utilnet.CloseIdleConnectionsFor(t.static)
		return
	}
	t.plugin.closeIdle()
}

// configSecrets returns what a configuration holds that must not be shown.
func configSecrets(config *rest.Config) []string {
	secrets := []string{config.BearerToken, config.Password, string(config.KeyData)}
	if config.KeyFile != "" {
		// A key that cannot be read is reported when the transport is made.
		key, _ := os.ReadFile(config.KeyFile)
		secrets = append(secrets, string(key))
	}
	if config.ExecProvider != nil {
		for _, env := range config.ExecProvider.Env {
			secrets = append(secrets, env.Value)
		}
	}
	return append(secrets, proxyPassword(config))
}

func proxyPassword(config *rest.Config) string {
	if config.Proxy == nil {
		return ""
	}
	req, err := http.NewRequest(http.MethodGet, config.Host, nil) //nolint:noctx // asked for its proxy, never sent
	if err != nil {
		return ""
	}
	proxy, err := config.Proxy(req)
	if err != nil || proxy == nil {
		return ""
	}
	return urlPassword(proxy.String())
}
