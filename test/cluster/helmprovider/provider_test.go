// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

const nothing = "resource \"helm_release\" \"thing\" {\n  name  = \"thing\"\n  chart = \"./thing\"\n%s\n}\n"

// What the stand-in does not act on is an error at plan.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ provider, release string }{
		"debug":                 {provider: `debug = true`},
		"helm_driver":           {provider: `helm_driver = "configmap"`},
		"experiments":           {provider: `experiments = { manifest = true }`},
		"kubernetes.exec":       {provider: `kubernetes = { exec = { api_version = "v1", command = "true" } }`},
		"kubernetes.proxy_url":  {provider: `kubernetes = { proxy_url = "http://proxy.example" }`},
		"dependency_update":     {release: `dependency_update = true`},
		"force_update":          {release: `force_update = true`},
		"postrender":            {release: `postrender = { binary_path = "/bin/true" }`},
		"render_subchart_notes": {release: `render_subchart_notes = false`},
		"repository_password":   {release: `repository_password = "none"`},
		"set_list":              {release: `set_list = [{ name = "a", value = ["b"] }]`},
		"set_sensitive":         {release: `set_sensitive = [{ name = "a", value = "b" }]`},
		"timeouts":              {release: `timeouts = { create = "1h" }`},
		"verify":                {release: `verify = true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := terraform.NewWorkspace(t, plugins, fmt.Sprintf("provider \"helm\" {\n%s\n}\n"+nothing, tt.provider, tt.release))
			r := w.Run(t, "plan", "-input=false")
			if r.Code == 0 || !r.Says("Not In This Stand-In") || !r.Says("does not act on "+name+".") {
				t.Errorf("the plan:\n%s%s", r.Stdout, r.Stderr)
			}
		})
	}
}

// Flags that ask for nothing are as good as none.
func TestDefaultsStated(t *testing.T) {
	t.Parallel()
	th := newThing(t, "dependency_update = false\nrender_subchart_notes = true\nverify = false")
	th.Apply(t)
	plan(t, th.Workspace, false)
}

// Each way of saying where the cluster is, and as whom.
func TestConnections(t *testing.T) {
	t.Parallel()
	admin := server.Admin()
	host, ca := attribute("host", admin.Host), attribute("cluster_ca_certificate", string(admin.CAData))
	certificate := attribute("client_certificate", string(admin.CertData)) + attribute("client_key", string(admin.KeyData))
	file := attribute("config_path", apiserver.Kubeconfig(t, admin))
	for name, tt := range map[string]struct{ kubernetes, want string }{
		"certificate":   {host + ca + certificate, ""},
		"insecure":      {host + certificate + "insecure = true\n", ""},
		"context":       {file + attribute("config_context", "test"), ""},
		"token":         {host + ca + attribute("token", server.ServiceAccountToken(t, "connections", "nobody")), `"system:serviceaccount:connections:nobody" cannot`},
		"authority":     {host + certificate, "certificate signed by unknown authority"},
		"no-file":       {attribute("config_path", "/none/kubeconfig"), "/none/kubeconfig"},
		"other-context": {file + attribute("config_context", "other"), `context "other" does not exist`},
		"unreachable":   {attribute("host", "https://127.0.0.1:1"), "127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			th := newThing(t, "")
			th.namespace = "connections-" + name
			th.set(t, "")
			th.Write(t, "main.tf", "provider \"helm\" {\n  kubernetes = {\n"+tt.kubernetes+"  }\n}\n")
			if tt.want == "" {
				th.Apply(t)
				return
			}
			th.ApplyFails(t, "Release Not Installed", tt.want)
		})
	}
}

func attribute(name, value string) string { return fmt.Sprintf("%s = %q\n", name, value) }

// The cluster's address is known only after apply, as when one apply creates both.
func TestUnknownConnection(t *testing.T) {
	t.Parallel()
	th := newThing(t, "")
	path := regexp.MustCompile(`config_path = "[^"]*"`).FindString(connected(t))
	th.Write(t, "main.tf", "provider \"helm\" {\n  kubernetes = { config_path = terraform_data.cluster.output }\n}\nresource \"terraform_data\" \"cluster\" {\n  "+strings.Replace(path, "config_path", "input", 1)+"\n}\n")
	th.Apply(t)
	plan(t, th.Workspace, false)
}
