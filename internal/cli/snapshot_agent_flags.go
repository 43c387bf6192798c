// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// agentName is the ConfigMap's of a run at a prompt while it lasts: not that of a
// resource, whose ConfigMap stays.
const agentName = agent.DefaultName + "-command"

// agentFlags say how to take the snapshot on nodes, in the names of the resource's
// arguments.
type agentFlags struct {
	on                     bool
	flags                  *pflag.FlagSet
	spec                   agent.Spec
	nodeSelector, tolerate []string
	all                    *pflag.FlagSet // of the command
}

const agentGroup = "Agent flags, for --agent"

func (a *agentFlags) register(command *cobra.Command) {
	a.all = command.Flags()
	a.all.BoolVar(&a.on, "agent", false, "take the snapshot on nodes of the cluster instead of on this machine, by a Job that is removed afterwards")
	a.flags = pflag.NewFlagSet("agent", pflag.ContinueOnError)
	a.flags.SortFlags = false
	s := &a.spec
	a.flags.StringVar(&s.Namespace, "namespace", "", "`namespace` to run in: it must exist and allow hostPath volumes, as the GPU Operator's does")
	a.flags.StringVar(&s.NodeName, "node-name", "", "`node` to run on (default: the first one with GPUs, by name, that is ready and tolerated)")
	a.flags.StringSliceVar(&a.nodeSelector, "node-selector", nil, "`labels` of the nodes to choose from, such as pool=gpu, separated by commas (default: nodes with NVIDIA GPUs)")
	a.flags.BoolVar(&s.AllNodes, "all-nodes", false, "run on each of these nodes instead of one: the snapshot is that of the node that agrees with the others in most readings")
	a.flags.IntVar(&s.Parallel, "parallel", 0, fmt.Sprintf("with --all-nodes, on how many `nodes` to run at a time (default: a tenth of them, at least %d and at most %d)", agent.MinParallel, agent.MaxParallel))
	a.flags.StringSliceVar(&a.tolerate, "tolerations", nil, "`taints` to tolerate, such as dedicated=gpu:NoSchedule or dedicated, or * for all, separated by commas, in addition to nvidia.com/gpu")
	a.flags.StringVar(&s.Image, "image", "", "`image` whose entrypoint is the eidos command (default: that of this version)")
	a.flags.StringSliceVar(&s.ImagePullSecrets, "image-pull-secrets", nil, "`secrets` in the namespace with credentials for the registry, separated by commas")
	a.flags.StringVar(&s.ServiceAccount, "service-account", "", "service `account` to run as (default: one that exists only during the run)")
	a.flags.BoolVar(&s.Privileged, "privileged", false, "run as root, privileged, with the node's whole file system mounted read-only")
	a.flags.StringVar(&s.RuntimeClass, "runtime-class", "", "runtime `class` that brings nvidia-smi into the container, nvidia with the GPU Operator")
	a.flags.StringVar(&s.Name, "name", agentName, "`name` of what the run creates; two runs of one name in a namespace exclude each other")
	a.flags.BoolVar(&s.KeepOnFailure, "keep-on-failure", false, "leave the Job of a failed run until the next one, so that its pod can be inspected")
	a.flags.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupAnnotation: {agentGroup}}
		a.all.AddFlag(f)
	})
}

// check finds flags that do not go together: those of the agent without it, and
// with it those that are about this machine.
func (a *agentFlags) check() error {
	var errs []error
	if !a.on {
		a.flags.VisitAll(func(f *pflag.Flag) {
			if !f.Changed {
				return
			}
			errs = append(errs, fmt.Errorf("--%s is about the agent: use it with --agent", f.Name))
		})
		return errors.Join(errs...)
	}
	for _, name := range []string{"host-root", "unit", "fail-fast", "framed"} {
		if a.all.Changed(name) {
			errs = append(errs, fmt.Errorf("--%s is about a snapshot of this machine: leave it out with --agent", name))
		}
	}
	return errors.Join(errs...)
}

// agentSpec returns what the flags ask for, and what is wrong with it. The image is
// that of a build that has one, unless they name another.
func (c *snapshotCommand) agentSpec() (agent.Spec, error) {
	spec := c.agent.spec
	spec.Discard, spec.Called = true, flagOf
	spec.Image = cmp.Or(spec.Image, agent.DefaultImage(c.process.Version, c.process.ImageDigest))
	spec.Collectors = c.collectors
	if c.agent.all.Changed("timeout") {
		spec.Timeout = c.timeout
	}
	var errs [2]error
	spec.NodeSelector, errs[0] = parseSelector(c.agent.nodeSelector)
	spec.Tolerations, errs[1] = parseTolerations(c.agent.tolerate)
	switch {
	case spec.Namespace == "":
		return spec, errors.New("--namespace is missing: name the namespace for the agent, such as gpu-operator")
	case spec.Image == "":
		return spec, fmt.Errorf("--image is missing: this eidos is the build %s, which has no published image; build one with the Dockerfile in its repository, and name it", c.process.Version)
	case c.agent.flags.Changed("parallel") && (!spec.AllNodes || spec.Parallel == 0):
		return spec, errors.New("--parallel is how many of all nodes run the agent at a time, at least 1: use it with --all-nodes")
	}
	if err := errors.Join(errs[:]...); err != nil {
		return spec, err
	}
	return spec, byFlag(spec.Validate())
}

// byFlag names the flags that an invalid spec is about.
func byFlag(err error) error {
	var known *agent.Error
	if !errors.As(err, &known) {
		return err
	}
	var errs []error
	for _, leaf := range joined.Errors(known.Err) {
		if field := (*agent.FieldError)(nil); errors.As(leaf, &field) {
			leaf = fmt.Errorf("%s: %w", flagOf(field.Field), field.Err)
		}
		errs = append(errs, leaf)
	}
	return errors.Join(errs...)
}

func parseSelector(texts []string) (map[string]string, error) {
	labels := map[string]string{}
	var errs []error
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		if _, twice := labels[key]; !ok || twice {
			errs = append(errs, fmt.Errorf("--node-selector %q: want KEY=VALUE, each key once", text))
		}
		labels[key] = value
	}
	return labels, errors.Join(errs...)
}

// parseTolerations reads taints as kubectl writes them: KEY=VALUE:EFFECT, of which
// value and effect may be left out.
func parseTolerations(texts []string) ([]corev1.Toleration, error) {
	var all []corev1.Toleration
	for _, text := range texts {
		taint, effect, stated := strings.Cut(text, ":")
		if taint == "" || stated && effect == "" {
			return nil, fmt.Errorf("--tolerations %q: want KEY=VALUE:EFFECT, KEY:EFFECT, KEY=VALUE, KEY, or * for all taints", text)
		}
		t := corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffect(effect)}
		if taint != "*" {
			var equal bool
			if t.Key, t.Value, equal = strings.Cut(taint, "="); equal {
				t.Operator = corev1.TolerationOpEqual
			}
		}
		if slices.Contains(all, t) {
			return nil, fmt.Errorf("--tolerations %q is given twice", text)
		}
		all = append(all, t)
	}
	return all, nil
}
