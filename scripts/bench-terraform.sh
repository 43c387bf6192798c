#!/usr/bin/env bash
# Times plan and apply of recipes with bundles, without and with files, against
# the same number of terraform_data, which is what Terraform itself costs. Best
# of RUNS (3); COUNTS (100 200) are the numbers of recipes.
set -Eeuo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
touch "$work/log" # of the last command of Terraform, shown when it fails
trap 'if ((BASH_SUBSHELL == 0)); then cat "$work/log" >&2; fi' ERR

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

variable "number" {}
variable "files" {}

data "eidos_recipe" "bench" {
  count              = var.number
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  context            = count.index % 2 == 0
}

resource "eidos_bundle" "bench" {
  count      = var.number
  recipe     = data.eidos_recipe.bench[count.index].json
  output_dir = var.files ? "out/${count.index}" : null
}
END

cat > "$work/baseline/main.tf" <<'END'
variable "number" {}
variable "files" {}

resource "terraform_data" "recipe" {
  count = var.number
  input = { service = "aks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34", context = count.index % 2 == 0 }
}

resource "terraform_data" "bundle" {
  count = var.number
  input = { recipe = terraform_data.recipe[count.index].input, output_dir = var.files ? "out/${count.index}" : null }
}
END

# timed runs Terraform in a directory and prints how many seconds it took, and how
# many of processor time, those of the provider among them.
timed() {
  local dir="$1" TIMEFORMAT='%R %U %S'
  shift
  { time "$TERRAFORM" -chdir="$dir" "$@" >"$work/log" 2>&1; } 2>&1 | awk '{ printf "%.2f %.2f", $1, $2 + $3 }'
}

# shorter prints the measurement that took less time; the first may be missing.
shorter() { printf '%s\n' "$@" | awk 'NF && (best == "" || $1 < time) { best = $0; time = $1 } END { print best }'; }

# measure prints a row: the first plan, its apply, the plan after it, the state.
measure() {
  local name="$1" dir="$work/$2" plan='' apply='' again='' now
  export TF_VAR_number="$3" TF_VAR_files="$4"
  for _ in $(seq "${RUNS:-3}"); do
    rm -rf "$dir"/terraform.tfstate* "$dir/out"
    now="$(timed "$dir" plan -input=false -out=plan.bin)"
    plan="$(shorter "$plan" "$now")"
    now="$(timed "$dir" apply -input=false plan.bin)"
    apply="$(shorter "$apply" "$now")"
    now="$(timed "$dir" plan -input=false)"
    again="$(shorter "$again" "$now")"
  done
  # shellcheck disable=SC2086 # each is two numbers
  printf '%-38s %7s (%5s) %7s (%5s) %7s (%5s) %7d\n' "$name" $plan $apply $again $(($(wc -c < "$dir/terraform.tfstate") / 1024))
}

# terraform_data is built in: this configuration needs init for OpenTofu only.
"$TERRAFORM" -chdir="$work/baseline" init -input=false >/dev/null
printf 'Seconds, and in brackets seconds of processor time; the state in KiB. Load %s.\n' "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-38s %15s %15s %15s %7s\n' '' plan apply 'next plan' state
for number in ${COUNTS:-100 200}; do
  measure "$((2 * number)) terraform_data" baseline "$number" false
  measure "$number recipes and bundles" eidos "$number" false
  measure "$number recipes and bundles with files" eidos "$number" true
done
