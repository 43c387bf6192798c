// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// foundSnapshot is a snapshot and the attribute that it came from.
type foundSnapshot struct {
	snapshot document.Snapshot
	failed   map[string]string // collector: why it failed
	at       path.Path
}

// mustWait reports whether the snapshot needs a connection that is not known
// yet.
func (d *snapshotDataSource) mustWait(m snapshotModel) bool {
	return m.Document.IsNull() && d.connection.mustWait(m.Kubernetes)
}

// snapshot gets the snapshot from the source that is set.
func (d *snapshotDataSource) snapshot(ctx context.Context, m snapshotModel, catalog *recipe.Catalog, diags *diag.Diagnostics) foundSnapshot {
	found := foundSnapshot{failed: map[string]string{}}
	timeout, invalid := m.Timeouts.Read(ctx, snapshot.DefaultTimeout)
	diags.Append(invalid...)
	switch {
	case diags.HasError():
	case !m.Document.IsNull():
		found.at = path.Root("document")
		tflog.Debug(ctx, "Reading a snapshot from a document")
		found.decode(ctx, []byte(m.Document.ValueString()), diags)
	default:
		d.ask(ctx, m, catalog, timeout, &found, diags)
	}
	if !diags.HasError() {
		found.require(m.RequiredCollectors, diags)
	}
	return found
}

// ask gets the snapshot from the cluster or from a ConfigMap in it.
func (d *snapshotDataSource) ask(ctx context.Context, m snapshotModel, catalog *recipe.Catalog, timeout time.Duration, found *foundSnapshot, diags *diag.Diagnostics) {
	client, connected := d.connection.orOwn(ctx, m.Kubernetes, d.version, diags)
	if connected == nil {
		return
	}
	if !m.Kubernetes.IsNull() {
		defer connected.CloseIdle() // nobody else uses a data source's own connection
	}
	if m.ConfigMap == nil {
		found.at = path.Root("cluster")
		found.collect(ctx, client, *m.Cluster, catalog, timeout, diags)
		return
	}
	found.at = path.Root("config_map")
	found.readConfigMap(ctx, connected, *m.ConfigMap, timeout, diags)
}

func (f *foundSnapshot) decode(ctx context.Context, data []byte, diags *diag.Diagnostics) {
	var err error
	if f.snapshot, err = document.DecodeSnapshot(ctx, data); err != nil {
		diags.AddAttributeError(f.at, unlessEnded(ctx, "Invalid Snapshot"), err.Error())
	}
}

func (f *foundSnapshot) readConfigMap(ctx context.Context, connected *cluster.Connection, m configMapModel, timeout time.Duration, diags *diag.Diagnostics) {
	key := cmp.Or(m.Key.ValueString(), location.SnapshotKey)
	tflog.Debug(ctx, "Reading a snapshot from a ConfigMap", map[string]any{"namespace": m.Namespace, "name": m.Name, "key": key})
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	data, err := location.ReadConfigMap(ctx, connected, location.ConfigMapRef{Namespace: m.Namespace, Name: m.Name}, key)
	if err != nil {
		f.addConfigMapError(err, diags)
		return
	}
	f.at = f.at.AtName("key")
	f.decode(ctx, data, diags)
}

// addConfigMapError points at the part of config_map that is wrong.
func (f *foundSnapshot) addConfigMapError(err error, diags *diag.Diagnostics) {
	at, title := f.at, "ConfigMap Not Readable"
	var located *location.Error
	if errors.As(err, &located) {
		switch located.Reason {
		case location.NoConfigMap:
			at, title = f.at.AtName("name"), "ConfigMap Not Found"
		case location.NoKey:
			at, title = f.at.AtName("key"), "ConfigMap Has No Such Key"
		case location.Forbidden:
			title = "ConfigMap Forbidden"
		}
	}
	diags.AddAttributeError(at, title, err.Error())
}

// collect asks the API server. What one collector cannot find out is a warning;
// when none finds anything, that is an error.
func (f *foundSnapshot) collect(ctx context.Context, client *cluster.Client, m clusterModel, catalog *recipe.Catalog, timeout time.Duration, diags *diag.Diagnostics) {
	options := snapshot.KubernetesOptions{
		Catalog:      catalog,
		NodeSelector: labels.Set(m.NodeSelector).String(),
		Namespaces:   m.Namespaces,
	}
	tflog.Debug(ctx, "Collecting a snapshot", map[string]any{"node_selector": options.NodeSelector, "namespaces": options.Namespaces})
	var failed snapshot.Errors
	f.snapshot, failed = snapshot.Collect(ctx, snapshot.Kubernetes(client, options), snapshot.Options{Timeout: timeout})
	if len(f.snapshot.Measurements) == 0 {
		diags.AddAttributeError(f.at, "Nothing Collected", failed.Err().Error())
		return
	}
	for name, err := range failed {
		f.failed[name] = err.Error()
	}
	if len(failed) > 0 {
		diags.AddAttributeWarning(f.at, "Snapshot Is Incomplete", failed.Err().Error()+
			"\n\nThe snapshot holds what the other collectors found. To make this an error, name the collector in required_collectors.")
	}
}

// require refuses a snapshot without the parts that must be there.
func (f *foundSnapshot) require(names []string, diags *diag.Diagnostics) {
	for _, name := range names {
		at := path.Root("required_collectors")
		t, subtype, _ := strings.Cut(name, "/")
		switch {
		case !slices.Contains(measurement.Types(), measurement.Type(t)) || subtype == "":
			diags.AddAttributeError(at, "Unknown Collector", "\""+name+"\" is not a collector. Collectors of the API server: "+strings.Join(collectorNames(), ", ")+".")
		case f.failed[name] != "":
			diags.AddAttributeError(at, "Required Collector Failed", name+": "+f.failed[name])
		case f.snapshot.Measurements.Subtype(measurement.Type(t), subtype) == nil:
			diags.AddAttributeError(at, "Required Part Missing", "The snapshot has no "+name+". Take it with that collector, or remove it from required_collectors.")
		}
	}
}

func collectorNames() []string {
	var names []string
	for _, c := range snapshot.Kubernetes(nil, snapshot.KubernetesOptions{}) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}
