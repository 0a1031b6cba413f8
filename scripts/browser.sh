#!/usr/bin/env bash
# Installs Chromium and its driver, which the tests of the pages need.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

missing=()
{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
if [ ${#missing[@]} -gt 0 ]; then
  has_apt || die "please install Chromium (or Chrome) and chromedriver (missing, by their Debian names: ${missing[*]})"
  say "installing ${missing[*]} with apt, for the tests of the pages (a minute)"
  apt_install "${missing[@]}" || die "apt could not install ${missing[*]}: see .setup/apt.log"
fi
