#!/bin/sh
# Installs what Muster needs on Debian 12, and says what:
#
#     setup-debian.sh run      to build it and run it
#     setup-debian.sh check    and to test it (all, if nothing is said)
#
# Does nothing (quickly) if all is there. Works as root or with sudo.
set -eu

packages="
	make meson ninja-build pkg-config gcc libc6-dev python3
	libcurl4-openssl-dev libjansson-dev libsqlite3-dev
	libpq-dev libgmime-3.0-dev libssl-dev libsodium-dev libidn2-dev
	libunistring-dev zlib1g-dev libarchive-dev libturbojpeg0-dev libpng-dev libwebp-dev
	libgif-dev libc-ares-dev libexpat1-dev ca-certificates tzdata"
test_packages="
	clang libclang-rt-14-dev clang-format clang-tidy libcmocka-dev
	postgresql postgresql-client openssl util-linux chromium-headless-shell
	fonts-dejavu-core python3-venv python3-requests python3-dateutil python3-six"
case ${1-check} in
run) ;;
check) packages="$packages $test_packages" ;;
*)
	echo "usage: setup-debian.sh [run|check]" >&2
	exit 2
	;;
esac

node_is_new_enough() {
	command -v node >/dev/null && command -v npm >/dev/null &&
		node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'
}

if ! command -v dpkg-query >/dev/null; then
	echo "setup-debian: this is not Debian; install by hand:" $packages >&2
	echo "setup-debian: and nodejs (18 or newer), npm" >&2
	exit 0
fi

is_installed() {
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'
}

missing=
for package in $packages; do
	is_installed "$package" || missing="$missing $package"
done
if ! node_is_new_enough; then # fetches the one that builds the web app
	missing="$missing nodejs npm"
fi
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
