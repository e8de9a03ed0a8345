# Runs PostgreSQL in the folder $0, with the rest of the arguments as its settings, until standard input ends. Only the
# process that started us holds the other end: it ends with that process, whatever the reason.
cd "$0" || exit
exec 3<&0 </dev/null

printf '%s\n' "$PASSWORD" | pg/bin/initdb -D data -U postgres --pwfile=/dev/stdin -A scram-sha-256 \
  -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync --no-instructions >&2
code=$?
unset PASSWORD

if [ $code = 0 ]; then
  # The whole path, so that its command line says which folder the server belongs to.
  pg/bin/postgres -D "$0/data" "$@" 3<&- &
  server=$!
  # SIGQUIT stops it at once (the data is deleted anyway), but only when it has begun to listen for signals: TERM until then.
  { read -r _; kill -TERM $server; kill -QUIT $server; } <&3 2>/dev/null &
  watcher=$!
  wait $server
  code=$?
  kill $watcher 2>/dev/null
fi

cd /
rm -rf "$0"
exit $code
