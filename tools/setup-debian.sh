#!/bin/sh
# Installs what building and testing Muster needs on Debian 12, and says what.
# Does nothing (quickly) if all is there. Works as root or with sudo.
set -eu

packages="
	make meson ninja-build pkg-config gcc libc6-dev python3
	clang libclang-rt-14-dev clang-format clang-tidy
	libcurl4-openssl-dev libjansson-dev libsqlite3-dev
	libpq-dev libgmime-3.0-dev libssl-dev libsodium-dev libidn2-dev
	libunistring-dev libcmocka-dev
	postgresql postgresql-client openssl ca-certificates util-linux"

node_is_new_enough() {
	command -v node >/dev/null && command -v npm >/dev/null &&
		node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'
}

if ! command -v dpkg-query >/dev/null; then
	echo "setup-debian: this is not Debian; install by hand:" $packages \
		"nodejs (18 or newer) npm" >&2
	exit 0
fi

is_installed() {
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'
}

missing=
for package in $packages; do
	is_installed "$package" || missing="$missing $package"
done
node_is_new_enough || missing="$missing nodejs npm"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "setup-debian: needs root (or sudo) to install:$missing" >&2
	exit 1
fi
echo "setup-debian: installing$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
# no server is wanted from the package of PostgreSQL: tests start their own
$as_root mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' |
	$as_root tee /etc/postgresql-common/createcluster.d/muster.conf >/dev/null
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
	--no-install-recommends $missing
