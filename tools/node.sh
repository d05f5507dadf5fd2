#!/bin/sh
# Runs the project's Node 24: the one that a package brings or `make setup` fetched, else that of the PATH.
root=$(cd "$(dirname "$0")/.." && pwd)
for candidate in "$root"/runtime/node "$root"/.node/node_modules/node-*/bin/node; do
  [ -x "$candidate" ] && exec "$candidate" "$@"
done
if command -v node > /dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ]; then
  exec node "$@"
fi
echo 'nautes: Node 24 or later is needed on the PATH (https://nodejs.org); in a checkout "make setup" fetches it' >&2
exit 1
