// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"crypto/tls"
	"maps"
	"slices"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// excludeCredentials keeps one way to authenticate. A client certificate goes
// with a token or a password, since proxies in front of API servers ask for
// both; everything else excludes one another.
func (r *resolved) excludeCredentials() error {
	r.dropVariables()
	token, basic, certificate := r.values[Token], r.either(Username, Password), r.either(ClientCertificate, ClientKey)
	if token.set() && basic.set() {
		return token.errorf("set either %s or %s, not both", token.source, basic.source)
	}
	if r.Exec != nil {
		for _, other := range []value{token, basic, certificate} {
			if other.set() {
				return r.Door.errorf(ExecPlugin, "set either %s or %s, not both", r.Door.Name(ExecPlugin), other.source)
			}
		}
	}
	return r.completeCredentials()
}

// either returns the first of two settings that is set.
func (r *resolved) either(a, b Setting) value {
	if v := r.values[a]; v.set() {
		return v
	}
	return r.values[b]
}

// dropVariables forgets the variables of other ways to authenticate when an
// attribute states one.
func (r *resolved) dropVariables() {
	ways := [][]Setting{{Token}, {Username, Password}, {ClientCertificate, ClientKey}}
	stated := func(way []Setting) bool {
		return slices.ContainsFunc(way, func(s Setting) bool { return r.values[s].fromAttribute() })
	}
	if r.Exec == nil && !slices.ContainsFunc(ways, stated) {
		return
	}
	for _, way := range ways {
		if stated(way) {
			continue
		}
		for _, setting := range way {
			if r.values[setting].variable {
				delete(r.values, setting)
			}
		}
	}
}

func (r *resolved) completeCredentials() error {
	for _, pair := range [][2]Setting{{Username, Password}, {Password, Username}, {ClientCertificate, ClientKey}, {ClientKey, ClientCertificate}} {
		if v := r.values[pair[0]]; v.set() && !r.values[pair[1]].set() {
			return v.errorf("needs %s too", r.Door.advise(pair[1]))
		}
	}
	return r.checkExec()
}

func (r *resolved) checkExec() error {
	if r.Exec == nil {
		return nil
	}
	const v1, v1beta1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"
	if v := r.Exec.APIVersion; v != v1 && v != v1beta1 {
		return r.Door.errorf(ExecPlugin+".api_version", "%q is not supported: use %q or %q, whichever the command prints", v, v1, v1beta1)
	}
	if r.Exec.Command == "" {
		return r.Door.errorf(ExecPlugin+".command", "names no command")
	}
	return nil
}

// credentials reports whether any are stated.
func (r *resolved) credentials() bool {
	return r.values[Token].set() || r.values[Username].set() || r.values[ClientCertificate].set() || r.Exec != nil
}

// applyCredentials puts the stated credentials in place of the kubeconfig
// user's. Whom that user impersonates stays.
func (r *resolved) applyCredentials(user *clientcmdapi.AuthInfo) error {
	if !r.credentials() {
		return nil
	}
	certificate, key := r.values[ClientCertificate], r.values[ClientKey]
	if certificate.set() {
		// The error of X509KeyPair quotes neither.
		if _, err := tls.X509KeyPair([]byte(certificate.text), []byte(key.text)); err != nil {
			return certificate.errorf("with %s: %w%s", key.source, err, r.base64Hint(certificate.text))
		}
	}
	*user = clientcmdapi.AuthInfo{
		Impersonate:           user.Impersonate,
		ImpersonateUID:        user.ImpersonateUID,
		ImpersonateGroups:     user.ImpersonateGroups,
		ImpersonateUserExtra:  user.ImpersonateUserExtra,
		Token:                 r.values[Token].text,
		Username:              r.values[Username].text,
		Password:              r.values[Password].text,
		ClientCertificateData: []byte(certificate.text),
		ClientKeyData:         []byte(key.text),
		Exec:                  r.Exec.config(),
	}
	return nil
}

func (e *Exec) config() *clientcmdapi.ExecConfig {
	if e == nil {
		return nil
	}
	config := &clientcmdapi.ExecConfig{
		APIVersion:      e.APIVersion,
		Command:         e.Command,
		Args:            e.Args,
		InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
	}
	for _, name := range slices.Sorted(maps.Keys(e.Env)) {
		config.Env = append(config.Env, clientcmdapi.ExecEnvVar{Name: name, Value: e.Env[name]})
	}
	return config
}
