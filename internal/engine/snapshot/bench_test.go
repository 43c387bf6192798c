// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

const (
	benchPods  = 50_000
	benchNodes = 2_000
	benchPage  = 500
)

// benchServer serves 50,000 pods and 2,000 nodes, so that it costs next to
// nothing itself: all pages of a list are one but for the token. It notes the
// largest heap at any request.
type benchServer struct {
	lists map[string]benchList
	peak  atomic.Uint64
}

type benchList struct {
	before, after []byte // the token of the next page is between them
	last          []byte
	pages         int
}

const benchToken = "000000"

func newBenchServer(encode func(object) []byte) *benchServer {
	pods := func(token string) []byte {
		list := &corev1.PodList{ListMeta: metav1.ListMeta{Continue: token}}
		for i := range benchPage {
			list.Items = append(list.Items, benchPod(i))
		}
		return encode(list)
	}
	nodes := func(token string) []byte {
		list := &corev1.NodeList{ListMeta: metav1.ListMeta{Continue: token}}
		for i := range benchPage {
			list.Items = append(list.Items, benchNode(i))
		}
		return encode(list)
	}
	return &benchServer{lists: map[string]benchList{
		"/api/v1/pods":  newBenchList(pods, benchPods),
		"/api/v1/nodes": newBenchList(nodes, benchNodes),
	}}
}

func newBenchList(page func(token string) []byte, objects int) benchList {
	before, after, _ := bytes.Cut(page(benchToken), []byte(benchToken))
	return benchList{before: before, after: after, last: page(""), pages: objects / benchPage}
}

func (s *benchServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.measure()
	defer s.measure()
	list, ok := s.lists[r.URL.Path]
	if !ok {
		writeJSON(w, `{"gitVersion":"v1.33.5"}`)
		return
	}
	page := 1
	if token := r.URL.Query().Get("continue"); token != "" {
		page, _ = strconv.Atoi(token)
	}
	if page == list.pages {
		_, _ = w.Write(list.last)
		return
	}
	for _, part := range [][]byte{list.before, fmt.Appendf(nil, "%06d", page+1), list.after} {
		_, _ = w.Write(part)
	}
}

func (s *benchServer) measure() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for old := s.peak.Load(); stats.HeapAlloc > old && !s.peak.CompareAndSwap(old, stats.HeapAlloc); old = s.peak.Load() {
	}
}

// benchPod has what fills a real pod: 4 kB of it in protobuf.
func benchPod(i int) corev1.Pod {
	p := pod("namespace", fmt.Sprintf("registry.example/team/service-%d:1.2.%d", i%300, i%7), "registry.example/mesh/proxy:1.27.0")
	p.Name = fmt.Sprintf("service-%d-5d4f8c7b9d-x2x9%d", i, i)
	p.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kube-controller-manager", FieldsV1: metav1.NewFieldsV1(`{"f:metadata":"` + strings.Repeat("x", 2000) + `"}`)}}
	for j := range p.Spec.Containers {
		c := &p.Spec.Containers[j]
		for k := range 12 {
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("VARIABLE_%d", k), Value: "a value of usual length"})
		}
		c.VolumeMounts = []corev1.VolumeMount{{Name: "kube-api-access", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"}}
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Image: c.Image, ImageID: c.Image + "@" + digestA, ContainerID: "containerd://" + digestA})
	}
	return p
}

// benchNode has the 50 images that a kubelet lists.
func benchNode(i int) corev1.Node {
	n := eksNode(strconv.Itoa(i))
	for j := range 50 {
		n.Status.Images = append(n.Status.Images, corev1.ContainerImage{Names: []string{
			fmt.Sprintf("registry.example/team/service-%d@%s", j, digestA), fmt.Sprintf("registry.example/team/service-%d:1.2.3", j),
		}})
	}
	return n
}

// BenchmarkCollect compares collecting with reading the same pages, also side
// by side, and throwing them away.
func BenchmarkCollect(b *testing.B) {
	for name, encode := range map[string]func(object) []byte{"protobuf": protobufBody, "JSON": jsonBody} {
		s := newBenchServer(encode)
		server := httptest.NewServer(s)
		b.Cleanup(server.Close)
		client, options := connectTo(server.URL), snapshot.KubernetesOptions{Catalog: embeddedCatalog(b)}
		b.Run(name+"/collect", func(b *testing.B) {
			s.bench(b, func() {
				got, failed := snapshot.Collect(b.Context(), snapshot.Kubernetes(client, options), snapshot.Options{})
				if err := failed.Err(); err != nil || got.Measurements.Text(measurement.K8s, "node", "gpu-nodes") != strconv.Itoa(benchNodes) {
					b.Fatal(err, got.Measurements)
				}
			})
		})
		b.Run(name+"/discard", func(b *testing.B) {
			connection, err := client.Connect()
			if err != nil {
				b.Fatal(err)
			}
			s.bench(b, func() {
				var group errgroup.Group
				for path, list := range s.lists {
					group.Go(func() error { return readAndDiscard(b.Context(), connection, path, list.pages) })
				}
				if err := group.Wait(); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// bench reports by how much the heap grew above the start, at most.
func (s *benchServer) bench(b *testing.B, run func()) {
	b.Helper()
	var start runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	s.peak.Store(start.HeapAlloc)
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(s.peak.Load()-start.HeapAlloc)/(1<<20), "peak-MiB")
}

func readAndDiscard(ctx context.Context, c *cluster.Connection, path string, pages int) error {
	for page := 1; page <= pages; page++ {
		request := c.REST.Get().AbsPath(path).SetHeader("Accept", "application/vnd.kubernetes.protobuf,application/json").Param("limit", strconv.Itoa(benchPage))
		if page > 1 {
			request.Param("continue", strconv.Itoa(page))
		}
		body, err := request.Stream(ctx)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, body)
		if err := errors.Join(err, body.Close()); err != nil {
			return err
		}
	}
	return nil
}
