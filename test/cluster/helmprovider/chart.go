// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/url"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart"
	charts "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/registry"
)

// locate downloads the chart of a release and returns it and its path.
func (s *session) locate(m *model, options *action.ChartPathOptions) (*charts.Chart, string, error) {
	name, repository := strings.TrimSpace(m.Chart.ValueString()), m.Repository.ValueString()
	if registry.IsOCI(repository) || registry.IsOCI(name) {
		return nil, "", fmt.Errorf("locating chart %s: the stand-in reads no OCI registry; give a repository over http", name)
	}
	if _, err := url.ParseRequestURI(repository); err == nil {
		options.RepoURL = repository
	} else if repository != "" && !strings.Contains(name, "/") {
		name = repository + "/" + name
	}
	options.Version = strings.TrimSpace(m.Version.ValueString())
	s.charts.Lock()
	defer s.charts.Unlock()
	path, err := options.LocateChart(name, s.settings)
	if err != nil {
		return nil, "", fmt.Errorf("locating chart %s: %w", name, err)
	}
	found, err := load(path)
	if err != nil {
		return nil, "", fmt.Errorf("reading chart %s: %w", path, err)
	}
	return found, path, nil
}

// load reads a chart, which must be one that can be installed as it is.
func load(path string) (*charts.Chart, error) {
	found, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	if kind := found.Metadata.Type; kind != "" && kind != "application" {
		return nil, fmt.Errorf("charts of type %s cannot be installed", kind)
	}
	accessor, err := chart.NewAccessor(found)
	if err != nil {
		return nil, err
	}
	return found, action.CheckDependencies(found, accessor.MetaDependencies())
}
