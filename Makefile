# Every target sets up what it needs; `make setup` run again takes no time.
NODE := tools/node.sh
# $(call given,VARIABLE,ARGUMENTS): the arguments when the variable was given to make; the environment does not count.
given = $(if $(filter command,$(origin $1)),$2)

.PHONY: help setup runtime demo test check typecheck test-real test-gitea test-argocd controlplane gitea sshd argocd vault promtool inventory-client console console-dev lighthouse lint format docs chart bundle package image pictures bench soak fault-run

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## bring Node 24, packages, kubectl, helm and linters
	@tools/setup.sh

runtime:
	@tools/setup.sh runtime

demo: runtime ## register a cluster, watch it become ready, delete it; with MANAGEMENT=1 it is published
	@$(NODE) demo/main.ts $(call given,MANAGEMENT,--management)

test: setup ## types, lint and every test; with FILE=… (files or folders) or NAME=… only those tests; AGAIN=yes runs failed files again
	@$(NODE) tools/test/run.ts $(call given,FILE,$(FILE)) $(call given,NAME,--name "$$NAME") $(call given,AGAIN,--again)

check: setup ## types, lint and unit tests that the changes since main reach, in less than a minute
	@$(NODE) tools/test/run.ts --changed

typecheck: setup ## types only
	@$(NODE) node_modules/typescript/bin/tsc --noEmit
	@$(NODE) node_modules/typescript/bin/tsc --noEmit --project console

test-real: setup controlplane ## the tests that need a real Kubernetes control plane (or Vault, when built; sshd is unpacked)
	@$(NODE) tools/sshd/build.ts --optional
	@$(NODE) tools/test/run.ts --real $(call given,AGAIN,--again)

test-gitea: setup gitea ## the tests that need a real Git server with users and branch rules
	@$(NODE) tools/test/run.ts $$(git ls-files '*gitea*.real.test.ts')

test-argocd: setup controlplane argocd ## the tests that need a real Argo CD
	@$(NODE) tools/test/run.ts $$(git ls-files '*argocd*.real.test.ts')

sshd: setup ## unpack Debian's SSH server for tests
	@$(NODE) tools/sshd/build.ts

gitea: setup ## build Gitea once (needs Go and gcc)
	@$(NODE) tools/gitea/build.ts

controlplane: setup ## build a real Kubernetes control plane once (needs Go)
	@$(NODE) tools/controlplane/build.ts

argocd: setup ## build Argo CD once (needs Go)
	@$(NODE) tools/argocd/build.ts

vault: setup ## build a real Vault for tests once (needs Go)
	@$(NODE) tools/vault/build.ts

inventory-client: setup ## build a consumer of ClusterProfiles for tests once (needs Go)
	@$(NODE) tools/inventory-client/build.ts

promtool: setup ## build promtool for the tests of the alert rules once (needs Go)
	@$(NODE) tools/prometheus/build.ts

lint: setup ## format check, lint rules, import directions
	@$(NODE) tools/lint/run.ts

format: setup ## format the sources
	@tools/lint/node_modules/.bin/biome format --write .

docs: setup ## write the pages and checks that follow from the code
	@$(NODE) tools/docs/generate.ts

package: setup console ## packages of the server for npm and for any folder, in dist
	@$(NODE) tools/package/main.ts

image: setup console ## build the container image without a registry, in dist/image (Debian: mmdebstrap, umoci)
	@$(NODE) tools/image/main.ts

console: setup ## build the web console, in dist/console
	@$(NODE) tools/console/build.ts

console-dev: setup ## serve the console's sources; NAUTES_SERVER=… is the server whose API it uses
	@cd console && ../$(NODE) node_modules/vite/bin/vite.js

bundle: setup ## make the client one file and an npm package, in dist
	@$(NODE) tools/bundle/main.ts

chart: setup ## pack the Helm chart with its checksum, in dist
	@$(NODE) tools/chart/main.ts

lighthouse: setup console ## examine the console with Lighthouse, where that can be installed
	@$(NODE) tools/console/lighthouse.ts

pictures: setup ## record the command line on a terminal, in dist/pictures, and the web console, in docs/pictures
	@$(NODE) tools/pictures/main.ts
	@$(NODE) tools/pictures/console.ts

fault-run: setup ## random operations under random faults; SEED=… and STEPS=… repeat a run
	@$(NODE) test/fault-run/main.ts $(call given,SEED,--seed $(SEED)) $(call given,STEPS,--steps $(STEPS))

soak: setup ## healthy clusters among hostile ones, 20 minutes; MINUTES=…, CLUSTERS=… and HOSTILE=… make it smaller
	@$(NODE) bench/soak/main.ts $(call given,MINUTES,--minutes $(MINUTES)) $(call given,CLUSTERS,--clusters $(CLUSTERS)) $(call given,HOSTILE,--hostile $(HOSTILE))

bench: setup ## benchmarks with their baselines
	@$(NODE) bench/main.ts

bench-%: setup ## one benchmark, e.g. bench-save
	@$(NODE) bench/main.ts $*
