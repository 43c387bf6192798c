// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	configMaps := schema.GroupResource{Resource: "configmaps"}
	for name, tt := range map[string]struct {
		manifest         string
		answer           *apierrors.StatusError
		errors, warnings int
	}{
		"fine":          {manifest: configMap},
		"no kind":       {manifest: widget},
		"no namespace":  {manifest: strings.ReplaceAll(configMap, "team", "nobody")},
		"no such place": {manifest: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n", errors: 1},
		"refused":       {manifest: configMap, answer: apierrors.NewBadRequest("no"), errors: 1},
		"no rights":     {manifest: configMap, answer: apierrors.NewForbidden(configMaps, "x", errors.New(`User "ci" cannot patch`)), warnings: 1},
		"quota":         {manifest: configMap, answer: apierrors.NewForbidden(configMaps, "x", errors.New("exceeded quota")), warnings: 1},
		"no webhook":    {manifest: configMap, answer: apierrors.NewInternalError(errors.New("failed calling webhook")), warnings: 1},
	} {
		s, connection := newServer(t)
		s.put(t, namespacePath, namespace)
		if tt.answer != nil {
			s.failPatches(tt.answer)
		}
		problems := newClient(t, connection, "me").Check(t.Context(), parse(t, tt.manifest))
		if len(problems.Errors) != tt.errors || len(problems.Warnings) != tt.warnings || len(s.asked) > 0 {
			t.Errorf("%s: got %v; wrote %v", name, problems, s.asked)
		}
	}
}
