#!/usr/bin/env bash
# Installs Chromium on a Debian machine, for the tests of `product page`. Safe to run again.
set -euo pipefail

command -v chromium >/dev/null && exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
