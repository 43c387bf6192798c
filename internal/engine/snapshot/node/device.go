// SPDX-License-Identifier: Apache-2.0

package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const (
	pciDevices   = "/sys/bus/pci/devices"
	nvidiaVendor = "0x10de"
)

// device is one GPU. What is not known of it is "".
type device struct {
	id    string // PCI device id of vendor 10de: 2330
	model string // as the driver names it: NVIDIA H100 80GB HBM3
	// memory, architecture and addressing are as nvidia-smi says them.
	memory, architecture, addressing string
}

// readDevice reads which GPUs the machine has: their ids from PCI, models and
// memory from nvidia-smi, and models from the driver where that fails.
//
// Products are numbered, the most frequent first: 0.model, 0.count, 0.memory and
// 0.pci-id; the keys without a number are those of product 0. count of the
// latter is of that product alone.
func (s *smiSource) readDevice(ctx context.Context, host *files) (map[string]data, error) {
	ids, err := pciGPUs(host)
	if err != nil {
		return nil, err
	}
	devices := map[string]device{}
	for address, id := range ids {
		devices[address] = device{id: id, model: driverModel(host, address)}
	}
	run := s.get(ctx, host)
	err = run.err
	if err != nil {
		err = fmt.Errorf("models and memory are not known from nvidia-smi: %w", err)
	}
	if run.log != nil {
		for i, gpu := range run.log.GPUs {
			address := pciAddress(gpu.Address)
			if gpu.Address == "" {
				address = "#" + strconv.Itoa(i)
			}
			devices[address] = gpu.device(devices[address].id)
		}
	}
	if len(devices) == 0 {
		return nil, err
	}
	d := productData(devices)
	setText(d, "cpu-architecture", cpuArchitecture(host))
	return map[string]data{"device": d, "kernel-driver": kernelDrivers(host, slices.Collect(maps.Keys(ids)))}, err
}

// kernelDrivers returns the drivers that the kernel has bound to GPUs, NVIDIA's
// or another, each with the number of its GPUs.
func kernelDrivers(host *files, addresses []string) data {
	counts := map[string]int{}
	for _, address := range addresses {
		counts[host.target(path.Join(pciDevices, address, "driver"))]++
	}
	delete(counts, "") // those without a driver
	d := data{}
	for name, count := range counts {
		setCount(d, name, count)
	}
	return d
}

// device returns what the log says. The id of PCI is right where there is one.
func (g smiGPU) device(id string) device {
	if device, vendor := pciDeviceID(g.DeviceID); id == "" && "0x"+vendor == nvidiaVendor {
		id = device
	}
	return device{
		id: id, model: productText(g.Product), memory: smiText(g.Memory),
		architecture: smiText(g.Architecture), addressing: smiText(g.Addressing),
	}
}

// pciGPUs returns the PCI device id, such as "2330", of each NVIDIA GPU by its
// address, such as 0000:04:00.0. The kernel knows them without a driver.
func pciGPUs(host *files) (map[string]string, error) {
	const displayController = "0x03" // VGA for GPUs with a display, 3D for those without
	names, err := pciFunctions(host, nvidiaVendor, displayController)
	gpus := map[string]string{}
	for _, name := range names {
		gpus[pciAddress(name)] = strings.TrimPrefix(host.text(path.Join(pciDevices, name, "device")), "0x")
	}
	return gpus, err
}

// pciFunctions returns the names below pciDevices of a vendor's devices of a class.
// A machine without PCI has none; virtual functions are not devices of their own.
func pciFunctions(host *files, vendor, class string) ([]string, error) {
	entries, err := host.list(pciDevices)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		directory := path.Join(pciDevices, entry.Name())
		if host.text(path.Join(directory, "vendor")) == vendor &&
			strings.HasPrefix(host.text(path.Join(directory, "class")), class) &&
			!host.exists(path.Join(directory, "physfn")) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// pciAddress returns an address as the kernel writes it: nvidia-smi writes the
// domain with eight digits, and letters in upper case.
func pciAddress(text string) string {
	domain, rest, _ := strings.Cut(strings.ToLower(text), ":")
	const digits = 4
	if len(domain) > digits && strings.Trim(domain[:len(domain)-digits], "0") == "" {
		domain = domain[len(domain)-digits:]
	}
	return domain + ":" + rest
}

// pciDeviceID splits "233010DE", or "0x233010DE" as older drivers write it.
func pciDeviceID(text string) (id, vendor string) {
	const digits = 4
	text = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "0x")
	if len(text) != 2*digits {
		return "", ""
	}
	return text[:digits], text[digits:]
}

// driverModel returns the model that the driver has for a GPU, "" where there is
// no driver.
func driverModel(host *files, address string) string {
	for line := range strings.Lines(host.text("/proc/driver/nvidia/gpus/" + address + "/information")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "Model" {
			return productText(value)
		}
	}
	return ""
}

// cpuArchitecture returns the architecture as container images name it, "" on
// kernels before 6.1.
func cpuArchitecture(host *files) string {
	switch arch := host.text("/proc/sys/kernel/arch"); arch {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	default:
		return arch
	}
}

// productData counts the devices by product.
func productData(devices map[string]device) data {
	counts := map[device]int{}
	for _, dev := range devices {
		counts[complete(dev, devices)]++
	}
	products := slices.SortedFunc(maps.Keys(counts), func(a, b device) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.model, b.model), cmp.Compare(a.id, b.id),
			cmp.Compare(a.memory, b.memory), cmp.Compare(a.architecture, b.architecture), cmp.Compare(a.addressing, b.addressing))
	})
	d := data{}
	for n, product := range products {
		product.set(d, strconv.Itoa(n)+".", counts[product])
	}
	product := products[0]
	product.set(d, "", counts[product])
	setText(d, "architecture", product.architecture)
	setText(d, "addressing-mode", product.addressing)
	return d
}

func (d device) set(into data, prefix string, count int) {
	into[prefix+"count"] = measurement.Int(int64(count))
	setText(into, prefix+"model", d.model)
	setText(into, prefix+"memory", d.memory)
	setText(into, prefix+"pci-id", d.id)
}

// complete returns a device of which not all is known as the one other product
// with that id, if there is just one that agrees in what is known: a GPU that
// nvidia-smi does not list, or cannot read, is still of the kind of its
// neighbors.
func complete(dev device, devices map[string]device) device {
	if dev.id == "" {
		return dev
	}
	alike := map[device]bool{}
	for _, other := range devices {
		if other != dev && other.memory != "" && dev.within(other) {
			alike[other] = true
		}
	}
	if len(alike) != 1 {
		return dev
	}
	return slices.Collect(maps.Keys(alike))[0]
}

// within reports whether all that is known of d is the same of the other.
func (d device) within(other device) bool {
	same := func(mine, its string) bool { return mine == "" || mine == its }
	return d.id == other.id && same(d.model, other.model) && same(d.memory, other.memory) &&
		same(d.architecture, other.architecture) && same(d.addressing, other.addressing)
}
