import assert from 'node:assert/strict';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { configMap, deployment, widgetDefinition } from '../../src/kube/testing/fixture.contract.ts';
import { type KubeObject, objectKey, referenceOf } from '../../src/kube-objects/kube-object.ts';
import type { ComponentDefinition } from '../../src/catalog/definition.ts';
import { Random } from '../fault-run/random.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { TestCatalog, type TestComponent } from '../harness/test-catalog.ts';

type JsonObject = NonNullable<ReturnType<SandboxCluster['get']>>;

const CATEGORIES = ['deployment', 'secretSync'] as const;
const NAMESPACES = ['shared', 'moved'];
/** Manifests are written for this one, and moved to the one that is chosen. */
const WRITTEN = 'shared';
const GROUPS = ['a.example.test', 'b.example.test'];
/** Writes to objects of components; leases and tokens come and go by themselves. */
const WRITES = /^(create|update|patch|delete) (?!.*(tokens?|reviews?|leases|events))/;

/** What components may bring; each under one name, whoever brings it. */
const POOL: readonly ((component: string) => readonly KubeObject[])[] = [
  () => [widgetDefinition(GROUPS[0] ?? '')],
  () => [widgetDefinition(GROUPS[1] ?? '')],
  (component) => [configMap(WRITTEN, 'settings', { by: component })],
  (component) => [workload(component)],
  (component) => [role(component), binding(component)],
  () => [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra' } }],
  () => [hook],
];

/** Its selector cannot be changed. */
function workload(component: string): KubeObject {
  const object = deployment(WRITTEN, 'workload');
  const labels = { app: component };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example.test/main:1' }] } };
  return { ...object, spec: { replicas: 1, selector: { matchLabels: labels }, template } };
}

function role(component: string): KubeObject {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: [component] }];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `tool-${component}` },
    rules,
  };
}

/** Its role cannot be changed. */
function binding(component: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tool' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `tool-${component}` },
    subjects: [],
  };
}

