// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// policyCollector reads the spec of the GPU operator's ClusterPolicy, flattened
// as flatten describes, without secrets as redact describes. The operator obeys
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
