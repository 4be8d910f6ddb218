#!/usr/bin/env bash
# Installs what the tests with a real Docker need on a Debian machine: the engine, Compose v2, a static
# busybox and redis-server (the tests make their images from the last two; no image registry is needed).
#
#   scripts/install-docker.sh
#
# Safe to run again: what is there already is left alone, and then it takes no time. Compose v2 is not in
# Debian 12, so its binary is taken from a newer suite of the same mirror, through an apt state of our own:
# the lists, the sources and the packages of the system stay as they are.
set -euo pipefail

readonly PLUGIN=/usr/libexec/docker/cli-plugins/docker-compose
readonly SUITES=(sid trixie)

say() { printf 'install-docker: %s\n' "$*"; }
die() {
  printf 'install-docker: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }
compose_works() { [[ "$(docker compose version --short 2>/dev/null)" =~ ^v?([2-9]|[1-9][0-9]) ]]; }
# A busybox that needs shared libraries would not start in an image that holds nothing else.
static_busybox() { has busybox && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }

# Debian's policy is to start and enable a service on installation. Nobody asked for a redis on this machine.
stop_redis_service() {
  if [[ -d /run/systemd/system ]]; then
    systemctl disable --now redis-server >/dev/null 2>&1 || true
  else
    service redis-server stop >/dev/null 2>&1 || true
    update-rc.d redis-server disable >/dev/null 2>&1 || true
  fi
}

install_packages() {
  local missing=() had_redis=1
  has dockerd || missing+=(docker.io)
  has iptables || missing+=(iptables)
  static_busybox || missing+=(busybox-static)
  has redis-server || { missing+=(redis-server) had_redis=0; }

  if ((${#missing[@]} > 0)); then
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    ((had_redis)) || stop_redis_service
  fi
  # From Debian 13 on, the client is a package of its own.
  if ! has docker; then
    say 'installing docker-cli'
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker-cli >/dev/null
  fi
}

# Prints the machine's own Debian source in the deb822 format, with the suite replaced by $1. Other archives
# (security updates, backports, third parties) have no such suite: only entries whose suite is the machine's
# release and whose components hold "main" count.
sources_for() {
  local suite=$1 release files=()
  release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-sid}")
  shopt -s nullglob
  files=(/etc/apt/sources.list.d/*.sources)
  if ((${#files[@]} > 0)); then
    # A blank line between files: a stanza must not run into the next file's first one.
    for file in "${files[@]}"; do
      cat "$file"
      printf '\n\n'
    done | awk -v RS='' -v suite="$suite" -v release="$release" '
      {
        count = split($0, lines, "\n"); out = ""; types = suites = components = ""; enabled = "yes"
        for (i = 1; i <= count; i++) {
          line = lines[i]
          if (line ~ /^#/) continue
          field = tolower(line); sub(/:.*/, "", field)
          value = line; sub(/^[^:]*:[ \t]*/, "", value)
          # A line that starts with a blank belongs to the field before it, such as a key written in place.
          if (line ~ /^[ \t]/) { out = out line "\n"; continue }
          if (field == "types") { types = value; line = "Types: deb" }
          if (field == "suites") { suites = value; line = "Suites: " suite }
          if (field == "components") { components = value; line = "Components: main" }
          if (field == "enabled") enabled = tolower(value)
          out = out line "\n"
        }
        known = "(^| )(" release "|stable|testing|unstable|sid)( |$)"
        if (types ~ /(^| )deb( |$)/ && suites ~ known && components ~ /(^| )main( |$)/ && enabled !~ /^(no|false|0)$/)
          print out
      }'
  fi
  files=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list)
  shopt -u nullglob
  cat "${files[@]}" 2>/dev/null | awk -v suite="$suite" -v release="$release" '
    $1 == "deb" {
      # The options, if any, stand in brackets: deb [arch=amd64 signed-by=/path] URI suite component...
      rest = $0; sub(/^[ \t]*deb[ \t]+/, "", rest); options = ""
      if (match(rest, /^\[[^]]*\][ \t]+/)) { options = substr(rest, 2, RLENGTH); sub(/\].*/, "", options); rest = substr(rest, RLENGTH + 1) }
      sub(/#.*/, "", rest)
      count = split(rest, word, /[ \t]+/)
      if (word[2] !~ "^(" release "|stable|testing|unstable|sid)$") next
      for (i = 3; i <= count; i++) if (word[i] == "main") {
        print "Types: deb\nURIs: " word[1] "\nSuites: " suite "\nComponents: main"
        pairs = split(options, option, /[ \t]+/)
        for (j = 1; j <= pairs; j++) {
          name = value = option[j]; sub(/=.*/, "", name); sub(/^[^=]*=/, "", value); gsub(/,/, " ", value)
          if (name == "signed-by") print "Signed-By: " value
          if (name == "arch") print "Architectures: " value
          if (name == "trusted") print "Trusted: " value
        }
        print ""
        break
      }
    }' || true
}

# Fetches Compose from suite $2 into folder $1 and installs it, if it runs on this machine.
install_compose_from() {
  local suite=$2 dir=$1/$2 found
  mkdir -p "$dir"/{sources,lists/partial,cache/archives/partial,deb,files}
  : >"$dir/status"
  sources_for "$suite" >"$dir/sources/$suite.sources"
  if [[ ! -s $dir/sources/$suite.sources ]]; then
    say 'no Debian source found below /etc/apt'
    return 1
  fi

  # Preferences and a default release of the system speak about its own suites; here they would hide ours.
  local apt=(
    -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$dir/sources"
    -o "Dir::Etc::preferences=/dev/null" -o "Dir::Etc::preferencesparts=/dev/null" -o "APT::Default-Release="
    -o "Dir::State=$dir" -o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status"
    -o "Dir::Cache=$dir/cache" -o "Acquire::Languages=none" -o "APT::Sandbox::User=root"
  )
  say "looking for Compose v2 in Debian $suite"
  apt-get "${apt[@]}" update -qq || say "apt-get update had errors for $suite"
  (cd "$dir/deb" && apt-get "${apt[@]}" download -qq docker-compose) || return 1
  dpkg -x "$dir"/deb/docker-compose_*.deb "$dir/files"
  found=$dir/files$PLUGIN
  # A binary for a newer libc fails here, before it replaces anything.
  [[ -x $found ]] && "$found" version || return 1
  install -D -m 755 "$found" "$PLUGIN"
}

main() {
  if has dockerd && has docker && has iptables && has redis-server && static_busybox && compose_works; then
    say "nothing to do: $(docker compose version)"
    return
  fi
  [[ -e /etc/debian_version ]] && has apt-get || die 'this script knows Debian only'
  [[ $EUID -eq 0 ]] || die 'run it as root: it installs packages'

  install_packages
  if ! compose_works; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    for suite in "${SUITES[@]}"; do
      install_compose_from "$work" "$suite" && break
      say "no usable Compose v2 in Debian $suite"
    done
  fi
  compose_works || die "'docker compose version' does not work, although $PLUGIN was to be installed"
  say "ready: $(docker compose version)"
}

main "$@"