const hook: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'tool' },
  webhooks: [
    {
      name: 'tool.example.test',
      clientConfig: { service: { name: 'tool', namespace: 'default', path: '/' } },
      rules: [{ apiGroups: ['none.example.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
    },
  ],
};

const KINDS = [
  ['v1', 'Namespace'],
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
] as const;

interface Choice {
  readonly name: string;
  readonly namespace: string;
}

type Declaration = Readonly<Record<(typeof CATEGORIES)[number], Choice>>;

/** What somebody else has made: an instance of a definition, or content of a namespace. */
interface UserObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A cluster whose components are changed again and again, as a seed says, with users that build on them. */
export class ComponentSequence implements AsyncDisposable {
  readonly history: string[] = [];
  settled = 0;
  readonly #random: Random;
  readonly #target: SandboxCluster;
  readonly #catalog: TestCatalog;
  readonly #loop: ControlLoop;
  #components: readonly TestComponent[];
  #declared: Declaration | undefined;
  #generation = '';
  #incarnation = '';
  #users: UserObject[] = [];
  /** UIDs of definitions for as long as every declaration wants them. */
  readonly #definitions = new Map<string, unknown>();

  static async start(seed: string, target: SandboxCluster): Promise<ComponentSequence> {
    const random = new Random(seed);
    const components = randomComponents(random);
    const catalog = await TestCatalog.create(components);
    const loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    return new ComponentSequence(random, { target, catalog, loop, components });
  }

  private constructor(
    random: Random,
    parts: {
      readonly target: SandboxCluster;
      readonly catalog: TestCatalog;
      readonly loop: ControlLoop;
      readonly components: readonly TestComponent[];
    },
  ) {
    this.#random = random;
    this.#target = parts.target;
    this.#catalog = parts.catalog;
    this.#loop = parts.loop;
    this.#components = parts.components;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
    await this.#catalog[Symbol.asyncDispose]();
  }

  /** One change, often with a look at what it leads to. */
  async step(): Promise<void> {
    const random = this.#random;
    if (this.#declared !== undefined && random.chance(0.25)) await this.#restart();
    else await this.#declare();
    if (!random.chance(0.6)) return;
    await this.settle();
    if (random.chance(0.6)) this.#build();
    if (random.chance(0.3)) this.#tidyUp();
  }

  /** Waits until the cluster has what is declared and nothing else, and is left alone from then on. */
  async settle(): Promise<void> {
    let problems: readonly string[] = [];
    await eventually(
      async () => {
        await this.#loop.runAgain('one', 1);
        problems = await this.#problems();
        return problems.length === 0 ? true : undefined;
      },
      () => [...this.history, ...problems].join('\n'),
    );
    await this.#loop.runAgain('one');
    const before = this.#target.counters.total(WRITES);
    await this.#loop.runAgain('one', 3);
    assert.equal(this.#target.counters.total(WRITES), before, `${this.history.join('\n')}\nit keeps writing`);
    assert.deepEqual(await this.#problems(), []);
    this.#checkDefinitions();
    this.history.push('settled');
    this.settled += 1;
  }

  /** Deletes the cluster: everything goes but what users have made, and what that needs. */
  async leave(): Promise<void> {
    await using clone = await this.#loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    const receipt = await this.#loop.untilReceipt('one', this.#incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    const kept = receipt.left.map(objectKey);
    assert.deepEqual([...this.#labelled().keys()].sort(), kept.sort());
    assert.deepEqual(this.#unexpected([...this.#labelled().keys()]), []);
    assert.deepEqual(this.#missingUserObjects(), []);
  }

  async #declare(): Promise<void> {
    const declaration = this.#randomDeclaration();
    if (declaration === undefined) return;
    this.#declared = declaration;
    this.history.push(`declare ${JSON.stringify(declaration)}`);
    this.#forgetDefinitions();
    const components = Object.fromEntries(
      CATEGORIES.map((category) => [category, { ...declaration[category], additions: {} }]),
    );
    const { generation } = await this.#loop.save('one', this.#target, { components });
    this.#generation = generation;
  }

  /** The next server has another catalogue, in which components of the same names bring something else. */
  async #restart(): Promise<void> {
    await this.#loop.shut();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const components = randomComponents(this.#random);
      if (this.#declared !== undefined && !isPossible(this.#declared, components)) continue;
      this.#components = components;
      break;
    }
    await this.#catalog.write(this.#components);
    this.history.push(`restart with ${describe(this.#components)}`);
    this.#forgetDefinitions();
    await this.#loop.open();
  }

  #randomDeclaration(): Declaration | undefined {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const [deploymentChoice, secretSync] = CATEGORIES.map((category) => ({
        name: this.#random.pick(this.#components.filter((component) => component.category === category)).name,
        namespace: this.#random.pick(NAMESPACES),
      }));
      if (deploymentChoice === undefined || secretSync === undefined) return undefined;
      const declaration = { deployment: deploymentChoice, secretSync };
      if (isPossible(declaration, this.#components)) return declaration;
    }
    return undefined;
  }

  /** Somebody builds on what is there. */
  #build(): void {
    const name = `user-${this.#random.integer(1_000_000)}`;
    const definition = this.#target
      .list('apiextensions.k8s.io/v1', 'CustomResourceDefinition')
      .find(() => this.#random.chance(0.5));
    const group = GROUPS.find((each) => nameOf(definition) === `widgets.${each}`);
    const metadata = { name, namespace: group === undefined ? this.#random.pick(NAMESPACES) : 'default' };
    if (this.#target.get('v1', 'Namespace', '', metadata.namespace) === undefined) return;
    const object: JsonObject =
      group === undefined
        ? { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { by: 'user' } }
        : { apiVersion: `${group}/v1`, kind: 'Widget', metadata, spec: { size: 1 } };
    const made = this.#target.apply(object, 'kubectl');
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    this.#users.push({ apiVersion, kind, ...metadata, uid: String(uidOf(made)) });
    this.history.push(`user makes ${kind} of ${apiVersion} in ${metadata.namespace}`);
  }

  #tidyUp(): void {
    const [object] = this.#users.splice(this.#random.integer(this.#users.length + 1), 1);
    if (object === undefined) return;
    this.#target.delete(object.apiVersion, object.kind, object.namespace, object.name);
    this.history.push(`user removes ${object.kind} of ${object.apiVersion} in ${object.namespace}`);
  }

  async #problems(): Promise<readonly string[]> {
    const status = await this.#loop.status('one');
    if (status?.phase !== 'Ready' || status.observedGeneration !== this.#generation) {
      return [`not ready: ${JSON.stringify(status?.components ?? status)}`];
    }
    this.#incarnation = status.incarnation;
    const actual = this.#labelled();
    const expected = this.#expected();
    const missing = [...expected].filter(([key, component]) => !this.#isOf(key, actual.get(key), component));
    const inventory = await this.#loop.inventory('one', this.#incarnation);
    const recorded = inventory
      .filter(({ component }) => component !== 'access')
      .map((entry) => `${objectKey(entry)} of ${entry.component}`);
    const present = [...actual].map(([key, component]) => `${key} of ${component}`);
    return [
      ...missing.map(([key, component]) => `${key} is of ${actual.get(key)}, not of ${component}`),
      ...this.#unexpected([...actual.keys()].filter((key) => !expected.has(key))),
      ...present.filter((each) => !recorded.includes(each)).map((each) => `${each} is not recorded`),
      ...recorded.filter((each) => !present.includes(each)).map((each) => `${each} is recorded and not there`),
      ...this.#missingUserObjects(),
    ];
  }

  /** A namespace that several components only need is of any of them. */
  #isOf(key: string, actual: string | undefined, expected: string): boolean {
    if (actual === expected) return true;
    const needed = CATEGORIES.map((category) => this.#declared?.[category]);
    return needed.some((choice) => choice?.name === actual && key === `/Namespace//${choice?.namespace}`);
  }

  /** Keys of what carries our labels, with the component. */
  #labelled(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [apiVersion, kind] of KINDS) {
      for (const object of this.#target.list(apiVersion, kind)) {
        const head = { ...object, apiVersion, kind } as unknown as KubeObject;
        const { labels = {}, name } = head.metadata;
        const component = labels['cluster.nautes.io/component'];
        if (component === undefined || component === 'access' || name === 'nautes-system') continue;
        found.set(objectKey(referenceOf(head)), component);
      }
    }
    return found;
  }

  #expected(): Map<string, string> {
    return this.#declared === undefined ? new Map() : wantedBy(this.#declared, this.#components);
  }

  /** Those of the keys that no user needs. */
  #unexpected(keys: readonly string[]): readonly string[] {
    const needed = new Set(
      this.#users.map(({ apiVersion, kind, namespace }) =>
        kind === 'Widget'
          ? `apiextensions.k8s.io/CustomResourceDefinition//widgets.${apiVersion.replace('/v1', '')}`
          : `/Namespace//${namespace}`,
      ),
    );
    return keys.filter((key) => !needed.has(key)).map((key) => `${key} is still there`);
  }

  #missingUserObjects(): readonly string[] {
    return this.#users
      .filter((user) => uidOf(this.#target.get(user.apiVersion, user.kind, user.namespace, user.name)) !== user.uid)
      .map(({ kind, namespace, name }) => `the user's ${kind} ${namespace}/${name} is lost`);
  }

  #forgetDefinitions(): void {
    const expected = this.#expected();
    for (const key of this.#definitions.keys()) if (!expected.has(key)) this.#definitions.delete(key);
  }

  /** A definition that was wanted all the time has never been made again. */
  #checkDefinitions(): void {
    for (const key of this.#expected().keys()) {
      if (!key.includes('CustomResourceDefinition')) continue;
      const name = key.slice(key.lastIndexOf('/') + 1);
      const uid = uidOf(this.#target.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', name));
      const known = this.#definitions.get(key) ?? uid;
      assert.equal(uid, known, `${this.history.join('\n')}\n${name} was made again`);
      this.#definitions.set(key, uid);
    }
  }
}

/** Six components of two categories; in each category there is one that is the default. */
function randomComponents(random: Random): readonly TestComponent[] {
  return CATEGORIES.flatMap((category) =>
    [0, 1, 2].map((index): TestComponent => {
      const name = `${category.toLowerCase()}-${index}`;
      const brought = POOL.filter(() => random.chance(0.4)).flatMap((make) => make(name));
      const manifest = [...brought, configMap(WRITTEN, name)];
      const definition: Partial<ComponentDefinition> = { namespace: WRITTEN, default: index === 0 };
      return { name, category, manifest, ...definition };
    }),
  );
}

/** Keys of everything that the declaration wants, with the component that brings it. */
function wantedBy(declaration: Declaration, components: readonly TestComponent[]): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const category of CATEGORIES) {
    const { name, namespace } = declaration[category];
    for (const key of keysOf(components, declaration[category])) wanted.set(key, name);
    const implicit = `/Namespace//${namespace}`;
    if (!wanted.has(implicit)) wanted.set(implicit, name);
  }
  return wanted;
}

function keysOf(components: readonly TestComponent[], { name, namespace }: Choice): readonly string[] {
  const manifest = components.find((component) => component.name === name)?.manifest ?? [];
  return manifest.map((object) => {
    const reference = referenceOf(object);
    return objectKey(reference.namespace === WRITTEN ? { ...reference, namespace } : reference);
  });
}

/** No two of the components bring the same object. */
function isPossible(declaration: Declaration, components: readonly TestComponent[]): boolean {
  const keys = CATEGORIES.flatMap((category) => keysOf(components, declaration[category]));
  return new Set(keys).size === keys.length;
}

function describe(components: readonly TestComponent[]): string {
  return components
    .map(
      ({ name, manifest }) =>
        `${name}: ${manifest.map((object) => `${object.kind} ${object.metadata.name}`).join(', ')}`,
    )
    .join('; ');
}

function nameOf(object: JsonObject | undefined): unknown {
  return (object?.['metadata'] as { name?: string } | undefined)?.name;
}

function uidOf(object: JsonObject | undefined): unknown {
  return (object?.['metadata'] as { uid?: string } | undefined)?.uid;
}
