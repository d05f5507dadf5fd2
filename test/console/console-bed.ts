import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { Sandbox, SandboxCluster } from '../../sandbox/index.ts';
import { Administrator } from '../harness/administrator.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, workerBody } from '../harness/target-cluster.ts';
import { startBrowser, Visitor } from './browser.ts';
import { Relay } from './relay.ts';

/** A browser, a server behind an address that stays, and simulated clusters. */
export class ConsoleBed implements AsyncDisposable {
  readonly browser: Browser;
  readonly server: NautesProcess;
  readonly client: ApiClient;
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly #targets = new Map<string, TargetCluster>();
  readonly #create: () => Promise<TargetCluster>;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    parts: AsyncDisposableStack,
    made: Pick<ConsoleBed, 'browser' | 'server' | 'client' | 'sandbox' | 'url'> & {
      readonly create: () => Promise<TargetCluster>;
    },
  ) {
    this.#parts = parts;
    this.#create = made.create;
    this.browser = made.browser;
    this.server = made.server;
    this.client = made.client;
    this.sandbox = made.sandbox;
    this.url = made.url;
  }

  /** @param more configuration of the server, besides its catalogue and log */
  static async open(clusters: number, more: Readonly<Record<string, unknown>> = {}): Promise<ConsoleBed> {
    await using parts = new AsyncDisposableStack();
    const source = await sandboxSource(clusters);
    parts.defer(() => source.close());
    const configuration = {
      catalog: { files: [...source.catalogFiles] },
      controllers: { driftSeconds: 1 },
      log: { level: 'error' },
      ...more,
    };
    const server = parts.use(await NautesProcess.start({ configuration }));
    const relay = parts.use(await Relay.open(() => server.url));
    const browser = await startBrowser();
    parts.defer(() => browser.close());
    const client = await server.client('maintainer', 'ada');
    const { sandbox } = source;
    return new ConsoleBed(parts.move(), {
      browser,
      server,
      client,
      sandbox,
      url: relay.url,
      create: () => source.create(),
    });
  }

  cluster(): Promise<TargetCluster> {
    return this.#create();
  }

  /** Registers a cluster past the console. */
  async register(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<TargetCluster> {
    const target = await this.#create();
    const reply = await this.client.save(name, workerBody(target, more));
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    this.#targets.set(name, target);
    return target;
  }

  /** The simulated cluster that is registered by the name. */
  simulated(name: string): SandboxCluster {
    const server = this.#targets.get(name)?.server;
    const cluster = this.sandbox.clusters.find((each) => each.server === server);
    assert.ok(cluster, name);
    return cluster;
  }

  /** Somebody who changes a registered cluster past Nautes. */
  kubectl(name: string): Administrator {
    const target = this.#targets.get(name);
    assert.ok(target, name);
    return new Administrator(target);
  }

  /** Somebody who has signed in, on the page of the path. */
  async visit(path = '/console', token = this.client.token): Promise<Visitor> {
    const visitor = await Visitor.arrive(this.browser);
    await visitor.signIn(this.url, token, path);
    return visitor;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}
