// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// progress is what is known of the attempts that run, by their Jobs. It is a
// function of the changes alone.
type progress struct {
	running map[string]*attempt
}

func (p *progress) begin(a *attempt) {
	if p.running == nil {
		p.running = map[string]*attempt{}
	}
	p.running[a.target.job] = a
}

func (p *progress) apply(c change) {
	if c.all == nil {
		p.put(c.one, c.removed)
		return
	}
	p.forget(c.kind)
	for _, object := range c.all {
		p.put(object, false)
	}
}

// forget prepares for a list of all objects: what is not in it is gone. A Job
// that no watch has reported yet is younger than the list.
func (p *progress) forget(k kind) {
	for _, a := range p.running {
		switch k {
		case jobKind:
			if a.jobSeen {
				a.job = nil
			}
		case podKind:
			a.podGone = a.pod != nil
		case eventKind:
			a.jobWarnings, a.podWarnings = nil, nil
		}
	}
}

func (p *progress) put(object runtime.Object, removed bool) {
	switch o := object.(type) {
	case *batchv1.Job:
		if a := p.running[o.Name]; a != nil {
			a.job, a.jobSeen = o, true
			if removed {
				a.job = nil
			}
		}
	case *corev1.Pod:
		// A node can make pods of its own up, with any label: it speaks for no other.
		if a := p.running[o.Labels[batchv1.JobNameLabel]]; a != nil && (o.Spec.NodeName == "" || o.Spec.NodeName == a.target.node) {
			a.pod, a.podGone = o, removed
		}
	case *corev1.Event:
		p.warn(o, removed)
	}
}

// warn files an event with the Job or the pod that it is about. Kubernetes names
// the pods of a Job after it, with a suffix.
func (p *progress) warn(event *corev1.Event, expired bool) {
	if expired {
		return
	}
	about := event.InvolvedObject
	w := warning{reason: event.Reason, message: strings.TrimSpace(event.Message), about: about.UID}
	switch about.Kind {
	case "Job":
		if a := p.running[about.Name]; a != nil && about.UID == a.jobUID {
			a.jobWarnings = append(a.jobWarnings, w)
		}
	case "Pod":
		if a := p.running[about.Name[:max(0, strings.LastIndex(about.Name, "-"))]]; a != nil {
			a.podWarnings = append(a.podWarnings, w)
		}
	}
}
