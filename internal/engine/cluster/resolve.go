// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"path/filepath"
	"slices"
	"strings"
)

// resolved is what attributes and variables together state.
type resolved struct {
	paths     value    // who named the kubeconfig files; its text is for messages
	files     []string // as stated
	context   value
	authInfo  value
	cluster   value
	host      value
	server    value // tls_server_name
	proxy     value
	ca        value
	insecure  value // "true", "false" or ""
	token     value
	username  value
	password  value
	clientCrt value
	clientKey value
	exec      *Exec
}

func resolve(s Settings, r reader) (*resolved, error) {
	insecure, err := r.flag(attrInsecure, s.Insecure)
	if err != nil {
		return nil, err
	}
	stated := &resolved{
		context:   r.text(attrConfigContext, s.ConfigContext),
		authInfo:  r.text(attrConfigContextAuthInfo, s.ConfigContextAuthInfo),
		cluster:   r.text(attrConfigContextCluster, s.ConfigContextCluster),
		host:      r.text(attrHost, s.Host),
		server:    r.text(attrTLSServerName, s.TLSServerName),
		proxy:     r.text(attrProxyURL, s.ProxyURL),
		ca:        r.text(attrClusterCACertificate, s.ClusterCACertificate),
		insecure:  insecure,
		token:     r.text(attrToken, s.Token),
		username:  r.text(attrUsername, s.Username),
		password:  r.text(attrPassword, s.Password),
		clientCrt: r.text(attrClientCertificate, s.ClientCertificate),
		clientKey: r.text(attrClientKey, s.ClientKey),
		exec:      s.Exec,
	}
	if err := stated.resolveFiles(s, r); err != nil {
		return nil, err
	}
	if err := stated.excludeTrust(); err != nil {
		return nil, err
	}
	return stated, stated.excludeCredentials()
}

func (s *resolved) resolveFiles(settings Settings, r reader) error {
	one := settings.ConfigPath != nil && *settings.ConfigPath != ""
	switch {
	case one && len(settings.ConfigPaths) > 0:
		return attributeError(attrConfigPaths, "state either config_path or config_paths, not both")
	case one:
		s.paths = value{text: *settings.ConfigPath, attribute: attrConfigPath}
		s.files = []string{*settings.ConfigPath}
	case len(settings.ConfigPaths) > 0:
		s.paths = value{text: strings.Join(settings.ConfigPaths, ", "), attribute: attrConfigPaths}
		s.files = settings.ConfigPaths
	case settings.ConfigPath != nil || settings.ConfigPaths != nil:
		s.paths = value{attribute: attrConfigPath} // stated to be none
	default:
		s.resolveFileVariables(r)
	}
	if i := slices.Index(s.files, ""); i >= 0 {
		return s.paths.errorf("element %d is empty", i)
	}
	return nil
}

func (s *resolved) resolveFileVariables(r reader) {
	if s.paths = r.text(attrConfigPath, nil); s.paths.set() {
		s.files = []string{s.paths.text}
		return
	}
	s.paths = r.text(attrConfigPaths, nil)
	s.files = slices.DeleteFunc(filepath.SplitList(s.paths.text), func(file string) bool { return file == "" })
}

// excludeTrust keeps one of insecure and the CA.
func (s *resolved) excludeTrust() error {
	if s.insecure.text != "true" || !s.ca.set() {
		return nil
	}
	switch {
	case s.insecure.fromAttribute() == s.ca.fromAttribute():
		return s.insecure.errorf("a server that is not verified has no use for %s: state one of them", s.ca.source())
	case s.insecure.fromAttribute():
		s.ca = value{}
	default:
		s.insecure = value{}
	}
	return nil
}
