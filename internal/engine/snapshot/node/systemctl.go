// SPDX-License-Identifier: Apache-2.0

package node

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

var (
	propertyLine = regexp.MustCompile(`^([A-Z][A-Za-z0-9]*)=(.*)$`)
	wholeNumber  = regexp.MustCompile(`^-?[0-9]+$`)
	argumentList = regexp.MustCompile(`argv\[\]=(.*?) ; ignore_errors=`)
	timeSpan     = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(us|ms|s|min|h|d|w|month|y)$`)
)

// shownProperties reads what systemctl show prints, a NAME=value line for each
// property, to the same readings as D-Bus gives. A property of several commands
// has a line for each.
func shownProperties(text string) data {
	values := map[string][]string{}
	for line := range strings.Lines(text) {
		match := propertyLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if match != nil && !propertyLeftOut(match[1]) {
			values[match[1]] = append(values[match[1]], match[2])
		}
	}
	d := data{}
	for name, all := range values {
		if reading := shownReading(name, all); reading != nil {
			d[name] = reading
		}
	}
	return d
}

// shownReading returns the reading of a property, nil for an empty one.
func shownReading(name string, values []string) measurement.Reading {
	value := values[0]
	switch {
	case isShownList(name):
		return listReading(name, splitWords(value))
	case isCommand(name):
		return commandReading(shownCommands(values))
	case isShownText(name):
		return textReading(value)
	case value == "yes", value == "no":
		return measurement.Bool(value == "yes")
	case value == "infinity":
		return measurement.Uint(unlimited)
	case value == "[not set]" && (name == "UID" || name == "GID"):
		return measurement.Uint(math.MaxUint32)
	case value == "[not set]":
		return measurement.Uint(unlimited)
	case value == "[unprintable]":
		return nil
	}
	if number := shownNumber(name, value); number != nil {
		return number
	}
	return textReading(value)
}

// shownNumber reads whole numbers, spans of time as microseconds, and modes of
// files, which are octal. It returns nil for anything else.
func shownNumber(name, value string) measurement.Reading {
	base := 10
	if strings.HasSuffix(name, "DirectoryMode") || name == "UMask" {
		base = 8
	}
	if wholeNumber.MatchString(value) {
		if i, err := strconv.ParseInt(value, base, 64); err == nil {
			return measurement.Int(i)
		}
		if u, err := strconv.ParseUint(value, base, 64); err == nil {
			return measurement.Uint(u)
		}
	}
	if strings.HasSuffix(name, "USec") {
		return microseconds(value)
	}
	return nil
}

// microseconds reads a span such as "1min 30s", or returns nil.
func microseconds(text string) measurement.Reading {
	units := map[string]float64{
		"us": 1, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6, "d": 24 * 3600e6, "w": 7 * 24 * 3600e6,
		"month": 2629800e6, "y": 31557600e6, // as systemd counts them
	}
	sum := 0.0
	for _, part := range strings.Fields(text) {
		match := timeSpan.FindStringSubmatch(part)
		if match == nil {
			return nil
		}
		number, err := strconv.ParseFloat(match[1], 64)
		if err != nil {
			return nil
		}
		sum += number * units[match[2]]
	}
	if text == "" || sum >= math.MaxInt64 {
		return nil
	}
	return measurement.Int(int64(math.Round(sum)))
}

// shownCommands reads "{ path=/bin/x ; argv[]=/bin/x -v ; ignore_errors=no ; ...}".
// The arguments are not quoted there, so they are split at blanks.
func shownCommands(values []string) [][]string {
	var commands [][]string
	for _, value := range values {
		if match := argumentList.FindStringSubmatch(value); match != nil {
			commands = append(commands, strings.Fields(match[1]))
		}
	}
	return commands
}

// isShownList recognises the properties that D-Bus has as lists.
func isShownList(name string) bool {
	return isRelation(name) || isEnvironment(name) || slices.Contains([]string{
		"CacheDirectory", "CanClean", "ConfigurationDirectory", "DelegateControllers", "DisableControllers", "Documentation",
		"DropInPaths", "ExecPaths", "ExecSearchPath", "IPEgressFilterPath", "IPIngressFilterPath", "InaccessiblePaths",
		"LogsDirectory", "Names", "NoExecPaths", "PassEnvironment", "ReadOnlyPaths", "ReadWritePaths", "RuntimeDirectory",
		"StateDirectory", "SupplementaryGroups", "UnsetEnvironment",
	}, name)
}

// isShownText recognises the properties that D-Bus has as text although their
// values look like bools or numbers.
func isShownText(name string) bool {
	return slices.Contains([]string{
		"Description", "Group", "PrivateBPF", "PrivatePIDs", "PrivateTmpEx", "PrivateUsersEx", "ProtectControlGroupsEx",
		"ProtectHome", "ProtectHostnameEx", "ProtectSystem", "Restart", "RuntimeDirectoryPreserve", "SyslogIdentifier", "User",
	}, name)
}

// splitWords splits at blanks. Quotes keep blanks together, and a backslash
// keeps the character behind it.
func splitWords(text string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	started, escaped := false, false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, started = true, true
		case quote == 0 && (r == '"' || r == '\''):
			quote, started = r, true
		case r == quote:
			quote = 0
		case quote == 0 && (r == ' ' || r == '\t'):
			if started {
				words = append(words, word.String())
				word.Reset()
			}
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}
