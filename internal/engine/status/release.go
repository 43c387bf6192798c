// SPDX-License-Identifier: Apache-2.0

package status

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Release is a release as Helm has recorded it.
type Release struct {
	Component string `json:"component"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Chart     string `json:"chart,omitempty"`
	Version   string `json:"version,omitempty"`
	Status    string `json:"status"` // Helm's word, or missing
	Revision  int    `json:"revision,omitempty"`
	// Difference says what is otherwise than in the bundle, "" for nothing.
	Difference string `json:"difference,omitempty"`
}

const (
	deployed = "deployed" // Helm's word for a release that is all there
	missing  = "missing"
)

// maxRecord bounds the bytes of a record without its compression. It holds the whole
// chart.
const maxRecord = 64 << 20

// record is what counts of Helm's record of a release. The values, which hold
// secrets, are not decoded.
type record struct {
	Version int
	Info    struct{ Status string }
	Chart   struct {
		Metadata struct{ Name, Version string }
	}
}

// release finds the newest record of a component's release.
func (r *Reader) release(ctx context.Context, c bundle.Component) finding {
	name, err := r.newestRecord(ctx, c)
	if err != nil {
		return finding{err: err}
	}
	found := Release{Component: c.Name, Name: c.ReleaseName, Namespace: c.Namespace, Status: missing}
	if name == "" {
		found.Difference = fmt.Sprintf("Helm has no release %q in namespace %q", c.ReleaseName, c.Namespace)
		return finding{releases: []Release{found}}
	}
	kept, err := r.record(ctx, c.Namespace, name)
	if err != nil {
		return finding{err: err}
	}
	found.Chart, found.Version, found.Status, found.Revision = kept.Chart.Metadata.Name, kept.Chart.Metadata.Version, kept.Info.Status, kept.Version
	found.Difference = found.difference(c)
	return finding{releases: []Release{found}}
}

func (r Release) difference(c bundle.Component) string {
	var list []string
	if r.Status != deployed {
		list = append(list, fmt.Sprintf("revision %d is %s", r.Revision, words.Quote(r.Status)))
	}
	// Charts in registries have their names behind the registry's.
	if name := c.Chart[strings.LastIndex(c.Chart, "/")+1:]; r.Chart != name {
		list = append(list, fmt.Sprintf("the chart is %s, not %s", words.Quote(r.Chart), words.Quote(name)))
	}
	if strings.TrimPrefix(r.Version, "v") != strings.TrimPrefix(c.Version, "v") {
		list = append(list, fmt.Sprintf("the version is %s, not %s", words.Quote(r.Version), words.Quote(c.Version)))
	}
	return words.And(list)
}

// newestRecord returns the name of the Secret with the newest revision of a release,
// "" where there is none. It reads no Secret's content.
func (r *Reader) newestRecord(ctx context.Context, c bundle.Component) (string, error) {
	var list metav1.PartialObjectMetadataList
	err := r.secrets(ctx, c.Namespace, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
		"labelSelector", labels.Set{"owner": "helm", "name": c.ReleaseName}.String(), &list)
	name, newest := "", 0
	for i := range list.Items {
		if revision, err := strconv.Atoi(list.Items[i].Labels["version"]); err == nil && revision > newest {
			name, newest = list.Items[i].Name, revision
		}
	}
	return name, err
}

// record reads the record in a Secret. It asks for a list of one, so that the right
// to list is enough.
func (r *Reader) record(ctx context.Context, namespace, name string) (record, error) {
	var list struct {
		Items []struct {
			Data struct{ Release []byte }
		}
	}
	err := r.secrets(ctx, namespace, "application/json", "fieldSelector", fields.OneTermEqualSelector("metadata.name", name).String(), &list)
	if err != nil {
		return record{}, err
	}
	if len(list.Items) != 1 {
		return record{}, fmt.Errorf("the record of Helm %q in namespace %q is gone again: a newer one may have taken its place", name, namespace)
	}
	kept, err := decode(list.Items[0].Data.Release)
	if err != nil {
		return record{}, fmt.Errorf("the record of Helm %q in namespace %q cannot be read: %w", name, namespace, err)
	}
	return kept, nil
}

// decode reads a record. Its errors show nothing of it.
func decode(encoded []byte) (kept record, err error) {
	text, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(string(encoded))))
	if err != nil {
		return record{}, errors.New("it is not compressed as Helm does it")
	}
	bounded := &io.LimitedReader{R: text, N: maxRecord}
	if json.NewDecoder(bounded).Decode(&kept) == nil {
		return kept, nil
	}
	if bounded.N == 0 {
		return record{}, fmt.Errorf("it has more than %d MiB", maxRecord>>20)
	}
	return record{}, errors.New("it is not what Helm writes")
}

// secrets lists Secrets of a namespace by a selector.
func (r *Reader) secrets(ctx context.Context, namespace, accept, selector, value string, into any) error {
	result := r.connection.REST.Get().AbsPath("/api/v1/namespaces", namespace, "secrets").Param(selector, value).SetHeader("Accept", accept).Do(ctx)
	body, err := result.Raw()
	if err = cmp.Or(result.Error(), err); err != nil { // Raw's is without the server's message
		return r.connection.Explain(ctx, err, cluster.Call{Verb: "list", Resource: "secrets", Namespace: namespace})
	}
	if json.Unmarshal(body, into) != nil {
		return fmt.Errorf("the API server's list of secrets in namespace %q is not JSON of that form", namespace)
	}
	return nil
}
