// SPDX-License-Identifier: Apache-2.0

// Package server answers HTTP requests for recipes and bundles. It translates:
// every decision about clusters, recipes and files is the engine's.
package server

import (
	"log/slog"
	"net/http"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Server is the HTTP API. It is safe for concurrent use.
type Server struct {
	options     Options
	log         *slog.Logger
	now         func() time.Time
	proxies     proxies
	metrics     *metrics
	limiter     *limiter
	bodies      *bodyBudget
	small       *workshop // for documents of usual size
	large       *workshop
	connections *connections
	catalogs    *catalogs
	certificate *certificate
	renderer    *bundle.Renderer
	description representation
	mux         *http.ServeMux
	notFound    http.Handler
	draining    atomic.Bool
}

// New returns a server whose catalog, and certificate if any, is loaded.
func New(o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	renderer := bundle.NewRenderer()
	processors := max(1, runtime.GOMAXPROCS(0)-1)
	s := &Server{
		options: o, log: o.Log, now: o.Now, proxies: o.TrustedProxies,
		limiter: newLimiter(o.RateLimit, o.RateBurst),
		bodies:  newBodyBudget(o.MaxBody),
		// One processor is left to queries, and a quarter of the memory to small documents.
		small:       newWorkshop(processors, o.DocumentMemory/4),
		large:       newWorkshop(max(1, processors/2), o.DocumentMemory/4*3),
		catalogs:    &catalogs{path: o.Catalog, embedded: recipe.Embedded},
		certificate: &certificate{certFile: o.TLSCert, keyFile: o.TLSKey},
		renderer:    renderer,
		description: represent(typeJSON, cacheShared, openAPI),
	}
	s.metrics = newMetrics(o.Version, o.Now(), s.limiter, o.LinesDropped)
	s.connections = newConnections(o.MaxConnections, o.MaxClientConnections, o.TrustedProxies, func() { s.metrics.rejected.add(reasonConnections, 1) })
	if err := s.loadCatalog(); err != nil {
		return nil, err
	}
	if o.TLSCert != "" {
		if err := s.certificate.load(); err != nil {
			return nil, err
		}
	}
	s.route()
	return s, nil
}

// route is a path and what answers there.
type route struct {
	method   string
	path     string
	endpoint endpoint
	// operational routes are for the machinery around the server: they are logged
	// for debugging only, and free ones are not limited.
	operational, free bool
}

func (s *Server) routes() []route {
	return []route{
		{http.MethodGet, "/v1/recipe", s.getRecipe, false, false},
		{http.MethodPost, "/v1/recipe", s.postRecipe, false, false},
		{http.MethodPost, "/v1/bundle", s.postBundle, false, false},
		{http.MethodGet, "/v1/catalog", plain(s.getCatalog), false, false},
		{http.MethodGet, "/openapi.json", plain(s.getOpenAPI), false, false},
		{http.MethodGet, "/version", plain(s.getVersion), false, false},
		{http.MethodGet, "/health", plain(getHealth), true, true},
		{http.MethodGet, "/ready", plain(s.getReady), true, true},
		{http.MethodGet, "/metrics", plain(s.metrics.get), true, false},
	}
}

// route registers every route, and for each path what answers other methods.
func (s *Server) route() {
	s.mux = http.NewServeMux()
	allowed := map[string][]string{}
	for _, rt := range s.routes() {
		s.mux.Handle(rt.method+" "+rt.path, s.chain(rt))
		allowed[rt.path] = append(allowed[rt.path], rt.method)
		if rt.method == http.MethodGet {
			allowed[rt.path] = append(allowed[rt.path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		s.mux.Handle(path, s.chain(route{path: path, endpoint: methodNotAllowed(strings.Join(methods, ", "))}))
	}
	s.notFound = s.chain(route{path: "unmatched", endpoint: pathNotFound})
	s.mux.Handle("/", s.notFound)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		// The client goes elsewhere with its next request.
		w.Header().Set("Connection", "close")
	}
	// http.ServeMux would redirect these.
	if p := r.URL.Path; !strings.HasPrefix(p, "/") || path.Clean(p) != p {
		s.notFound.ServeHTTP(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func pathNotFound(_ http.ResponseWriter, r *http.Request) error {
	return newProblem(http.StatusNotFound, codeNotFound, "nothing is at %s; /openapi.json describes what is", words.Quote(r.URL.Path))
}

func methodNotAllowed(allow string) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", allow)
		return newProblem(http.StatusMethodNotAllowed, codeMethod, "%s does not take %s; it takes %s", r.URL.Path, shorten(r.Method), allow)
	}
}
