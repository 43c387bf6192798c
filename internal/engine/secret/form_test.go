// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// pem is a document in PEM of some kind. It is put together here, so that nothing
// takes this file for one.
func pem(kind string) string {
	return "-----BEGIN " + kind + "-----\n" + strings.Repeat("MIIE", 20) + "\n-----END " + kind + "-----\n"
}

func TestForm(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("aB3dE5gH", 8)
	const key, jwt, token = "a private key", "a JSON Web Token", "an access token"
	for text, want := range map[string]string{
		pem("PRIVATE KEY"): key, pem("RSA PRIVATE KEY"): key, pem("EC PRIVATE KEY"): key, pem("OPENSSH PRIVATE KEY"): key,
		pem("ENCRYPTED PRIVATE KEY"): key, pem("PGP PRIVATE KEY BLOCK"): key, "before " + pem("PRIVATE KEY"): key,
		base64.StdEncoding.EncodeToString([]byte(pem("PRIVATE KEY"))): key,
		pem("CERTIFICATE"): "", pem("PUBLIC KEY"): "", base64.StdEncoding.EncodeToString([]byte(pem("CERTIFICATE"))): "",
		"LS0tLS1CRUdJTi": "", "LS0tLS1CRUdJTi" + strings.Repeat("!", 60): "",
		"eyJ" + long + ".eyJ" + long + "." + long:        jwt,
		"Bearer eyJ" + long + ".eyJ" + long + "." + long: jwt,
		"eyJ" + long:  "",
		"ghp_" + long: token, "github_pat_" + long: token, "glpat-" + long[:20]: token, "nvapi-" + long: token, "hf_" + long[:34]: token,
		"AKIA" + "IOSFODNN7EXAMPLE": token, "AIza" + long[:35]: token, "xoxb-123456789012-" + long: token, "dckr_pat_" + long: token,
		"npm_" + long[:36]: token, "hvs." + long: token, "token=ghp_" + long: token, "sk-ant-" + long: token,
		"ngc-secret": "", "regcred": "", "ghp_short": "", "nvapi-key": "", "hf_token": "", "gpu-operator": "", "": "",
		"nvcr.io/nvidia/driver:580.126.20-ubuntu24.04": "", "sha256:" + strings.Repeat("0a", 32): "", "XAKIAIOSFODNN7EXAMPLEX": "",
		"https://github.com/NVIDIA/gpu-operator": "", long: "",
	} {
		if got := secret.Form(text); got != want {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
	}
}
