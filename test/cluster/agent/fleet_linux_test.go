// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

const (
	fleetSize = 1000
	// maxProvider bounds the provider's memory, in KiB, and maxEtcd the bytes that
	// a run leaves in etcd.
	maxProvider = 150 << 10
	// maxCommand bounds the command's for 200 nodes.
	maxCommand = 100 << 10
	maxEtcd    = 20 << 20
)

// role is what a node of the fleet does.
type role int

const (
	healthy role = iota
	older        // with another kernel
	lying        // speaks for another node
	hanging
	cordoned
)

func roleOf(node string) role {
	var i int
	if _, err := fmt.Sscanf(node, "gpu-%d", &i); err != nil {
		return healthy
	}
	return map[int]role{3: older, 13: older, 23: older, 7: lying, 17: hanging, 27: cordoned}[i%100]
}

// A thousand nodes, of which some lie and some hang, under the real provider.
func TestFleet(t *testing.T) { //nolint:paralleltest // its memory and time are measured
	own, s := newFleet(t, fleetSize)
	own.Compact(t)
	before := own.EtcdUse(t)
	w := terraform.NewWorkspace(t, plugins, agentConfig(t, own.Admin(), s.namespace, `all_nodes = true`)+fleetOutputs, "TF_LOG_PROVIDER=INFO", "TF_LOG_PATH=provider.log")
	peak := watchMemory(t)
	began := time.Now() //nolint:forbidigo // a figure for the documentation
	r := w.Apply(t)
	took := time.Since(began).Round(time.Second)
	memory := peak()
	churn := own.EtcdUse(t) - before
	t.Logf("the apply took %s, the provider %d KiB; at most %d Jobs were there at a time; etcd grew by %d bytes, with all revisions of them", took, memory, s.most(), churn)

	var groups []struct {
		Nodes       []string          `json:"nodes"`
		Differences map[string]string `json:"differences"`
	}
	w.Output(t, "groups", &groups)
	if len(groups) != 2 || len(groups[0].Nodes) != 940 || len(groups[1].Nodes) != 30 {
		t.Errorf("groups %v", groups)
	}
	if len(groups) > 1 && (len(groups[1].Differences) != 1 || groups[1].Differences["OS/sysctl//proc/sys/kernel/osrelease"] != "6.8.0-1029-aws") {
		t.Errorf("differences %v", groups[1].Differences)
	}
	var leftOut map[string]string
	w.Output(t, "left_out", &leftOut)
	for node, why := range leftOut {
		want := map[role]string{lying: `the snapshot of a node "gpu-9999"`, hanging: "did not end in time", cordoned: "cordoned"}[roleOf(node)]
		if want == "" || !strings.Contains(why, want) {
			t.Errorf("%s is left out because %s", node, why)
		}
	}
	if len(leftOut) != 30 || !r.Says("Agent Failed On Nodes") || !r.Says("Nodes Passed Over") {
		t.Errorf("left out are %d nodes:\n%s", len(leftOut), r.Stdout)
	}
	if log := w.Read(t, "provider.log"); !strings.Contains(log, "The agent has ended on nodes") {
		t.Errorf("the log shows no progress:\n%.2000s", log)
	}
	if left := s.left(); len(left) != 2 || left[0] != "ConfigMap eidos-snapshot" {
		t.Errorf("left: %v", left)
	}
	if memory > maxProvider {
		t.Errorf("the provider took %d KiB of memory, want at most %d", memory, maxProvider)
	}
	if most := s.most(); most > agent.MaxParallel+1 {
		t.Errorf("%d Jobs were there at a time", most)
	}
	checkEmptyPlan(t, w)
	own.Compact(t)
	if kept := own.EtcdUse(t) - before; kept > maxEtcd {
		t.Errorf("the run has left %d bytes in etcd, want at most %d", kept, maxEtcd)
	} else {
		t.Logf("the run has left %d bytes in etcd", kept)
	}
}

// newFleet is nodes of an API server of their own, each with its role, of which 2 in a
// hundred never end by themselves.
func newFleet(t *testing.T, size int) (*apiserver.Server, *stage) {
	t.Helper()
	own := apiserver.New(t)
	var nodes []*corev1.Node
	for i := range size {
		node := fixture.Node(t, "eks", fmt.Sprintf("gpu-%04d", i))
		node.Spec.Unschedulable = roleOf(node.Name) == cordoned
		kubelets.reach(node)
		nodes = append(nodes, node)
	}
	fixture.Create(t, own.Admin(), nodes...)
	s := newStageOn(t, own, "fleet")
	var ended atomic.Int32
	others := make(chan struct{})
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		if roleOf(pod.Spec.NodeName) == hanging {
			s.setStatus(ctx, pod, running())
			<-others // the Job's deadline is long past then
			s.overdue(ctx, pod.Labels[batchv1.JobNameLabel])
			return running()
		}
		if int(ended.Add(1)) == size-size/50 {
			defer close(others)
		}
		return s.printSnapshot(pod)
	}
	return own, s
}

