// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// Texts that look like secrets are put together here, so that nothing takes this
// file for one.
const (
	mixed  = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0dF"
	hexes  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	hidden = "hunter2"
	uuid   = "6f1c1c5e-9a3b-4c1e-8f60-1d2e3f405162"
)

func jwt() string { return "eyJ" + mixed + ".eyJ" + mixed + "." + mixed }

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// secretTexts are texts, and for each the part of it that must not stay.
func secretTexts() map[string]string {
	auths := `{"auths":{"nvcr.io":{"username":"$oauthtoken","password":"` + hidden + `"}}}`
	return map[string]string{
		// By their form.
		jwt():                  mixed,
		"id " + jwt() + " end": mixed,
		"eyJ" + mixed + ".." + mixed + "." + mixed + "." + mixed: "",
		pem("PRIVATE KEY"):                                    "MIIE",
		"x " + pem("RSA PRIVATE KEY"):                         "MIIE",
		pem("OPENSSH PRIVATE KEY"):                            "MIIE",
		strings.ReplaceAll(pem("EC PRIVATE KEY"), "\n", `\n`): "MIIE",
		encoded(pem("PRIVATE KEY")):                           encoded(pem("PRIVATE KEY"))[70:90],
		"b3BlbnNzaC1rZXktdjE" + mixed:                         mixed,
		"AGE-SECRET-KEY-1" + strings.ToUpper(mixed):           strings.ToUpper(mixed),
		"nvapi-" + mixed:                                      mixed,
		"use nvapi-" + mixed + " here":                        mixed,
		"hf_" + mixed:                                         mixed,
		"glpat-" + mixed[:20]:                                 mixed[:20],
		"gldt-" + mixed[:20]:                                  mixed[:20],
		"ghp_" + mixed + "abcd":                               mixed,
		"gho_" + mixed + "abcd":                               mixed,
		"github_pat_" + mixed:                                 mixed,
		"hvs." + mixed:                                        mixed,
		"hvb." + mixed:                                        mixed,
		"xoxb-123456789012-" + mixed:                          mixed,
		"xoxp-1-" + mixed:                                     mixed,
		"xapp-1-" + mixed:                                     mixed,
		"AKIA" + "IOSFODNN7EXAMPLE":                           "IOSFODNN7",
		"ASIA" + "IOSFODNN7EXAMPLE":                           "IOSFODNN7",
		"AIza" + mixed + "abc":                                mixed,
		"ya29." + mixed:                                       mixed,
		"dckr_pat_" + mixed:                                   mixed,
		"npm_" + mixed + "abcd":                               mixed,
		"sk-ant-" + mixed:                                     mixed,
		"sk-proj-" + mixed:                                    mixed,
		"sha256~" + mixed + "abcdefgh":                        mixed,
		"SG." + mixed + "." + mixed:                           mixed,
		"dapi" + hexes:                                        hexes,
		"k8s-aws-v1." + mixed:                                 mixed,
		"abc8Q~" + mixed + "ab":                               mixed,
		"$6$rounds=5000$salt$" + mixed:                        mixed,
		"admin:$2y$10$" + mixed:                               mixed,
		"https://hooks.slack.com/services/T000/B000/" + mixed: mixed,
		auths:          hidden,
		encoded(auths): encoded(auths)[20:40],
		encoded(strings.ReplaceAll(auths, `{"auths"`, "{\n  \"auths\"")): "",
		`{"auth":"` + encoded("u:"+hidden) + `"}`:                        encoded("u:" + hidden)[:8],
		// In URLs.
		"http://user:" + hidden + "@proxy:3128":                                                                        hidden,
		"http://user:" + hidden + "@proxy:3128,http://user:" + hidden + "@other:3128":                                  hidden,
		"http://user:p/" + hidden + "@proxy:3128/x":                                                                    hidden,
		"http://user:p@" + hidden + "@proxy:3128":                                                                      hidden,
		"http://user:p@a/" + hidden + "@proxy.corp:3128":                                                               hidden,
		"http://user:p?" + hidden + "@proxy.corp":                                                                      hidden,
		"https://" + mixed + "@github.com/org/repo.git":                                                                mixed,
		"https://oauth2:" + hidden + "@gitlab.corp/x":                                                                  hidden,
		"git+https://" + mixed + ":x-oauth-basic@github.com/a":                                                         mixed,
		"postgres://u:" + hidden + "@db:5432/app?sslmode=require":                                                      hidden,
		"u:" + hidden + "@tcp(db:3306)/app":                                                                            hidden,
		"amqps://u:" + hidden + "@mq/v":                                                                                hidden,
		"netroot=iscsi:user:" + hidden + "@10.0.0.1::3260":                                                             hidden,
		"nocloud;s=http://u:" + hidden + "@h/":                                                                         hidden,
		"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=" + hexes + "&X-Amz-Expires=60": hexes,
		"https://b/k?X-Amz-Security-Token=" + mixed:                                                                    mixed,
		"https://storage.googleapis.com/b/o?X-Goog-Signature=" + hexes:                                                 hexes,
		"https://a.blob.core.windows.net/c?sv=2024&se=x&sp=r&sig=" + mixed + "%3D":                                     mixed,
		"https://d.cloudfront.net/x?Expires=1&Signature=" + mixed + "&Key-Pair-Id=K1":                                  mixed,
		"https://maps/api?key=" + hidden:                                                                               hidden,
		"https://h/c?arch=x&access_token=" + hidden:                                                                    hidden,
		"SharedAccessSignature sr=x&sig=" + mixed + "&se=1":                                                            mixed,
		"Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=" + mixed + "=":                                        mixed,
		"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + mixed + "==;EndpointSuffix=c":                     mixed,
		"Server=x;Uid=u;Pwd=a;b" + hidden + ";Database=d":                                                              hidden,
		// After names.
		"TOKEN=" + hidden:                                              hidden,
		"export NGC_API_KEY=" + hidden + " X=1":                        hidden,
		"MYSQL_PWD=" + hidden:                                          hidden,
		"pw=" + hidden:                                                 hidden,
		"wifi.psk=" + hidden:                                           hidden,
		"otp=123456":                                                   "123456",
		"pin=4711":                                                     "4711",
		"auth=" + hidden:                                               hidden,
		"jwt=" + hidden:                                                hidden,
		"bearer=" + hidden:                                             hidden,
		"password: " + hidden:                                          hidden,
		"user: u password:" + hidden:                                   hidden,
		"password = " + hidden:                                         hidden,
		`password="two ` + hidden + `"`:                                hidden,
		`password='two ` + hidden + `'`:                                hidden,
		`{"clientSecret": "` + hidden + `"}`:                           hidden,
		`"{\"token\":\"` + hidden + `\"}"`:                             hidden,
		"client-key-data: " + mixed:                                    mixed,
		"accessKeyId: x\nsecretAccessKey: " + hidden:                   hidden,
		"curl --pass " + hidden + " x":                                 hidden,
		"curl -u user:" + hidden + " x":                                hidden,
		"curl --user user:" + hidden:                                   hidden,
		"x --token " + hidden + " --port 1":                            hidden,
		`["--api-key","` + hidden + `"]`:                               hidden,
		"Authorization: Basic " + encoded("u:"+hidden):                 encoded("u:" + hidden)[:8],
		"Authorization: Bearer " + hidden + "ab":                       hidden,
		`-H "Authorization: token ` + hidden + `"`:                     hidden,
		"X-Auth-Token: " + hidden:                                      hidden,
		"Bearer " + mixed:                                              mixed,
		"Cookie: session=" + hidden:                                    hidden,
		"luks-passphrase=" + hidden:                                    hidden,
		"systemd.set_credential=name:" + hidden:                        hidden,
		"cn=admin bindpass=" + hidden:                                  hidden,
		"VAULT_TOKEN=s." + mixed:                                       mixed,
		"token: " + mixed + " of today, say":                           mixed,
		`http://corp\user:` + hidden + "@proxy:8080":                   hidden,
		"x-api-key:" + hidden:                                          hidden,
		"GITHUB_PAT=" + hidden:                                         hidden,
		`DOCKER_AUTH_CONFIG={"auths":{"r":{"auth":"` + hidden + `"}}}`: hidden,
		"[DB_PASS=" + hidden + "]":                                     hidden,
	}
}

