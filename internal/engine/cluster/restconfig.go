// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// RESTConfig returns the configuration that settings describe. It reads the
// files that they name and asks no network. version is this program's, for the
// user agent.
//
// Each absent setting is taken from its variable, with three rules for
// settings that exclude one another:
//
//   - An attribute beats the variables of its alternatives too: with config_path
//     stated KUBE_CONFIG_PATHS does not count, with exec KUBE_TOKEN does not.
//     Two attributes, or two variables, that exclude one another are an error,
//     but KUBE_CONFIG_PATH beats KUBE_CONFIG_PATHS as in other providers.
//   - Stated credentials replace the kubeconfig user's as a whole, a stated
//     host, CA, insecure, TLS server name or proxy that one value of the
//     kubeconfig's cluster.
//   - With in_cluster = true nothing else may be stated, and no variable counts.
//
// The error is a *SettingError, or wraps ErrNotConfigured.
func RESTConfig(settings Settings, getenv func(string) string, version string) (*rest.Config, error) {
	var config *rest.Config
	var err error
	if settings.InCluster != nil && *settings.InCluster {
		config, err = inCluster(settings, getenv, serviceAccountDir)
	} else {
		config, err = outOfCluster(settings, getenv)
	}
	if err != nil {
		return nil, err
	}
	config.UserAgent = "eidos/" + version
	config.QPS = -1 // the server's priority and fairness limits the rate
	config.WarningHandler = rest.NoWarnings{}
	return config, nil
}

func outOfCluster(settings Settings, getenv func(string) string) (*rest.Config, error) {
	stated, err := resolve(settings, getenv)
	if err != nil {
		return nil, err
	}
	chosen, err := stated.choose(getenv)
	if err != nil {
		return nil, err
	}
	if err := stated.applyServer(&chosen.cluster); err != nil {
		return nil, err
	}
	if err := stated.applyCredentials(&chosen.user); err != nil {
		return nil, err
	}
	if chosen.user.AuthProvider != nil {
		return nil, stated.paths.errorf("the user's auth-provider %q is not supported: use an exec plugin, such as kubelogin", chosen.user.AuthProvider.Name)
	}
	raw := clientcmdapi.NewConfig()
	raw.Clusters["chosen"], raw.AuthInfos["chosen"] = &chosen.cluster, &chosen.user
	raw.Contexts["chosen"] = &clientcmdapi.Context{Cluster: "chosen", AuthInfo: "chosen"}
	config, err := clientcmd.NewNonInteractiveClientConfig(*raw, "chosen", &clientcmd.ConfigOverrides{}, nil).ClientConfig()
	if err != nil {
		return nil, stated.blame(err)
	}
	return config, nil
}

// serviceAccountDir is where the kubelet mounts a pod's service account.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// inCluster is rest.InClusterConfig with settings and directory given and a
// missing CA refused instead of logged.
func inCluster(settings Settings, getenv func(string) string, dir string) (*rest.Config, error) {
	door := settings.Door
	if other := settings.nextToInCluster(); other != "" {
		return nil, door.errorf(InCluster, "set either in_cluster = true or %s, not both", door.Name(other))
	}
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, door.errorf(InCluster, "this does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
	}
	tokenFile, caFile := filepath.Join(dir, "token"), filepath.Join(dir, "ca.crt")
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, door.errorf(InCluster, "the pod's service account has no token (automountServiceAccountToken?): %w", err)
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, door.errorf(InCluster, "the pod's service account has no CA: %w", err)
	}
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(host, port),
		BearerToken:     string(token),
		BearerTokenFile: tokenFile, // read again as the kubelet renews it
		TLSClientConfig: rest.TLSClientConfig{CAData: ca},
	}, nil
}

// nextToInCluster returns a setting that is stated, "" when none is.
func (s Settings) nextToInCluster() Setting {
	switch {
	case s.ConfigPath != nil && *s.ConfigPath != "":
		return ConfigPath
	case len(s.ConfigPaths) > 0:
		return ConfigPaths
	case s.Insecure != nil && *s.Insecure:
		return Insecure
	case s.Exec != nil:
		return ExecPlugin
	}
	texts := s.texts()
	for _, setting := range slices.Sorted(maps.Keys(texts)) {
		if text := texts[setting]; text != nil && *text != "" {
			return setting
		}
	}
	return ""
}
