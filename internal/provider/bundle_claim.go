// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// claimKey names the entry of the private state that remembers what this
// resource wrote and as which owner.
const claimKey = "claim"

type storedClaim struct {
	Owner string            `json:"owner"`
	Files map[string]string `json:"files"`
}

// privateState is what the framework hands to each operation.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type writablePrivateState interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// loadClaim returns the zero claim when nothing was ever written.
func loadClaim(ctx context.Context, private privateState, diags *diag.Diagnostics) outdir.Claim {
	raw, d := private.GetKey(ctx, claimKey)
	diags.Append(d...)
	if len(raw) == 0 {
		return outdir.Claim{}
	}
	var stored storedClaim
	if err := json.Unmarshal(raw, &stored); err != nil {
		diags.AddError("Private State Unreadable", err.Error()+"\n\n"+reportBug)
	}
	return outdir.Claim{Owner: stored.Owner, Files: stored.Files}
}

func storeClaim(ctx context.Context, private writablePrivateState, claim outdir.Claim, diags *diag.Diagnostics) {
	raw, err := json.Marshal(storedClaim{Owner: claim.Owner, Files: claim.Files})
	if err != nil {
		diags.AddError("Private State Not Encodable", err.Error()+"\n\n"+reportBug)
		return
	}
	diags.Append(private.SetKey(ctx, claimKey, raw)...)
}
