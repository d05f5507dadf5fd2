import { Command, Option } from 'commander';
import { verbatim } from '../../../messages/message.ts';
import { NautesError } from '../../../errors/errors.ts';
import type { SpecDocument } from '../../documents/document.ts';
import { clusterDocuments } from '../../documents/kinds.ts';
import { clusterKind } from '../../../resources/cluster/cluster-kind.ts';
import { documentMembers } from '../../../resources/kind-documents.ts';
import { fieldOptions } from '../../documents/field-options.ts';
import { convertSpec } from '../../documents/spec.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { withAccount } from '../../kubeconfig/account-use.ts';
import {
  fillKubeconfig,
  type Filled,
  type KubeconfigFlags,
  kubeconfigOptions,
  previewKubeconfig,
} from '../../kubeconfig/fill.ts';
import { OBJECT_FORMS } from '../../output/print-objects.ts';
import { waitUntilReady } from '../../progress/wait.ts';
import { collect, type DryRun, type WaitFlags, waitOptions } from './options.ts';
import { outputOption } from './output-option.ts';
import { outcomePrinter } from '../../save/outcome.ts';
import { planAll } from '../../save/plan.ts';
import { printUnsent, saveDocument } from '../../save/send.ts';

interface AddFlags extends KubeconfigFlags, WaitFlags {
  readonly usage: string;
  readonly type: string;
  readonly workerType?: string;
  readonly address?: string;
  readonly hostCluster?: string;
  readonly set?: readonly string[];
  readonly insecure?: true;
  readonly takeOver?: true;
  readonly dryRun?: DryRun;
  readonly output?: string;
}

export function clusterCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  return new Command('cluster').description(help.cluster).addCommand(addCommand(invocation));
}

function addCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('add').description(help.clusterAdd).argument('<name>', help.clusterName);
  for (const { option } of fieldOptions(clusterKind, invocation.texts.language)) command.addOption(option);
  command.addOption(new Option('--set <component.key=value>', help.setAddition).argParser(collect));
  kubeconfigOptions(command, invocation.texts)
    .option('-i, --insecure', help.insecure)
    .option('--take-over', help.takeOver)
    .addOption(new Option('--dry-run [where]', help.dryRun).choices(['client', 'server']).preset('client'))
    .addOption(outputOption(invocation.texts, OBJECT_FORMS));
  return waitOptions(command, invocation.texts, help.waitReady).action((name: string, flags: AddFlags) =>
    runAdd(invocation, command, name, flags),
  );
}

async function runAdd(invocation: Invocation, command: Command, name: string, flags: AddFlags): Promise<void> {
  const { terminal, texts } = invocation;
  const print = outcomePrinter(invocation, flags.output);
  const isVirtual = flags.type === 'virtual';
  if (isVirtual) requireHost(flags);
  const document = documentOf(invocation, name, flags);
  if (flags.dryRun === 'client') {
    const unsent = isVirtual ? [document] : await previewKubeconfig(invocation, [document], flags);
    for (const one of unsent) printUnsent(invocation, one, print);
    return;
  }
  await withClient(invocation, command, async (client, signal) => {
    const { documents, account }: Filled = isVirtual
      ? { documents: [document] }
      : await fill(invocation, document, flags);
    await withAccount(invocation, client, account, signal, async (watch) => {
      if (flags.dryRun === 'server') return planAll(invocation, client, { documents, print }, flags, signal);
      const isWaiting = flags.wait === true;
      const after = isWaiting ? await client.latestEvent(signal) : 0;
      const [filled = document] = documents;
      const work = { document: filled, print, watch };
      const { generation = '' } = await saveDocument(invocation, client, work, flags, signal);
      if (!isWaiting) {
        terminal.tell(texts.output.followHint(name));
        return;
      }
      const request = { cluster: name, generation, after, endsWithFailure: true, onStatus: watch.onStatus };
      const { timeout, progress } = flags;
      const status = await waitUntilReady(invocation, client, { ...request, timeout, progress }, signal);
      if (status.entryPoints.length > 0) terminal.tell(texts.output.entryPoints(status.entryPoints.join(', ')));
    });
  });
}

/** What nothing else tells of a virtual cluster; the server would name fields that nobody has typed. */
function requireHost({ hostCluster, address }: AddFlags): void {
  const missing = [
    ...(hostCluster === undefined ? ['--host-cluster'] : []),
    ...(address === undefined ? ['--address'] : []),
  ];
  if (missing.length > 0) throw new NautesError('VirtualClusterIncomplete', { missing: missing.join(', ') });
}

/** The current context of kubectl is taken only when nothing else is said, and then it is told. */
async function fill(invocation: Invocation, document: SpecDocument, flags: AddFlags): Promise<Filled> {
  const isNamed = flags.kubeconfig !== undefined || flags.context !== undefined || flags.mint !== undefined;
  if (!isNamed) throw new NautesError('KubeconfigNotNamed');
  return fillKubeconfig(invocation, [document], flags);
}

/** The same fields that a file has. */
function documentOf({ texts }: Invocation, name: string, flags: AddFlags): SpecDocument {
  const given: Readonly<Record<string, unknown>> = { ...flags };
  const values = fieldOptions(clusterKind, texts.language).map(
    ({ field, option }) => [field, given[option.attributeName()]] as const,
  );
  const { usage, workerType, set = [] } = flags;
  const spec = {
    name,
    ...documentMembers(clusterKind, {
      ...Object.fromEntries(values),
      clusterKind: 'kubernetes',
      workerType: workerType ?? (usage === 'worker' ? 'deployment' : ''),
      components: componentsOf(set),
    }),
  };
  const { body } = convertSpec(spec, clusterDocuments.fields);
  return { kind: clusterDocuments, name, product: '', body, place: verbatim(name), unknown: [] };
}

const SETTING = /^([A-Za-z]+)(?:\.([A-Za-z][A-Za-z0-9_-]*))?=(.*)$/s;

interface SetComponent {
  name?: string;
  additions: Record<string, string>;
}

/** `gateway.httpNodePort=30080` for each setting of a component, `gateway=traefik` for the component itself. */
function componentsOf(settings: readonly string[]): Record<string, SetComponent> {
  const components: Record<string, SetComponent> = {};
  for (const setting of settings) {
    const [, component = '', key, value = ''] = SETTING.exec(setting) ?? [];
    const known = clusterDocuments.fields.find(({ yaml }) => yaml === 'componentsList');
    const fields = known?.type.kind === 'object' ? known.type.fields : [];
    if (!fields.some(({ yaml, optional }) => yaml === component && optional !== true)) {
      throw new NautesError('SettingInvalid', {
        setting,
        known: fields
          .filter((one) => one.optional !== true)
          .map(({ yaml }) => yaml)
          .join(', '),
      });
    }
    const set = (components[component] ??= { additions: {} });
    if (key === undefined) set.name = value;
    else set.additions[key] = value;
  }
  return components;
}
