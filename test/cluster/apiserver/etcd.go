// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// EtcdUse is how many bytes of etcd are in use: by what is there and by all that
// was there since the last compaction.
func (s *Server) EtcdUse(tb testing.TB) int64 {
	tb.Helper()
	return s.etcdStatus(tb).DBSizeInUse
}

// Compact makes etcd forget what is no longer there, as every kube-apiserver does
// now and then. Watches from before break off.
func (s *Server) Compact(tb testing.TB) {
	tb.Helper()
	s.askEtcd(tb, "kv/compaction", fmt.Sprintf(`{"revision": %q, "physical": true}`, s.etcdStatus(tb).Header.Revision), &struct{}{})
}

type etcdStatus struct {
	Header      struct{ Revision string }
	DBSizeInUse int64 `json:"dbSizeInUse,string"`
}

func (s *Server) etcdStatus(tb testing.TB) (status etcdStatus) {
	tb.Helper()
	s.askEtcd(tb, "maintenance/status", "{}", &status)
	return status
}

// askEtcd calls a method by the JSON form of etcd's API.
func (s *Server) askEtcd(tb testing.TB, method, body string, answer any) {
	tb.Helper()
	url := s.plane.Etcd.URL.JoinPath("v3", method).String()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	err = json.NewDecoder(response.Body).Decode(answer)
	if err != nil || response.StatusCode != http.StatusOK {
		tb.Fatalf("etcd answers to %s: %s, %v", method, response.Status, err)
	}
}
