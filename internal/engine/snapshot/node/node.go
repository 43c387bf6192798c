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
	"context"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// Names of the collectors; those of units are SystemD/ and the unit.
const (
	Grub      = "OS/grub"
	KMod      = "OS/kmod"
	Sysctl    = "OS/sysctl"
	Release   = "OS/release"
	GPUSMI    = "GPU/smi"
	GPUDriver = "GPU/driver"
	GPUDevice = "GPU/device"

	unitPrefix = "SystemD/"
)

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
		h.collector(GPUSMI, smi.readSMI),
		h.collector(GPUDriver, readDriver),
		h.collector(GPUDevice, smi.readDevice),
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
