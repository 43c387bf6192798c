// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	clienttesting "k8s.io/client-go/testing"
)

// The API server closes watches now and then, and may be away for a moment.
func TestWatchesAreOpenedAgain(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	var watches, lists atomic.Int32
	f.client.PrependWatchReactor("pods", func(clienttesting.Action) (bool, watch.Interface, error) {
		if watches.Add(1) > 2 {
			return false, nil, nil
		}
		return true, watch.NewEmptyWatch(), nil // is closed
	})
	f.client.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		if lists.Add(1) == 2 {
			return true, nil, apierrors.NewServiceUnavailable("restarting")
		}
		return false, nil, nil
	})
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	if _, err := f.runner().Run(t.Context(), baseSpec(), testOwner); err != nil {
		t.Fatal(err)
	}
	if watches.Load() < 1 || lists.Load() < 3 {
		t.Errorf("%d watches and %d lists of pods", watches.Load(), lists.Load())
	}
}

// Rights that are taken away in the middle end the run.
func TestWatchForbiddenLater(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.client.PrependWatchReactor("pods", func(clienttesting.Action) (bool, watch.Interface, error) {
		return true, watch.NewEmptyWatch(), nil
	})
	var taken atomic.Bool
	f.client.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return taken.Load(), nil, apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "x", errors.New("not allowed"))
	})
	f.play = func(*batchv1.Job) { taken.Store(true) }
	if _, err := f.runner().Run(t.Context(), baseSpec(), testOwner); err == nil || !strings.Contains(err.Error(), "cannot list pods in namespace") {
		t.Errorf("error %v", err)
	}
	if left := f.left(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
