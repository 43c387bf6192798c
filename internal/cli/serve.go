// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/server"
)

// serveCommand is a run of eidos serve.
type serveCommand struct {
	process   Process
	options   server.Options
	proxies   []string
	logLevel  string
	logFormat string
}

func newServeCommand(p Process) *cobra.Command {
	c := &serveCommand{process: p, options: server.Defaults()}
	command := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Serve recipes and bundles over HTTP",
		Long: "Serves the HTTP API: recipes and bundles for machines that do not run Terraform or this command. GET /openapi.json describes it.\n\n" +
			"Every flag may also be given as the variable named after it; the flag wins.\n\n" +
			"On SIGTERM or an interrupt, the server reports on /ready that it is not ready, accepts requests for the drain delay so that load balancers " +
			"notice, and lets those in flight finish. A second signal ends it at once. On SIGHUP, it rereads the catalog and the certificate.",
		Example: "  eidos serve\n" +
			"  curl 'http://127.0.0.1:8080/v1/recipe?service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.34'",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return c.run(command) },
	}
	c.registerFlags(command.Flags())
	return command
}

func (c *serveCommand) registerFlags(flags *pflag.FlagSet) {
	o := &c.options
	flags.StringVar(&o.Listen, "listen", o.Listen, "`address` to listen on: by default only this machine can connect, with :8080 any machine that reaches it")
	flags.StringVar(&o.MetricsAddress, "metrics-address", "", "second `address`, without TLS, on which /metrics is served instead")
	flags.StringVar(&o.TLSCert, "tls-cert", "", "PEM `file` with the certificate; it and the key are read again every five minutes")
	flags.StringVar(&o.TLSKey, "tls-key", "", "PEM `file` with the certificate's key")
	flags.StringVar(&o.Catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one, reread every five minutes")
	flags.BoolVar(&o.UI, "ui", o.UI, "serve the page for people at /; --ui=false serves only the API")
	flags.IntVar(&o.RateLimit, "rate-limit", o.RateLimit, "`requests` per second from one client address, 0 for no limit")
	flags.IntVar(&o.RateBurst, "rate-burst", o.RateBurst, "`requests` that a client may send at once")
	flags.StringSliceVar(&c.proxies, "trusted-proxies", nil, "`networks` such as 10.0.0.0/8, or addresses, whose X-Forwarded-For is believed, separated by commas")
	flags.StringSliceVar(&o.CORSOrigins, "cors-origins", nil, "`origins` such as https://portal.example.com whose pages may use the API in a browser, separated by commas, or * for all (default: none)")
	flags.Int64Var(&o.MaxBody, "max-body", o.MaxBody, "largest body in `bytes`")
	flags.Int64Var(&o.DocumentMemory, "document-memory", o.DocumentMemory, "`bytes` of memory that all documents together may take while they are worked on")
	flags.IntVar(&o.MaxConnections, "max-connections", o.MaxConnections, "`connections` of all clients, 0 for no limit")
	flags.IntVar(&o.MaxClientConnections, "max-client-connections", o.MaxClientConnections, "`connections` of one client address that is not a trusted proxy, 0 for no limit")
	flags.DurationVar(&o.ReadHeaderTimeout, "read-header-timeout", o.ReadHeaderTimeout, "`time` for the header of a request")
	flags.DurationVar(&o.ReadTimeout, "read-timeout", o.ReadTimeout, "`time` for a whole request")
	flags.DurationVar(&o.WriteTimeout, "write-timeout", o.WriteTimeout, "`time` from the header of a request to the end of the answer")
	flags.DurationVar(&o.IdleTimeout, "idle-timeout", o.IdleTimeout, "`time` that a connection waits for the next request")
	flags.DurationVar(&o.DrainDelay, "drain-delay", o.DrainDelay, "`time` that requests are still accepted after a shutdown is requested")
	flags.DurationVar(&o.ShutdownTimeout, "shutdown-timeout", o.ShutdownTimeout, "`time` that requests in flight have after that")
	flags.StringVar(&c.logLevel, "log-level", "info", "lowest `level` that is logged: debug, info, warn or error")
	flags.StringVar(&c.logFormat, "log-format", "json", "`format` of the log on standard error: json or text")
	flags.VisitAll(func(f *pflag.Flag) { f.Usage += " (" + variable(f.Name) + ")" })
}

const variablePrefix = "EIDOS_"

// variable names the variable of a flag: EIDOS_RATE_LIMIT for --rate-limit.
func variable(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (c *serveCommand) run(command *cobra.Command) error {
	if err := setFromVariables(command.Flags(), c.process.Getenv); err != nil {
		return invalid(err)
	}
	if c.process.debug.on && !command.Flags().Changed("log-level") {
		c.logLevel = "debug"
	}
	lines := server.NewLogWriter(c.process.Stderr)
	defer lines.Flush()
	log, logErr := newLog(lines, c.logLevel, c.logFormat)
	proxies, proxiesErr := parseNetworks(c.proxies)
	if err := errors.Join(logErr, proxiesErr); err != nil {
		return invalid(err)
	}
	c.options.Log, c.options.TrustedProxies = log, proxies
	c.options.Version, c.options.Now = c.process.Version, c.process.Now
	c.options.LinesDropped = lines.Dropped
	for _, warning := range unknownVariables(command.Flags(), c.process) {
		log.Warn(warning)
	}
	if c.options.Listen == server.Defaults().Listen {
		log.Info("only this machine can connect; --listen :8080 or " + variable("listen") + "=:8080 listens on all addresses")
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	c.options.Reload = reload
	// A log that nobody reads anymore is not a reason to stop serving.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	return c.serve(command.Context())
}

func (c *serveCommand) serve(ctx context.Context) error {
	s, err := server.New(ctx, c.options)
	if err != nil {
		return unusable(err)
	}
	return failed(s.Run(ctx))
}

// unknownVariables says which variables with the prefix of this command's are of no
// flag. Those by which Kubernetes tells of a Service are not meant for it.
func unknownVariables(flags *pflag.FlagSet, p Process) []string {
	if p.Environ == nil {
		return nil
	}
	var known, named, services []string
	flags.VisitAll(func(f *pflag.Flag) { known = append(known, variable(f.Name)) })
	for _, pair := range p.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, variablePrefix) {
			named = append(named, name)
		}
		if service, isHost := strings.CutSuffix(name, "_SERVICE_HOST"); isHost {
			services = append(services, service+"_SERVICE_", service+"_PORT")
		}
	}
	var warnings []string
	for _, name := range named {
		ofService := slices.ContainsFunc(services, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if !slices.Contains(known, name) && !ofService {
			warnings = append(warnings, fmt.Sprintf("the variable %s is not one of this command, and has no effect; eidos serve --help lists them%s", name, suggest.Question(name, known)))
		}
	}
	return warnings
}

// setFromVariables sets the flags that the command line leaves out.
func setFromVariables(flags *pflag.FlagSet, getenv func(string) string) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		value := getenv(variable(f.Name))
		if f.Changed || value == "" || f.Name == "help" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("variable %s: %w", variable(f.Name), flagValueError(err)))
		}
	})
	return errors.Join(errs...)
}

func newLog(w io.Writer, level, format string) (*slog.Logger, error) {
	var lowest slog.Level
	if err := lowest.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level %q: want debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: lowest}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("--log-format %q: want json or text", format)
	}
}

func parseNetworks(texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	var errs []error
	for _, text := range texts {
		network, ok := parseNetwork(strings.TrimSpace(text))
		if !ok {
			errs = append(errs, fmt.Errorf("--trusted-proxies %q: want networks such as 10.0.0.0/8, or addresses", text))
			continue
		}
		networks = append(networks, network)
	}
	return networks, errors.Join(errs...)
}

// parseNetwork reads a network or a single address. IPv4 gets one form, as
// addresses of clients do: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func parseNetwork(text string) (netip.Prefix, bool) {
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), address.Zone() == ""
	}
	const mapped = 128 - 32 // bits before the IPv4 address
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	if network.Addr().Is4In6() {
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-mapped)
	}
	return network.Masked(), network.IsValid()
}
