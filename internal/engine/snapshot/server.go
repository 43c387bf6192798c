// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// serverCollector reads /version: version (gitVersion), platform and goVersion
// of the API server; and as K8s/api/GROUP which versions it serves of Dynamic Resource
// Allocation and of the groups that show components, "none" for none.
func serverCollector(client *cluster.Client, groups []string) Collector {
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
		list := single(KubernetesServer, data)
		api := measurement.Subtype{Name: component.GroupPath("").Subtype, Data: map[string]measurement.Reading{}}
		for _, group := range append([]string{resourceGroup}, groups...) {
			if versions := servedVersions(ctx, connection, group); versions != "" {
				api.Data[group] = measurement.Str(versions)
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		list[0].Subtypes = append(list[0].Subtypes, api)
		return list, nil
	}}
}

// resourceGroup is the group of Dynamic Resource Allocation.
const resourceGroup = "resource.k8s.io"

// servedVersions returns the versions of an API group that the server serves, divided
// by blanks, component.Nowhere where it does not serve the group, and "" where it does not say.
func servedVersions(ctx context.Context, connection *cluster.Connection, group string) string {
	body, err := getJSON(ctx, connection, "/apis/"+group)
	if apierrors.IsNotFound(err) {
		return component.Nowhere
	}
	var answer struct{ Versions []struct{ Version string } }
	if err != nil || json.Unmarshal(body, &answer) != nil {
		return ""
	}
	var versions []string
	for _, v := range answer.Versions {
		versions = append(versions, v.Version)
	}
	return strings.Join(versions, " ")
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
