#!/bin/sh
# Runs the project's Node 24: the machine's own when it is new enough, else the one that `make setup` fetched.
root=$(cd "$(dirname "$0")/.." && pwd)
for candidate in "$root"/.node/node_modules/node-*/bin/node; do
  [ -x "$candidate" ] && exec "$candidate" "$@"
done
if command -v node > /dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ]; then
  exec node "$@"
fi
echo 'nautes: Node 24 is needed; run "make setup" in the project first' >&2
exit 1
