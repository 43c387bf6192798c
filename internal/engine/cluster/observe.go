// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"net/http"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
)

// Observe has a function told of each call to the API server when it begins, and what
// it returns when the call ends, of the status of the answer, 0 for none. Headers hold
// credentials, bodies hold what the cluster keeps, and an error may quote a proxy's URL:
// whoever logs calls is to look at method, host and path alone.
func Observe(config *rest.Config, begin func(*http.Request) (end func(status int))) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return observer{next, begin} })
}

type observer struct {
	next  http.RoundTripper
	begin func(*http.Request) func(int)
}

var _ utilnet.RoundTripperWrapper = observer{}

// RoundTrip sends a request.
func (o observer) RoundTrip(req *http.Request) (*http.Response, error) {
	end := o.begin(req)
	resp, err := o.next.RoundTrip(req)
	if err != nil {
		end(0)
		return resp, err
	}
	end(resp.StatusCode)
	return resp, nil
}

// WrappedRoundTripper lets client-go close the idle connections below.
func (o observer) WrappedRoundTripper() http.RoundTripper { return o.next }
