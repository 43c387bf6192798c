// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// The formats of eidos check.
const (
	checkText  = "text"
	checkJSON  = "json"
	checkJUnit = "junit"
)

// checkCommand is a run of eidos check.
type checkCommand struct {
	process    Process
	recipe     string
	snapshot   string
	catalog    string
	format     formatFlag
	all        bool
	kubernetes kubernetesFlags
}

func newCheckCommand(p Process) *cobra.Command {
	c := &checkCommand{process: p, format: formatFlag{known: []string{checkText, checkJSON, checkJUnit}}}
	command := &cobra.Command{
		Use:   "check --recipe RECIPE --snapshot SNAPSHOT [flags]",
		Short: "Hold a recipe against a snapshot",
		Long: "Compares every value of a recipe with what a snapshot says of it: kernel parameters and modules, the kernel's command line, limits of units, " +
			"the driver, versions, and options that show.\n\n" +
			"It prints the values that differ, with the recipe's reasons where it was made with --context, and ends with exit code 4 if there are any. What the snapshot does not say is not a difference.",
		Example: "  eidos check --recipe recipe.yaml --snapshot snapshot.yaml\n" +
			"  eidos snapshot | eidos check --recipe recipe.yaml --snapshot -\n" +
			"  eidos check --recipe recipe.yaml --snapshot cm://gpu-operator/eidos-snapshot --format junit",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.recipe, "recipe", "", "the recipe: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.snapshot, "snapshot", "", "the snapshot: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	c.format.register(command)
	flags.BoolVar(&c.all, "all", false, "print the values that agree or are unknown, too")
	c.kubernetes.register(flags)
	return command
}

// check finds mistakes in the flags before anything is read.
func (c *checkCommand) check() error {
	for _, flag := range []struct{ name, value string }{{"recipe", c.recipe}, {"snapshot", c.snapshot}} {
		if flag.value == "" {
			return fmt.Errorf("--%s is missing: give a file, a URL, cm://namespace/name or -", flag.name)
		}
	}
	if c.recipe == location.Stream && c.snapshot == location.Stream {
		return errors.New("--recipe and --snapshot both read standard input: give a file for one of them")
	}
	return c.format.check()
}

func (c *checkCommand) run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return invalid(err)
	}
	catalog, err := loadCatalog(ctx, c.catalog)
	if err != nil {
		return err
	}
	store := c.process.store(c.kubernetes.client(c.process), false)
	wanted, err := readDocument(ctx, store, "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
	if err != nil {
		return err
	}
	there, err := readDocument(ctx, store, "--snapshot", c.snapshot, []string{location.SnapshotKey}, document.Value.Snapshot)
	if err != nil {
		return err
	}
	values, err := compare.Compare(catalog, there, wanted)
	if err != nil {
		return failed(err)
	}
	if err := c.write(values); err != nil {
		return failed(err)
	}
	if n := len(compare.Differences(values)); n > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%d of %d values differ", n, len(values))})
	}
	return nil
}

func (c *checkCommand) write(values []compare.Value) error {
	shown := compare.Differences(values)
	if c.all {
		shown = values
	}
	var text []byte
	var err error
	switch c.format.value {
	case checkJSON:
		if shown == nil {
			shown = []compare.Value{}
		}
		text, err = jsonText(shown)
	case checkJUnit: // a report names what passed, whatever is shown
		text, err = xml.MarshalIndent(newJUnit(values), "", "  ")
		text = append(text, '\n')
	default:
		if len(shown) > 0 {
			text = document.Columns(checkTable(shown))
		}
	}
	if err == nil {
		_, err = c.process.Stdout.Write(text)
	}
	return err
}

func checkTable(values []compare.Value) [][]string {
	rows := [][]string{{"VALUE", "STATE", "RECIPE", "SNAPSHOT", "REASON"}}
	for _, v := range values {
		rows = append(rows, []string{v.Path, string(v.State), orDash(v.Want), orDash(v.Have), orDash(v.Reason)})
	}
	return rows
}

// junitSuite is a test suite of JUnit's XML, as CI systems read it: a test for each
// value, skipped where the snapshot does not say.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func newJUnit(values []compare.Value) junitSuite {
	suite := junitSuite{Name: "eidos check", Tests: len(values)}
	for _, v := range values {
		result := junitCase{Class: "eidos", Name: v.Path}
		switch v.State {
		case compare.Different:
			suite.Failures++
			result.Failure = &junitMessage{fmt.Sprintf("the recipe says %s, the snapshot %s", orDash(v.Want), orDash(v.Have)), v.Reason}
		case compare.Unknown:
			suite.Skipped++
			result.Skipped = &junitMessage{Message: "the snapshot does not say"}
		}
		suite.Cases = append(suite.Cases, result)
	}
	return suite
}
