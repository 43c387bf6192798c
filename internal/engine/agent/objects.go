// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"math"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// maxBase leaves room in a label for what follows: Kubernetes labels pods
	// with the names of their Jobs.
	maxBase = 40
	// keptFor is how many seconds a finished Job stays, beyond the timeout, when
	// nobody is left to remove it. The first Job, which owns the rest, may have
	// finished a whole timeout before the last one.
	keptFor = 3600
)

// deployment is what one run creates.
type deployment struct {
	spec       Spec
	id         string      // of the run
	owner      string      // of the ConfigMaps
	collectors []collector // of the pods
	remote     []string    // collectors that ask the API server
	targets    []target
	parts      podParts
}

// target is a node with the Job that runs there.
type target struct {
	node, job string
}

// newDeployment returns the deployment of a valid spec on nodes.
func newDeployment(spec Spec, id, owner string, nodes []string) (*deployment, error) {
	chosen, err := spec.chosen()
	if err != nil {
		return nil, err
	}
	parts, err := readPodParts()
	if err != nil {
		return nil, err
	}
	d := &deployment{spec: spec, id: id, owner: owner, parts: parts}
	for _, c := range chosen {
		if c.remote() {
			d.remote = append(d.remote, c.name)
			continue
		}
		d.collectors = append(d.collectors, c)
	}
	for i, node := range nodes {
		d.targets = append(d.targets, target{node: node, job: d.jobName(i)})
	}
	return d, nil
}

func (d *deployment) base() string {
	return fit(d.spec.Name, maxBase) + "-" + d.id
}

// account is "" for the namespace's default.
func (d *deployment) account() string {
	if d.hasAccount() {
		return d.base()
	}
	return d.spec.ServiceAccount
}

// hasAccount reports whether the run has an account of its own. Only the pod on
// one node writes a ConfigMap.
func (d *deployment) hasAccount() bool {
	return d.spec.ServiceAccount == "" && !d.spec.AllNodes && len(d.collectors) > 0
}

func (d *deployment) labels() map[string]string {
	return d.spec.labelsWith(map[string]string{runLabel: d.id, ownerLabel: d.owner})
}

func (d *deployment) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: d.spec.Namespace, Name: name, Labels: d.labels()}
}

// job runs one pod once. A suspended Job creates none yet.
func (d *deployment) job(t target, suspended bool) *batchv1.Job {
	seconds, whole := wholeSeconds(d.spec.nodeTimeout()), wholeSeconds(d.spec.timeout())
	job := &batchv1.Job{
		ObjectMeta: d.meta(t.job),
		Spec: batchv1.JobSpec{
			BackoffLimit:            new(int32(0)),
			ActiveDeadlineSeconds:   new(seconds),
			TTLSecondsAfterFinished: new(int32(min(whole+keptFor, math.MaxInt32))), //nolint:gosec // the smaller one fits
			Template:                d.pod(t),
		},
	}
	if suspended {
		job.Spec.Suspend = new(true)
	}
	return job
}

func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }

// deadline is when the run of a Job is over no matter what happened to it, by the
// clock of the API server.
func deadline(job *batchv1.Job) time.Time {
	var seconds int64
	if job.Spec.ActiveDeadlineSeconds != nil {
		seconds = *job.Spec.ActiveDeadlineSeconds
	}
	return job.CreationTimestamp.Add(time.Duration(seconds) * time.Second)
}

func (d *deployment) configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{Data: data, ObjectMeta: metav1.ObjectMeta{
		Namespace: d.spec.Namespace, Name: name,
		Labels:      d.spec.labelsWith(map[string]string{ownerLabel: d.owner}),
		Annotations: map[string]string{runAnnotation: d.id},
	}}
}

func (d *deployment) serviceAccount() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: d.meta(d.base()), AutomountServiceAccountToken: new(false)}
}

// role lets the agent write the run's ConfigMap, which exists by then, and do
// nothing else: not even read it.
func (d *deployment) role() *rbacv1.Role {
	names := []string{d.spec.Name}
	return &rbacv1.Role{ObjectMeta: d.meta(d.base()), Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, ResourceNames: names, Verbs: []string{"patch"}},
	}}
}

func (d *deployment) roleBinding() *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: d.meta(d.base()),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: d.base()},
		Subjects:   d.subjects(),
	}
}

func (d *deployment) subjects() []rbacv1.Subject {
	return []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: d.spec.Namespace, Name: d.account()}}
}
