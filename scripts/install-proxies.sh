#!/usr/bin/env bash
# Installs nginx, Caddy and curl on a Debian machine, for the tests of `product proxy`, without starting a service. Safe to run again.
set -euo pipefail

missing=()
for program in nginx caddy curl; do
  command -v "$program" >/dev/null || missing+=("$program")
done
((${#missing[@]} > 0)) || exit 0

# Debian asks this file whether a package may start its service.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
