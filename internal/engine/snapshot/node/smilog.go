// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// smiLog is what is read of the log that nvidia-smi -q -x prints.
type smiLog struct {
	XMLName xml.Name `xml:"nvidia_smi_log"`
	Driver  string   `xml:"driver_version"`
	CUDA    string   `xml:"cuda_version"`
	// The names of the two that take their place in CUDA 14.
	KernelDriver string  `xml:"kmd_version"`
	UserCUDA     string  `xml:"cuda_umd_version"`
	Count        string  `xml:"attached_gpus"`
	GPUs         smiGPUs `xml:"gpu"`
}

// smiGPUs are the GPUs of a log. Drivers know 64 at most; each takes far more memory
// than the few bytes that could name it.
type smiGPUs []smiGPU

const maxGPUs = 1024

func (g *smiGPUs) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	if len(*g) == maxGPUs {
		return fmt.Errorf("it has more than %d GPUs", maxGPUs)
	}
	var gpu smiGPU
	if err := d.DecodeElement(&gpu, &start); err != nil {
		return err
	}
	*g = append(*g, gpu)
	return nil
}

// smiGPU is one GPU of the log. What a GPU does not have is "N/A" there.
type smiGPU struct {
	Address        string    `xml:"id,attr"` // 00000000:04:00.0
	Product        string    `xml:"product_name"`
	Architecture   string    `xml:"product_architecture"`
	DisplayMode    string    `xml:"display_mode"`
	DisplayUsed    string    `xml:"display_active"`
	Persistence    string    `xml:"persistence_mode"`
	Addressing     string    `xml:"addressing_mode"`
	MIG            string    `xml:"mig_mode>current_mig"`
	ECC            string    `xml:"ecc_mode>current_ecc"`
	VBIOS          string    `xml:"vbios_version"`
	GSP            string    `xml:"gsp_firmware_version"`
	Virtualization string    `xml:"gpu_virtualization_mode>virtualization_mode"`
	Recovery       string    `xml:"gpu_recovery_action"`
	Fabric         smiFabric `xml:"fabric"`
	Memory         string    `xml:"fb_memory_usage>total"` // 81559 MiB
	DeviceID       string    `xml:"pci>pci_device_id"`     // 233010DE: device and vendor
	// All is the XML of the GPU: one that is lost says so in some places or
	// others.
	All string `xml:",innerxml"`
}

// parseSMILog reads a log, from its first tag on: tools and libraries print
// warnings around it. The decoder knows no entities but those of XML itself.
// Bytes that XML does not allow become U+FFFD, and processes, which may have any
// name, are taken out first.
func parseSMILog(content []byte) (smiLog, error) {
	from := max(0, bytes.Index(content, []byte("<nvidia_smi_log")))
	var log smiLog
	if err := xml.NewDecoder(strings.NewReader(xmlText(withoutProcesses(content[from:])))).Decode(&log); err != nil {
		const quoted = 80
		return smiLog{}, fmt.Errorf("what nvidia-smi printed is not a log (%w); it begins with %q", err, validText(content[:min(quoted, len(content))]))
	}
	return log, nil
}

// smiGPUTag matches the beginning of a GPU.
//
//nolint:gochecknoglobals // compiled once, on first use
var smiGPUTag = words.Pattern(`<gpu id="[0-9A-Fa-f:.]*">`)

// withoutProcesses removes the list of processes of each GPU. nvidia-smi does
// not always escape their names, so the list ends where the last one of the GPU
// does.
func withoutProcesses(log []byte) []byte {
	const begin, end = "<processes>", "</processes>"
	var kept []byte
	last := 0
	for _, tag := range append(smiGPUTag().FindAllIndex(log, -1), []int{len(log)}) {
		gpu := log[last:tag[0]]
		last = tag[0]
		from, to := bytes.Index(gpu, []byte(begin)), bytes.LastIndex(gpu, []byte(end))
		if from >= 0 && to > from {
			gpu = slices.Concat(gpu[:from], gpu[to+len(end):])
		}
		kept = append(kept, gpu...)
	}
	return kept
}

