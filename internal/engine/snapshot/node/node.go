// SPDX-License-Identifier: Apache-2.0

// Package node holds the collectors that look at one machine: its systemd
// units, its operating system and its GPUs. All of them read below a host root,
// so that a container into which the host is mounted sees the host and not
// itself.
//
// What the kernel answers for the reader's own namespaces stays that of the
// reader even then. OS/sysctl of net.* is that of the host only in the host's
// network namespace; kernel.shm*, kernel.msg*, kernel.sem and fs.mqueue.*, which
// go by the IPC namespace, are left out below a host root.
package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// Names of the collectors; those of units are SystemD/ and the unit.
const (
	Grub       = "OS/grub"
	KMod       = "OS/kmod"
	Sysctl     = "OS/sysctl"
	Release    = "OS/release"
	Kernel     = "OS/kernel"
	Containerd = "OS/containerd"
	Network    = "OS/network"
	GPUSMI     = "GPU/smi"
	GPUDriver  = "GPU/driver"
	GPUDevice  = "GPU/device"
	Services   = "SystemD/services"

	unitPrefix  = "SystemD/"
	defaultUnit = "containerd.service"
)

// Options of Collectors. The zero value looks at this machine.
type Options struct {
	// HostRoot is where the root of the host's file system is; "" means "/".
	HostRoot string
	// Units are systemd units; none means containerd.service. A name without a
	// suffix is that of a service, as for systemctl.
	Units []string
	// Note gets what is worth knowing but not an error, such as that a unit
	// does not exist. It may be called concurrently; nil drops the notes.
	Note func(collector, text string)
}

func (o Options) root() string { return cmp.Or(o.HostRoot, "/") }

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

// CheckHostRoot refuses what cannot be a host root: a path that leads nowhere or
// to a file, below which every collector would fail. "" is "/".
func CheckHostRoot(name string) error {
	info, err := os.Stat(Options{HostRoot: name}.root())
	switch {
	case err != nil:
		return fmt.Errorf("%w: it is the directory where the root of the host is mounted", hostError(name, err))
	case !info.IsDir():
		return fmt.Errorf("%s: it is not a directory: name the one where the root of the host is mounted", name)
	}
	return nil
}

// CheckUnit refuses a name that no unit of systemd can have, by systemd.unit(5).
// As for systemctl a name without a suffix is that of a service.
func CheckUnit(name string) error {
	const longest = 255 // bytes, with the suffix
	form := regexp.MustCompile(`^[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$`)
	full := Options{Units: []string{name}}.units()[0]
	if len(full) > longest || !form.MatchString(full) {
		return errors.New("it is not the name of a systemd unit, such as kubelet or nvidia-fabricmanager.service")
	}
	return nil
}

// Collectors returns the collectors of one snapshot of one machine: nvidia-smi
// runs once for all that read its log.
func Collectors(o Options) []snapshot.Collector {
	h := host{root: o.root(), note: o.Note}
	var all []snapshot.Collector
	for _, unit := range o.units() {
		all = append(all, h.collector(unitPrefix+unit, unitReader(unit)))
	}
	smi := newSMISource()
	return append(all,
		h.collector(Grub, readGrub),
		h.collector(KMod, readKMod),
		h.collector(Sysctl, readSysctl),
		h.collector(Release, readRelease),
		h.collector(Kernel, readKernel),
		h.collector(Containerd, readContainerd),
		h.collector(Network, readNetwork),
		h.collector(GPUSMI, smi.readSMI),
		h.collector(GPUDriver, readDriver),
		h.collector(GPUDevice, smi.readDevice),
		h.collector(Services, readServices),
	)
}

// Names returns the names of the collectors that Collectors returns when no
// unit is named.
func Names() []string {
	var names []string
	for _, c := range Collectors(Options{}) {
		names = append(names, c.Name)
	}
	return names
}

// host is the machine as all collectors are given it.
type host struct {
	root string
	note func(collector, text string)
}

// data is what one subtype holds.
type data = map[string]measurement.Reading

// reader gathers the subtypes of one collector, by name. Like a collector it
// also returns what it found before an error.
type reader func(ctx context.Context, fs *files) (map[string]data, error)

// collector returns a collector around a reader.
func (h host) collector(name string, read reader) snapshot.Collector {
	return snapshot.Collector{Name: name, Collect: func(ctx context.Context) (measurement.List, error) {
		fs, err := openFiles(h.root, func(text string) {
			if h.note != nil {
				h.note(name, text)
			}
		})
		if err != nil {
			return nil, err
		}
		defer fs.close()
		found, err := read(ctx, fs)
		t, _, _ := strings.Cut(name, "/")
		m := measurement.Measurement{Type: measurement.Type(t)}
		for subtype, readings := range found {
			m.Subtypes = append(m.Subtypes, measurement.Subtype{Name: subtype, Data: readings})
		}
		return measurement.List{m}.Sorted(), err
	}}
}