// publicTexts must stay as they are.
func publicTexts() []string {
	certificate := pem("CERTIFICATE")
	return []string{
		"", "plain", "user@host", "dir=/etc/ssl", "sha256:" + hexes + hexes, uuid, "GPU-" + uuid, hexes + hexes,
		"nvcr.io/nvidia/driver:580.126.20-ubuntu24.04", "nvcr.io/nvidia/driver:580@sha256:" + hexes + hexes, "docker-archive:name:1.2@sha256:" + hexes + hexes,
		"https://registry:5000/a@sha256:" + hexes + hexes, certificate, encoded(certificate), pem("PUBLIC KEY"), encoded(pem("PUBLIC KEY")),
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + mixed + " me@host", "client_id=" + uuid, "tenant=" + uuid, "AZURE_TENANT_ID=" + uuid,
		"key_id=0xDEADBEEFCAFE0123", "kid=abc123def456", "KMS_KEY_ID=arn:aws:kms:us-east-1:111122223333:key/" + uuid, "i-0123456789abcdef0", "ami-0123456789abcdef0",
		"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf", "ocid1.instance.oc1.iad." + strings.ToLower(mixed), "projects/p/secrets/s/versions/1",
		"rd.luks.keyfile-size=2048", "luks.keyfile-offset=512", "keySize=4096", "keyName=prod-2024a", "ssh-key-name=team1key", "key=nvidia.com/gpu", "topologyKey: kubernetes.io/hostname",
		"vconsole.keymap=de-latin1", "KeyringMode=inherit", "--tls-private-key-file=/etc/k8s/pki/apiserver.key", "--token-auth-file /etc/tokens.csv", "--client-ca-file=/etc/ca.crt",
		"--discovery-token-ca-cert-hash sha256:" + hexes + hexes, "--authorization-mode=Node,RBAC", "--anonymous-auth=false", "--authentication-token-webhook=true", "auth=basic", "auth: kubernetes",
		"--key /etc/tls/tls.key", "rd.luks.key=/root.key", "TOKEN=$(TOKEN)", "PASSWORD=${DB_PASSWORD}", "http://user:${PASSWORD}@proxy:3128", "password=", "--token-ttl 24h0m0s",
		"secretName=driver-licensing", "imagePullSecrets=regcred", "existingSecret: ngc-2024abc", "tokenURL=https://login.corp/oauth2/v2.0/token", "max_tokens=8192", "--max-num-batched-tokens=16384",
		"automountServiceAccountToken=true", "PWD=/workspace", "OLDPWD=/root/a1b2c3", "http://h:1/x@y", "http://proxy:3128", "git@github.com:org/repo.git", "ssh://git@github.com/org/repo.git", "https://[::1]:8443/a",
		"mailto:joe@corp.com", "https://www.ubuntu.com/legal/terms-and-policies/privacy-policy", "BOOT_IMAGE=/boot/vmlinuz-6.8.0-1015-aws root=PARTUUID=" + uuid + " ro console=ttyS0,115200n8",
		"root=UUID=" + uuid, "curl -u 1000:1000", "kubectl --user system:node:a1b2c3", "-v --verbose", "Bearer tokens are short", "basic authentication of users", "public_key=abc123def456ghi", "monkey=abc123", "author=joe42x",
		"bypass=abc123", "compass=n0rth1", "gpu-operator-h100x", "0000:0a:00.0", "ubuntu2204-580.95.05", "nvapi-key", "hf_transfer_is_used_here", "xoxb", "eyJhIjoiYiJ9", "$1", "3.10.0-1160.el7.x86_64",
		"cpu: 100m, memory: 1Gi", "ssh_key=ssh-rsa AAAAB3NzaC1yc2E me", "corp/vault-token:sha-abc1234", "sealed-secrets:v0.27.1", "Not for secrets: they belong elsewhere.", "- key: {service: aks, gpu: h100}", "sig-storage=v2.13.1", `RootHashSignature: []`, "key = { gpu = \"gb200\" }", "annotations: nvidia.com/gpu.deploy.driver=true", "certificate-authority-data: " + encoded(certificate), "NVreg_EnablePCIERelaxedOrderingMode=1", "pci=realloc,noaer",
	}
}

