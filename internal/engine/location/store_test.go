// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"bytes"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

func parse(t *testing.T, text string) location.Location {
	t.Helper()
	l, err := location.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestStore writes a document to every kind of location and reads it back.
func TestStore(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, http.StatusOK, configMap(map[string]string{"snapshot.yaml": "kind: Snapshot\n"}, nil))
	var out bytes.Buffer
	store := location.Store{
		Stdin: strings.NewReader("kind: Snapshot\n"), Stdout: &out,
		Cluster: cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.connection.Host}, nil }),
		Force:   true,
	}
	for _, text := range []string{"-", filepath.Join(t.TempDir(), "snapshot.yaml"), "cm://gpu-operator/eidos-snapshot"} {
		l := parse(t, text)
		if err := store.Write(t.Context(), l, doc()); err != nil {
			t.Errorf("writing to %s: %v", text, err)
		}
		if got, err := store.Read(t.Context(), l, location.SnapshotKey); err != nil || string(got) != "kind: Snapshot\n" {
			t.Errorf("reading from %s: got %q, %v", text, got, err)
		}
	}
	if out.String() != "kind: Snapshot\n" {
		t.Errorf("standard output has %q", out.String())
	}
	if force := server.requests[0].Query.Get("force"); force != "true" {
		t.Errorf("force is %q", force)
	}
}

// TestStoreWritesToStandardOutput by the name that it has as a file.
func TestStoreWritesToStandardOutput(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := (location.Store{Stdout: &out}).Write(t.Context(), parse(t, "/dev/stdout"), doc()); err != nil || out.String() != "kind: Snapshot\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestStoreReadsURL(t *testing.T) {
	t.Parallel()
	l := parse(t, webServer(t).URL+"/good")
	if got, err := (location.Store{}).Read(t.Context(), l, location.SnapshotKey); err != nil || string(got) != "kind: Snapshot\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := (location.Store{}).Write(t.Context(), l, doc()); err == nil || !strings.Contains(err.Error(), "/good cannot be written to") {
		t.Errorf("got %v", err)
	}
}

// failing is a stream that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestStoreErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	stream, cm := location.Location{Stream: true}, parse(t, "cm://ns/name")
	noCluster := cluster.NewClient(func() (*rest.Config, error) { return nil, cluster.ErrNotConfigured })
	for name, test := range map[string]struct {
		run  func(location.Store) error
		want string
	}{
		"broken input":            {func(s location.Store) error { _, err := s.Read(t.Context(), stream, ""); return err }, "reading standard input: broken"},
		"broken output":           {func(s location.Store) error { return s.Write(t.Context(), stream, doc()) }, "writing to standard output: broken"},
		"no cluster to read from": {func(s location.Store) error { _, err := s.Read(t.Context(), cm, ""); return err }, "no cluster is configured"},
		"no cluster to write to":  {func(s location.Store) error { return s.Write(t.Context(), cm, doc()) }, "no cluster is configured"},
		"empty input": {func(s location.Store) error {
			s.Stdin = strings.NewReader(" \n")
			_, err := s.Read(t.Context(), stream, "")
			return err
		}, "standard input is empty"},
	} {
		err := test.run(location.Store{Stdin: failing{broken}, Stdout: failing{broken}, Cluster: noCluster})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
