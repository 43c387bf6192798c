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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// chosen is the cluster and the user that the settings select.
type chosen struct {
	cluster clientcmdapi.Cluster
	user    clientcmdapi.AuthInfo
}

func (r *resolved) choose(getenv func(string) string) (*chosen, error) {
	if len(r.files) == 0 {
		return &chosen{}, r.checkWithoutFiles()
	}
	config, err := r.load(getenv)
	if err != nil {
		return nil, err
	}
	context, err := r.chooseContext(config)
	if err != nil {
		return nil, err
	}
	c := &chosen{}
	if context.Cluster != "" {
		cluster, ok := config.Clusters[context.Cluster]
		if !ok {
			return nil, r.missing(ConfigContextCluster, "cluster", context.Cluster, slices.Sorted(maps.Keys(config.Clusters)))
		}
		c.cluster = *cluster
	}
	if context.AuthInfo != "" {
		user, ok := config.AuthInfos[context.AuthInfo]
		if !ok {
			return nil, r.missing(ConfigContextAuthInfo, "user", context.AuthInfo, slices.Sorted(maps.Keys(config.AuthInfos)))
		}
		c.user = *user
	}
	return c, nil
}

// checkWithoutFiles refuses settings that name no server.
func (r *resolved) checkWithoutFiles() error {
	for _, setting := range []Setting{ConfigContext, ConfigContextAuthInfo, ConfigContextCluster} {
		if v := r.values[setting]; v.set() {
			return v.errorf("%q is looked up in a kubeconfig, and none is named: set %s", v.text, r.Door.advise(ConfigPath))
		}
	}
	if r.values[Host].set() {
		return nil
	}
	stated := ""
	if r.Exec != nil {
		stated = r.Door.Name(ExecPlugin)
	}
	for _, setting := range []Setting{ProxyURL, TLSServerName, ClusterCACertificate, ClientCertificate, Username, Token} {
		if v := r.values[setting]; v.set() {
			stated = v.source
		}
	}
	if stated != "" {
		return r.Door.errorf(Host, "%s is set, but no server: set %s, or %s", stated, r.Door.advise(Host), r.Door.advise(ConfigPath))
	}
	return r.Door.notConfigured()
}

// load merges the kubeconfigs as kubectl does: the first file to name a
// context, cluster or user wins. Unlike kubectl it refuses a missing file.
func (r *resolved) load(getenv func(string) string) (*clientcmdapi.Config, error) {
	files := make([]string, len(r.files))
	for i, file := range r.files {
		path, err := expandHome(file, getenv)
		if err != nil {
			return nil, r.paths.errorf("%s: %w", file, err)
		}
		if _, err := clientcmd.LoadFromFile(path); err != nil {
			return nil, r.paths.errorf("%s: %w", file, loadError(err))
		}
		files[i] = path
	}
	config, err := (&clientcmd.ClientConfigLoadingRules{Precedence: files}).Load()
	if err != nil {
		return nil, r.paths.errorf("%w", err)
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
	return errors.New("is not a kubeconfig: it must be YAML or JSON with apiVersion v1 and kind Config")
}

func (r *resolved) chooseContext(config *clientcmdapi.Config) (*clientcmdapi.Context, error) {
	name, cluster := r.values[ConfigContext].text, r.values[ConfigContextCluster]
	if name == "" {
		name = config.CurrentContext
	}
	context := &clientcmdapi.Context{}
	known := slices.Sorted(maps.Keys(config.Contexts))
	switch found, ok := config.Contexts[name]; {
	case ok:
		*context = *found
	case name != "":
		return nil, r.missing(ConfigContext, "context", name, known)
	case !cluster.set() && !r.values[Host].set():
		return nil, r.Door.errorf(ConfigContext, "%s has no current-context: set %s to %s", r.paths.text, r.Door.advise(ConfigContext), orNone(known))
	}
	if cluster.set() {
		context.Cluster = cluster.text
	}
	if user := r.values[ConfigContextAuthInfo]; user.set() {
		context.AuthInfo = user.text
	}
	return context, nil
}

// missing reports a name that the kubeconfig lacks, at the setting that stated
// the name or, when the kubeconfig itself did, at that of the kubeconfig.
func (r *resolved) missing(setting Setting, kind, name string, known []string) error {
	if stated := r.values[setting]; stated.set() {
		return stated.errorf("%s has no %s %q, but %s", r.paths.text, kind, name, orNone(known))
	}
	return r.paths.errorf("%s refers to the %s %q and has %s", r.paths.text, kind, name, orNone(known))
}

// blame attributes an error of client-go's validation.
func (r *resolved) blame(err error) error {
	if clientcmd.IsEmptyConfig(err) || clientcmd.IsConfigurationInvalid(err) {
		err = errors.New(strings.TrimPrefix(err.Error(), "invalid configuration: "))
	}
	if r.paths.set() {
		return r.paths.errorf("%s: %w", r.paths.text, err)
	}
	return r.values[Host].errorf("%w", err)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return words.Or(names)
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
