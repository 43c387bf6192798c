// SPDX-License-Identifier: Apache-2.0

package server

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// entry is a file of an archive.
type entry struct{ mode, content string }

func unzip(t *testing.T, archive []byte) map[string]entry {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]entry{}
	for _, f := range r.File {
		opened, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(opened)
		if err := errors.Join(err, opened.Close()); err != nil {
			t.Fatal(err)
		}
		files[f.Name] = entry{f.Mode().String(), string(content)}
		if !f.Modified.Equal(outdir.PackTime()) {
			t.Errorf("%s: got time %v", f.Name, f.Modified)
		}
	}
	return files
}

func untar(t *testing.T, archive []byte) map[string]entry {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]entry{}
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = entry{header.FileInfo().Mode().String(), string(content)}
		if !header.ModTime.Equal(outdir.PackTime()) || header.Uname != "" || header.Uid != 0 {
			t.Errorf("%s: got time %v, user %d %q", header.Name, header.ModTime, header.Uid, header.Uname)
		}
	}
}

func aksRecipe(t *testing.T) document.Recipe {
	t.Helper()
	return engineRecipe(t, recipe.Request{Query: document.Query{Service: "aks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.34", Context: true}})
}

func text(t *testing.T, encode func() ([]byte, error)) string {
	t.Helper()
	b, err := encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wantFiles renders with the engine.
func wantFiles(t *testing.T, request bundle.Request) (map[string]entry, *bundle.Bundle) {
	t.Helper()
	rendered, err := bundle.NewRenderer().Render(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]entry{}
	for _, f := range rendered.Files {
		mode := "-rw-r--r--"
		if f.Executable {
			mode = "-rwxr-xr-x"
		}
		files[f.Path] = entry{mode, string(f.Content)}
	}
	return files, rendered
}

func TestBundleHoldsTheEnginesFiles(t *testing.T) {
	t.Parallel()
	document := aksRecipe(t)
	want, rendered := wantFiles(t, bundle.Request{Recipe: document})
	archives := map[string]map[string]bool{}
	for accept, unpack := range map[string]func(*testing.T, []byte) map[string]entry{
		"": unzip, "application/zip": unzip, "application/gzip": untar, "application/x-gzip;q=1, */*;q=0.1": untar,
	} {
		for range 2 { // servers of their own
			resp, body := post(t, newServer(t), "/v1/bundle", text(t, document.YAML), "Accept", accept)
			if diff := cmp.Diff(want, unpack(t, body), cmp.AllowUnexported(entry{})); diff != "" {
				t.Errorf("Accept %q: files (-engine +server):\n%s", accept, diff)
			}
			sum := sha256.Sum256(body)
			if got := resp.Header.Get(archiveSumHeader); got != hex.EncodeToString(sum[:]) {
				t.Errorf("Accept %q: got %s %s for an archive of %x", accept, archiveSumHeader, got, sum)
			}
			if got := resp.Header.Get(bundleSumHeader); got != rendered.SHA256 {
				t.Errorf("Accept %q: got %s %s, want %s", accept, bundleSumHeader, got, rendered.SHA256)
			}
			media := resp.Header.Get("Content-Type")
			if archives[media] == nil {
				archives[media] = map[string]bool{}
			}
			archives[media][string(body)] = true
		}
	}
	if len(archives) != 2 || len(archives[typeZip]) != 1 || len(archives[typeGzip]) != 1 {
		t.Errorf("equal requests gave different archives")
	}
}

// TestPipeline goes from a snapshot to a bundle over HTTP alone.
func TestPipeline(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, inYAML := post(t, s, "/v1/recipe?service=eks&intent=training", snapshotYAML, "Accept", typeYAML)
	_, fromYAML := post(t, s, "/v1/bundle", string(inYAML))
	_, inJSON := post(t, s, "/v1/recipe?service=eks&intent=training", snapshotYAML)
	resp, fromJSON := send(t, s, request(http.MethodPost, "/v1/bundle", string(inJSON), "Content-Type", typeJSON))
	if resp.StatusCode != http.StatusOK || !bytes.Equal(fromYAML, fromJSON) {
		t.Errorf("got %s; the bundles of a recipe as YAML and as JSON are equal: %v", resp.Status, bytes.Equal(fromYAML, fromJSON))
	}
	if _, ok := unzip(t, fromJSON)["gpu-operator/values.yaml"]; !ok {
		t.Error("no gpu-operator/values.yaml")
	}
}

func TestBundleParameters(t *testing.T) {
	t.Parallel()
	document := aksRecipe(t)
	override := "{driver: {version: \"580.126.20\"}}"
	const labels = "{metadata: {labels: {team: gpus}}}"
	const placement = "{system: {node_selector: {pool: system}}, gpu: {tolerations: [{key: pool, value: gpu, effect: NoSchedule}, {key: nvidia.com/gpu, operator: Exists}]}}"
	const registry = "{mirror: registry.example.com, packages: {gpu_config_map: packages}}"
	site := bundle.Request{
		Placement: &bundle.Placement{
			System: bundle.Pool{NodeSelector: map[string]string{"pool": "system"}},
			GPU:    bundle.Pool{Tolerations: []corev1.Toleration{{Key: "pool", Value: "gpu", Effect: "NoSchedule"}, {Key: "nvidia.com/gpu", Operator: "Exists"}}},
		},
		Registry: &bundle.Registry{Mirror: "registry.example.com", Packages: bundle.Packages{GPUConfigMap: "packages"}},
	}
	want, _ := wantFiles(t, bundle.Request{
		Recipe: document, Bundlers: []string{"gpu-operator"}, Existing: []string{"network-operator"}, Namespaces: map[string]string{"gpu-operator": "gpus"},
		Overrides: map[string]string{"gpu-operator": override}, ObjectOverrides: map[string]string{"gpu-operator/namespace": labels},
		Placement: site.Placement, Registry: site.Registry,
		Formats: []string{"argocd", "flux"}, GitOps: &form.GitOps{Repository: "https://git.example.com/gpu.git", Path: "clusters/gpu"},
	})
	query := url.Values{"bundlers": {"gpu-operator, gpu-operator"}, "existing": {"network-operator"}, "namespaces[gpu-operator]": {"gpus"}, "overrides[gpu-operator]": {override}, "object_overrides[gpu-operator/namespace]": {labels}, "placement": {placement}, "registry": {registry}, "formats": {"flux, argocd"}, "gitops[repository]": {"https://git.example.com/gpu.git"}, "gitops[path]": {"clusters/gpu"}}
	_, body := post(t, newServer(t), "/v1/bundle?"+query.Encode(), text(t, document.JSON))
	if diff := cmp.Diff(want, unzip(t, body), cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("files (-engine +server):\n%s", diff)
	}
}

func TestBundleRefusals(t *testing.T) {
	t.Parallel()
	valid := text(t, aksRecipe(t).YAML)
	const showing = "{kind: Snapshot, apiVersion: snapshot.dgxc.io/v1, measurements: [{type: K8s, subtypes: [{subtype: component, data: {gpu-operator: gpus/gpu-operator, network-operator: none}}]}]}"
	tests := map[string]struct {
		query, body string
		status      int
		want        detail // Message: a part of it
	}{
		"unknown bundler":   {query: "bundlers=gpu-operater", status: 400, want: detail{Field: "bundlers", Message: "gpu-operator"}},
		"empty bundler":     {query: "bundlers=gpu-operator,", status: 400, want: detail{Field: "bundlers", Message: "an empty name"}},
		"one empty of two":  {query: "bundlers=gpu-operator&bundlers=", status: 400, want: detail{Field: "bundlers", Message: "empty; leave it out"}},
		"no bundler":        {query: "bundlers=", status: 400, want: detail{Field: "bundlers", Message: "empty; leave it out"}},
		"unknown existing":  {query: "existing=gpu-operater", status: 400, want: detail{Field: "existing", Message: "gpu-operator"}},
		"unknown format":    {query: "formats=fluxx", status: 400, want: detail{Field: "formats", Message: `did you mean "flux"?`}},
		"no format":         {query: "formats=flux,", status: 400, want: detail{Field: "formats", Message: "an empty name"}},
		"unknown field":     {query: "formats=flux&gitops[pat]=a", status: 400, want: detail{Field: "gitops", Message: `did you mean "path"?`}},
		"path that is none": {query: "formats=flux&gitops[path]=../a", status: 400, want: detail{Field: "gitops", Message: "without . and .."}},
		"both":              {query: "existing=gpu-operator&bundlers=gpu-operator", status: 400, want: detail{Field: "existing", Message: "name it in one of the two"}},
		"no finding":        {query: "ignore_findings=,", status: 400, want: detail{Field: "ignore_findings", Message: "an empty name"}},
		"unknown component": {query: "namespaces[x]=y", status: 400, want: detail{Field: "namespaces[x]", Message: "unknown component"}},
		"no namespace":      {query: "namespaces[gpu-operator]=Y_", status: 400, want: detail{Field: "namespaces[gpu-operator]", Message: "want a namespace"}},
		"no YAML":           {query: "overrides[gpu-operator]=%5B", status: 400, want: detail{Field: "overrides[gpu-operator]", Message: "line 1"}},
		"unknown manifest":  {query: "object_overrides[gpu-operator/namespac]={}", status: 400, want: detail{Field: "object_overrides[gpu-operator/namespac]", Message: "unknown manifest"}},
		"refused object":    {query: "object_overrides[gpu-operator/namespace]={spac:%20{a:%201}}", status: 422, want: detail{Field: "object_overrides[gpu-operator/namespace]", Message: "no such field"}},
		"placement":         {query: "placement={gpus:%20{}}", status: 400, want: detail{Field: "placement", Message: `unknown field "gpus"`}},
		"empty placement":   {query: "placement={}", status: 400, want: detail{Field: "placement", Message: "it says nothing"}},
		"aliased placement": {query: "placement={system:%20%26a%20{node_selector:%20{a:%20b}},%20gpu:%20*a}", status: 400, want: detail{Field: "placement", Message: "alias"}},
		"registry":          {query: "registry={mirror:%20x}", status: 400, want: detail{Field: "registry", Message: "want a registry and no scheme"}},
		"snapshot":          {query: "snapshot={kind:%20Recipe}", status: 400, want: detail{Field: "snapshot", Message: `want "Snapshot"`}},
		"aliased snapshot":  {query: "snapshot=[%26a%20{},%20*a]", status: 400, want: detail{Field: "snapshot", Message: "alias"}},
		"shown elsewhere":   {query: "snapshot=" + url.QueryEscape(showing), status: 422, want: detail{Field: "snapshot", Rule: "installed-elsewhere", Component: "gpu-operator", Path: "gpu-operator", Message: "as the Helm release of that name in the namespace gpus"}},
		"shown as absent":   {query: "existing=network-operator&snapshot=" + url.QueryEscape(strings.Replace(showing, "gpus/", "gpu-operator/", 1)), status: 422, want: detail{Field: "existing", Rule: "existing-absent", Path: "network-operator", Message: "the snapshot does not show network-operator"}},
		"unknown key":       {query: "overrides[gpu-operator]={drivers:%20{}}", status: 422, want: detail{Field: "overrides[gpu-operator]", Message: "drivers"}},
	}
	s := newServer(t, unlimited)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body := send(t, s, request(http.MethodPost, "/v1/bundle?"+test.query, valid, "Content-Type", typeYAML))
			p := problemOf(t, body)
			if resp.StatusCode != test.status || len(p.Details) == 0 {
				t.Fatalf("got %s: %s", resp.Status, body)
			}
			if got := p.Details[0]; got.Field != test.want.Field || !strings.Contains(got.Message, test.want.Message) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestBrokenRule has a recipe that was understood and contradicts the override,
// then asks for it all the same.
func TestBrokenRule(t *testing.T) {
	t.Parallel()
	const rule = "driver-version-form"
	s := newServer(t)
	valid := text(t, aksRecipe(t).YAML)
	target := "/v1/bundle?" + url.Values{"overrides[gpu-operator]": {"{driver: {version: v580.126.20}}"}}.Encode()
	resp, body := send(t, s, request(http.MethodPost, target, valid, "Content-Type", typeYAML))
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("got %s with %d bytes", resp.Status, len(body))
	}
	p := problemOf(t, body)
	want := detail{Field: fieldBody, Rule: rule, Component: "gpu-operator", Path: "driver.version"}
	if len(p.Details) == 1 {
		want.Field, want.Message = p.Details[0].Field, p.Details[0].Message
	}
	if diff := cmp.Diff([]detail{want}, p.Details); p.Code != codeUnprocessable || diff != "" {
		t.Errorf("got %s, details (-want +got):\n%s", p.Code, diff)
	}
	resp, _ = post(t, s, target+"&ignore_findings="+rule+",nothing", valid)
	warnings := strings.Join(resp.Header.Values(warningHeader), "\n")
	for _, want := range []string{rule + ": gpu-operator: driver.version: ", "unknown-rule: ignore_findings: there is no rule \"nothing\""} {
		if !strings.Contains(warnings, want) {
			t.Errorf("got warnings %q, want one with %q", warnings, want)
		}
	}
}

// TestListsMayBeRepeated asks for two components in each way there is, with more rules to
// ignore than a single value may be long.
func TestListsMayBeRepeated(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	recipe := text(t, aksRecipe(t).YAML)
	var rules []string
	for range 20 {
		rules = append(rules, "eos-release:version")
	}
	sums := map[string]bool{}
	for _, query := range []string{
		"bundlers=gpu-operator,network-operator",
		"bundlers=gpu-operator&bundlers=network-operator",
		"bundlers=network-operator&bundlers=gpu-operator, network-operator&formats=scripts&ignore_findings=" + strings.Join(rules, ","),
	} {
		resp, _ := post(t, s, "/v1/bundle?"+strings.ReplaceAll(query, " ", "%20"), recipe)
		sums[resp.Header.Get(bundleSumHeader)] = true
	}
	if len(sums) != 1 {
		t.Errorf("got %d bundles, want one", len(sums))
	}
	get(t, s, trainingURL+"&ignore_findings=fabric-unknown&ignore_findings=kubernetes-version-unknown")
}
