// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// serverCollector reads /version: version (gitVersion), platform and goVersion
// of the API server.
func serverCollector(client *cluster.Client) Collector {
	return Collector{Name: KubernetesServer, Collect: func(ctx context.Context) (measurement.List, error) {
		connection, err := client.Connect()
		if err != nil {
			return nil, err
		}
		const path = "/version"
		body, err := getJSON(ctx, connection, path)
		if err != nil {
			return nil, connection.Explain(ctx, err, cluster.Call{Verb: "get", Resource: path})
		}
		data, err := serverData(body)
		if err != nil {
			return nil, fmt.Errorf("reading the answer of the API server to %s: %w", path, err)
		}
		return single(KubernetesServer, data), nil
	}}
}

func serverData(body []byte) (map[string]measurement.Reading, error) {
	var info struct{ GitVersion, Platform, GoVersion string }
	if err := json.Unmarshal(body, &info); err != nil {
		return nil, err
	}
	if info.GitVersion == "" {
		return nil, errors.New("it names no gitVersion; is this a Kubernetes API server?")
	}
	data := map[string]measurement.Reading{}
	for key, text := range map[string]string{"version": info.GitVersion, "platform": info.Platform, "goVersion": info.GoVersion} {
		if text != "" {
			data[key] = measurement.Str(text)
		}
	}
	return data, nil
}
