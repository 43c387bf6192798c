// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// smiLog is what is read of the log that nvidia-smi -q -x prints.
type smiLog struct {
	XMLName xml.Name `xml:"nvidia_smi_log"`
	Driver  string   `xml:"driver_version"`
	CUDA    string   `xml:"cuda_version"`
	Count   string   `xml:"attached_gpus"`
	GPUs    []smiGPU `xml:"gpu"`
}

// smiGPU is one GPU of the log. What a GPU does not have is "N/A" there.
type smiGPU struct {
	Address      string `xml:"id,attr"` // 00000000:04:00.0
	Product      string `xml:"product_name"`
	Architecture string `xml:"product_architecture"`
	DisplayMode  string `xml:"display_mode"`
	DisplayUsed  string `xml:"display_active"`
	Persistence  string `xml:"persistence_mode"`
	Addressing   string `xml:"addressing_mode"`
	MIG          string `xml:"mig_mode>current_mig"`
	ECC          string `xml:"ecc_mode>current_ecc"`
	VBIOS        string `xml:"vbios_version"`
	GSP          string `xml:"gsp_firmware_version"`
	FabricState  string `xml:"fabric>state"`
	FabricStatus string `xml:"fabric>status"`
	Memory       string `xml:"fb_memory_usage>total"` // 81559 MiB
	DeviceID     string `xml:"pci>pci_device_id"`     // 233010DE: device and vendor
}

// parseSMILog reads a log. The decoder knows no entities but those of XML itself
// and no encoding but UTF-8.
func parseSMILog(content []byte) (smiLog, error) {
	var log smiLog
	if err := xml.NewDecoder(bytes.NewReader(content)).Decode(&log); err != nil {
		const quoted = 80
		start := strings.ToValidUTF8(string(content[:min(quoted, len(content))]), "\uFFFD")
		return smiLog{}, fmt.Errorf("what nvidia-smi printed is not a log (%w); it begins with %q", err, start)
	}
	return log, nil
}

// data returns the readings of GPU/smi, and the variance: for each key that the
// GPUs disagree about, how many say what. Such a key has the reading of most
// GPUs of the most frequent product, so that all readings are of one product.
func (l smiLog) data() (smi, variance data) {
	smi, variance = data{"gpu-count": measurement.Int(l.count())}, data{}
	setText(smi, "driver-version", l.Driver)
	setText(smi, "cuda-version", l.CUDA)
	product := most(smiTally(l.GPUs, smiKeys()["model"]))
	ofProduct := slices.DeleteFunc(slices.Clone(l.GPUs), func(g smiGPU) bool { return smiText(g.Product) != product })
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

// smiKeys returns the keys of GPU/smi that each GPU has a value of.
func smiKeys() map[string]func(smiGPU) string {
	return map[string]func(smiGPU) string{
		"model":                func(g smiGPU) string { return g.Product },
		"product-architecture": func(g smiGPU) string { return g.Architecture },
		"display-mode":         func(g smiGPU) string { return g.DisplayMode },
		"display-active":       func(g smiGPU) string { return g.DisplayUsed },
		"persistence-mode":     func(g smiGPU) string { return g.Persistence },
		"addressing-mode":      func(g smiGPU) string { return g.Addressing },
		"mig-mode":             func(g smiGPU) string { return g.MIG },
		"ecc-mode":             func(g smiGPU) string { return g.ECC },
		"vbios-version":        func(g smiGPU) string { return g.VBIOS },
		"gsp-firmware-version": func(g smiGPU) string { return g.GSP },
		"fabric-state":         func(g smiGPU) string { return g.FabricState },
		"fabric-status":        func(g smiGPU) string { return g.FabricStatus },
	}
}

// smiText returns a value of the log, "" for one that says there is none.
func smiText(value string) string {
	switch value = strings.TrimSpace(value); value {
	case "N/A", "[N/A]", "Not Supported", "[Not Supported]", "Requested functionality has been deprecated":
		return ""
	default:
		return value
	}
}

func setText(d data, key, text string) {
	if text = smiText(text); text != "" {
		d[key] = measurement.Str(text)
	}
}
