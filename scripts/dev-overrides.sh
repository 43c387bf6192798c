#!/usr/bin/env bash
# Writes a CLI configuration that makes Terraform use the provider in $PLUGINS
# instead of one from a registry, and prints its path.
set -euo pipefail

file="$CACHE/dev.tfrc"
cat > "$file" <<END
provider_installation {
  dev_overrides {
    "cloud-native-stack/eidos" = "$PLUGINS"
  }
  direct {}
}
END
printf '%s\n' "$file"
