// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gpuXML returns a GPU of a log, its address by its number.
func gpuXML(number int, parts string) string {
	return fmt.Sprintf("\t<gpu id=\"00000000:%02X:00.0\">\n%s\n\t</gpu>\n", number, parts)
}

func logXML(parts ...string) string {
	return "<?xml version=\"1.0\" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM \"nvsmi_device_v13.dtd\">\n<nvidia_smi_log>\n" +
		strings.Join(parts, "\n") + "</nvidia_smi_log>\n"
}

const (
	h100XML = "<product_name>NVIDIA H100 80GB HBM3</product_name><pci><pci_device_id>233010DE</pci_device_id></pci>" +
		"<fb_memory_usage><total>81559 MiB</total></fb_memory_usage>"
	processXML = "<processes>\n\t\t<process_info><pid>7</pid><type>C</type><process_name>%s</process_name></process_info>\n\t</processes>"
)

// TestSMILog reads logs as they are on nodes in trouble, and of other schemas.
func TestSMILog(t *testing.T) {
	t.Parallel()
	h100 := func(more map[string]string) map[string]string {
		all := map[string]string{"gpu-count": "1", "model": "NVIDIA H100 80GB HBM3"}
		for key, value := range more {
			all[key] = value
		}
		return all
	}
	fabric := func(parts string) string { return logXML(gpuXML(1, h100XML+"<fabric>"+parts+"</fabric>")) }
	tests := map[string]struct {
		log           string
		smi, variance map[string]string
	}{
		"names of CUDA 14":        {log: logXML("<kmd_version>615.23</kmd_version><cuda_umd_version>13.4</cuda_umd_version>", gpuXML(1, h100XML)), smi: h100(map[string]string{"driver-version": "615.23", "cuda-version": "13.4"})},
		"both names":              {log: logXML("<driver_version>580.65.06</driver_version><kmd_version>580.65.06</kmd_version>", gpuXML(1, h100XML)), smi: h100(map[string]string{"driver-version": "580.65.06"})},
		"an error as version":     {log: logXML("<driver_version>[Unknown Error]</driver_version><kmd_version>615.23</kmd_version><cuda_version>Not Found</cuda_version>", gpuXML(1, h100XML)), smi: h100(map[string]string{"driver-version": "615.23"})},
		"another encoding":        {log: strings.Replace(logXML(gpuXML(1, h100XML)), `"1.0"`, `"1.0" encoding="ISO-8859-1"`, 1), smi: h100(nil)},
		"text around it":          {log: "Warning: a driver <of yesterday>\n" + logXML(gpuXML(1, h100XML)) + "WARNING: infoROM is corrupted at gpu 0000:01:00.0\n", smi: h100(nil)},
		"a nameless product":      {log: logXML(gpuXML(1, "<product_name>NVIDIA Graphics Device</product_name>")), smi: map[string]string{"gpu-count": "1"}},
		"an error as product":     {log: logXML(gpuXML(1, "<product_name>[Unknown Error]</product_name>")), smi: map[string]string{"gpu-count": "1"}},
		"a nameless neighbor":     {log: logXML(gpuXML(1, "<product_name>Graphics Device</product_name>"), gpuXML(2, h100XML)), smi: map[string]string{"gpu-count": "2", "model": "NVIDIA H100 80GB HBM3"}},
		"passed through":          {log: logXML(gpuXML(1, h100XML+"<gpu_virtualization_mode><virtualization_mode>Pass-Through</virtualization_mode></gpu_virtualization_mode>")), smi: h100(map[string]string{"virtualization-mode": "Pass-Through"})},
		"a virtual GPU":           {log: logXML(gpuXML(1, h100XML+"<gpu_virtualization_mode><virtualization_mode>VGPU</virtualization_mode></gpu_virtualization_mode>")), smi: h100(map[string]string{"virtualization-mode": "VGPU"})},
		"no virtualization":       {log: logXML(gpuXML(1, h100XML+"<gpu_virtualization_mode><virtualization_mode> None </virtualization_mode></gpu_virtualization_mode>")), smi: h100(nil)},
		"a healthy fabric":        {log: fabric("<state>Completed</state><status>Success</status><health><summary>Healthy</summary></health>"), smi: h100(map[string]string{"fabric-state": "Completed", "fabric-status": "Success", "fabric-health": "Healthy"})},
		"a handshake that fails":  {log: fabric("<state>Completed</state><status>Insufficient Resources</status>"), smi: h100(map[string]string{"fabric-state": "Completed", "fabric-status": "Failure"})},
		"a fabric without answer": {log: fabric("<state>Unknown Error</state><status>Unknown Error</status><health><summary>[N/A]</summary><route_unhealthy>N/A</route_unhealthy></health>"), smi: h100(nil)},
		"health without summary":  {log: fabric("<health><bandwidth>Full</bandwidth><route_unhealthy>True</route_unhealthy></health>"), smi: h100(map[string]string{"fabric-health": "Unhealthy"})},
		"a degraded fabric":       {log: fabric("<health><bandwidth>Degraded</bandwidth><route_unhealthy>False</route_unhealthy><incorrect_configuration>None</incorrect_configuration></health>"), smi: h100(map[string]string{"fabric-health": "Limited Capacity"})},
		"a misconfigured fabric":  {log: fabric("<health><incorrect_configuration>Incompatible Gpu Firmware</incorrect_configuration></health>"), smi: h100(map[string]string{"fabric-health": "Unhealthy"})},
		"a good fabric of old":    {log: fabric("<health><bandwidth>Full</bandwidth><route_recovery_in_progress>False</route_recovery_in_progress><access_timeout_recovery>False</access_timeout_recovery></health>"), smi: h100(nil)},
		"health that differs": {
			log: logXML(gpuXML(1, h100XML+"<fabric><health><summary>Healthy</summary></health></fabric>"), gpuXML(2, h100XML+"<fabric><health><summary>Healthy</summary></health></fabric>"), gpuXML(3, h100XML+"<fabric><health><summary>Unhealthy</summary></health></fabric>")),
			smi: h100(map[string]string{"gpu-count": "3", "fabric-health": "Healthy"}), variance: map[string]string{"fabric-health": "Healthy: 2, Unhealthy: 1"},
		},
		"a lost GPU": {
			log: logXML(gpuXML(1, h100XML+"<ecc_mode><current_ecc>Enabled</current_ecc></ecc_mode>"), gpuXML(2, "<product_name>GPU is lost</product_name><ecc_mode><current_ecc>GPU is lost</current_ecc></ecc_mode>")),
			smi: h100(map[string]string{"gpu-count": "2", "ecc-mode": "Enabled", "lost-gpus": "1"}),
		},
		"lost where nothing is read": {log: logXML(gpuXML(1, h100XML+"<clocks><sm_clock>GPU is lost</sm_clock></clocks>")), smi: h100(map[string]string{"lost-gpus": "1"})},
		"a GPU to reset":             {log: logXML(gpuXML(1, h100XML+"<gpu_recovery_action>Reset</gpu_recovery_action><mig_mode><current_mig>[GPU requires reset]</current_mig></mig_mode>")), smi: h100(map[string]string{"recovery-action": "Reset", "reset-gpus": "1"})},
		"a process that says so":     {log: logXML(gpuXML(1, h100XML+fmt.Sprintf(processXML, "./watch 'GPU is lost'"))), smi: h100(nil)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, err := parseSMILog([]byte(tt.log))
			if err != nil {
				t.Fatal(err)
			}
			smi, variance := log.data()
			if diff := cmp.Diff(tt.smi, texts(smi)); diff != "" {
				t.Errorf("GPU/smi (-want +got):\n%s", diff)
			}
			if len(variance) != len(tt.variance) || len(variance) > 0 && !cmp.Equal(tt.variance, texts(variance)) {
				t.Errorf("GPU/smi-variance: got %v, want %v", texts(variance), tt.variance)
			}
		})
	}
}

