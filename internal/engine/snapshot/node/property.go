// SPDX-License-Identifier: Apache-2.0

package node

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// unlimited is how D-Bus says infinity, and that a number is not set.
const unlimited = ^uint64(0)

// Compiling these takes a tenth of the start of a program that describes no unit.
//
//nolint:gochecknoglobals // compiled once, on first use
var (
	// runState names what tells how a unit runs and not how it is configured:
	// times, processes, and what was used up to now.
	runState = compiled(`Timestamp(Monotonic)?$|Current$|Peak$|^(CPUUsageNSec|ControlGroupId|ControlPID|Effective.*|ExecMain.*|` +
		`IO(Read|Write)(Bytes|Operations)|IP(Egress|Ingress)(Bytes|Packets)|InvocationID|Job|MainPID|Markers|MemoryAvailable|` +
		`NFileDescriptorStore|NRestarts|Refs|Status(BusError|Errno|Text|VarlinkError))$`)
	// otherForm names what D-Bus tells as a mask, a bitmap or a structure, and
	// systemctl in words of its own: neither can be compared with anything.
	otherForm = compiled(`^(ActivationDetails|(Failure|Success)ActionExitStatus|TTY(Columns|Rows)|(Startup)?Allowed(CPUs|MemoryNodes)|AmbientCapabilities|AppArmorProfile|Asserts|BPFProgram|Bind(ReadOnly)?Paths|` +
		`BlockIO(DeviceWeight|(Read|Write)Bandwidth)|CPUAffinity|CapabilityBoundingSet|Conditions|CoredumpFilter|DeviceAllow|EnvironmentFiles|` +
		`Exec.*Ex|Extension(Directories|Images)|IO(DeviceWeight|DeviceLatencyTargetUSec|(Read|Write)(Bandwidth|IOPS)Max)|IPAddress(Allow|Deny)|` +
		`LoadError|Log(ExtraFields|FilterPatterns)|ManagedOOM.*Limit|Mount(Flags|Images)|NFTSet|NUMA(Mask|Policy)|OpenFile|Paths|Personality|` +
		`Restart(Force|Prevent)ExitStatus|Restrict(AddressFamilies|FileSystems|Namespaces|NetworkInterfaces)|RootHash.*|RootImage(Options|Policy)|` +
		`SELinuxContext|SecureBits|SmackProcessLabel|SocketBind(Allow|Deny)|StandardInputData|SuccessExitStatus|SystemCall.*|` +
		`TemporaryFileSystem|.*Credential.*|.*Directory(Symlink|QuotaUsage))$`)
)

func compiled(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// propertyLeftOut reports whether a property of a unit goes into no snapshot.
func propertyLeftOut(name string) bool {
	return runState().MatchString(name) || otherForm().MatchString(name)
}

// isCommand reports whether a property is one of commands: ExecStart, ExecStop.
func isCommand(name string) bool {
	return strings.HasPrefix(name, "Exec") && name != "ExecPaths" && name != "ExecSearchPath"
}

// isEnvironment reports whether a property is the list of variables with their
// values.
func isEnvironment(name string) bool { return name == "Environment" }

// listReading returns the reading of a list, "[cpu memory]", or nil for an empty
// one. Relations between units are sorted: systemd tells them in any order.
func listReading(name string, list []string) measurement.Reading {
	if len(list) == 0 {
		return nil
	}
	words := slices.Clone(list)
	for i, word := range words {
		if isEnvironment(name) {
			word = withoutValue(word)
		}
		words[i] = secret.Text(word)
	}
	if isRelation(name) {
		slices.Sort(words)
	}
	return measurement.Str("[" + strings.Join(words, " ") + "]")
}

// withoutValue keeps the name of NAME=value. Anything else is redacted as a
// whole.
func withoutValue(variable string) string {
	name, _, assigned := strings.Cut(variable, "=")
	isName := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if !isName || !assigned {
		return secret.Redacted
	}
	return name + "=" + secret.Redacted
}

// commandReading returns commands with their arguments, one a line, or nil for
// none. The argument of an option that is named like a secret is redacted.
func commandReading(commands [][]string) measurement.Reading {
	var lines []string
	for _, arguments := range commands {
		words := slices.Clone(arguments)
		for i, word := range words {
			words[i] = secret.Text(word)
			if i > 0 && isSecretOption(words[i-1]) {
				words[i] = secret.Redacted
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	if len(lines) == 0 {
		return nil
	}
	return measurement.Str(strings.Join(lines, "\n"))
}

// isSecretOption recognises an option whose argument comes next: --token.
func isSecretOption(word string) bool {
	return strings.HasPrefix(word, "-") && !strings.Contains(word, "=") && secret.Named(word)
}

// textReading returns the reading of a text, or nil for an empty one.
func textReading(text string) measurement.Reading {
	if text == "" {
		return nil
	}
	return measurement.Str(secret.Text(text))
}

// isRelation recognises the lists of other units.
func isRelation(name string) bool { return slices.Contains(relations(), name) }

func relations() []string {
	return []string{
		"After", "Before", "BindsTo", "BoundBy", "ConflictedBy", "Conflicts", "ConsistsOf", "JoinsNamespaceOf",
		"OnFailure", "OnFailureOf", "OnSuccess", "OnSuccessOf", "PartOf", "PropagatesReloadTo", "PropagatesStopTo",
		"ReloadPropagatedFrom", "RequiredBy", "Requires", "RequiresMountsFor", "Requisite", "RequisiteOf", "SliceOf",
		"StopPropagatedFrom", "TriggeredBy", "Triggers", "UpheldBy", "Upholds", "WantedBy", "Wants", "WantsMountsFor",
	}
}