// Two hundred nodes, from a prompt.
func TestCommandFleet(t *testing.T) { //nolint:paralleltest // its memory and time are measured
	const size = 200
	_, s := newFleet(t, size)
	began := time.Now() //nolint:forbidigo // a figure for the documentation
	l := s.snapshot("--all-nodes")
	took := time.Since(began).Round(100 * time.Millisecond)
	t.Logf("the command took %s and %d KiB; at most %d Jobs were there at a time; the last it said:\n%s", took, l.memory, s.most(), tail(l.stderr))
	l.check(t, 3, "error: the agent failed on these nodes", `the snapshot of a node "gpu-9999"`, "did not end in time",
		"warning: these nodes were passed over", "gpu-0027: cordoned",
		"warning: OS/sysctl//proc/sys/kernel/osrelease: 6.8.0-1034-aws: 188, 6.8.0-1029-aws: 6")
	if got := textOf(l.decode(t).Measurements, "OS", "sysctl", "/proc/sys/kernel/osrelease"); got != "6.8.0-1034-aws" {
		t.Errorf("the typical kernel is %q", got)
	}
	if l.memory > maxCommand {
		t.Errorf("the command took %d KiB of memory, want at most %d", l.memory, maxCommand)
	}
	s.checkLeft()
}

const fleetOutputs = `
output "groups" { value = eidos_agent.this.groups }
output "left_out" { value = eidos_agent.this.left_out }
`

// overdue is what the Job controller does at a Job's deadline.
func (s *stage) overdue(ctx context.Context, name string) {
	job, err := s.client.BatchV1().Jobs(s.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		s.check(err)
		return
	}
	now := metav1.Now()
	job.Status.StartTime = &now
	for _, t := range []batchv1.JobConditionType{batchv1.JobFailureTarget, batchv1.JobFailed} {
		job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{
			Type: t, Status: corev1.ConditionTrue, Reason: batchv1.JobReasonDeadlineExceeded, LastTransitionTime: now, LastProbeTime: now,
		})
	}
	_, err = s.client.BatchV1().Jobs(s.namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{})
	s.check(err)
}

// watchMemory looks at the providers that run until it is asked for the most
// memory, in KiB, that one of them has taken.
func watchMemory(t *testing.T) func() int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	most := make(chan int)
	go func() {
		peak, ticker := 0, time.NewTicker(50*time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				most <- peak
				return
			case <-ticker.C:
				peak = max(peak, providersMemory())
			}
		}
	}()
	return func() int {
		cancel()
		return <-most
	}
}

// providersMemory is the peak of the provider's resident memory, 0 while none runs.
func providersMemory() int {
	peak := 0
	links, _ := filepath.Glob("/proc/[0-9]*/exe") // the pattern is well formed
	for _, link := range links {
		if binary, err := os.Readlink(link); err != nil || filepath.Dir(binary) != plugins {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(link), "status"))
		if err != nil {
			continue // it has ended
		}
		var kib int
		if _, rest, found := strings.Cut(string(status), "VmHWM:"); found {
			if _, err := fmt.Sscan(rest, &kib); err == nil {
				peak = max(peak, kib)
			}
		}
	}
	return peak
}

// printSnapshot is what the pod of a node of the fleet does.
func (s *stage) printSnapshot(pod *corev1.Pod) corev1.PodStatus {
	taken := document.Snapshot{Metadata: document.SnapshotMetadata{Hostname: pod.Spec.NodeName, Created: "2026-11-02T09:15:00Z"}}
	kernel := "6.8.0-1034-aws"
	switch roleOf(pod.Spec.NodeName) {
	case lying:
		taken.Metadata.Hostname = "gpu-9999"
	case older:
		kernel = "6.8.0-1029-aws"
	}
	for i := range 800 { // as many parameters as a real node has
		path := measurement.Path{Type: measurement.OS, Subtype: "sysctl", Key: fmt.Sprintf("/proc/sys/kernel/parameter/%d", i)}
		taken.Measurements = taken.Measurements.With(path, measurement.Str(strings.Repeat("x", i%40)))
	}
	taken.Measurements = taken.Measurements.With(measurement.ParsePath("OS/sysctl//proc/sys/kernel/osrelease"), measurement.Str(kernel))
	text, err := taken.YAML()
	var log bytes.Buffer
	if err == nil {
		err = frame.Write(&log, text)
	}
	s.check(err)
	kubelets.put(pod, log.String())
	return terminated(0, "")
}
