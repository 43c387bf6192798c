// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// hidden is a secret in every place where a command line has one.
const hidden = "hunter2hunter2"

// TestDebug follows a document from a server and one from a ConfigMap, and finds no
// secret on the way.
func TestDebug(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(driverOverlay))
	}))
	t.Cleanup(web.Close)
	cluster := newAPIServer(t, "snapshot.yaml", snapshotDocument)
	kubeconfig := filepath.Join(plant(t, map[string]string{"config": cluster.kubeconfig(hidden)}), "config")
	overlay := strings.Replace(web.URL, "http://", "http://user:"+hidden+"@", 1) + "/overlay.yaml?token=" + hidden
	args := []string{"recipe", "--snapshot", "cm://gpus/eidos", "--kubeconfig", kubeconfig, "--overlay", overlay, "--intent", "training"}
	quiet := run(t, args...)
	quiet.check(t, cli.ExitOK)

	o := run(t, append(args, "--debug")...)
	o.check(t, cli.ExitOK,
		`msg=Started command="eidos recipe" version=1.2.3`,
		`msg="Loaded the catalog" from="the program" catalog_version=`,
		"msg=Read for=--overlay from="+web.URL+"/overlay.yaml failed=false",
		`msg="Found a cluster" host=`+cluster.url,
		`msg="Called the API server" method=GET host=`+strings.TrimPrefix(cluster.url, "https://")+" path=/api/v1/namespaces/gpus/configmaps/eidos status=200",
		"msg=Read for=--snapshot from=cm://gpus/eidos failed=false",
		`msg="Made the recipe"`,
		`msg=Ended command="eidos recipe" exit_code=0`)
	if strings.Contains(o.stderr, hidden) {
		t.Errorf("a secret is shown:\n%s", o.stderr)
	}
	equal(t, quiet.stdout, o.stdout)
	if strings.Contains(quiet.stderr, "level=") {
		t.Errorf("the log is written though nobody asked for it:\n%s", quiet.stderr)
	}
}

// TestDebugOfFailures says what was tried.
func TestDebugOfFailures(t *testing.T) {
	t.Parallel()
	cluster := newAPIServer(t, "", "")
	kubeconfig := filepath.Join(plant(t, map[string]string{"config": cluster.kubeconfig("token")}), "config")
	run(t, "get", "K8s/image", "--recipe", "cm://gpus/other", "--kubeconfig", kubeconfig, "--debug").
		check(t, cli.ExitFailure, "path=/api/v1/namespaces/gpus/configmaps/other status=403", "from=cm://gpus/other failed=true", "exit_code=1")
	run(t, "verify", "none", "--debug").check(t, cli.ExitFailure, `msg=Read for="the bundle" from=none failed=true`)
}

// TestDebugOfEveryCommand has the flag with each of them, in a group of its own in help.
func TestDebugOfEveryCommand(t *testing.T) {
	t.Parallel()
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		if !strings.Contains(must(t, command.Name(), "--help"), "\nFlags of every command:\n      --debug ") {
			t.Errorf("the help of %s lacks --debug", command.Name())
		}
	}
	for _, args := range [][]string{{"version"}, {"catalog"}, {"rules"}} {
		run(t, append(args, "--debug")...).check(t, cli.ExitOK, "msg=Started", "msg=Ended")
	}
}
