// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const (
	// maxDocument bounds what is read of one node: that of a node with 16 GPUs
	// takes some 60 KiB. What a node sends beyond this is not kept.
	maxDocument = 256 << 10
	// maxLog bounds the log: the marks of the lines, and what else is in it.
	maxLog = 1 << 20
	// readTimeout is how long the log of an agent that ended may take, with two
	// more tries, and lastLogTimeout the last lines of one that did not.
	readTimeout    = 30 * time.Second
	lastLogTimeout = 5 * time.Second
)

// fetch reads what the agent wrote.
func (s *session) fetch(ctx context.Context, a *attempt, o outcome) outcome {
	var rest string
	var err error
	if s.spec.AllNodes {
		o.text, rest, err = s.readLog(ctx, a)
		if o.partial {
			o.lines = rest // without the lines of the document
		}
	} else {
		o.text, err = s.readConfigMap(ctx, a.target)
	}
	var known *Error
	switch {
	case errors.As(err, &known):
		o.err = known
	case err != nil:
		o.err = a.errorf(BadSnapshot, "what the agent wrote cannot be read: %w", err)
	}
	return o
}

// readLog reads the document from the log of the pod, trying again: the kubelet
// may be busy, and its answer may be cut short.
func (s *session) readLog(ctx context.Context, a *attempt) (text []byte, rest string, err error) {
	gaveUp := fmt.Errorf("reading a log may take %s", readTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, gaveUp)
	defer cancel()
	for range 3 {
		if text, rest, err = s.tryLog(ctx, a.pod.Name); err == nil || cluster.LacksRights(err) {
			return text, rest, err
		}
		select {
		case <-ctx.Done():
			return nil, "", err
		case <-time.After(time.Second):
		}
	}
	return nil, "", err
}

func (s *session) tryLog(ctx context.Context, pod string) (text []byte, rest string, err error) {
	log, err := s.Connection.Log(ctx, s.spec.Namespace, pod, logOptions(maxLog))
	if err != nil {
		return nil, "", s.Connection.Explain(ctx, err, s.call("get", "", "pods/log", pod))
	}
	defer func() { _ = log.Close() }() // only read
	return frame.Read(io.LimitReader(log, maxLog), maxDocument)
}

// logOptions ask for a log of the agent, so many bytes of it.
func logOptions(bytes int64) *corev1.PodLogOptions {
	return &corev1.PodLogOptions{Container: containerName, LimitBytes: new(bytes)}
}

// lacksRights returns the error of reading a log that the run may not read: it
// is the same for all nodes.
func lacksRights(o outcome) error {
	var call *cluster.CallError
	if o.err != nil && errors.As(o.err.Err, &call) && cluster.LacksRights(call.Unwrap()) {
		return call
	}
	return nil
}

// accept decodes what an agent wrote and adds it to what is known. A node speaks
// for itself alone: not for another one, and not for the cluster.
func (s *session) accept(ctx context.Context, o outcome) outcome {
	if o.err != nil {
		return o
	}
	found, err := document.DecodeSnapshot(context.WithoutCancel(ctx), o.text) // which maxDocument bounds
	o.text = nil
	switch {
	case err != nil:
		o.err = errorf(BadSnapshot, "node %s: what the agent wrote cannot be read: %w. The image %s may be of another version", o.target.node, err, s.spec.Image)
	case found.Metadata.Hostname != o.target.node:
		o.err = errorf(BadSnapshot, "node %s: the agent wrote the snapshot of a node %q, so it is refused. Is %s an image of the eidos command?", o.target.node, found.Metadata.Hostname, s.spec.Image)
	case speaksOfCluster(found.Measurements):
		o.err = errorf(BadSnapshot, "node %s: the agent wrote about the cluster, which is asked without it, so its snapshot is refused. The image %s may be of another version", o.target.node, s.spec.Image)
	default:
		s.fleet.add(o.target.node, found)
	}
	return o
}

func speaksOfCluster(list measurement.List) bool {
	return slices.ContainsFunc(list, func(m measurement.Measurement) bool { return m.Type == measurement.K8s })
}

// lastLog returns the last lines of a running agent, nothing when there are none
// or they cannot be read.
func (s *session) lastLog(ctx context.Context, a *attempt) string {
	status := a.status()
	if status == nil || status.State.Running == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLogTimeout)
	defer cancel()
	options := logOptions(8 << 10)
	options.TailLines = new(int64(20))
	log, err := s.Connection.Log(ctx, s.spec.Namespace, a.pod.Name, options)
	if err != nil {
		return ""
	}
	defer func() { _ = log.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(log, *options.LimitBytes))
	if err != nil {
		return ""
	}
	return lastLines(string(text))
}
