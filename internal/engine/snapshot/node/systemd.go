// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// unitReader returns the reader of one unit's properties. A unit that is not
// loaded, because it does not exist or is masked, is left out: systemd would
// report hundreds of defaults.
func unitReader(unit string) reader {
	return func(ctx context.Context, host *files) (map[string]data, error) {
		properties, err := unitProperties(ctx, host, unit)
		if err != nil || properties == nil {
			return nil, err
		}
		if state := properties["LoadState"]; state != measurement.Str("loaded") {
			host.note(unitState(unit, state))
			return nil, nil
		}
		return map[string]data{unit: properties}, nil
	}
}

// readServices reads how the services stand that are a part of the driver, and
// that run on a machine only where it brings the driver itself. Those that do not
// exist have no readings; a masked one has.
func readServices(ctx context.Context, host *files) (map[string]data, error) {
	quiet := *host
	quiet.note = func(string) {} // SystemD/containerd.service says what there is to say
	found := map[string]data{}
	for _, unit := range []string{"nvidia-fabricmanager.service", "nvidia-imex.service"} {
		properties, err := unitProperties(ctx, &quiet, unit)
		if err != nil {
			return found, err
		}
		if state := properties["LoadState"]; state == nil || state == measurement.Str("not-found") {
			continue
		}
		maps.DeleteFunc(properties, func(name string, _ measurement.Reading) bool {
			return !slices.Contains([]string{"ActiveState", "LoadState", "UnitFileState"}, name)
		})
		found[unit] = properties
	}
	return found, nil
}

func unitState(unit string, state measurement.Reading) string {
	switch state {
	case measurement.Str("not-found"):
		return "the unit " + unit + " does not exist"
	case nil:
		return "systemd reports nothing about " + unit
	default:
		return fmt.Sprintf("the unit %s is left out: its LoadState is %s", unit, state)
	}
}

const (
	systemdName = "org.freedesktop.systemd1"
	unitPath    = "/org/freedesktop/systemd1/unit/"
)

// bus is a way to systemd.
type bus struct {
	socket string
	// direct is set for the socket of systemd itself, where no daemon is greeted.
	direct bool
}

// buses returns the ways to systemd in the order in which they are tried. Only
// root may use the second. systemctl has no third: root talks to the private
// socket, else to the system bus, and everybody else to the system bus
// (bus_connect_system_systemd).
func buses() []bus {
	return []bus{{socket: "/run/dbus/system_bus_socket"}, {socket: "/run/systemd/private", direct: true}}
}

// unitProperties asks whoever answers. Nothing and no error mean that the
// machine does not run systemd.
func unitProperties(ctx context.Context, host *files, unit string) (data, error) {
	var failed []error
	for _, bus := range buses() {
		if !host.exists(bus.socket) {
			continue
		}
		properties, err := bus.properties(ctx, host, unit)
		if err == nil {
			return properties, nil
		}
		failed = append(failed, fmt.Errorf("asking systemd over %s: %w", bus.socket, err))
		if ctx.Err() != nil {
			break
		}
	}
	switch {
	case len(failed) > 0:
		return nil, errors.Join(failed...)
	case !host.exists("/run/systemd/system"): // the test that sd_booted(3) makes
		host.note("this machine does not run systemd: there is no /run/systemd/system")
		return nil, nil
	case host.local:
		return nil, errors.New("systemd runs, but its D-Bus sockets are missing: /run/dbus/system_bus_socket, and /run/systemd/private for root")
	default:
		return nil, errors.New("there is no D-Bus socket of systemd below the host root: mount the host's /run")
	}
}

// properties asks for all properties of a unit, which makes systemd load it.
func (b bus) properties(ctx context.Context, host *files, unit string) (data, error) {
	socket, err := host.outside(b.socket)
	if err != nil {
		return nil, err
	}
	conn, err := dialBus(ctx, socket)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	if !b.direct {
		if _, err := conn.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello"); err != nil {
			return nil, fmt.Errorf("greeting the D-Bus daemon: %w", err)
		}
	}
	// No interface means those of all units and of this kind of unit together.
	body, err := conn.call(systemdName, unitPath+busEscape(unit), "org.freedesktop.DBus.Properties", "GetAll", "")
	if err != nil {
		return nil, err
	}
	var all map[string]dbus.Variant
	if err := dbus.Store(body, &all); err != nil {
		return nil, fmt.Errorf("the answer is not a list of properties: %w", err)
	}
	return busProperties(all), nil
}

func busProperties(all map[string]dbus.Variant) data {
	d := data{}
	for name, variant := range all {
		if propertyLeftOut(name) {
			continue
		}
		if reading := busReading(name, variant.Value()); reading != nil {
			d[name] = measurement.SystemD.Normal(name, reading)
		}
	}
	return d
}

// busEscape writes the name of a unit as an element of an object path: bytes
// other than ASCII letters and digits, and a digit in front, become _ and two
// hexadecimal digits.
func busEscape(unit string) string {
	var escaped strings.Builder
	for i := range len(unit) {
		c := unit[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if letter || i > 0 && c >= '0' && c <= '9' {
			escaped.WriteByte(c)
			continue
		}
		fmt.Fprintf(&escaped, "_%02x", c)
	}
	return escaped.String()
}

// busReading returns the reading of a property, nil for an empty one and for
// what is neither a scalar, a list of texts, nor commands.
func busReading(name string, value any) measurement.Reading {
	switch value := value.(type) {
	case string:
		return textReading(validText([]byte(value)))
	case []string:
		return listReading(name, value)
	case [][]any:
		if isCommand(name) {
			return commandReading(busCommands(value))
		}
		return nil
	default:
		reading, err := measurement.FromAny(value)
		if err != nil {
			return nil
		}
		return reading
	}
}

// busCommands returns the arguments of commands, each a structure of path,
// arguments, and how it ran.
func busCommands(structures [][]any) [][]string {
	var commands [][]string
	for _, fields := range structures {
		if len(fields) < 2 {
			continue
		}
		if arguments, ok := fields[1].([]string); ok {
			commands = append(commands, arguments)
		}
	}
	return commands
}
