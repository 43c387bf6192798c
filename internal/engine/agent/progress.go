// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// progress is what is known of all attempts of a run. It is a function of the
// changes alone.
type progress struct {
	attempts []*attempt // in the order of the targets
}

func newProgress(d *deployment) *progress {
	p := &progress{}
	for _, t := range d.targets {
		p.attempts = append(p.attempts, &attempt{target: t, image: d.spec.Image, job: d.job(t, true)})
	}
	return p
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

// forget prepares for a list of all objects: what is not in it is gone.
func (p *progress) forget(k kind) {
	for _, a := range p.attempts {
		switch k {
		case jobKind:
			a.job = nil
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
		if a := p.attempt(o.Name); a != nil {
			a.job = o
			if removed {
				a.job = nil
			}
		}
	case *corev1.Pod:
		if a := p.attempt(o.Labels[batchv1.JobNameLabel]); a != nil {
			a.pod, a.podGone = o, removed
		}
	case *corev1.Event:
		p.warn(o, removed)
	}
}

func (p *progress) attempt(job string) *attempt {
	for _, a := range p.attempts {
		if a.target.job == job {
			return a
		}
	}
	return nil
}

// warn files an event with the Job or the pod that it is about. Kubernetes names
// the pods of a Job after it, with a suffix.
func (p *progress) warn(event *corev1.Event, expired bool) {
	if expired {
		return
	}
	about, w := event.InvolvedObject, warning{reason: event.Reason, message: strings.TrimSpace(event.Message)}
	for _, a := range p.attempts {
		switch {
		case about.Kind == "Job" && about.Name == a.target.job:
			a.jobWarnings = append(a.jobWarnings, w)
		case about.Kind == "Pod" && strings.HasPrefix(about.Name, a.target.job+"-") && !strings.Contains(about.Name[len(a.target.job)+1:], "-"):
			a.podWarnings = append(a.podWarnings, w)
		}
	}
}
