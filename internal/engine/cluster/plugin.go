// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/pkg/apis/clientauthentication"
	"k8s.io/client-go/pkg/apis/clientauthentication/install"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/process"
)

const (
	// maxPluginOutput bounds what a plugin may print; credentials are some
	// kilobytes.
	maxPluginOutput = 1 << 20
	// expiryMargin is the time for which credentials must still be valid.
	expiryMargin = 30 * time.Second
)

// plugin obtains credentials from the exec plugin of a configuration and keeps
// them until they expire or the API server refuses them.
type plugin struct {
	config  *rest.Config // without the plugin
	exec    *clientcmdapi.ExecConfig
	version schema.GroupVersion
	codecs  serializer.CodecFactory
	info    []byte // what the plugin is told, in KUBERNETES_EXEC_INFO

	redactor *redactor

	// turn is held while somebody runs the plugin or looks whether to. It is not a
	// mutex because waiting for it ends with the context.
	turn    *semaphore.Weighted
	current atomic.Pointer[credentials]
}

type credentials struct {
	transport http.RoundTripper
	expires   time.Time // zero: unknown
}

func newPlugin(config *rest.Config, redactor *redactor) (*plugin, error) {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	p := &plugin{exec: config.ExecProvider, codecs: serializer.NewCodecFactory(scheme), redactor: redactor, turn: semaphore.NewWeighted(1)}
	var err error
	if p.version, err = schema.ParseGroupVersion(p.exec.APIVersion); err != nil {
		return nil, fmt.Errorf("exec plugin %s: %w", p.exec.Command, err)
	}
	if p.exec.InteractiveMode == clientcmdapi.AlwaysExecInteractiveMode {
		return nil, fmt.Errorf("exec plugin %s wants a terminal (interactiveMode: Always), and there is none here", p.exec.Command)
	}
	told := &clientauthentication.ExecCredential{}
	if p.exec.ProvideClusterInfo {
		if told.Spec.Cluster, err = rest.ConfigToExecCluster(config); err != nil {
			return nil, fmt.Errorf("exec plugin %s: %w", p.exec.Command, err)
		}
	}
	if p.info, err = runtime.Encode(p.codecs.LegacyCodec(p.version), told); err != nil {
		return nil, fmt.Errorf("exec plugin %s: api_version %q: %w", p.exec.Command, p.exec.APIVersion, err)
	}
	p.config = rest.CopyConfig(config)
	p.config.ExecProvider = nil
	return p, nil
}

// credentials returns valid credentials; it runs the plugin when there are
// none. Callers wait for one run, each until its own context ends.
func (p *plugin) credentials(ctx context.Context) (*credentials, error) {
	if err := p.turn.Acquire(ctx, 1); err != nil {
		return nil, &execError{command: p.exec.Command, err: err}
	}
	defer p.turn.Release(1)
	if c := p.current.Load(); c != nil && (c.expires.IsZero() || time.Until(c.expires) > expiryMargin) {
		return c, nil
	}
	c, err := p.run(ctx)
	if err != nil {
		return nil, err
	}
	p.current.Store(c)
	return c, nil
}

// forget makes the next request run the plugin again.
func (p *plugin) forget(refused *credentials) { p.current.CompareAndSwap(refused, nil) }

// closeIdle closes connections that were made with the current credentials.
func (p *plugin) closeIdle() {
	if c := p.current.Load(); c != nil {
		utilnet.CloseIdleConnectionsFor(c.transport)
	}
}

func (p *plugin) run(ctx context.Context) (*credentials, error) {
	cmd := exec.CommandContext(ctx, p.exec.Command, p.exec.Args...) //nolint:gosec // the user names the command
	cmd.Env = append(os.Environ(), "KUBERNETES_EXEC_INFO="+string(p.info))
	for _, env := range p.exec.Env {
		cmd.Env = append(cmd.Env, env.Name+"="+env.Value)
	}
	out, err := process.Run(ctx, cmd, maxPluginOutput)
	if err != nil {
		return nil, &execError{command: p.exec.Command, hint: p.exec.InstallHint, stderr: redactOutput(string(out.Stderr)), err: err}
	}
	c, err := p.parse(out.Stdout)
	if err != nil {
		return nil, &execError{command: p.exec.Command, err: err}
	}
	return c, nil
}

// parse reads what a plugin printed. No error quotes it.
func (p *plugin) parse(output []byte) (*credentials, error) {
	printed := &clientauthentication.ExecCredential{}
	_, kind, err := p.codecs.UniversalDecoder(p.version).Decode(output, nil, printed)
	switch {
	case err != nil || kind == nil || kind.Version == runtime.APIVersionInternal:
		return nil, fmt.Errorf("what it printed is not an ExecCredential of %s", p.version)
	case kind.GroupVersion() != p.version:
		return nil, fmt.Errorf("it printed an ExecCredential of %s, the configuration says %s", kind.GroupVersion(), p.version)
	case printed.Status == nil:
		return nil, errors.New("the ExecCredential that it printed has no status")
	}
	status := printed.Status
	p.redactor.add(status.Token, status.ClientKeyData)
	if status.Token == "" && (status.ClientCertificateData == "" || status.ClientKeyData == "") {
		return nil, errors.New("the ExecCredential that it printed has neither a token nor a certificate with its key")
	}
	config := rest.CopyConfig(p.config)
	config.BearerToken = status.Token
	config.CertData, config.KeyData = []byte(status.ClientCertificateData), []byte(status.ClientKeyData)
	c := &credentials{}
	if c.transport, err = rest.TransportFor(config); err != nil {
		return nil, fmt.Errorf("its credentials cannot be used: %w", err)
	}
	if status.ExpirationTimestamp != nil {
		c.expires = status.ExpirationTimestamp.Time
	}
	return c, nil
}

// execError is an exec plugin that gave no credentials.
type execError struct {
	command string
	hint    string // how to install it, from the kubeconfig
	stderr  string // redacted
	err     error
}

func (e *execError) Error() string {
	text := fmt.Sprintf("exec plugin %s: %v", e.command, e.err)
	switch {
	case errors.Is(e.err, context.DeadlineExceeded):
		text = fmt.Sprintf("exec plugin %s did not finish before the deadline", e.command)
	case errors.Is(e.err, context.Canceled):
		text = fmt.Sprintf("exec plugin %s: canceled", e.command)
	case errors.Is(e.err, exec.ErrNotFound):
		text = strings.TrimSpace(fmt.Sprintf("exec plugin %s: no such program in PATH. %s", e.command, e.hint))
	}
	if said := process.Tail(e.stderr); said != "" {
		text += ". It said: " + said
	}
	return text
}

func (e *execError) Unwrap() error { return e.err }
