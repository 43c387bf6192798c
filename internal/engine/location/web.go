// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

const maxRedirects = 5

// ReadURL returns what a web server answers, for at most that long (0 means
// DefaultTimeout). The proxy variables of the environment count (HTTPS_PROXY and
// the like). Up to five redirects are followed, none from https to http, and none to
// a link-local address, such as that of a cloud's metadata. Credentials are sent
// over https alone, but to this machine. Errors name the URL without credentials and
// query.
func ReadURL(ctx context.Context, u *url.URL, timeout time.Duration) ([]byte, error) {
	ctx, cancel := limit(ctx, timeout)
	defer cancel()
	data, err := fetch(ctx, u)
	if err != nil {
		if ended := context.Cause(ctx); ended != nil {
			err = ended
		}
		return nil, fmt.Errorf("reading %s: %w", withoutSecrets(u), err)
	}
	return data, nil
}

func fetch(ctx context.Context, u *url.URL) ([]byte, error) {
	if err := checkCredentials(u); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header.Set("Accept", "application/yaml, application/json, text/plain;q=0.9, */*;q=0.1")
	request.Header.Set("User-Agent", "eidos")
	client := WebClient(u.Hostname())
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	if err := checkResponse(response); err != nil {
		return nil, err
	}
	return readAll(ctx, response.Body)
}

// WebClient returns a client for requests to a host, which follows redirects as
// ReadURL does. Close its idle connections.
func WebClient(host string) *http.Client {
	dialer := &net.Dialer{}
	if !isLinkLocal(host) {
		dialer.Control = refuseLinkLocal
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DialContext: dialer.DialContext}
	return &http.Client{Transport: transport, CheckRedirect: checkRedirect}
}

// checkCredentials refuses to send credentials that the network can read.
func checkCredentials(u *url.URL) error {
	host := u.Hostname()
	address, err := netip.ParseAddr(host)
	here := host == "localhost" || err == nil && address.IsLoopback()
	if u.User != nil && u.Scheme != "https" && !here {
		return errors.New("user and password would be sent unencrypted: use https")
	}
	return nil
}

func isLinkLocal(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLinkLocalUnicast()
}

// refuseLinkLocal refuses connections to link-local addresses, whatever name led
// there; see net.Dialer.Control.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err == nil && isLinkLocal(host) {
		err = linkLocalError(host)
	}
	return err
}

func linkLocalError(host string) error {
	return fmt.Errorf("%s is a link-local address, to which nothing but the URL itself may lead", host)
}

// checkRedirect says what is wrong with a redirect, without its URL's secrets. The
// next server is not told where it comes from: that URL may hold a signature.
func checkRedirect(next *http.Request, via []*http.Request) error {
	next.Header.Del("Referer")
	to := withoutSecrets(next.URL)
	been := func(earlier *http.Request) bool { return earlier.URL.String() == next.URL.String() }
	switch {
	case slices.ContainsFunc(via, been):
		return fmt.Errorf("it redirects in a circle, back to %s", to)
	case len(via) > maxRedirects:
		return fmt.Errorf("it redirects more than %d times, last to %s", maxRedirects, to)
	case via[0].URL.Scheme == "https" && next.URL.Scheme != "https":
		return fmt.Errorf("it redirects from https to %s, which is not encrypted", to)
	}
	if host := next.URL.Hostname(); isLinkLocal(host) && !isLinkLocal(via[0].URL.Hostname()) { // through a proxy, too
		return fmt.Errorf("it redirects to %s: %w", to, linkLocalError(host))
	}
	if err := checkCredentials(next.URL); err != nil {
		return fmt.Errorf("it redirects to %s: %w", to, err)
	}
	return nil
}

// withoutURL takes the URL out of an error of net/http: its query may hold a
// signature.
func withoutURL(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		return located.Err
	}
	return err
}

// checkResponse refuses what cannot be a document: another status than 200, and
// content of a type that is neither text nor unknown.
func checkResponse(response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s%s", response.Status, advice(response.StatusCode))
	}
	header := response.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(header)
	if header == "" || err == nil && isDocument(kind) {
		return nil
	}
	return fmt.Errorf("the server answers with content of type %q, want YAML or JSON: is this the address of a page that shows the document?", header)
}

func isDocument(kind string) bool {
	return slices.Contains([]string{"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/json", "text/json", "text/plain", "application/octet-stream", "binary/octet-stream"}, kind) ||
		strings.HasSuffix(kind, "+yaml") || strings.HasSuffix(kind, "+json")
}

func advice(status int) string {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return ": credentials are missing or wrong, or a signed URL has expired"
	case http.StatusNotFound:
		return ": check the path"
	default:
		return ""
	}
}
