// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

func embeddedRelease(tb testing.TB, chart, version string) *Release {
	tb.Helper()
	release, err := embeddedFacts().Release(chart, version)
	if err != nil {
		tb.Fatal(err)
	}
	return release
}

// parseTree decodes JSON into a values tree.
func parseTree(tb testing.TB, text string) map[string]any {
	tb.Helper()
	values, err := decodeTree([]byte(text))
	if err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return values
}

func decodeTree(text []byte) (map[string]any, error) {
	values, ok := raw(text).reader().value().(map[string]any)
	if !json.Valid(text) || !ok {
		return nil, fmt.Errorf("%s is not a tree", text)
	}
	return values, nil
}

// fortyValues is a values tree of forty keys, sub-chart included.
func fortyValues() map[string]any {
	env := []any{map[string]any{"name": "A", "value": "b"}}
	return map[string]any{
		"nfd": map[string]any{"enabled": true, "nodefeaturerules": false},
		"cdi": map[string]any{"enabled": true, "nriPluginEnabled": false},
		"mig": map[string]any{"strategy": "mixed"},
		"psa": map[string]any{"enabled": false},
		"operator": map[string]any{
			"runtimeClass": "nvidia", "cleanupCRD": false, "upgradeCRD": true,
			"labels": map[string]any{"team": "gpu"},
		},
		"driver": map[string]any{
			"enabled": true, "version": "595.91.07", "kernelModuleType": "open", "usePrecompiled": false, "env": env,
			"rdma": map[string]any{"enabled": true, "useHostMofed": false},
			"upgradePolicy": map[string]any{
				"autoUpgrade": true, "maxParallelUpgrades": int64(1), "maxUnavailable": "25%",
				"drain": map[string]any{"enable": false, "force": false},
			},
		},
		"toolkit":      map[string]any{"enabled": true, "version": "v1.20.0", "installDir": "/usr/local/nvidia", "env": env},
		"devicePlugin": map[string]any{"enabled": true, "version": "v0.20.0", "env": env},
		"dcgm":         map[string]any{"enabled": true, "version": "4.6.0-1-ubuntu24.04"},
		"dcgmExporter": map[string]any{
			"enabled": true, "version": "4.6.0-4.8.3-distroless", "serviceMonitor": map[string]any{"enabled": false},
		},
		"gfd":        map[string]any{"enabled": true, "version": "v0.20.0"},
		"migManager": map[string]any{"enabled": true, "env": env},
		"gds":        map[string]any{"enabled": true, "version": "2.29.4"},
		"gdrcopy":    map[string]any{"enabled": true, "version": "v2.6"},
		"node-feature-discovery": map[string]any{
			"worker": map[string]any{"tolerations": []any{}, "nodeSelector": map[string]any{"gpu": "true"}},
		},
	}
}

// embeddedFacts are the facts that package component embeds.
func embeddedFacts() *Facts { return Open(os.DirFS("../data")) }