// TestTable counts secrets that get through, and others that are taken for one.
func TestTable(t *testing.T) {
	t.Parallel()
	misses, alarms := 0, 0
	for text, part := range secretTexts() {
		got := secret.Text(text)
		if got == text || part != "" && strings.Contains(got, part) {
			misses++
			t.Errorf("missed: %s\nwas shown as %s", text, got)
		}
		if again := secret.Text(got); again != got {
			t.Errorf("%s\nbecomes %s", got, again)
		}
	}
	for _, text := range publicTexts() {
		if got := secret.Text(text); got != text {
			alarms++
			t.Errorf("false alarm: %s\nwas shown as %s", text, got)
		}
	}
	t.Logf("%d secrets, %d missed; %d others, %d false alarms", len(secretTexts()), misses, len(publicTexts()), alarms)
}

// TestShapes has the shapes in which secrets lie in objects.
func TestShapes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"annotations":{"vault.corp/token":"hunter2","a":"ghp_` + mixed + `abcd"}}`:             `{"annotations":{"a":"(redacted)","vault.corp/token":"(redacted)"}}`,
		`{"args":["--pass","hunter2","-u","me:hunter2","--url=http://u:hunter2@h"]}`:             `{"args":["--pass","(redacted)","-u","me:(redacted)","--url=http://u:(redacted)@h"]}`,
		`{"proxy":{"url":"http://u:hunter2@h:1","password":{"value":"hunter2"}}}`:                `{"proxy":{"password":{"value":"(redacted)"},"url":"http://u:(redacted)@h:1"}}`,
		`{"ngcAPIKey":"hunter2","pin":4711,"passwords":["hunter2","hunter3"]}`:                   `{"ngcAPIKey":"(redacted)","passwords":["(redacted)","(redacted)"],"pin":"(redacted)"}`,
		`{"auths":{"nvcr.io":{"username":"me","password":"hunter2","auth":"aHVudGVyMg=="}}}`:     `{"auths":{"nvcr.io":{"auth":"(redacted)","password":"(redacted)","username":"me"}}}`,
		`{"config":"user: me\npassword: hunter2\n"}`:                                             `{"config":"user: me\npassword: (redacted)\n"}`,
		`{"headers":[{"name":"Authorization","value":"Bearer hunter2"}],"tls.key":"aB3dE5gH7j"}`: `{"headers":[{"name":"Authorization","value":"(redacted)"}],"tls.key":"(redacted)"}`,
	} {
		checkTree(t, given, want)
	}
	for _, same := range []string{
		`{"imagePullSecrets":["regcred","ngc-2024a"],"secretEnv":"driver-env","licensingConfig":{"secretName":"licensing-token","nlsEnabled":true}}`,
		`{"secret":"my-secret","secretRef":{"name":"s","key":"password"},"volumes":[{"secret":{"secretName":"s","items":[{"key":"a","path":"b"}]}}]}`,
		`{"tolerations":[{"key":"nvidia.com/gpu","operator":"Exists"}],"matchExpressions":[{"key":"a/b","operator":"In","values":["x"]}]}`,
		`{"projected":{"serviceAccountToken":{"audience":"a","expirationSeconds":3600,"path":"token"}},"automountServiceAccountToken":false}`,
		`{"env":[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}},{"name":"TOKEN_FILE","value":"/var/run/token"}],"keySize":4096}`,
	} {
		checkTree(t, same, same)
	}
}

func checkTree(t *testing.T, given, want string) {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(given), &tree); err != nil {
		t.Fatal(err)
	}
	var shown any
	if err := json.Unmarshal([]byte(want), &shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown, secret.Tree(tree)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", given, diff)
	}
}
