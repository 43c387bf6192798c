// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/cli"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// session is what the resources of one provider share.
type session struct {
	connection connection
	settings   *cli.EnvSettings
	// charts orders downloads, which write into one cache.
	charts sync.Mutex
}

func newSession() *session { return &session{settings: cli.New()} }

// connection is the provider's kubernetes. Values may be unknown while the cluster
// is planned: nothing is asked of it then.
type connection struct {
	host, token, authority, clientCertificate, clientKey types.String
	configPath, configContext                            types.String
	insecure                                             types.Bool
}

// action returns what Helm's actions need to work in a namespace.
func (s *session) action(namespace string) (*action.Configuration, error) {
	configuration := action.NewConfiguration(action.ConfigurationSetLogger(slog.DiscardHandler))
	if err := configuration.Init(clients{s.connection.clientConfig(namespace)}, namespace, "secret"); err != nil {
		return nil, fmt.Errorf("preparing Helm: %w", err)
	}
	return configuration, nil
}

func (c connection) clientConfig(namespace string) clientcmd.ClientConfig {
	overrides := &clientcmd.ConfigOverrides{CurrentContext: c.configContext.ValueString()}
	overrides.Context.Namespace = cmp.Or(namespace, "default")
	overrides.ClusterInfo.Server = c.host.ValueString()
	overrides.ClusterInfo.InsecureSkipTLSVerify = c.insecure.ValueBool()
	overrides.ClusterInfo.CertificateAuthorityData = []byte(c.authority.ValueString())
	overrides.AuthInfo.ClientCertificateData = []byte(c.clientCertificate.ValueString())
	overrides.AuthInfo.ClientKeyData = []byte(c.clientKey.ValueString())
	overrides.AuthInfo.Token = c.token.ValueString()
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: c.configFile()}
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
}

// configFile is the path with ~ for the home directory, which HashiCorp's provider
// expands too.
func (c connection) configFile() string {
	below, ok := strings.CutPrefix(c.configPath.ValueString(), "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return c.configPath.ValueString()
	}
	return filepath.Join(home, below)
}

// clients makes the clients that Helm asks for.
type clients struct{ config clientcmd.ClientConfig }

func (c clients) ToRawKubeConfigLoader() clientcmd.ClientConfig { return c.config }

func (c clients) ToRESTConfig() (*rest.Config, error) {
	config, err := c.config.ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // the server is a test's own
	return config, nil
}

func (c clients) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	config, err := c.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return memory.NewMemCacheClient(client), nil
}

func (c clients) ToRESTMapper() (meta.RESTMapper, error) {
	client, err := c.ToDiscoveryClient()
	if err != nil {
		return nil, err
	}
	return restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(client), client, func(string) {}), nil
}
