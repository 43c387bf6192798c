// SPDX-License-Identifier: Apache-2.0

// Package agent takes a snapshot on nodes of a cluster: it asks the API server
// what that knows, once, deploys a Job on each node that runs `eidos snapshot`
// there, reads what it found, keeps both in ConfigMaps, and removes everything
// else.
//
//	Spec -> choose nodes -> ask the cluster -> claim the ConfigMap -> follow the Jobs -> store -> clean up
//
// On one node the Job writes the ConfigMap, which is all that its token may do.
// On all nodes the Jobs have no token: they print the document, and it is read
// from the pods' logs. Nodes whose snapshots are equal share a ConfigMap.
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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Defaults of a Spec.
const (
	// DefaultName is the ConfigMap's when the user names none.
	DefaultName = "eidos-snapshot"
	// DefaultTimeout is for a whole run, with the pulling of the image.
	DefaultTimeout = 10 * time.Minute
	// MinParallel and MaxParallel bound how many of many nodes run the agent at a
	// time where a Spec does not say: a tenth of them.
	MinParallel = 10
	MaxParallel = 100 // see MinParallel
)

const imageRepository = "ghcr.io/cloud-native-stack/eidos"

// DefaultImage returns the image of a released version, by the digest that was
// published, "" for a build that is not a release: nobody publishes an image of it.
func DefaultImage(version, digest string) string {
	major, _, dotted := strings.Cut(version, ".")
	if !dotted || strings.Trim(major, "0123456789") != "" {
		return ""
	}
	// Build metadata is not part of a tag.
	version, _, _ = strings.Cut(version, "+")
	image := imageRepository + ":" + version
	if digest != "" {
		image += "@" + digest
	}
	return image
}

// IsDefaultImage reports whether an image is the default of some version.
func IsDefaultImage(image string) bool { return strings.HasPrefix(image, imageRepository+":") }

// IsFixed reports whether an image is named by its digest. What a tag names, whoever
// may push to the registry changes.
func IsFixed(image string) bool { return strings.Contains(image, "@sha256:") }

// ImageWarning says why an image that is not fixed is a risk, and what to do.
func (s Spec) ImageWarning() string {
	return fmt.Sprintf("%s is named by a tag only, and whoever may push to its registry can make that another image, which then runs on the nodes. "+
		"Name it by its digest as well, as in eidos:1.2.3@sha256:..., which `docker buildx imagetools inspect IMAGE` shows; without %s, a release uses the image of its version by its digest.",
		words.Quote(s.Image), s.called("image"))
}

// Spec says what to run where.
type Spec struct {
	// Namespace of everything that is not cluster-wide; it must exist.
	Namespace string
	// Name of the ConfigMap. With AllNodes it is that of the typical node and of
	// those that are like it; the names of the others' begin so.
	Name string
	// Image whose entrypoint is the eidos command.
	Image            string
	ImagePullSecrets []string

	// NodeName is the node to run on, else the first that NodeSelector selects,
	// else the first with GPUs. AllNodes runs on each of them, not just on the
	// first. Nodes that are cordoned, not ready or have taints that Tolerations do
	// not cover are passed over.
	NodeName     string
	NodeSelector map[string]string
	AllNodes     bool
	Tolerations  []corev1.Toleration
	// Parallel is how many of all nodes run the agent at a time; 0 means a tenth,
	// within MinParallel and MaxParallel.
	Parallel int

	// ServiceAccount to run as. It is the user's own, and so are its rights.
	// Without one, a run on one node has its own account, which may write the
	// ConfigMap; on all nodes pods run as the namespace's default, without token.
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
	// Discard leaves no ConfigMap: the result is all that stays of the run.
	Discard bool
	// Called returns the name that the user knows an argument by, such as
	// --runtime-class for runtime_class; nil for the name itself.
	Called func(argument string) string
	// Timeout of the whole run; 0 means DefaultTimeout.
	Timeout time.Duration
}

// called names an argument in a message.
func (s Spec) called(argument string) string {
	if s.Called == nil {
		return argument
	}
	return s.Called(argument)
}

func (s Spec) timeout() time.Duration {
	if s.Timeout <= 0 {
		return DefaultTimeout
	}
	return s.Timeout
}

// nodeTimeout is how long the agent may take on one node. Of many nodes one that
// hangs leaves time for those that wait for its place.
func (s Spec) nodeTimeout() time.Duration {
	if s.AllNodes {
		return s.timeout() / 2
	}
	return s.timeout()
}

// parallel is how many of so many nodes run the agent at a time.
func (s Spec) parallel(nodes int) int {
	if s.Parallel > 0 {
		return s.Parallel
	}
	return min(max(nodes/10, MinParallel), MaxParallel)
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
	Canceled                    // the caller gave up
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
