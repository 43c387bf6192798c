// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"strconv"
)

// Settings say how to reach an API server. A nil field is absent: its variable
// counts, if it has one and the door takes variables. A field that is stated,
// also "" or false, beats its variable; "" then means none.
type Settings struct {
	Door                  Door // where these settings were stated
	ConfigPath            *string
	ConfigPaths           []string // the first file to name something wins; the variable is a list as in PATH
	ConfigContext         *string
	ConfigContextAuthInfo *string
	ConfigContextCluster  *string
	Host                  *string // a URL, or host[:port] for https
	Token                 *string
	Username              *string
	Password              *string
	ClientCertificate     *string // PEM
	ClientKey             *string // PEM
	ClusterCACertificate  *string // PEM
	Insecure              *bool
	TLSServerName         *string
	ProxyURL              *string
	Exec                  *Exec
	InCluster             *bool // use the service account of the pod that this runs in
}

// Exec is a program that prints credentials, as in a kubeconfig.
type Exec struct {
	APIVersion string // client.authentication.k8s.io/v1 or /v1beta1
	Command    string
	Args       []string
	Env        map[string]string // added to the environment of this process
}

// texts returns the settings that are texts, but for those that name files.
func (s Settings) texts() map[Setting]*string {
	return map[Setting]*string{
		ConfigContext: s.ConfigContext, ConfigContextAuthInfo: s.ConfigContextAuthInfo, ConfigContextCluster: s.ConfigContextCluster,
		Host: s.Host, TLSServerName: s.TLSServerName, ProxyURL: s.ProxyURL, ClusterCACertificate: s.ClusterCACertificate,
		Token: s.Token, Username: s.Username, Password: s.Password, ClientCertificate: s.ClientCertificate, ClientKey: s.ClientKey,
	}
}

// value is the text of a setting and the name under which it was stated.
type value struct {
	text     string
	setting  Setting
	source   string
	variable bool // the source is a variable
}

// read returns a setting, an absent one from its variable.
func (s Settings) read(getenv func(string) string, setting Setting, stated *string) value {
	if stated != nil {
		return s.stated(setting, *stated)
	}
	variable := setting.Variable()
	if s.Door != Terraform || variable == "" {
		return s.stated(setting, "")
	}
	return value{text: getenv(variable), setting: setting, source: variable, variable: true}
}

func (s Settings) stated(setting Setting, text string) value {
	return value{text: text, setting: setting, source: s.Door.Name(setting)}
}

// readInsecure returns "true", "false" or, when nobody states it, "".
func (s Settings) readInsecure(getenv func(string) string) (value, error) {
	if s.Insecure != nil {
		return s.stated(Insecure, strconv.FormatBool(*s.Insecure)), nil
	}
	v := s.read(getenv, Insecure, nil)
	if !v.set() {
		return v, nil
	}
	on, err := strconv.ParseBool(v.text)
	if err != nil {
		return value{}, v.errorf("%q is neither true nor false", v.text)
	}
	v.text = strconv.FormatBool(on)
	return v, nil
}

func (v value) set() bool { return v.text != "" }

func (v value) fromAttribute() bool { return v.set() && !v.variable }

func (v value) errorf(format string, args ...any) *SettingError {
	return &SettingError{Setting: v.setting, source: v.source, Err: fmt.Errorf(format, args...)}
}

// SettingError is a setting that cannot be used. Its text begins with the name
// under which the setting was stated, as its front door writes it.
type SettingError struct {
	Setting Setting
	Err     error
	source  string
}

// Error returns "config_path: message", "--kubeconfig: message" or
// "KUBE_CONFIG_PATH: message".
func (e *SettingError) Error() string { return e.source + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *SettingError) Unwrap() error { return e.Err }

// ErrNotConfigured is in the error of settings that name no cluster, whose text
// says how to name one.
var ErrNotConfigured = errors.New("no cluster is configured")
