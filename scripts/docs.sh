#!/usr/bin/env bash
# Generates docs/ from the provider's schema, templates/ and examples/, the reference
# pages, the JSON Schemas and the pictures from the data of the engine, and the tables in
# the READMEs of modules.
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

TF_CLI_CONFIG_FILE="$("$root/scripts/dev-overrides.sh")"
export TF_CLI_CONFIG_FILE

cat > "$work/main.tf" <<'END'
terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}
END
# The generator finds a provider by its short name only; Terraform and OpenTofu
# write the address in their own registry.
"$TERRAFORM" -chdir="$work" providers schema -json |
  sed 's|"registry\.[a-z]*\.[a-z]*/cloud-native-stack/eidos"|"eidos"|' > "$work/schema.json"

go -C "$root/tools/docs" run github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs generate \
  --provider-dir "$root" --provider-name eidos --rendered-provider-name eidos --providers-schema "$work/schema.json"

go -C "$root" run ./internal/tools/pictures -root "$root"
go -C "$root" run ./internal/tools/reference -out "$root/docs/guides" -module "$root/modules/gpu-stack" -schemas "$root/schemas"
"$TERRAFORM" fmt "$root/modules/gpu-stack" > /dev/null
go -C "$root/tools/docs" run github.com/terraform-docs/terraform-docs markdown table "$root/modules/gpu-stack" \
  --output-file README.md --show inputs,outputs --anchor=false --indent 3 --lockfile=false
