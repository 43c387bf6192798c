// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// Labels that tell the agent's objects from those of others.
const (
	nameLabel      = "app.kubernetes.io/name"
	componentLabel = "app.kubernetes.io/component"
	managedByLabel = "app.kubernetes.io/managed-by"
	instanceLabel  = "app.kubernetes.io/instance"

	appName   = "eidos"
	component = "agent"

	// runLabel is on everything that a run creates and removes.
	runLabel = snapshot.AgentLabel
	// ownerLabel is on all of these: for whom the run is, or who claimed a
	// ConfigMap last.
	ownerLabel = "agent.dgxc.io/owner"
	// runAnnotation is on ConfigMaps: the run that claimed them last.
	runAnnotation = "agent.dgxc.io/run"
	// keptAnnotation is on Jobs that failed and were left to be looked at.
	keptAnnotation = "agent.dgxc.io/kept"
)

// labelsWith are on every object of the agents that write to a ConfigMap, and
// more.
func (s Spec) labelsWith(more map[string]string) map[string]string {
	all := map[string]string{
		nameLabel:      appName,
		componentLabel: component,
		managedByLabel: appName,
		instanceLabel:  labelValue(s.Name),
	}
	maps.Copy(all, more)
	return all
}

// selector selects what runs for this ConfigMap have created, of any run.
func (s Spec) selector(more map[string]string) string {
	return labels.Set(s.labelsWith(more)).String()
}

// labelValue makes a name fit into a label.
func labelValue(name string) string { return fit(name, validation.LabelValueMaxLength) }

// fit cuts a name to a length, with a part of its hash at the end.
func fit(name string, length int) string {
	if len(name) <= length {
		return name
	}
	const hashLength = 10
	sum := sha256.Sum256([]byte(name))
	kept := strings.TrimRight(name[:length-hashLength-1], "-.")
	return kept + "-" + hex.EncodeToString(sum[:])[:hashLength]
}
