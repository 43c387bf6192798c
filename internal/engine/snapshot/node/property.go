// SPDX-License-Identifier: Apache-2.0

package node

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Compiling these takes a tenth of the start of a program that describes no unit.
//
//nolint:gochecknoglobals // compiled once, on first use
var (
	// runState matches what says how a unit runs and not how it is configured:
	// times, processes, and what was used up to now.
	runState = words.Pattern(`Timestamp(Monotonic)?$|Current$|Peak$|^(CPUUsageNSec|ControlGroupId|ControlPID|Effective.*|ExecMain.*|` +
		`IO(Read|Write)(Bytes|Operations)|IP(Egress|Ingress)(Bytes|Packets)|InvocationID|Job|MainPID|Markers|MemoryAvailable|` +
		`NFileDescriptorStore|NRestarts|Refs|Status(BusError|Errno|Text|VarlinkError))$`)
	// otherForm matches what D-Bus has as a mask, a bitmap or a structure, which
	// nothing can be compared with.
	otherForm = words.Pattern(`^(ActivationDetails|(Failure|Success)ActionExitStatus|TTY(Columns|Rows)|(Startup)?Allowed(CPUs|MemoryNodes)|AmbientCapabilities|AppArmorProfile|Asserts|BPFProgram|Bind(ReadOnly)?Paths|` +
		`BlockIO(DeviceWeight|(Read|Write)Bandwidth)|CPUAffinity|CapabilityBoundingSet|Conditions|CoredumpFilter|DeviceAllow|EnvironmentFiles|` +
		`Exec.*Ex|Extension(Directories|Images)|IO(DeviceWeight|DeviceLatencyTargetUSec|(Read|Write)(Bandwidth|IOPS)Max)|IPAddress(Allow|Deny)|` +
		`LoadError|Log(ExtraFields|FilterPatterns)|ManagedOOM.*Limit|Mount(Flags|Images)|NFTSet|NUMA(Mask|Policy)|OpenFile|Paths|Personality|` +
		`Restart(Force|Prevent)ExitStatus|Restrict(AddressFamilies|FileSystems|Namespaces|NetworkInterfaces)|RootHash.*|RootImage(Options|Policy)|` +
		`SELinuxContext|SecureBits|SmackProcessLabel|SocketBind(Allow|Deny)|StandardInputData|SuccessExitStatus|SystemCall.*|` +
		`TemporaryFileSystem|.*Credential.*|.*Directory(Symlink|QuotaUsage))$`)
)

// propertyLeftOut reports whether a property of a unit goes into no snapshot.
func propertyLeftOut(name string) bool {
	return runState().MatchString(name) || otherForm().MatchString(name)
}

// isCommand reports whether a property is one of commands: ExecStart, ExecStop.
func isCommand(name string) bool {
	return strings.HasPrefix(name, "Exec") && name != "ExecPaths" && name != "ExecSearchPath"
}

// listReading returns the reading of a list, "[cpu memory]", or nil for an empty
// one. Environment is the list of variables with their values. Relations between
// units are sorted: systemd reports them in any order.
func listReading(name string, list []string) measurement.Reading {
	if len(list) == 0 {
		return nil
	}
	words := slices.Clone(list)
	for i, word := range words {
		if name == "Environment" {
			word = secret.Variable(word)
		}
		words[i] = secret.Text(word)
	}
	if slices.Contains(relations(), name) {
		slices.Sort(words)
	}
	return measurement.Str("[" + strings.Join(words, " ") + "]")
}

// relations are the lists of other units.
func relations() []string {
	return []string{
		"After", "Before", "BindsTo", "BoundBy", "ConflictedBy", "Conflicts", "ConsistsOf", "JoinsNamespaceOf",
		"OnFailure", "OnFailureOf", "OnSuccess", "OnSuccessOf", "PartOf", "PropagatesReloadTo", "PropagatesStopTo",
		"ReloadPropagatedFrom", "RequiredBy", "Requires", "RequiresMountsFor", "Requisite", "RequisiteOf", "SliceOf",
		"StopPropagatedFrom", "TriggeredBy", "Triggers", "UpheldBy", "Upholds", "WantedBy", "Wants", "WantsMountsFor",
	}
}

// commandReading returns commands with their arguments, one per line, or nil for
// none.
func commandReading(commands [][]string) measurement.Reading {
	var lines []string
	for _, arguments := range commands {
		lines = append(lines, strings.Join(secret.Arguments(arguments), " "))
	}
	if len(lines) == 0 {
		return nil
	}
	return measurement.Str(strings.Join(lines, "\n"))
}

// textReading returns the reading of a text, or nil for an empty one.
func textReading(text string) measurement.Reading {
	if text == "" {
		return nil
	}
	return measurement.Str(secret.Text(text))
}
