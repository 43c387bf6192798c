// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// kubernetesFlags say how to reach a cluster, in the names of kubectl's flags
// where --context, --cluster and --user are free.
type kubernetesFlags struct {
	flags *pflag.FlagSet

	kubeconfig, context, cluster, user string
	server, token, tlsServerName       string
	authority, certificate, key        string // paths of PEM files
	insecure                           bool
}

const kubernetesGroup = "Kubernetes flags, as kubectl has them"

func (k *kubernetesFlags) register(flags *pflag.FlagSet) {
	k.flags = pflag.NewFlagSet("kubernetes", pflag.ContinueOnError)
	k.flags.SortFlags = false
	text := func(p *string, setting cluster.Setting, help string) {
		k.flags.StringVar(p, flagName(setting), "", help)
	}
	text(&k.kubeconfig, cluster.ConfigPath, "kubeconfig `file` (default: those of KUBECONFIG, otherwise ~/.kube/config, otherwise the service account of the pod)")
	text(&k.context, cluster.ConfigContext, "`context` of the kubeconfig")
	text(&k.cluster, cluster.ConfigContextCluster, "`cluster` of the kubeconfig")
	text(&k.user, cluster.ConfigContextAuthInfo, "`user` of the kubeconfig")
	text(&k.server, cluster.Host, "`URL` of the API server")
	text(&k.token, cluster.Token, "bearer `token`; other users see it in process lists, so prefer a kubeconfig")
	text(&k.authority, cluster.ClusterCACertificate, "PEM `file` with the authority that signs the server's certificate")
	text(&k.certificate, cluster.ClientCertificate, "PEM `file` with a certificate of this client")
	text(&k.key, cluster.ClientKey, "PEM `file` with the key of the client's certificate")
	text(&k.tlsServerName, cluster.TLSServerName, "`name` to expect in the server's certificate")
	k.flags.BoolVar(&k.insecure, flagName(cluster.Insecure), false, "do not check the server's certificate")
	k.flags.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupAnnotation: {kubernetesGroup}}
		flags.AddFlag(f)
	})
}

func flagName(s cluster.Setting) string {
	return strings.TrimPrefix(cluster.Flags.Name(s), "--")
}

// stated reports whether any of the flags is set.
func (k *kubernetesFlags) stated() bool {
	stated := false
	k.flags.VisitAll(func(f *pflag.Flag) { stated = stated || f.Changed })
	return stated
}

// client returns a client that connects on first use by these flags and the
// rules of kubectl.
func (k *kubernetesFlags) client(p Process) *cluster.Client {
	client := cluster.NewClient(func() (*rest.Config, error) {
		settings, err := k.settings(p.Getenv)
		if err != nil {
			return nil, err
		}
		config, err := cluster.RESTConfig(settings, p.Getenv, p.Version)
		if err == nil {
			p.log.Debug("Found a cluster", "host", config.Host, "kubeconfigs", k.kubeconfigs(p.Getenv), "context", k.context)
			cluster.Observe(config, p.logCall)
		}
		return config, err
	})
	client.Door = cluster.Flags
	return client
}

func (k *kubernetesFlags) settings(getenv func(string) string) (cluster.Settings, error) {
	settings := cluster.Settings{
		Door:                 cluster.Flags,
		ConfigContext:        stringOrNil(k.context),
		ConfigContextCluster: stringOrNil(k.cluster), ConfigContextAuthInfo: stringOrNil(k.user),
		Host: stringOrNil(k.server), Token: stringOrNil(k.token), TLSServerName: stringOrNil(k.tlsServerName),
	}
	if k.insecure {
		settings.Insecure = &k.insecure
	}
	for _, file := range []struct {
		setting cluster.Setting
		path    string
		into    **string
	}{
		{cluster.ClusterCACertificate, k.authority, &settings.ClusterCACertificate},
		{cluster.ClientCertificate, k.certificate, &settings.ClientCertificate},
		{cluster.ClientKey, k.key, &settings.ClientKey},
	} {
		if file.path == "" {
			continue
		}
		content, err := os.ReadFile(file.path)
		if err != nil {
			return settings, fmt.Errorf("%s: %w", cluster.Flags.Name(file.setting), err)
		}
		text := string(content)
		*file.into = &text
	}
	files := k.kubeconfigs(getenv)
	if k.kubeconfig != "" {
		settings.ConfigPath = &k.kubeconfig
	} else {
		settings.ConfigPaths = files
	}
	if len(files) == 0 && !k.stated() && inPod(getenv) {
		on := true
		settings.InCluster = &on
	}
	return settings, nil
}

// kubeconfigs returns the files that kubectl would read. Like kubectl it passes
// over missing ones, but not over one that is named by the flag.
func (k *kubernetesFlags) kubeconfigs(getenv func(string) string) []string {
	if k.kubeconfig != "" {
		return []string{k.kubeconfig}
	}
	files := filepath.SplitList(getenv("KUBECONFIG"))
	if home := getenv("HOME"); getenv("KUBECONFIG") == "" && home != "" {
		files = []string{filepath.Join(home, ".kube", "config")}
	}
	var present []string
	for _, file := range files {
		if _, err := os.Stat(file); err == nil {
			present = append(present, file)
		}
	}
	return present
}

func inPod(getenv func(string) string) bool { return getenv("KUBERNETES_SERVICE_HOST") != "" }

// configured reports whether there is anything that names a cluster.
func (k *kubernetesFlags) configured(getenv func(string) string) bool {
	return k.stated() || len(k.kubeconfigs(getenv)) > 0 || inPod(getenv)
}

func stringOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
