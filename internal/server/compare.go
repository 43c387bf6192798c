// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// checkAnswer is the answer of POST /v1/check.
type checkAnswer struct {
	Different int             `json:"different"` // how many of the values
	Values    []compare.Value `json:"values"`
}

// postCheck answers POST /v1/check: the body holds a recipe and a snapshot.
func (s *Server) postCheck(w http.ResponseWriter, r *http.Request) error {
	return s.work(w, r, nil, func(root document.Value) (answer, error) {
		o := root.Object([]string{"recipe", "snapshot"}, nil)
		wanted := document.Get(o, "recipe", document.Value.Recipe)
		there := document.Get(o, "snapshot", document.Value.Snapshot)
		if err := o.Err(); err != nil {
			return answer{}, invalidBody(err)
		}
		values, err := compare.Compare(s.catalogs.current.Load().catalog, there, wanted)
		if err != nil {
			return answer{}, err
		}
		rep, err := encodeJSON(checkAnswer{len(compare.Differences(values)), append([]compare.Value{}, values...)}, cacheNever)
		return answer{representation: rep}, err
	})
}

// diffAnswer is the answer of POST /v1/diff.
type diffAnswer struct {
	Changes []compare.Change `json:"changes"`
}

// postDiff answers POST /v1/diff: the body holds two recipes or two snapshots.
func (s *Server) postDiff(w http.ResponseWriter, r *http.Request) error {
	return s.work(w, r, nil, func(root document.Value) (answer, error) {
		o := root.Object([]string{"from", "to"}, nil)
		from := document.Get(o, "from", compare.ReadDocument)
		to := document.Get(o, "to", compare.ReadDocument)
		if err := o.Err(); err != nil {
			return answer{}, invalidBody(err)
		}
		changes, err := compare.Documents(r.Context(), s.catalogs.current.Load().catalog, from, to)
		if err != nil {
			return answer{}, invalidBody(err)
		}
		rep, err := encodeJSON(diffAnswer{append([]compare.Change{}, changes...)}, cacheNever)
		return answer{representation: rep}, err
	})
}
