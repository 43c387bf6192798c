// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// noUnknown fails on any "(known after apply)" in a plan, at whatever depth.
type noUnknown struct{}

func (noUnknown) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, rc := range req.Plan.ResourceChanges {
		if at := firstUnknown(rc.Address, rc.Change.AfterUnknown); at != "" {
			resp.Error = fmt.Errorf("%s is known only after apply", at)
			return
		}
	}
}

func firstUnknown(at string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return at
		}
	case map[string]any:
		for key, child := range v {
			if found := firstUnknown(at+"."+key, child); found != "" {
				return found
			}
		}
	case []any:
		for i, child := range v {
			if found := firstUnknown(fmt.Sprintf("%s[%d]", at, i), child); found != "" {
				return found
			}
		}
	}
	return ""
}

func workingDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
