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
func (s *resolved) excludeCredentials() error {
	s.dropVariables()
	basic := s.username
	if !basic.set() {
		basic = s.password
	}
	var exec value
	if s.exec != nil {
		exec = value{text: s.exec.Command, attribute: attrExec}
	}
	crt := s.clientCrt
	if !crt.set() {
		crt = s.clientKey
	}
	for _, pair := range [][2]value{{s.token, basic}, {exec, s.token}, {exec, basic}, {exec, crt}} {
		if (pair[0].set() || pair[0].attribute == attrExec) && pair[1].set() {
			return pair[0].errorf("state either %s or %s, not both", pair[0].source(), pair[1].source())
		}
	}
	return s.completeCredentials()
}

// dropVariables forgets the variables of other ways to authenticate when an
// attribute states one.
func (s *resolved) dropVariables() {
	ways := [][]*value{{&s.token}, {&s.username, &s.password}, {&s.clientCrt, &s.clientKey}}
	stated := func(way []*value) bool {
		return slices.ContainsFunc(way, func(v *value) bool { return v.fromAttribute() })
	}
	if s.exec == nil && !slices.ContainsFunc(ways, stated) {
		return
	}
	for _, way := range ways {
		if stated(way) {
			continue
		}
		for _, v := range way {
			if v.variable != "" {
				*v = value{}
			}
		}
	}
}

func (s *resolved) completeCredentials() error {
	for _, pair := range []struct {
		a, b         value
		nameA, nameB string
	}{
		{s.username, s.password, attrUsername, attrPassword},
		{s.clientCrt, s.clientKey, attrClientCertificate, attrClientKey},
	} {
		switch {
		case pair.a.set() && !pair.b.set():
			return pair.a.errorf("needs %s (or %s) too", pair.nameB, Variable(pair.nameB))
		case pair.b.set() && !pair.a.set():
			return pair.b.errorf("needs %s (or %s) too", pair.nameA, Variable(pair.nameA))
		}
	}
	return s.checkExec()
}

func (s *resolved) checkExec() error {
	if s.exec == nil {
		return nil
	}
	const v1, v1beta1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"
	if v := s.exec.APIVersion; v != v1 && v != v1beta1 {
		return attributeError("exec.api_version", "%q is not supported: use %q or %q, whichever the command prints", v, v1, v1beta1)
	}
	if s.exec.Command == "" {
		return attributeError("exec.command", "names no command")
	}
	return nil
}

// credentials reports whether any are stated.
func (s *resolved) credentials() bool {
	return s.token.set() || s.username.set() || s.clientCrt.set() || s.exec != nil
}

// applyCredentials puts the stated credentials in place of the kubeconfig
// user's. Whom that user impersonates stays.
func (s *resolved) applyCredentials(user *clientcmdapi.AuthInfo) error {
	if !s.credentials() {
		return nil
	}
	if s.clientCrt.set() {
		// The error of X509KeyPair quotes neither.
		if _, err := tls.X509KeyPair([]byte(s.clientCrt.text), []byte(s.clientKey.text)); err != nil {
			return s.clientCrt.errorf("with %s: %w%s", s.clientKey.source(), err, base64Hint(s.clientCrt.text))
		}
	}
	*user = clientcmdapi.AuthInfo{
		Impersonate:           user.Impersonate,
		ImpersonateUID:        user.ImpersonateUID,
		ImpersonateGroups:     user.ImpersonateGroups,
		ImpersonateUserExtra:  user.ImpersonateUserExtra,
		Token:                 s.token.text,
		Username:              s.username.text,
		Password:              s.password.text,
		ClientCertificateData: []byte(s.clientCrt.text),
		ClientKeyData:         []byte(s.clientKey.text),
		Exec:                  s.exec.config(),
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
