// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// atPrompt lets an apply ask nothing, and has kubectl edit tighten a namespace.
const atPrompt = `export TF_CLI_ARGS_apply='-auto-approve -no-color' TF_CLI_ARGS_plan=-no-color
export KUBE_EDITOR="sed -i 's|enforce: privileged|enforce: restricted|'"
`

// TestReadme: the README's configuration installs as it is written, and each of its
// commands prints what the README shows of it.
func TestReadme(t *testing.T) {
	t.Parallel()
	own, repository := apiserver.New(t), charts.Serve(t)
	operate(t, fixture.NewClient(t, own.Admin()), gpuPolicy())
	const page = "../../../README.md"
	p := newPrompt(t, own.Admin())
	p.Write(t, "main.tf", blocks(t, page, "hcl")[0])
	p.useModule(t, repository)
	for _, step := range strings.Split("\n"+blocks(t, page, "console")[0], "\n$ ")[1:] {
		command, shown, _ := strings.Cut(step, "\n")
		if r := p.must(t, atPrompt+command+"\n"); !r.Says(shown) {
			t.Errorf("%s shows in the README\n%s\nand prints\n%s%s", command, shown, r.Stdout, r.Stderr)
		}
	}
}
