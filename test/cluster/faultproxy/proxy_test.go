// SPDX-License-Identifier: Apache-2.0

package faultproxy_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/faultproxy"
)

// namespaces is the list that the tests disturb; every server has some.
const namespaces = "/api/v1/namespaces"

// server is shared by the tests.
var server *apiserver.Server

func TestMain(m *testing.M) {
	os.Exit(apiserver.Main(m, func(s *apiserver.Server) { server = s }))
}

// through returns a proxy with the faults and a client that has the rights of an
// administrator.
func through(t *testing.T, faults faultproxy.Faults) (*faultproxy.Proxy, *kubernetes.Clientset) {
	t.Helper()
	proxy := faultproxy.New(t, server.Admin(), server.ServingCertificate(t), faults)
	return proxy, client(t, proxy.URL(), "")
}

func client(t *testing.T, url, token string) *kubernetes.Clientset {
	t.Helper()
	config := &rest.Config{Host: url, BearerToken: token, TLSClientConfig: rest.TLSClientConfig{CAData: server.CA()}}
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// statuses are those of the answers to requests for a path.
func statuses(proxy *faultproxy.Proxy, path string) []int {
	var list []int
	for _, request := range proxy.Requests() {
		if request.Path == path {
			list = append(list, request.Status)
		}
	}
	return list
}

func checkStatuses(t *testing.T, proxy *faultproxy.Proxy, want ...int) {
	t.Helper()
	if diff := cmp.Diff(want, statuses(proxy, namespaces)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestTokenPasses(t *testing.T) {
	t.Parallel()
	proxy := faultproxy.New(t, rest.AnonymousClientConfig(server.Admin()), server.ServingCertificate(t), nil)
	c := client(t, proxy.URL(), server.ServiceAccountToken(t, "agents", "proxied"))
	review, err := c.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := review.Status.UserInfo.Username, "system:serviceaccount:agents:proxied"; got != want {
		t.Errorf("the server knows the client as %q, want %q", got, want)
	}
}

func TestRightsOfUpstream(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, nil)
	list, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) == 0 {
		t.Error("no namespaces")
	}
	checkStatuses(t, proxy, http.StatusOK)
}

func TestNeverAnswers(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, faultproxy.Faults{"GET " + namespaces: faultproxy.NeverAnswers})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.CoreV1().Namespaces().List(ctx, metav1.ListOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a list that is never answered: %v, want the deadline", err)
	}
	if _, err := c.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("another path: %v", err)
	}
	checkStatuses(t, proxy, 0)
}

func TestSilent(t *testing.T) {
	t.Parallel()
	c := client(t, faultproxy.Silent(t), "")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.CoreV1().Namespaces().List(ctx, metav1.ListOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a list from a silent server: %v, want the deadline", err)
	}
}

func TestDies(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, faultproxy.Faults{namespaces: faultproxy.First(1, faultproxy.DiesAfter(100))})
	_, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a list that ends early: %v, want an unexpected EOF", err)
	}
	if _, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("the second list: %v", err)
	}
	checkStatuses(t, proxy, http.StatusOK, http.StatusOK)
}

func TestShortAnswer(t *testing.T) {
	t.Parallel()
	_, c := through(t, faultproxy.Faults{namespaces: faultproxy.DiesAfter(1 << 20)})
	if _, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, faultproxy.Faults{namespaces: faultproxy.First(2, faultproxy.TooManyRequests(0))})
	if _, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("client-go gave up: %v", err)
	}
	checkStatuses(t, proxy, http.StatusTooManyRequests, http.StatusTooManyRequests, http.StatusOK)
}

func TestExpired(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, faultproxy.Faults{namespaces: faultproxy.OnContinue(faultproxy.First(1, faultproxy.Expired()))})
	page, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	next := metav1.ListOptions{Limit: 1, Continue: page.Continue}
	if _, err := c.CoreV1().Namespaces().List(t.Context(), next); !apierrors.IsResourceExpired(err) {
		t.Errorf("the second page: %v, want expired", err)
	}
	if _, err := c.CoreV1().Namespaces().List(t.Context(), next); err != nil {
		t.Errorf("the second page, asked for again: %v", err)
	}
	checkStatuses(t, proxy, http.StatusOK, http.StatusGone, http.StatusOK)
}

func TestPages(t *testing.T) {
	t.Parallel()
	proxy, c := through(t, faultproxy.Faults{namespaces: faultproxy.Pages(1, faultproxy.OnContinue(faultproxy.Expired()))})
	page, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 || page.Continue == "" {
		t.Errorf("a page of %d with the continue token %q, want one of many", len(page.Items), page.Continue)
	}
	if _, err := c.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{Limit: 500, Continue: page.Continue}); !apierrors.IsResourceExpired(err) {
		t.Errorf("the second page: %v, want expired", err)
	}
	checkStatuses(t, proxy, http.StatusOK, http.StatusGone)
}

func TestFaultForEveryPath(t *testing.T) {
	t.Parallel()
	_, c := through(t, faultproxy.Faults{"/": faultproxy.Expired()})
	if _, err := c.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{}); !apierrors.IsResourceExpired(err) {
		t.Errorf("a fault for every path: %v", err)
	}
}
