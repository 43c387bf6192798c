// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// judgeInstalled compares what the snapshot says is installed with what the recipe
// chooses.
func (b *build) judgeInstalled() error {
	if b.request.Snapshot == nil {
		return nil
	}
	components, err := b.catalog.Components()
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	for _, e := range components {
		chosen := find(b.entries, component.ImagePath(e.Name))
		there := b.seen(e.RunningReadings()...)
		if chosen == nil || there == "" || version.SameRelease(there, chosen.value.String()) {
			continue
		}
		if err := b.judgeRelease(e.Name, there, chosen.value.String()); err != nil {
			return err
		}
	}
	b.judgeDriver()
	return nil
}

// seen returns the first of the snapshot's readings that is a version, without the
// suffix that images of drivers have, such as -ubuntu22.04.
func (b *build) seen(paths ...string) string {
	for _, text := range paths {
		path := measurement.ParsePath(text)
		said := b.request.Snapshot.Measurements.Text(path.Type, path.Subtype, path.Key)
		release, _, _ := strings.Cut(strings.TrimSpace(said), "-")
		if _, err := version.Parse(release); err == nil {
			return release
		}
	}
	return ""
}

func (b *build) judgeRelease(name, there, chosen string) error {
	installed := func(rule, format string, args ...any) {
		b.warn(Finding{Rule: rule, Field: fieldSnapshot, Message: fmt.Sprintf("the snapshot shows %s %s, and the recipe chooses %s: ", name, there, chosen) + fmt.Sprintf(format, args...)})
	}
	set, err := b.catalog.releases()
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	d, err := set.Description(name)
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	if d.Chart.Compare(chosen, there) < 0 {
		installed(ruleInstalledNewer, "objects and definitions of the newer release stay on the cluster, and the older one may not understand them (inferred); to keep it, set %s", b.called(fieldReleases))
		return nil
	}
	if names := keptDefinitions(d, chosen); len(names) > 0 {
		operands := map[string]string{"helm-source": strings.Join(component.HelmSource(d.Source(chosen)), " "), "version": chosen}
		command := component.Fill(component.ApplyDefinitions, func(name string) string { return operands[name] })
		installed(ruleInstalledDefinitions, "Helm leaves the definitions of the older release as they are (%s); apply those of the newer one before you install it: %s", words.And(names), command)
	}
	if skipped := d.Between(there, chosen); len(skipped) > 0 {
		installed(ruleInstalledFarBehind, "its maker supports upgrades within a major release and to the next one only; install %s first: set each with %s, and apply", strings.Join(skipped, ", then "), b.called(fieldReleases))
	}
	return nil
}

// keptDefinitions lists the definitions that no upgrade of the chart includes, whatever
// its values are.
func keptDefinitions(d *component.Description, release string) (names []string) {
	version := func(o component.Operand) (any, bool) { return release, o == "version" }
	for _, definitions := range d.Definitions {
		readsMore := func(c component.Clause) bool { return c.Operand != "version" }
		if definitions.Job == "" && !slices.ContainsFunc(slices.Concat(definitions.When.Clauses(), definitions.Kept.Clauses()), readsMore) && definitions.InFolder(version) {
			names = append(names, definitions.Names...)
		}
	}
	return names
}

// installedDriver are the readings that say which driver runs, the surest first.
func installedDriver() []string {
	return []string{"GPU/smi/driver-version", "GPU/smi/driver", "GPU/driver/version", "K8s/policy/driver.version", "K8s/image/driver"}
}

// judgeDriver looks at the driver that the operator would replace.
func (b *build) judgeDriver() {
	chosen := find(b.entries, component.ImagePath(fieldDriver))
	there := b.seen(installedDriver()...)
	if chosen == nil || there == "" || version.SameBranch(there, chosen.value.String()) {
		return
	}
	b.warn(Finding{Rule: ruleInstalledBranch, Field: fieldSnapshot, Message: fmt.Sprintf(
		"the snapshot shows the GPU driver %s, and the recipe chooses %s of another branch, which changes what CUDA programs find; the driver is reloaded node by node; to stay, set %s",
		there, chosen.value, b.called(fieldDriver))})
}