// xmlText returns text of characters that XML allows.
func xmlText(content []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF' {
			return '\uFFFD'
		}
		return r
	}, validText(content))
}

// data returns the readings of GPU/smi, and the variance: for each key that the
// GPUs disagree about, how many say what. Such a key has the reading of most
// GPUs of the most frequent product, so that all readings are of one product.
func (l smiLog) data() (smi, variance data) {
	smi, variance = data{"gpu-count": measurement.Int(l.count())}, data{}
	setText(smi, "driver-version", cmp.Or(smiText(l.Driver), smiText(l.KernelDriver)))
	setText(smi, "cuda-version", cmp.Or(smiText(l.CUDA), smiText(l.UserCUDA)))
	setCount(smi, "lost-gpus", l.saying(gpuLost))
	setCount(smi, "reset-gpus", l.saying(gpuNeedsReset))
	product := most(smiTally(l.GPUs, smiKeys()["model"]))
	ofProduct := slices.DeleteFunc(slices.Clone(l.GPUs), func(g smiGPU) bool { return productText(g.Product) != product })
	for key, value := range smiKeys() {
		setText(smi, key, most(smiTally(ofProduct, value)))
		if all := smiTally(l.GPUs, value); len(all) > 1 {
			variance[key] = measurement.Str(all.String())
		}
	}
	return smi, variance
}

func smiTally(gpus []smiGPU, value func(smiGPU) string) snapshot.Tally[string] {
	said := snapshot.Tally[string]{}
	for _, gpu := range gpus {
		if text := smiText(value(gpu)); text != "" {
			said[text]++
		}
	}
	return said
}

// most returns what most GPUs say, "" where none says anything.
func most(said snapshot.Tally[string]) string {
	if len(said) == 0 {
		return ""
	}
	return said.Sorted()[0]
}

// count returns how many GPUs the driver has, also those that it reports nothing
// about.
func (l smiLog) count() int64 {
	if n, err := strconv.ParseInt(strings.TrimSpace(l.Count), 10, 64); err == nil && n >= 0 {
		return n
	}
	return int64(len(l.GPUs))
}

// saying returns how many GPUs of the log say a text anywhere.
func (l smiLog) saying(text string) int {
	saying := 0
	for _, gpu := range l.GPUs {
		if strings.Contains(gpu.All, text) {
			saying++
		}
	}
	return saying
}

// smiKeys returns the keys of GPU/smi that each GPU has a value of.
func smiKeys() map[string]func(smiGPU) string {
	return map[string]func(smiGPU) string{
		"model":                func(g smiGPU) string { return productText(g.Product) },
		"product-architecture": func(g smiGPU) string { return g.Architecture },
		"display-mode":         func(g smiGPU) string { return g.DisplayMode },
		"display-active":       func(g smiGPU) string { return g.DisplayUsed },
		"persistence-mode":     func(g smiGPU) string { return g.Persistence },
		"addressing-mode":      func(g smiGPU) string { return g.Addressing },
		"mig-mode":             func(g smiGPU) string { return g.MIG },
		"ecc-mode":             func(g smiGPU) string { return g.ECC },
		"vbios-version":        func(g smiGPU) string { return g.VBIOS },
		"gsp-firmware-version": func(g smiGPU) string { return g.GSP },
		"virtualization-mode":  func(g smiGPU) string { return unlessNone(g.Virtualization) },
		"recovery-action":      func(g smiGPU) string { return g.Recovery },
		"fabric-state":         func(g smiGPU) string { return g.Fabric.State },
		"fabric-status":        func(g smiGPU) string { return g.Fabric.status() },
		"fabric-health":        func(g smiGPU) string { return g.Fabric.health() },
	}
}

func unlessNone(value string) string {
	if strings.TrimSpace(value) == "None" {
		return ""
	}
	return value
}
