// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"strconv"
)

// Attributes as front doors name them.
const (
	attrConfigPath            = "config_path"
	attrConfigPaths           = "config_paths"
	attrConfigContext         = "config_context"
	attrConfigContextAuthInfo = "config_context_auth_info"
	attrConfigContextCluster  = "config_context_cluster"
	attrHost                  = "host"
	attrToken                 = "token"
	attrUsername              = "username"
	attrPassword              = "password"
	attrClientCertificate     = "client_certificate"
	attrClientKey             = "client_key"
	attrClusterCACertificate  = "cluster_ca_certificate"
	attrInsecure              = "insecure"
	attrTLSServerName         = "tls_server_name"
	attrProxyURL              = "proxy_url"
	attrExec                  = "exec"
	attrInCluster             = "in_cluster"
)

// Variable returns the environment variable that stands in for an absent
// attribute, "" when there is none.
func Variable(attribute string) string {
	switch attribute {
	case attrConfigPath:
		return "KUBE_CONFIG_PATH"
	case attrConfigPaths:
		return "KUBE_CONFIG_PATHS"
	case attrConfigContext:
		return "KUBE_CTX"
	case attrConfigContextAuthInfo:
		return "KUBE_CTX_AUTH_INFO"
	case attrConfigContextCluster:
		return "KUBE_CTX_CLUSTER"
	case attrHost:
		return "KUBE_HOST"
	case attrToken:
		return "KUBE_TOKEN"
	case attrUsername:
		return "KUBE_USER"
	case attrPassword:
		return "KUBE_PASSWORD"
	case attrClientCertificate:
		return "KUBE_CLIENT_CERT_DATA"
	case attrClientKey:
		return "KUBE_CLIENT_KEY_DATA"
	case attrClusterCACertificate:
		return "KUBE_CLUSTER_CA_CERT_DATA"
	case attrInsecure:
		return "KUBE_INSECURE"
	case attrTLSServerName:
		return "KUBE_TLS_SERVER_NAME"
	case attrProxyURL:
		return "KUBE_PROXY_URL"
	default:
		return ""
	}
}

// value is the text of a setting and who stated it.
type value struct {
	text      string
	attribute string
	variable  string // "" when the attribute stated it
}

func (v value) set() bool { return v.text != "" }

func (v value) fromAttribute() bool { return v.set() && v.variable == "" }

// source returns the name under which the user stated the value.
func (v value) source() string {
	if v.variable != "" {
		return v.variable
	}
	return v.attribute
}

func (v value) errorf(format string, args ...any) *Error {
	return &Error{Attribute: v.attribute, Variable: v.variable, Err: fmt.Errorf(format, args...)}
}

// reader reads settings; an absent one from its variable.
type reader struct {
	getenv func(string) string
}

func (r reader) text(attribute string, stated *string) value {
	if stated != nil {
		return value{text: *stated, attribute: attribute}
	}
	variable := Variable(attribute)
	return value{text: r.getenv(variable), attribute: attribute, variable: variable}
}

// flag returns "true", "false" or, when nobody states it, "".
func (r reader) flag(attribute string, stated *bool) (value, error) {
	if stated != nil {
		return value{text: strconv.FormatBool(*stated), attribute: attribute}, nil
	}
	v := r.text(attribute, nil)
	if !v.set() {
		return v, nil
	}
	on, err := strconv.ParseBool(v.text)
	if err != nil {
		return value{}, v.errorf("%q is neither true nor false", v.text)
	}
	v.text = strconv.FormatBool(on)
	return v, nil
}
