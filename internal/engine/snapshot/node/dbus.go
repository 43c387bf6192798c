// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const (
	systemdName = "org.freedesktop.systemd1"
	unitPath    = "/org/freedesktop/systemd1/unit/"
	getAll      = "org.freedesktop.DBus.Properties.GetAll"
)

// bus is a way to systemd.
type bus struct {
	socket string
	// direct is a socket of systemd's own, where no daemon is to be greeted.
	direct bool
}

// buses returns the ways to systemd in the order in which they are tried. Only
// root may use the second.
func buses() []bus {
	return []bus{{socket: "/run/dbus/system_bus_socket"}, {socket: "/run/systemd/private", direct: true}}
}

// properties asks for all properties of a unit, which makes systemd load it.
func (b bus) properties(ctx context.Context, host *files, unit string) (data, error) {
	conn, err := b.connect(ctx, host)
	if err != nil {
		return nil, busError(ctx, err)
	}
	defer func() { _ = conn.Close() }() // it has told all
	var all map[string]dbus.Variant
	object := conn.Object(systemdName, dbus.ObjectPath(unitPath+busEscape(unit)))
	// No interface means those of all units and of this kind of unit together.
	if err := object.CallWithContext(ctx, getAll, 0, "").Store(&all); err != nil {
		return nil, busError(ctx, err)
	}
	d := data{}
	for name, variant := range all {
		if propertyLeftOut(name) {
			continue
		}
		if reading := busReading(name, variant.Value()); reading != nil {
			d[name] = reading
		}
	}
	return d, nil
}

// connect returns a connection that ends with ctx.
func (b bus) connect(ctx context.Context, host *files) (*dbus.Conn, error) {
	socket, err := host.outside(b.socket)
	if err != nil {
		return nil, err
	}
	conn, err := dbus.Dial("unix:path="+dbus.EscapeBusAddressValue(socket), dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	err = conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Getuid()))})
	if err == nil && !b.direct {
		err = conn.Hello()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// busError says that ctx ended rather than what that did to the connection.
func busError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
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
