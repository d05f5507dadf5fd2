import type { ComponentView, StatusView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import type { ReceiptView } from '../../src/contract/views.ts';
import type { ApiClient } from './api-client.ts';
import { NautesProcess } from './nautes-process.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from './target-cluster.ts';
import { TestCatalog, type TestComponent } from './test-catalog.ts';
import { PATIENCE_MILLISECONDS } from './wait-until.ts';

export interface TestBedOptions {
  readonly components: readonly TestComponent[];
  /** Keys below `controllers` of the configuration; drift is looked for every second. */
  readonly controllers?: Readonly<Record<string, number>>;
  /** Further keys of the configuration, e.g. of surroundings. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/** One server, one cluster and a catalogue of small components, for suites about what happens to their objects. */
export class TestBed implements AsyncDisposable {
  /** The name that the cluster is registered under. */
  readonly name = 'one';
  readonly target: TargetCluster;
  readonly server: NautesProcess;
  readonly client: ApiClient;
  readonly #catalog: TestCatalog;

  private constructor(target: TargetCluster, server: NautesProcess, client: ApiClient, catalog: TestCatalog) {
    this.target = target;
    this.server = server;
    this.client = client;
    this.#catalog = catalog;
  }

  static async open(source: TargetClusterSource, options: TestBedOptions): Promise<TestBed> {
    const target = await source.create();
    await using starting = new AsyncDisposableStack();
    const catalog = starting.use(await TestCatalog.create(options.components));
    const configuration = {
      catalog: { files: [catalog.file] },
      controllers: { driftSeconds: 1, graceSeconds: 60, ...options.controllers },
      log: { level: 'warn' },
      ...options.configuration,
    };
    const server = starting.use(await NautesProcess.start({ configuration }));
    const client = await server.client('maintainer', 'ada');
    starting.move();
    return new TestBed(target, server, client, catalog);
  }

  /** @returns the generation that the status will speak of */
  async save(more: Readonly<Record<string, unknown>> = {}, query = ''): Promise<string> {
    const reply = await this.client.save(this.name, workerBody(this.target, more), query);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return String(reply.body['generation']);
  }

  /** Saves and waits until everything is there. */
  async register(): Promise<StatusView> {
    await this.save();
    return this.ready();
  }

  ready(): Promise<StatusView> {
    return this.client.waitForPhase(this.name, 'Ready', PATIENCE_MILLISECONDS);
  }

  /** Waits until the component is as the test says. */
  async component(name: string, test: (component: ComponentView) => boolean): Promise<ComponentView> {
    const find = (status: StatusView | undefined): ComponentView | undefined =>
      status?.components.find((component) => component.name === name);
    const isSo = (status: StatusView | undefined): boolean => {
      const component = find(status);
      return component !== undefined && test(component);
    };
    const status = await this.client.waitFor(this.name, isSo, `${name} as wanted`, PATIENCE_MILLISECONDS);
    return find(status) as ComponentView;
  }

  /** Ends the server and starts it again with another catalogue, as for an upgrade. */
  async changeCatalog(components: readonly TestComponent[]): Promise<void> {
    await this.server.stop();
    await this.#catalog.write(components);
    await this.server.start();
  }

  /** Asks for the deletion, which is accepted; see {@link receipt}. @returns the incarnation that goes */
  async delete(query = ''): Promise<string> {
    const { incarnation } = (await this.client.status(this.name)) ?? { incarnation: '' };
    const reply = await this.client.delete(this.name, query);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return incarnation;
  }

  receipt(incarnation: string): Promise<ReceiptView> {
    return this.client.waitForReceipt(this.name, incarnation, PATIENCE_MILLISECONDS);
  }

  /** Deletes the cluster and waits for the end of that. */
  async deregister(query = ''): Promise<ReceiptView> {
    return this.receipt(await this.delete(query));
  }

  /** Messages of the events with this reason, oldest first. */
  async messages(reason: string): Promise<readonly string[]> {
    const events = await this.client.events(this.name);
    return events.filter((event) => event.reason === reason).map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#catalog[Symbol.asyncDispose]();
  }
}
