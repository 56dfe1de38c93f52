#!/usr/bin/env bash
# Installs what the tests need beyond the build: Chromium, Firefox, and a C compiler with sanitizers.
# Only on Debian and its like, as root or with sudo. It never fails: what is missing is skipped, and said.
set -uo pipefail

say() { printf 'setup: %s\n' "$*"; }

has_sanitizers() {
  local compiler probe
  probe=$(mktemp -d)
  for compiler in gcc clang clang-19; do
    if command -v "$compiler" >/dev/null && echo 'int main(void) { return 0; }' |
      "$compiler" -xc - -fsanitize=address,undefined -o "$probe/program" 2>/dev/null && "$probe/program"
    then
      rm -rf "$probe"
      return 0
    fi
  done
  rm -rf "$probe"
  return 1
}
# The same programs as in browser/browsers.js.
has_chromium() { [[ -n ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome >/dev/null; }
has_firefox() { [[ -n ${FIREFOX:-} ]] || command -v firefox-esr firefox >/dev/null; }

packages=()
has_chromium || packages+=(chromium)
has_firefox || packages+=(firefox-esr)
has_sanitizers || packages+=(gcc libc6-dev)
[[ ${#packages[@]} -gt 0 ]] || exit 0

apt() {
  local root=()
  [[ $(id -u) == 0 ]] || root=(sudo -n)
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null
}
if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }; then
  say "installing ${packages[*]}, which the tests need"
  apt update
  # One by one: where one is not to be had, the others are.
  for package in "${packages[@]}"; do
    apt install -y --no-install-recommends --no-upgrade "$package" || say "cannot install $package"
  done
fi

has_chromium || say 'SKIPPED: all tests in Chromium, which is not here (Debian: apt-get install chromium)'
has_firefox || say 'SKIPPED: all tests in Firefox, which is not here (Debian: apt-get install firefox-esr)'
has_sanitizers || say 'SKIPPED: the C tests: no C compiler with sanitizers here (Debian: apt-get install gcc libc6-dev)'
exit 0