// TestErrorsAreNoValues has each error, as it is written in places, for each
// value that is read.
func TestErrorsAreNoValues(t *testing.T) {
	t.Parallel()
	said := append(append([]string{}, smiErrors()...), smiAbsent()...)
	for _, text := range append(said, "Unknown Error", "ERR!", "Insufficient Permissions", "Not Found", "Driver/library version mismatch", "Unable to determine the device handle") {
		for _, form := range []string{text, "[" + text + "]", strings.ToUpper(text), " " + text + ".\n"} {
			log := logXML("<driver_version>"+form+"</driver_version><cuda_version>"+form+"</cuda_version>", gpuXML(1, strings.NewReplacer("@", form).Replace(
				"<product_name>@</product_name><product_architecture>@</product_architecture><display_mode>@</display_mode><display_active>@</display_active>"+
					"<persistence_mode>@</persistence_mode><addressing_mode>@</addressing_mode><mig_mode><current_mig>@</current_mig></mig_mode>"+
					"<ecc_mode><current_ecc>@</current_ecc></ecc_mode><vbios_version>@</vbios_version><gsp_firmware_version>@</gsp_firmware_version>"+
					"<gpu_virtualization_mode><virtualization_mode>@</virtualization_mode></gpu_virtualization_mode><gpu_recovery_action>@</gpu_recovery_action>"+
					"<fabric><state>@</state><status>@</status><health><summary>@</summary></health></fabric>"+
					"<fb_memory_usage><total>@</total></fb_memory_usage><pci><pci_device_id>@</pci_device_id></pci>")))
			read, err := parseSMILog([]byte(log))
			if err != nil {
				t.Fatalf("%q: %v", form, err)
			}
			smi, variance := read.data()
			delete(smi, "lost-gpus")
			delete(smi, "reset-gpus")
			if len(smi) != 1 || len(variance) != 0 {
				t.Errorf("%q: got %v and %v", form, texts(smi), texts(variance))
			}
			if d := read.GPUs[0].device("2330"); d != (device{id: "2330"}) {
				t.Errorf("%q: got %+v", form, d)
			}
		}
	}
}

// TestOddProcessNames has names of processes that break the XML around them.
func TestOddProcessNames(t *testing.T) {
	t.Parallel()
	for _, name := range oddNames() {
		checkProcessName(t, []byte(name))
	}
}

func oddNames() []string {
	return []string{
		"\xff\xff\xff\xff", "python -c 'a<b && c>d'", "a & b", "&bomb;", "&#1;", "\x00\x01\x1b[31m", "]]>", "<!--", "<![CDATA[", "<?xml",
		"</process_name>", "</processes>", "<processes>", "</nvidia_smi_log>", "\uFFFE", "<gpu", `<gpu id="x">`, "",
	}
}

// checkProcessName compares a log with such a process to the same without it.
func checkProcessName(t *testing.T, name []byte) {
	t.Helper()
	plain := logXML("<driver_version>580.65.06</driver_version>", gpuXML(1, h100XML), gpuXML(2, h100XML))
	process := fmt.Appendf(nil, processXML, name)
	log := bytes.ReplaceAll([]byte(plain), []byte("\n\t</gpu>"), append(process, "\n\t</gpu>"...))
	want, err := parseSMILog([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseSMILog(log)
	if err != nil {
		t.Errorf("%q: %v", name, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got):\n%s", name, diff)
	}
}
