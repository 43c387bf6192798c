// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

const defaultUnit = "containerd.service"

// Options of Collectors. The zero value looks at this machine.
type Options struct {
	// HostRoot is where the root of the host's file system is; "" means "/".
	HostRoot string
	// Units are systemd units; none means containerd.service. A name without a
	// suffix is that of a service, as for systemctl.
	Units []string
	// Note is told what is no error but worth knowing, such as that a unit does
	// not exist. It may be called concurrently; nil drops the notes.
	Note func(collector, text string)
}

func (o Options) root() string {
	if o.HostRoot == "" {
		return "/"
	}
	return o.HostRoot
}

// units returns the full names of the units, each once.
func (o Options) units() []string {
	if len(o.Units) == 0 {
		return []string{defaultUnit}
	}
	var units []string
	for _, unit := range o.Units {
		if !strings.Contains(unit, ".") {
			unit += ".service"
		}
		if !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	return units
}

// CheckHostRoot refuses what can be no host root: a path that leads nowhere or
// to a file, below which every collector would fail. "" is "/".
func CheckHostRoot(name string) error {
	info, err := os.Stat(Options{HostRoot: name}.root())
	switch {
	case err != nil:
		return fmt.Errorf("%w: it is the directory where the root of the host is mounted", hostError(name, err))
	case !info.IsDir():
		return fmt.Errorf("%s: it is no directory: name the one where the root of the host is mounted", name)
	}
	return nil
}

// unitName is what systemd.unit(5) lets a unit be named.
var unitName = regexp.MustCompile(`^[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$`)

// CheckUnit refuses a name that no unit of systemd can have. As for systemctl a
// name without a suffix is that of a service.
func CheckUnit(name string) error {
	const longest = 255 // bytes, with the suffix
	full := Options{Units: []string{name}}.units()[0]
	if len(full) > longest || !unitName.MatchString(full) {
		return errors.New("it is no name of a systemd unit, such as kubelet or nvidia-fabricmanager.service")
	}
	return nil
}
