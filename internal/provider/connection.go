// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// connection is the provider's way to a cluster. Configure makes it without any
// I/O; what is wrong with it shows where it is used.
type connection struct {
	client *cluster.Client
	// unknown is the path of an attribute that is not known yet; client is nil
	// then.
	unknown string
}

// newConnection describes the connection of a `kubernetes` object, which may be
// absent or partly unknown.
func newConnection(ctx context.Context, object types.Object, version string, diags *diag.Diagnostics) *connection {
	if at, unknown := unknownAttribute(ctx, object); unknown {
		return &connection{unknown: at.String()}
	}
	settings := newSettings(ctx, object, diags)
	return &connection{client: cluster.NewClient(func() (*rest.Config, error) {
		config, err := cluster.RESTConfig(settings, os.Getenv, version)
		if err == nil {
			cluster.Observe(config, logCall)
		}
		return config, err
	})}
}

// connectionOf returns what the provider's Configure made: nil before it ran, as
// during validation.
func connectionOf(data any, diags *diag.Diagnostics) *connection {
	c, ok := data.(*connection)
	if data != nil && !ok {
		addBug(diags, "Unexpected Provider Data", fmt.Errorf("expected *connection, got %T", data))
	}
	return c
}

// mustWait reports whether a data source with this `kubernetes` of its own needs a
// connection that is not known yet.
func (c *connection) mustWait(own types.Object) bool {
	return own.IsNull() && c != nil && c.unknown != ""
}

// orOwn connects by a data source's own `kubernetes`, or else by the provider's. Both
// results are nil after it added an error.
func (c *connection) orOwn(ctx context.Context, own types.Object, version string, diags *diag.Diagnostics) (*cluster.Client, *cluster.Connection) {
	if !own.IsNull() {
		c = newConnection(ctx, own, version, diags)
	}
	if diags.HasError() {
		return nil, nil
	}
	return c.client, c.connect(diags)
}

// connect returns the clients, or nil after it added an error.
func (c *connection) connect(diags *diag.Diagnostics) *cluster.Connection {
	if c.unknown != "" {
		diags.AddAttributeError(path.Root("kubernetes"), "Kubernetes Connection Not Known Yet",
			"The provider's "+c.unknown+" is known only after apply, for instance because the cluster is created in the same apply, but this data source is read now. There are two ways out:\n"+
				"  - Set `kubernetes` on this data source, with the same values: Terraform then reads it during the apply, when they are known.\n"+
				"  - Create the cluster in a configuration of its own, or with -target, before this one is planned.")
		return nil
	}
	connected, err := c.client.Connect()
	if err != nil {
		addConnectionError(err, diags)
		return nil
	}
	return connected
}

// addConnectionError reports settings that cannot be used on the attribute that
// is wrong.
func addConnectionError(err error, diags *diag.Diagnostics) {
	at := path.Root("kubernetes")
	if errors.Is(err, cluster.ErrNotConfigured) {
		diags.AddAttributeError(at, "Kubernetes Connection Not Configured", err.Error())
		return
	}
	var setting *cluster.SettingError
	if errors.As(err, &setting) {
		for _, name := range strings.Split(string(setting.Setting), ".") {
			at = at.AtName(name)
		}
	}
	diags.AddAttributeError(at, "Kubernetes Connection Invalid", err.Error())
}

// logCall logs with the logger of the request's context.
func logCall(req *http.Request) func(status int) {
	fields := map[string]any{"host": req.URL.Host, "method": req.Method, "path": req.URL.Path}
	return func(status int) {
		if status == 0 {
			tflog.Debug(req.Context(), "A call of the Kubernetes API failed", fields)
			return
		}
		fields["status"] = status
		tflog.Debug(req.Context(), "Called the Kubernetes API", fields)
	}
}
