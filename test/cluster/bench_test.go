// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

const (
	benchPods  = 50_000
	benchNodes = 2_000
	benchPage  = 500
)

// BenchmarkCollect compares collecting from a large cluster with reading the same
// pages and throwing them away. heap-MiB is the most that a collection had above
// the heap at its start, seen whenever it asked for a page.
func BenchmarkCollect(b *testing.B) {
	s := apiserver.New(b)
	fillLargeCluster(b, s.Admin())
	heap := &heapWatch{}
	config := s.Admin()
	config.Wrap(heap.wrap)
	client := connect(config)

	b.Run("collect", func(b *testing.B) {
		var most uint64
		for b.Loop() {
			start := heap.restart()
			_, failed := snapshot.Collect(b.Context(), snapshot.Kubernetes(client, snapshot.KubernetesOptions{}), snapshot.Options{})
			if len(failed) > 0 {
				b.Fatal(failed.Err())
			}
			most = max(most, heap.peak.Load()-start)
		}
		b.ReportMetric(float64(most)/(1<<20), "heap-MiB")
	})
	b.Run("discard", func(b *testing.B) {
		core := clients(b, config)
		pods, nodes := podPages(b, core), nodePages(b, core)
		for b.Loop() { // side by side, as collectors run
			var group errgroup.Group
			group.Go(func() error { return discard(b.Context(), pods) })
			group.Go(func() error { return discard(b.Context(), nodes) })
			if err := group.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func fillLargeCluster(b *testing.B, config *rest.Config) {
	b.Helper()
	node := fixture.Node(b, "eks", "node")
	nodes := make([]*corev1.Node, benchNodes)
	for i := range nodes {
		nodes[i] = node.DeepCopy()
		nodes[i].Name = fmt.Sprintf("node-%d", i)
		nodes[i].Labels[corev1.LabelHostname] = nodes[i].Name
	}
	fixture.Create(b, config, nodes...)
	fixture.Create(b, config, fixture.Namespace("bench"))
	pods := make([]*corev1.Pod, benchPods)
	for i := range pods {
		pods[i] = &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "bench", Name: fmt.Sprintf("pod-%d", i)},
			Spec: corev1.PodSpec{
				NodeName:       nodes[i%benchNodes].Name,
				InitContainers: []corev1.Container{{Name: "init", Image: "registry.example/mesh/init:1.27.0"}},
				Containers: []corev1.Container{
					{Name: "main", Image: fmt.Sprintf("registry.example/team/service-%d:1.2.%d", i%300, i%7)},
					{Name: "proxy", Image: "registry.example/mesh/proxy:1.27.0"},
				},
			},
		}
	}
	fixture.Create(b, config, pods...)
}

func podPages(b *testing.B, c typedcorev1.CoreV1Interface) []*rest.Request {
	b.Helper()
	return pages(b, c, "pods", func(options metav1.ListOptions) (metav1.ListInterface, error) {
		return c.Pods("").List(b.Context(), options)
	})
}

func nodePages(b *testing.B, c typedcorev1.CoreV1Interface) []*rest.Request {
	b.Helper()
	return pages(b, c, "nodes", func(options metav1.ListOptions) (metav1.ListInterface, error) {
		return c.Nodes().List(b.Context(), options)
	})
}

// pages are the requests for all pages of a resource.
func pages(b *testing.B, c typedcorev1.CoreV1Interface, resource string, list func(metav1.ListOptions) (metav1.ListInterface, error)) []*rest.Request {
	b.Helper()
	options, requests := metav1.ListOptions{Limit: benchPage}, []*rest.Request{}
	for {
		request := c.RESTClient().Get().AbsPath("/api/v1/"+resource).Param("limit", strconv.Itoa(benchPage))
		if options.Continue != "" {
			request.Param("continue", options.Continue)
		}
		requests = append(requests, request)
		page, err := list(options)
		if err != nil {
			b.Fatal(err)
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return requests
		}
	}
}

func discard(ctx context.Context, requests []*rest.Request) error {
	for _, request := range requests {
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

// heapWatch notes the largest heap at any request.
type heapWatch struct {
	peak atomic.Uint64
}

func (h *heapWatch) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		h.note()
		return next.RoundTrip(r)
	})
}

func (h *heapWatch) note() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for old := h.peak.Load(); stats.HeapAlloc > old && !h.peak.CompareAndSwap(old, stats.HeapAlloc); old = h.peak.Load() {
	}
	return stats.HeapAlloc
}

// restart forgets the peak and returns the heap that is in use.
func (h *heapWatch) restart() uint64 {
	runtime.GC()
	h.peak.Store(0)
	return h.note()
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
