// SPDX-License-Identifier: Apache-2.0

package archive

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// index is the part of a repository's index.yaml that leads to an archive.
type index struct {
	Entries map[string][]struct {
		Version string   `json:"version"`
		URLs    []string `json:"urls"`
		Digest  string   `json:"digest"` // sha256 in hex, "" where the index has none
	} `json:"entries"`
}

func parseIndex(text []byte) (all index, err error) {
	if err = yaml.Unmarshal(text, &all); err != nil {
		err = fmt.Errorf("the index of the repository cannot be read: %w", err)
	}
	return all, err
}

// find returns where the archive of a chart is, relative to the index, and its digest.
func (i index) find(name, release string) (address, digest string, err error) {
	var versions []string
	for _, entry := range i.Entries[name] {
		versions = append(versions, entry.Version)
		if !version.SameRelease(entry.Version, release) || len(entry.URLs) == 0 {
			continue
		}
		if entry.Digest != "" {
			digest = "sha256:" + strings.TrimPrefix(entry.Digest, "sha256:")
		}
		return entry.URLs[0], digest, nil
	}
	if versions == nil {
		return "", "", fmt.Errorf("the repository has no chart %s", words.Quote(name))
	}
	return "", "", fmt.Errorf("the repository has no version %s of the chart %s%s", words.Quote(release), words.Quote(name), suggest.Question(release, versions))
}

// fromRepository downloads an archive that an index names.
func fromRepository(ctx context.Context, s Source) (data []byte, digest string, err error) {
	base := strings.TrimSuffix(s.Repository, "/") + "/"
	text, _, err := get(ctx, base+"index.yaml", nil)
	if err != nil {
		return nil, "", err
	}
	all, err := parseIndex(text)
	if err != nil {
		return nil, "", err
	}
	address, digest, err := all.find(s.Chart, s.Version)
	if err != nil {
		return nil, "", err
	}
	at, err := url.Parse(base)
	if err != nil {
		return nil, "", err
	}
	if at, err = at.Parse(address); err != nil {
		return nil, "", fmt.Errorf("the index names no address of the archive: %w", err)
	}
	data, _, err = get(ctx, at.String(), nil)
	return data, digest, err
}

// The media types of a registry.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	chartType    = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
)

// fromRegistry downloads an archive that is a layer of an OCI artifact, as anybody
// may.
func fromRegistry(ctx context.Context, s Source) (data []byte, digest string, err error) {
	host, folder, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(s.Repository, "/"), "oci://"), "/")
	base := "https://" + host + "/v2/" + strings.TrimPrefix(folder+"/"+s.Chart, "/")
	header := http.Header{"Accept": {manifestType}}
	at := base + "/manifests/" + s.tag()
	text, challenge, err := get(ctx, at, header)
	if challenge != "" {
		token, tokenErr := anonymous(ctx, challenge)
		if tokenErr != nil {
			return nil, "", tokenErr
		}
		header.Set("Authorization", "Bearer "+token)
		text, _, err = get(ctx, at, header)
	}
	if err != nil {
		return nil, "", err
	}
	var manifest struct {
		Layers []struct {
			MediaType string `json:"mediaType"`
			Digest    string `json:"digest"`
		} `json:"layers"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, "", fmt.Errorf("the manifest cannot be read: %w", err)
	}
	for _, layer := range manifest.Layers {
		if layer.MediaType == chartType && digestForm().MatchString(layer.Digest) {
			header.Del("Accept")
			data, _, err = get(ctx, base+"/blobs/"+layer.Digest, header)
			return data, layer.Digest, err
		}
	}
	return nil, "", errors.New("what the registry has under this name is not a chart")
}

//nolint:gochecknoglobals // compiled once, on first use
var (
	digestForm   = words.Pattern(`^sha256:[0-9a-f]{64}$`)
	bearerMember = words.Pattern(`(\w+)="([^"]*)"`)
)

// anonymous asks for the token that a registry gives to anybody.
func anonymous(ctx context.Context, challenge string) (string, error) {
	members := map[string]string{}
	for _, match := range bearerMember().FindAllStringSubmatch(challenge, -1) {
		members[match[1]] = match[2]
	}
	realm, err := url.Parse(members["realm"])
	if err != nil || realm.Scheme != "https" || !strings.HasPrefix(challenge, "Bearer ") {
		return "", errors.New("the registry wants credentials, which are not supported here: use a registry that anybody may read")
	}
	query := url.Values{}
	for _, name := range []string{"service", "scope"} {
		if members[name] != "" {
			query.Set(name, members[name])
		}
	}
	realm.RawQuery = query.Encode()
	text, _, err := get(ctx, realm.String(), nil)
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Token+answer.AccessToken == "" {
		return "", errors.New("the registry answers without a token")
	}
	return cmp.Or(answer.Token, answer.AccessToken), nil
}

// get returns what a server answers. A refusal for lack of credentials is an error
// with the server's challenge.
func get(ctx context.Context, address string, header http.Header) (data []byte, challenge string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	for name, values := range header {
		request.Header[name] = slices.Clone(values)
	}
	request.Header.Set("User-Agent", "eidos")
	client := location.WebClient(request.URL.Hostname())
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }() // only read
	if response.StatusCode != http.StatusOK {
		if response.StatusCode == http.StatusUnauthorized {
			challenge = response.Header.Get("WWW-Authenticate")
		}
		return nil, challenge, fmt.Errorf("%s answers %s", request.URL.Redacted(), response.Status)
	}
	data, err = io.ReadAll(io.LimitReader(response.Body, maxDownload+1))
	if len(data) > maxDownload {
		return nil, "", fmt.Errorf("%s answers with more than %d MiB", request.URL.Redacted(), maxDownload>>20)
	}
	return data, "", err
}
