// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// logs serves the logs of pods as the kubelets do, to which the API server passes
// such requests on: to the address that a node's status names.
type logs struct {
	server *httptest.Server
	texts  sync.Map // by namespace/pod
}

func newLogs() *logs {
	l := &logs{}
	l.server = httptest.NewTLSServer(http.HandlerFunc(l.serve))
	return l
}

// serve answers /containerLogs/NAMESPACE/POD/CONTAINER.
func (l *logs) serve(w http.ResponseWriter, r *http.Request) {
	pod := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/containerLogs/"), "/eidos")
	text, ok := l.texts.Load(pod)
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = io.WriteString(w, text.(string)) // the reader may have gone
}

func (l *logs) put(pod *corev1.Pod, text string) { l.texts.Store(pod.Namespace+"/"+pod.Name, text) }

// reach makes the API server ask here for the logs of a node.
func (l *logs) reach(node *corev1.Node) {
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(l.server.Listener.Addr().(*net.TCPAddr).Port)
}
