// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// chosen is the cluster and the user that the settings select.
type chosen struct {
	cluster clientcmdapi.Cluster
	user    clientcmdapi.AuthInfo
}

func (s *resolved) choose(getenv func(string) string) (*chosen, error) {
	if len(s.files) == 0 {
		return &chosen{}, s.checkWithoutFiles()
	}
	config, err := s.load(getenv)
	if err != nil {
		return nil, err
	}
	context, err := s.chooseContext(config)
	if err != nil {
		return nil, err
	}
	c := &chosen{}
	if context.Cluster != "" {
		cluster, ok := config.Clusters[context.Cluster]
		if !ok {
			return nil, s.missing(s.cluster, "cluster", context.Cluster, slices.Sorted(maps.Keys(config.Clusters)))
		}
		c.cluster = *cluster
	}
	if context.AuthInfo != "" {
		user, ok := config.AuthInfos[context.AuthInfo]
		if !ok {
			return nil, s.missing(s.authInfo, "user", context.AuthInfo, slices.Sorted(maps.Keys(config.AuthInfos)))
		}
		c.user = *user
	}
	return c, nil
}

// checkWithoutFiles refuses settings that name no server.
func (s *resolved) checkWithoutFiles() error {
	for _, v := range []value{s.context, s.authInfo, s.cluster} {
		if v.set() {
			return v.errorf("%q is looked up in a kubeconfig, and none is named: set config_path (or KUBE_CONFIG_PATH)", v.text)
		}
	}
	if s.host.set() {
		return nil
	}
	for _, v := range []value{s.token, s.username, s.clientCrt, s.ca, s.server, s.proxy} {
		if v.set() {
			return attributeError(attrHost, "%s is set, but no server: set host (or KUBE_HOST), or config_path (or KUBE_CONFIG_PATH)", v.source())
		}
	}
	if s.exec != nil {
		return attributeError(attrHost, "exec is set, but no server: set host (or KUBE_HOST), or config_path (or KUBE_CONFIG_PATH)")
	}
	return ErrNotConfigured
}

// load merges the kubeconfigs as kubectl does: the first file to name a
// context, cluster or user wins. Unlike kubectl it refuses a missing file.
func (s *resolved) load(getenv func(string) string) (*clientcmdapi.Config, error) {
	files := make([]string, len(s.files))
	for i, file := range s.files {
		path, err := expandHome(file, getenv)
		if err != nil {
			return nil, s.paths.errorf("%s: %w", file, err)
		}
		if _, err := clientcmd.LoadFromFile(path); err != nil {
			return nil, s.paths.errorf("%s: %w", file, loadError(err))
		}
		files[i] = path
	}
	config, err := (&clientcmd.ClientConfigLoadingRules{Precedence: files}).Load()
	if err != nil {
		return nil, s.paths.errorf("%w", err)
	}
	return config, nil
}

// loadError keeps what is known to quote nothing of the file: a parser's
// message may carry a token that stands in the wrong place.
func loadError(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return errors.New("is no kubeconfig: it must be YAML or JSON with apiVersion v1 and kind Config")
}

func (s *resolved) chooseContext(config *clientcmdapi.Config) (*clientcmdapi.Context, error) {
	name := s.context.text
	if name == "" {
		name = config.CurrentContext
	}
	context := &clientcmdapi.Context{}
	known := slices.Sorted(maps.Keys(config.Contexts))
	switch found, ok := config.Contexts[name]; {
	case ok:
		*context = *found
	case name != "":
		return nil, s.missing(s.context, "context", name, known)
	case !s.cluster.set() && !s.host.set():
		return nil, attributeError(attrConfigContext, "%s has no current-context: set config_context (or KUBE_CTX) to %s", s.paths.text, oneOf(known))
	}
	if s.cluster.set() {
		context.Cluster = s.cluster.text
	}
	if s.authInfo.set() {
		context.AuthInfo = s.authInfo.text
	}
	return context, nil
}

// missing reports a name that the kubeconfig lacks, at the setting that stated
// the name or, when the kubeconfig itself did, at that of the kubeconfig.
func (s *resolved) missing(stated value, kind, name string, known []string) error {
	if stated.set() {
		return stated.errorf("%s has no %s %q, but %s", s.paths.text, kind, name, oneOf(known))
	}
	return s.paths.errorf("%s refers to the %s %q and has %s", s.paths.text, kind, name, oneOf(known))
}

// blame attributes an error of client-go's validation.
func (s *resolved) blame(err error) error {
	if clientcmd.IsEmptyConfig(err) || clientcmd.IsConfigurationInvalid(err) {
		err = errors.New(strings.TrimPrefix(err.Error(), "invalid configuration: "))
	}
	if s.paths.set() {
		return s.paths.errorf("%s: %w", s.paths.text, err)
	}
	return s.host.errorf("%w", err)
}

func oneOf(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "one of: " + strings.Join(names, ", ")
}

// expandHome replaces a leading ~ with the home directory that getenv knows.
func expandHome(file string, getenv func(string) string) (string, error) {
	rest, ok := strings.CutPrefix(file, "~")
	if !ok || rest != "" && !os.IsPathSeparator(rest[0]) {
		return file, nil
	}
	variable := "HOME"
	if runtime.GOOS == "windows" {
		variable = "USERPROFILE"
	}
	home := getenv(variable)
	if home == "" {
		return "", fmt.Errorf("~ needs the variable %s", variable)
	}
	return filepath.Join(home, rest), nil
}
