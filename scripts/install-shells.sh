#!/usr/bin/env bash
# Installs zsh and fish on a Debian machine, for the tests of `product completion`. Safe to run again.
set -euo pipefail

missing=()
for shell in zsh fish; do
  command -v "$shell" >/dev/null || missing+=("$shell")
done
((${#missing[@]} > 0)) || exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
