// SPDX-License-Identifier: Apache-2.0

package node

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// checkData writes what was read into a document and reads it back: no key or
// reading may be one that no document can hold.
func checkData(t *testing.T, d data) {
	t.Helper()
	if len(d) == 0 {
		return
	}
	s := document.Snapshot{Measurements: measurement.List{{Type: measurement.OS, Subtypes: []measurement.Subtype{{Name: "x", Data: d}}}}}
	yaml, err := s.YAML()
	if err != nil {
		t.Fatalf("%q cannot be written: %v", d, err)
	}
	back, err := document.DecodeSnapshot(t.Context(), yaml)
	if err != nil {
		t.Fatalf("%q does not read back: %v\n%s", d, err, yaml)
	}
	there := back.Measurements.Subtype(measurement.OS, "x").Data
	for key, reading := range d {
		if there[key] != reading {
			t.Errorf("%q: %q became %q", key, reading, there[key])
		}
	}
}

func FuzzCommandLine(f *testing.F) {
	for _, seed := range []string{
		`BOOT_IMAGE=/boot/vmlinuz-6.8.0 root=UUID=1 ro quiet console=tty0 console=ttyS0 -- init`, `dyndbg="file a b +p" "x=y z"`,
		`"`, `=`, `a="`, "a=\xff", "token=abc x=http://u:p@h", "\x00\n", "a=\x1b[0m b=\u2028",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		d := commandLine(validText([]byte(line)))
		checkData(t, d)
		if reading := d["token"]; reading != nil {
			for value := range strings.SplitSeq(reading.String(), "\n") {
				if value != "" && value != "(redacted)" {
					t.Errorf("the token %q is not redacted", value)
				}
			}
		}
	})
}

func FuzzLoadedModules(f *testing.F) {
	for _, seed := range []string{"nvidia 1 2 a, Live 0x0 (POE)\n", "x", "\n \n", "a b c d e f g\n\xff 1 0 - Live 0x0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkData(t, loadedModules(validText([]byte(text)))) })
}

func FuzzAssignments(f *testing.F) {
	for _, seed := range []string{"ID=ubuntu\nVERSION_ID=\"24.04\"\n", "A='b c'\n#x\n", `A="\"`, `A=\`, "=x", "A=\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkData(t, assignments(validText([]byte(text)))) })
}

func FuzzTOML(f *testing.F) {
	for _, seed := range []string{
		"version = 3\nimports = [\"/a/*.toml\"]\n[grpc]\naddress='x'\n", "[plugins.'io.containerd.nri.v1.nri']\ndisable = true",
		"[plugins.cri.containerd.runtimes.runc]\n[[plugins.cri.containerd]]", "a = {b = [1, \"\"\"\\\n\"\"\"]}", "\"\\", "[", "a.b=1\n[a.b]", "a='\x00\xff'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		config, err := decodeTOML([]byte(text))
		if err != nil {
			if !utf8.ValidString(err.Error()) {
				t.Errorf("the error is not a text: %q", err)
			}
			return
		}
		d := data{}
		describeContainerd(d, config)
		checkData(t, d)
	})
}

func FuzzProperties(f *testing.F) {
	for _, seed := range []string{"", "A=1\nB", "/bin/x\n--token\nabc", "A=b\n\"C=d e\"\nF=\\x20 g\nh", "\xff=1\n=\n="} {
		f.Add("Environment", seed)
		f.Add("ExecStart", seed)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		words := strings.Split(validText([]byte(text)), "\n")
		for _, value := range []any{text, words, [][]any{{"", words}}} {
			if reading := busReading(name, value); reading != nil {
				checkData(t, data{"x": reading})
			}
		}
		environment, _ := busReading("Environment", words).Any().(string)
		for variable := range strings.FieldsSeq(strings.Trim(environment, "[]")) {
			if !strings.HasSuffix(variable, secret.Redacted) {
				t.Errorf("the environment %q tells a value", environment)
			}
		}
	})
}

// FuzzSMILog has short seeds: the fuzzer makes what it finds as small as it can,
// which takes minutes for a log of eight GPUs.
func FuzzSMILog(f *testing.F) {
	for _, seed := range []string{
		"", "<nvidia_smi_log/>", "<nvidia_smi_log>&x;", "<a>", "<nvidia_smi_log><gpu id='x'/><attached_gpus>-1</attached_gpus></nvidia_smi_log>",
		logXML("<kmd_version>615.23</kmd_version>", gpuXML(1, h100XML)),
		logXML(gpuXML(1, "<fabric><state>Completed</state><status>ERR!</status><health><summary>GPU is lost</summary></health></fabric>")),
		logXML(gpuXML(1, "<mig_mode><current_mig>[N/A]</current_mig></mig_mode>"), gpuXML(2, "<mig_mode><current_mig>Enabled</current_mig></mig_mode>")),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		log, err := parseSMILog(content)
		if err != nil {
			if !utf8.ValidString(err.Error()) {
				t.Errorf("the error is not a text: %q", err)
			}
			return
		}
		smi, variance := log.data()
		checkData(t, smi)
		checkData(t, variance)
		devices := map[string]device{}
		for _, gpu := range log.GPUs {
			devices[gpu.Address] = gpu.device("")
		}
		if len(devices) > 0 {
			checkData(t, productData(devices))
		}
	})
}

// FuzzProcessName has a process of any name on each GPU. A name that is the
// beginning of a GPU as nvidia-smi writes it would be one.
func FuzzProcessName(f *testing.F) {
	for _, name := range oddNames() {
		f.Add([]byte(name))
	}
	f.Fuzz(func(t *testing.T, name []byte) {
		if smiGPUTag().Match(name) {
			t.Skip("a GPU of its own")
		}
		checkProcessName(t, name)
	})
}
