// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// inspector checks rendered bundles. Points share most of their texts, so each
// text is read and checked against the chart's facts once.
type inspector struct {
	facts *chart.Facts
	texts sync.Map // of checked, by key
}

// inspect returns what is wrong with the bundle of an outcome.
func (i *inspector) inspect(o Outcome) []string {
	var wrong []string
	for _, c := range o.Bundle.Components {
		release, err := i.facts.Release(c.Name, c.Version)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		version := kubernetes(o.Query, o.Recipe.Recipe)
		found := supports(release, version)
		var values checked
		if c.Chart != "" {
			values = i.check(c, "values.yaml", c.Values, release.CheckValues)
		}
		found = append(found, values.wrong...)
		for path, text := range c.Manifests {
			find := func(object map[string]any) []chart.Problem { return checkObject(release, object) }
			found = append(found, i.check(c, path, text, find).wrong...)
		}
		for path, text := range c.ChartManifests {
			shown := i.check(c, path, text, release.CheckObject)
			found = append(found, shown.wrong...)
			key := strings.Join([]string{c.Name, c.Version, c.Values, text}, "\x00")
			found = append(found, i.once(key, func() checked { return checked{wrong: compareShown(release, values.tree, path, shown.tree)} }).wrong...)
		}
		for _, w := range slices.Concat(found, inspectFiles(o.Bundle, c)) {
			wrong = append(wrong, c.Name+" "+c.Version+": "+w)
		}
	}
	return wrong
}

// supports asks the chart's maker and Helm for a version of Kubernetes.
func supports(release *chart.Release, version string) []string {
	var wrong []string
	if inside, err := release.Kubernetes.Contains(version); err != nil || !inside {
		wrong = append(wrong, fmt.Sprintf("is for Kubernetes %s, not %s", release.Kubernetes, version))
	}
	if allowed, err := release.KubeVersion.Allows(version); err != nil || !allowed {
		wrong = append(wrong, fmt.Sprintf("Helm refuses Kubernetes %s", version))
	}
	return wrong
}

// compareShown compares what the bundle shows of the chart's own objects with
// what the chart makes of the values.
func compareShown(release *chart.Release, values map[string]any, path string, shown map[string]any) []string {
	want, err := release.ClusterPolicy(values)
	if err != nil || !reflect.DeepEqual(want, shown) {
		return []string{fmt.Sprintf("%s is not what the chart creates; error: %v", path, err)}
	}
	return nil
}

// checked is a text that was read, and what is wrong with it.
type checked struct {
	tree  map[string]any
	wrong []string
}

// check reads a text and finds its problems, unless another point had the same.
func (i *inspector) check(c bundle.Component, path, text string, find func(map[string]any) []chart.Problem) checked {
	key := strings.Join([]string{c.Name, c.Version, path, text}, "\x00")
	return i.once(key, func() checked {
		root, err := document.Parse(context.Background(), []byte(text))
		if err != nil {
			return checked{wrong: []string{path + ": " + err.Error()}}
		}
		tree, err := root.Tree()
		if err != nil {
			return checked{wrong: []string{path + ": " + err.Error()}}
		}
		found := checked{tree: tree}
		for _, p := range find(tree) {
			found.wrong = append(found.wrong, path+": "+p.String())
		}
		return found
	})
}

// once returns what was found for a key before, or else finds it.
func (i *inspector) once(key string, find func() checked) checked {
	known, ok := i.texts.Load(key)
	if !ok {
		known, _ = i.texts.LoadOrStore(key, find())
	}
	return known.(checked)
}

// checkObject checks a custom resource against the release's schema, and an object of
// a built-in kind against its type.
func checkObject(release *chart.Release, object map[string]any) []chart.Problem {
	own := map[string]any{
		"v1/ConfigMap": &corev1.ConfigMap{}, "v1/Namespace": &corev1.Namespace{}, "v1/ResourceQuota": &corev1.ResourceQuota{},
		"apps/v1/DaemonSet": &appsv1.DaemonSet{},
	}[fmt.Sprintf("%v/%v", object["apiVersion"], object["kind"])]
	if own == nil {
		return release.CheckObject(object)
	}
	text, err := json.Marshal(object)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(own)
	}
	if err != nil {
		return []chart.Problem{{Path: "kind", Kind: chart.Type, Message: err.Error()}}
	}
	return nil
}

// inspectFiles checks that a component has the files it should have, that
// checksums.txt covers each with its true sum, that the README names each
// manifest, and that it and the script of a chart install the pinned release.
func inspectFiles(b *bundle.Bundle, c bundle.Component) []string {
	contents := map[string]string{}
	var paths, sums []string
	for _, f := range b.Files {
		path, ok := strings.CutPrefix(f.Path, c.Name+"/")
		if !ok {
			continue
		}
		contents[path] = string(f.Content)
		paths = append(paths, path)
		if path != "checksums.txt" {
			sums = append(sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(f.Content), path))
		}
	}
	manifests := slices.Concat(slices.Collect(maps.Keys(c.Manifests)), slices.Collect(maps.Keys(c.ChartManifests)))
	want, naming := append(manifests, "README.md", "checksums.txt", "scripts/install.sh", "scripts/uninstall.sh"), []string{"README.md"}
	if c.Chart != "" {
		want, naming = append(want, "values.yaml"), append(naming, "scripts/install.sh")
	}
	slices.Sort(want)
	var wrong []string
	if !slices.Equal(want, paths) {
		wrong = append(wrong, fmt.Sprintf("files: want %q, got %q", want, paths))
	}
	if got := contents["checksums.txt"]; got != strings.Join(sums, "") {
		wrong = append(wrong, "checksums.txt is not the list of the files' sums:\n"+got)
	}
	for _, path := range want {
		if !strings.Contains(contents["README.md"], path) && path != "README.md" {
			wrong = append(wrong, "README.md does not name "+path)
		}
	}
	for _, path := range naming {
		if !strings.Contains(contents[path], c.Version) {
			wrong = append(wrong, path+" does not name the version")
		}
	}
	return wrong
}
