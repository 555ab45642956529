#!/bin/sh
# A PostgreSQL server for tests, with nothing to set up:
#
#     throwaway_postgres.sh start FOLDER   makes FOLDER, prints the server's URL
#     throwaway_postgres.sh stop FOLDER    stops it and removes FOLDER
#     throwaway_postgres.sh crash FOLDER   ends it as a crash would
#     throwaway_postgres.sh again FOLDER   starts it after that
#
# Listens on a free port of 127.0.0.1 and trusts everybody there; does not
# sync to disk. As root it runs as the user postgres, since it refuses root.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "throwaway_postgres: PostgreSQL is not installed" >&2; exit 1; }
folder=$2

run() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

start() {
	mkdir -p "$folder"
	chmod 755 "$folder"
	[ "$(id -u)" != 0 ] || chown postgres "$folder"
	cd "$folder"
	run "$bin/initdb" -D "$folder/data" -U muster -A trust -E UTF8 \
		--locale=C.UTF-8 --no-sync >/dev/null
	port=$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	echo "$port" >"$folder/port"
	serve
	echo "postgresql://muster@127.0.0.1:$port/postgres"
}

serve() {
	port=$(cat "$folder/port")
	cd "$folder"
	run "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-p $port \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories= \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off \
		-c max_connections=300" start >/dev/null 2>&1 </dev/null
}

# What was committed and not synced may be lost.
crash() {
	cd /
	run "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null
}

stop() {
	[ -d "$folder/data" ] || exit 0
	crash || true
	rm -rf "$folder"
}

case $1 in
start) start ;;
stop) stop ;;
crash) crash ;;
again) serve ;;
*) echo "usage: throwaway_postgres.sh start|stop|crash|again FOLDER" >&2; exit 2 ;;
esac
