// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Call is a call to the API server.
type Call struct {
	Verb      string // as in RBAC: get, list; or apply, which needs create and patch
	Group     string // "" is the core group
	Resource  string // plural, such as "nodes"; a path such as "/version" for what is not a resource
	Namespace string // "" for all namespaces and for what has none
	Name      string // "" for a list
}

// String returns such as `get configmaps "x" in namespace "y"`.
func (c Call) String() string {
	text := c.Verb + " " + c.Resource
	if c.Group != "" {
		text += "." + c.Group
	}
	if c.Name != "" {
		text += fmt.Sprintf(" %q", c.Name)
	}
	if c.Namespace != "" {
		text += fmt.Sprintf(" in namespace %q", c.Namespace)
	}
	return text
}

// CallError is a call that failed. Its text says why and what to do, without
// secrets; errors.As and the predicates of apimachinery's errors package see
// the error of the call.
type CallError struct {
	Call Call
	text string
	err  error
}

// Error returns the explanation.
func (e *CallError) Error() string { return e.text }

// Unwrap returns the error of the call.
func (e *CallError) Unwrap() error { return e.err }

// Explain returns a *CallError for the error of a call, nil for nil. ctx is
// the context of the call; when it ended, its cause names the deadline
// (context.WithTimeoutCause).
func (c *Connection) Explain(ctx context.Context, err error, call Call) error {
	if err == nil {
		return nil
	}
	text := fmt.Sprintf("cannot %s: %s", call, c.reason(ctx, err, call))
	return &CallError{Call: call, text: c.transport.redactor.redact(text), err: err}
}

func (c *Connection) reason(ctx context.Context, err error, call Call) string {
	var plugin *execError
	switch {
	case errors.As(err, &plugin):
		return plugin.Error() + ". Run the command by hand to see what it needs"
	case ctx.Err() != nil:
		return c.ended(ctx)
	}
	if text := statusReason(err, call); text != "" {
		return text
	}
	for _, reason := range []func(error) string{c.proxyReason, c.tlsReason, networkReason} {
		if text := reason(err); text != "" {
			return c.Host + ": " + text
		}
	}
	return err.Error()
}

func (c *Connection) ended(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "canceled"
	}
	text := fmt.Sprintf("%s did not answer before the deadline", c.Host)
	if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
		text += fmt.Sprintf(" (%v)", cause)
	}
	return text + ". Check that the address is reachable from here, also through a proxy, or allow more time"
}

func statusReason(err error, call Call) string {
	switch {
	case apierrors.IsForbidden(err) && !LacksRights(err):
		return fmt.Sprintf("refused. The API server says: %v", err)
	case apierrors.IsForbidden(err):
		return fmt.Sprintf("forbidden. %s. The API server says: %v", grant(call), err)
	case apierrors.IsUnauthorized(err):
		return "the API server does not accept the credentials (401). They may be wrong, of another cluster, or expired: tokens of cloud providers live for minutes, exec renews them"
	case apierrors.IsNotFound(err) && call.Name != "":
		return "not found"
	case apierrors.IsNotFound(err):
		return "the API server has no such resource. The custom resource definition or the API may not be installed"
	case apierrors.IsTooManyRequests(err):
		return "the API server is too busy (429), also after several attempts. Try again later"
	case apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err):
		return fmt.Sprintf("the API server gave up: %v. Try again later", err)
	case apierrors.IsServiceUnavailable(err):
		return fmt.Sprintf("the API server is not available (503): %v. Try again later", err)
	default:
		return ""
	}
}

// LacksRights reports whether the identity lacks a right that the call needs, or
// one that it would hand out. Quotas, webhooks and namespaces that go away
// refuse with the same status.
func LacksRights(err error) bool {
	if !apierrors.IsForbidden(err) {
		return false
	}
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "user \"") && (strings.Contains(text, "\" cannot ") || strings.Contains(text, "is attempting to grant"))
}

// Conflicts lists the fields that a server-side apply leaves to other managers, as
// the API server puts them: `.data.a: conflict with "kubectl-edit" using v1`. It is
// empty for other errors.
func Conflicts(err error) []string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	var fields []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			fields = append(fields, cause.Field+": "+cause.Message)
		}
	}
	return fields
}

// grant says which rule allows a call.
func grant(call Call) string {
	verbs := fmt.Sprintf("%q", call.Verb)
	if call.Verb == "apply" {
		verbs = `"create", "patch"`
	}
	if strings.HasPrefix(call.Resource, "/") {
		return fmt.Sprintf("Grant this rule in a ClusterRole: {nonResourceURLs: [%q], verbs: [%s]}", call.Resource, verbs)
	}
	role := "a ClusterRole"
	if call.Namespace != "" {
		role = fmt.Sprintf("a Role of namespace %q", call.Namespace)
	}
	return fmt.Sprintf("Grant this rule in %s: {apiGroups: [%q], resources: [%q], verbs: [%s]}", role, call.Group, call.Resource, verbs)
}

// proxyReason distinguishes a proxy that fails from an API server that does.
func (c *Connection) proxyReason(err error) string {
	var proxy *net.OpError
	if !errors.As(err, &proxy) || proxy.Op != "proxyconnect" {
		return ""
	}
	return fmt.Sprintf("the proxy on the way cannot be reached: %v. Check %s and the environment variable HTTPS_PROXY", proxy.Err, c.door.Name(ProxyURL))
}

func (c *Connection) tlsReason(err error) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		remote    *net.OpError
	)
	switch {
	case errors.As(err, &authority):
		return fmt.Sprintf("its certificate is signed by an authority that is not trusted here. Check %s, or the kubeconfig's certificate-authority, against this cluster", c.door.Name(ClusterCACertificate))
	case errors.As(err, &hostname):
		return fmt.Sprintf("%v. Use a host that the certificate names, or set %s", hostname, c.door.Name(TLSServerName))
	case errors.As(err, &invalid):
		return fmt.Sprintf("its certificate is not valid: %v", invalid)
	case errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "it does not speak TLS. Check the scheme and the port of the host"
	case errors.As(err, &remote) && remote.Op == "remote error": // a TLS alert, whose type is not exported
		return fmt.Sprintf("it refuses the TLS connection, most often for a missing or wrong client certificate: %v", remote.Err)
	default:
		return ""
	}
}

func networkReason(err error) string {
	var (
		name    *net.DNSError
		timeout net.Error
		dial    *net.OpError
	)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused. Check the host and the port, and that the API server runs"
	case errors.As(err, &name):
		return fmt.Sprintf("%v. Check the host, also whether it resolves only inside a private network", name)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("no connection: %v. Check that the address is reachable from here, also through a proxy", err)
	case errors.As(err, &dial):
		return fmt.Sprintf("the connection failed: %v", dial)
	default:
		return ""
	}
}
