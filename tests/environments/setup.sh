#!/usr/bin/env bash
# Installs WebKitGTK's driver, and a screen for it, beside the browsers of tests/setup.sh. Only on Debian and its like, as
# root or with sudo. It never fails: what is missing is left out of the table, and said there.
set -uo pipefail

"$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

packages=()
command -v WebKitWebDriver >/dev/null || packages+=(webkit2gtk-driver)
command -v xvfb-run >/dev/null || packages+=(xvfb xauth)
[[ ${#packages[@]} -gt 0 ]] || exit 0

apt() {
  local root=()
  [[ $(id -u) == 0 ]] || root=(sudo -n)
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null
}
if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }; then
  printf 'setup: installing %s, which WebKitGTK needs\n' "${packages[*]}"
  apt update
  apt install -y --no-install-recommends --no-upgrade "${packages[@]}" || printf 'setup: cannot install %s\n' "${packages[*]}"
fi
exit 0
