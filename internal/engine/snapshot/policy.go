// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// policyCollector reads the spec of the GPU operator's ClusterPolicy, flattened
// as flatten describes, without secrets as secret.Tree describes. The operator obeys
// one policy: the one whose state is ready, else the oldest. A cluster without
// the operator has nothing to collect.
func policyCollector(client *cluster.Client) Collector {
	return Collector{Name: KubernetesPolicy, Collect: func(ctx context.Context) (measurement.List, error) {
		connection, err := client.Connect()
		if err != nil {
			return nil, err
		}
		// Kyverno has a ClusterPolicy too: the group tells them apart.
		const path = "/apis/nvidia.com/v1/clusterpolicies"
		body, err := getJSON(ctx, connection, path)
		if apierrors.IsNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, connection.Explain(ctx, err, cluster.Call{Verb: "list", Group: "nvidia.com", Resource: "clusterpolicies"})
		}
		data, err := policyData(body)
		if err != nil {
			return nil, fmt.Errorf("reading the answer of the API server to %s: %w", path, err)
		}
		return single(KubernetesPolicy, data), nil
	}}
}

// clusterPolicy is what is looked at of a ClusterPolicy.
type clusterPolicy struct {
	Metadata struct{ Name, CreationTimestamp string }
	Spec     map[string]any
	Status   struct{ State string }
}

func policyData(body []byte) (map[string]measurement.Reading, error) {
	var list struct{ Items []clusterPolicy }
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // a float64 would round large integers
	if err := decoder.Decode(&list); err != nil {
		return nil, err
	}
	if len(list.Items) == 0 {
		return nil, nil
	}
	obeyed := slices.MinFunc(list.Items, func(a, b clusterPolicy) int {
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()),
			cmp.Compare(a.Metadata.CreationTimestamp, b.Metadata.CreationTimestamp), // RFC 3339 in UTC
			cmp.Compare(a.Metadata.Name, b.Metadata.Name),
		)
	})
	return flatten(obeyed.Spec)
}

func (p clusterPolicy) rank() int {
	if p.Status.State == "ready" {
		return 0
	}
	return 1
}

// flatten turns an object, decoded with json.Decoder.UseNumber, into readings.
// The key of a value is the names on the way to it, joined with dots. Lists and
// empty objects are compact JSON, with secrets redacted; bools and numbers keep
// their types; a null is left out, as if it were not there. Should two values
// get one key ({"a.b": 1, "a": {"b": 2}}), or a key begin with a quote, each
// name is quoted: "a.b" and "a"."b".
func flatten(object map[string]any) (map[string]measurement.Reading, error) {
	leaves := map[string][]leaf{}
	collectLeaves(leaves, nil, secret.Tree(object))
	data := make(map[string]measurement.Reading, len(leaves))
	for plain, alike := range leaves {
		for _, l := range alike {
			key := plain
			if len(alike) > 1 || strings.HasPrefix(plain, `"`) {
				key = l.quotedKey()
			}
			reading, err := l.reading()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			data[key] = reading
		}
	}
	return data, nil
}

type leaf struct {
	names []string
	value any
}

func collectLeaves(leaves map[string][]leaf, names []string, value any) {
	object, ok := value.(map[string]any)
	switch {
	case value == nil:
	case ok && (len(object) > 0 || len(names) == 0):
		for name, inner := range object {
			collectLeaves(leaves, append(names[:len(names):len(names)], name), inner)
		}
	default:
		key := strings.Join(names, ".")
		leaves[key] = append(leaves[key], leaf{names, value})
	}
}

func (l leaf) quotedKey() string {
	quoted := make([]string, len(l.names))
	for i, name := range l.names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ".")
}

func (l leaf) reading() (measurement.Reading, error) {
	switch value := l.value.(type) {
	case json.Number:
		return measurement.Number(value.String()), nil
	case string, bool:
		return measurement.FromAny(value)
	default:
		return jsonReading(value)
	}
}

func jsonReading(value any) (measurement.Reading, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return measurement.Str(strings.TrimSuffix(text.String(), "\n")), nil
}
