// SPDX-License-Identifier: Apache-2.0

// Package agent takes a snapshot on nodes of a cluster: it deploys a Job that
// runs `eidos snapshot` there and writes a ConfigMap, waits for it, reads the
// ConfigMap, and removes everything but the ConfigMap.
//
//	Spec -> choose nodes -> claim ConfigMaps -> deploy -> follow -> read -> clean up
//
// What one run creates carries the run's random name, so that runs never
// collide, and is found by label when a run was killed. Nothing that others
// made is changed or deleted.
package agent

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Defaults of a Spec.
const (
	// DefaultName is the ConfigMap's when the user names none.
	DefaultName = "eidos-snapshot"
	// DefaultTimeout is for a whole run, with the pulling of the image.
	DefaultTimeout = 10 * time.Minute
	// MaxParallel is how many nodes run the agent at a time: every agent lists
	// the pods of the cluster.
	MaxParallel = 10
)

const imageRepository = "ghcr.io/cloud-native-stack/eidos"

// DefaultImage returns the image of a released version, "" for a build that is
// not a release: nobody publishes an image of it.
func DefaultImage(version string) string {
	major, _, dotted := strings.Cut(version, ".")
	if !dotted || strings.Trim(major, "0123456789") != "" {
		return ""
	}
	// Build metadata is not part of a tag.
	version, _, _ = strings.Cut(version, "+")
	return imageRepository + ":" + version
}

// Spec says what to run where.
type Spec struct {
	// Namespace of everything that is not cluster-wide; it must exist.
	Namespace string
	// Name of the ConfigMap. With AllNodes every node has one of its own, whose
	// name begins so.
	Name string
	// Image whose entrypoint is the eidos command.
	Image            string
	ImagePullSecrets []string

	// NodeName is the node to run on, else the first that NodeSelector selects,
	// else the first with GPUs. AllNodes runs on each of them, not just on the
	// first. Nodes that are not ready or have taints that Tolerations do not
	// cover are passed over.
	NodeName     string
	NodeSelector map[string]string
	AllNodes     bool
	Tolerations  []corev1.Toleration

	// ServiceAccount to run as. It is the user's own, and so are its rights.
	// Without one, a run has its own account with the rights that its
	// collectors need.
	ServiceAccount string
	// Collectors by name or type, such as OS/grub or gpu; none means all.
	Collectors []string
	// Privileged runs as root, privileged, with the whole file system of the
	// node, read-only.
	Privileged bool
	// RuntimeClass of the container runtime that brings nvidia-smi, "" for the
	// default one.
	RuntimeClass string

	// KeepOnFailure leaves a failed Job for its pod to be looked at. The next
	// run removes it.
	KeepOnFailure bool
	// Timeout of the whole run; 0 means DefaultTimeout.
	Timeout time.Duration
}

func (s Spec) timeout() time.Duration {
	if s.Timeout <= 0 {
		return DefaultTimeout
	}
	return s.Timeout
}

// Reason says why a run failed.
type Reason int

// Reasons that a front door may want to tell apart.
const (
	Other         Reason = iota // a call to the API server, see the error itself
	InvalidSpec                 // what was asked for is not possible
	NoNamespace                 // the namespace does not exist
	NoNode                      // no node is there, or none is free to run the agent
	Foreign                     // a ConfigMap of that name is somebody else's
	Running                     // another run is writing the same ConfigMap
	NotAdmitted                 // quota, Pod Security or a webhook refuse the pod or what it needs
	NoRuntime                   // the runtime class does not exist, or not on the node
	NoAccount                   // the service account does not exist
	Unschedulable               // the scheduler finds no place for the pod
	NoImage                     // the image cannot be pulled
	NotStarted                  // the container cannot be started
	Failed                      // the agent ended with an error
	Lost                        // the node or the pod disappeared
	TimedOut                    // the timeout passed
	Cancelled                   // the caller gave up
	BadSnapshot                 // what the agent wrote cannot be read
)

// Error is a run that failed. Its text says where, why and what to do.
type Error struct {
	Reason Reason
	Err    error
}

// Error returns the text of Err.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func errorf(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// ReasonOf returns the reason of an error of this package, Other for the errors
// of calls.
func ReasonOf(err error) Reason {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return Other
}
