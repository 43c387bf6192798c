// SPDX-License-Identifier: Apache-2.0

package cluster

import (
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
// The error is an *Error that names the setting, or ErrNotConfigured.
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
	stated, err := resolve(settings, reader{getenv: getenv})
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
