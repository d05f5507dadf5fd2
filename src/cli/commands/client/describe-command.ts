import { remedyText } from '../../texts/remedy.ts';
import { Command } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import type { ClusterView, CommitView, EventView, StatusView } from '../../../contract/views.ts';
import { clusterDocuments } from '../../documents/kinds.ts';
import { namedOrClusters } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { loginLines } from '../../progress/access.ts';
import type { OutputTexts } from '../../texts/texts.ts';
import { formatTable } from '../../output/table.ts';
import { shown } from '../../output/terminal-text.ts';
import { phaseText, registrationOrNone, withoutRegistration } from './cluster-rows.ts';
import { eventRow } from './event-row.ts';
import { namedClusters, type NamingFlags, namingOptions } from './named-clusters.ts';

/** Events at the end of a description. */
const LAST_EVENTS = 10;

export function describeCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = namingOptions(new Command('describe').description(help.describe), invocation.texts);
  return command.action((words: readonly string[], flags: NamingFlags) =>
    runDescribe(invocation, command, words, flags),
  );
}

async function runDescribe(
  invocation: Invocation,
  command: Command,
  words: readonly string[],
  flags: NamingFlags,
): Promise<void> {
  const objects = words.length === 0 ? [] : namedOrClusters(words);
  await withClient(invocation, command, async (client, signal) => {
    const other = objects.find(({ kind }) => kind !== clusterDocuments);
    if (other !== undefined) throw new NautesError('KindsNotServed', { server: client.server, kinds: other.kind.name });
    const names = objects.map(({ name }) => `cluster/${name}`);
    const wanted = await namedClusters(invocation, { command, client }, names, flags, signal);
    for (const [index, name] of wanted.entries()) {
      if (index > 0) invocation.terminal.print('');
      const [status, cluster, commit, events] = await Promise.all([
        client.status(name, signal),
        registrationOrNone(client, name, signal),
        client.lastCommit(name, signal).catch(withoutRegistration),
        client.events(name, 0, signal),
      ]);
      describe(invocation, { status, cluster, commit, events: events.items.slice(-LAST_EVENTS) });
    }
  });
}

interface Description {
  readonly status: StatusView;
  readonly cluster: ClusterView | undefined;
  readonly commit: CommitView | undefined;
  readonly events: readonly EventView[];
}

function describe(invocation: Invocation, { status, cluster, commit, events }: Description): void {
  const { terminal, texts } = invocation;
  const { words, output } = texts;
  const width = terminal.dataColumns;
  const colour = status.phase === 'Ready' ? 'green' : status.phase === 'Failed' ? 'red' : 'yellow';
  const heading = (text: string): void => terminal.print(['', terminal.paintData('bold', text)]);

  terminal.print(
    shown`${terminal.paintData('bold', status.name)}  ${terminal.paintData(colour, phaseText(texts, status))}`,
  );
  terminal.print(formatTable(facts(invocation, { status, cluster, commit }), { indent: '  ', width }));

  heading(output.headConditions);
  const conditions = status.conditions.map((condition) => [
    condition.type,
    condition.optional === true && condition.status !== 'True' ? output.notRequired : condition.status,
    condition.reason,
    [condition.message, remedyText(condition, texts.language)].filter(Boolean).join(output.sentenceGap),
  ]);
  terminal.print(formatTable([output.conditionHeads, ...conditions], { indent: '  ', width }));

  if (status.components.length > 0) {
    heading(output.headComponents);
    const rows = status.components.map(({ name, version, namespace, phase, message, objects, advisories }) => [
      name,
      version,
      namespace,
      words.phase(phase),
      `${objects.ready}/${objects.total}`,
      [message, ...advisories].join(output.sentenceGap),
    ]);
    terminal.print(formatTable([output.componentHeads, ...rows], { indent: '  ', width }));
  }
  if (status.published !== undefined && status.published.length > 0) {
    heading(output.headPublished);
    const rows = status.published.map((part) => [
      part.name,
      part.reason,
      part.since,
      [part.message, remedyText(part, texts.language)].filter(Boolean).join(output.sentenceGap),
    ]);
    terminal.print(formatTable([output.publishedHeads, ...rows], { indent: '  ', width }));
  }
  const logins = loginLines(invocation, status);
  if (logins.length > 0) {
    heading(output.headLogins);
    terminal.print(logins.map((line) => `  ${line}`));
  }
  if (events.length > 0) {
    heading(output.headEvents);
    terminal.print(
      formatTable([output.eventHeads, ...events.map((event) => eventRow(invocation, event))], { indent: '  ', width }),
    );
  }
}

function pausedText(output: OutputTexts, { paused }: StatusView): string {
  return paused === undefined ? '' : output.pausedBy(paused.by, paused.since, paused.until, paused.reason);
}

type Fact = readonly [string, string];

function facts({ texts }: Invocation, { status, cluster, commit }: Omit<Description, 'events'>): readonly Fact[] {
  const { output } = texts;
  const { credential, kubernetes, entryPoints, incarnation } = status;
  const registered: readonly Fact[] =
    cluster === undefined
      ? []
      : [
          [output.factKind, [cluster.cluster_type, cluster.usage, cluster.worker_type].filter(Boolean).join(', ')],
          [output.factServer, cluster.api_server],
          [output.factHost, cluster.host_cluster],
          [output.factDomain, cluster.primary_domain],
        ];
  const changed =
    commit === undefined
      ? status.commit
      : `${commit.commit.slice(0, 10)}  ${commit.author}, ${commit.time}  ${commit.subject}`;
  const all: readonly Fact[] = [
    ...registered,
    ['Kubernetes', kubernetes.version === '' ? '' : `${kubernetes.version}  ${kubernetes.uid}`],
    [
      output.factCredential,
      credential.expiresAt === '' ? '' : output.credentialUntil(credential.expiresAt, credential.rotatedAt),
    ],
    [output.factEntryPoints, entryPoints.join(', ')],
    [output.factPaused, pausedText(output, status)],
    [output.factRegistered, status.registeredAt ?? ''],
    [output.factChecked, status.lastCheckedAt ?? ''],
    [output.factCommit, changed],
    [output.factIncarnation, incarnation],
  ];
  return all.filter(([, value]) => value !== '');
}
