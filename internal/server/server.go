// SPDX-License-Identifier: Apache-2.0

// Package server answers HTTP requests for recipes and bundles. It translates:
// every decision about clusters, recipes and files is the engine's.
package server

import (
	"context"
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
	api         http.Handler
	scrapes     *site // on an address of its own, if there is one
	draining    atomic.Bool
}

// New returns a server whose catalog, and certificate if any, is loaded.
func New(ctx context.Context, o Options) (*Server, error) {
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
		catalogs:    &catalogs{path: o.Catalog, embedded: recipe.Embedded, renderer: renderer},
		certificate: &certificate{certFile: o.TLSCert, keyFile: o.TLSKey},
		renderer:    renderer,
		description: represent(typeJSON, cacheShared, openAPI),
	}
	s.metrics = newMetrics(o.Version, o.Now, s.limiter, o.LinesDropped)
	s.connections = newConnections(o.MaxConnections, o.MaxClientConnections, o.TrustedProxies, s.connectionRefused)
	if err := s.loadCatalog(ctx); err != nil {
		return nil, err
	}
	if o.TLSCert != "" {
		if err := s.certificate.load(); err != nil {
			return nil, err
		}
	}
	routes := s.routes()
	if o.UI {
		pages, err := pageRoutes()
		if err != nil {
			return nil, err
		}
		routes = append(routes, pages...)
	}
	s.api, s.scrapes = crossOrigin(o.CORSOrigins, s.site(routes)), s.site([]route{s.metricsRoute(true)})
	return s, nil
}

func (s *Server) connectionRefused() { s.metrics.rejected.add(reasonConnections, 1) }

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
	routes := []route{
		{http.MethodGet, "/v1/recipe", s.getRecipe, false, false},
		{http.MethodPost, "/v1/recipe", s.postRecipe, false, false},
		{http.MethodPost, "/v1/bundle", s.postBundle, false, false},
		{http.MethodPost, "/v1/check", plain(s.postCheck), false, false},
		{http.MethodPost, "/v1/diff", plain(s.postDiff), false, false},
		{http.MethodGet, "/v1/catalog", plain(s.getCatalog), false, false},
		{http.MethodGet, "/openapi.json", plain(s.getOpenAPI), false, false},
		{http.MethodGet, "/version", plain(s.getVersion), false, false},
		{http.MethodGet, "/health", plain(getHealth), true, true},
		{http.MethodGet, "/ready", plain(s.getReady), true, true},
	}
	if s.options.MetricsAddress == "" {
		routes = append(routes, s.metricsRoute(false))
	}
	return routes
}

// metricsRoute is free on an address of its own: the monitoring may have the address
// of clients.
func (s *Server) metricsRoute(free bool) route {
	return route{http.MethodGet, "/metrics", plain(s.metrics.get), true, free}
}

// site is what answers on a listener.
type site struct {
	mux      *http.ServeMux
	notFound http.Handler
}

// site registers every route, and for each path what answers other methods.
func (s *Server) site(routes []route) *site {
	on := &site{mux: http.NewServeMux(), notFound: s.chain(route{path: "unmatched", endpoint: pathNotFound})}
	allowed := map[string][]string{}
	for _, rt := range routes {
		on.mux.Handle(rt.method+" "+pattern(rt.path), s.chain(rt))
		allowed[rt.path] = append(allowed[rt.path], rt.method)
		if rt.method == http.MethodGet {
			allowed[rt.path] = append(allowed[rt.path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		on.mux.Handle(pattern(path), s.chain(route{path: path, endpoint: methodNotAllowed(strings.Join(methods, ", "))}))
	}
	on.mux.Handle("/", on.notFound)
	return on
}

// pattern is a path for http.ServeMux, to which "/" means everything below it, too.
func pattern(path string) string {
	if path == "/" {
		return "/{$}"
	}
	return path
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		// The client goes elsewhere with its next request.
		w.Header().Set("Connection", "close")
	}
	s.api.ServeHTTP(w, r)
}

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
