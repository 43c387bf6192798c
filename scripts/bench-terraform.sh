#!/usr/bin/env bash
# Times a plan of 100 recipes and 100 bundles against a plan of the same number
# of terraform_data, which is what Terraform itself costs. Best of five each.
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

TF_CLI_CONFIG_FILE="$("$root/scripts/dev-overrides.sh")"
export TF_CLI_CONFIG_FILE
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1

mkdir "$work/eidos" "$work/baseline"

cat > "$work/eidos/main.tf" <<'END'
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}

data "eidos_recipe" "bench" {
  count              = 100
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  context            = count.index % 2 == 0
}

resource "eidos_bundle" "bench" {
  count      = 100
  recipe     = data.eidos_recipe.bench[count.index].yaml
  output_dir = "out/${count.index}"
}
END

cat > "$work/baseline/main.tf" <<'END'
resource "terraform_data" "recipe" {
  count = 100
  input = { service = "aks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34", context = count.index % 2 == 0 }
}

resource "terraform_data" "bundle" {
  count = 100
  input = { recipe = terraform_data.recipe[count.index].input, output_dir = "out/${count.index}" }
}
END

# best prints the shortest of five plans in a directory, in milliseconds.
best() {
  local shortest=0 start elapsed
  for _ in 1 2 3 4 5; do
    start="$(date +%s%N)"
    "$TERRAFORM" -chdir="$work/$1" plan -input=false -out=plan.bin >/dev/null
    elapsed=$((($(date +%s%N) - start) / 1000000))
    if ((shortest == 0 || elapsed < shortest)); then shortest=$elapsed; fi
  done
  printf '%d' "$shortest"
}

# terraform_data is built in: this configuration needs init for OpenTofu only.
"$TERRAFORM" -chdir="$work/baseline" init -input=false >/dev/null
printf '100 recipes and 100 bundles planned: %6d ms\n' "$(best eidos)"
printf '200 terraform_data planned:          %6d ms\n' "$(best baseline)"
