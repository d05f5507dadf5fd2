import { Command, InvalidArgumentError } from 'commander';
import { followEvents, type NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { message } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import type { EventView } from '../../../contract/views.ts';
import { clusterName } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { safeJson } from '../../output/clean.ts';
import { formatTable } from '../../output/table.ts';
import type { Shown } from '../../output/terminal-text.ts';
import { eventRow, eventText } from './event-row.ts';
import { LatestEvents, MAXIMUM_EVENT_PAGES } from './latest-events.ts';
import { outputOption } from './output-option.ts';

interface EventsFlags {
  readonly follow?: true;
  readonly watch?: true;
  readonly output?: string;
  readonly tail?: number;
  readonly stage?: string;
}

export function eventsCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('events')
    .description(help.events)
    .argument('[name...]', help.clusterNameOrAll)
    .option('-w, --watch', help.watch)
    .option('--tail <count>', help.tail, readCount)
    .addOption(outputOption(invocation.texts, ['json']));
  return command.action((words: readonly string[], flags: EventsFlags) =>
    runEvents(invocation, command, words.length === 0 ? undefined : clusterName(words), flags),
  );
}

export function logsCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('logs')
    .description(help.logs)
    .argument('<name...>', help.clusterReference)
    .option('-f, --follow', help.follow)
    .option('--stage <name>', help.stage)
    .option('--tail <count>', help.tail, readCount)
    .addOption(outputOption(invocation.texts, ['json']));
  return command.action((words: readonly string[], flags: EventsFlags) =>
    runLogs(invocation, command, clusterName(words), flags),
  );
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError(text);
}

async function runEvents(
  invocation: Invocation,
  command: Command,
  name: string | undefined,
  { watch, output, tail }: EventsFlags,
): Promise<void> {
  const { terminal, texts } = invocation;
  requireJson(output);
  await withClient(invocation, command, async (client, signal) => {
    if (name !== undefined) await requireKnown(client, name, signal);
    const { items, latest } = await allEvents(client, name, signal);
    const shown = tail === undefined ? items : items.slice(Math.max(0, items.length - tail));
    const heads = name === undefined ? ['CLUSTER', ...texts.output.eventHeads] : texts.output.eventHeads;
    const row = (event: EventView): readonly string[] =>
      name === undefined ? [event.cluster, ...eventRow(invocation, event)] : eventRow(invocation, event);
    if (output === 'json') terminal.print(shown.map((event) => safeJson(event)));
    else if (shown.length === 0) terminal.say(texts.output.noEvents);
    else terminal.print(formatTable([heads, ...shown.map(row)], { width: terminal.dataColumns }));
    if (watch !== true) return;
    await followed(client, name, latest, signal, (event) => {
      terminal.print(output === 'json' ? safeJson(event) : row(event).join('  '));
    });
  });
}

async function runLogs(
  invocation: Invocation,
  command: Command,
  name: string,
  { follow, output, tail, stage }: EventsFlags,
): Promise<void> {
  const { terminal, texts } = invocation;
  requireJson(output);
  const isWanted = ({ subject }: EventView): boolean =>
    stage === undefined || subject.toLowerCase() === stage.toLowerCase() || subject === `components/${stage}`;
  const line = (event: EventView): Shown => {
    if (output === 'json') return safeJson(event);
    const { time, type, subject } = event;
    const said = [texts.words.subject(subject), eventText(texts, event)];
    const text = `${time} ${type === 'Warning' ? 'W' : 'I'} ${said.filter(Boolean).join(texts.output.colon)}`;
    return type === 'Warning' ? terminal.paintData('yellow', text) : text;
  };
  await withClient(invocation, command, async (client, signal) => {
    await requireKnown(client, name, signal);
    const { items, latest } = await allEvents(client, name, signal);
    const wanted = items.filter(isWanted);
    const shown = tail === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - tail));
    terminal.print(shown.map(line));
    if (follow !== true) return;
    await followed(client, name, latest, signal, (event) => {
      if (isWanted(event)) terminal.print(line(event));
    });
  });
}

function requireJson(output: string | undefined): void {
  if (output !== undefined && output !== 'json') throw new InvalidArgumentError(output);
}

/** A cluster that is gone has its events still; one that never was is a 404. */
async function requireKnown(client: NautesClient, name: string, signal: AbortSignal): Promise<void> {
  const { items } = await client.events(name, 0, signal);
  if (items.length === 0) await client.status(name, signal);
}

/** The events that are kept, oldest first, of many the latest; the server answers in pages. */
async function allEvents(
  client: NautesClient,
  name: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly items: readonly EventView[]; readonly latest: number }> {
  const kept = new LatestEvents();
  let after = 0;
  for (let pages = 1; pages <= MAXIMUM_EVENT_PAGES; pages += 1) {
    const page = await client.events(name, after, signal);
    const last = page.items.at(-1);
    kept.add(page.items);
    if (last === undefined || last.id >= page.latest)
      return { items: kept.items, latest: Math.max(after, page.latest) };
    if (last.id <= after) throw unclear(client, message('Answer.noProgress'));
    after = last.id;
  }
  throw unclear(client, message('Answer.pages', { limit: MAXIMUM_EVENT_PAGES }));
}

function unclear(client: NautesClient, problem: Message): NautesError {
  return new NautesError('ServerAnswerUnclear', { server: client.server, problem });
}

async function followed(
  client: NautesClient,
  cluster: string | undefined,
  after: number,
  signal: AbortSignal,
  show: (event: EventView) => void,
): Promise<void> {
  for await (const item of followEvents(client, { cluster, after, signal })) {
    if (item.kind === 'event') show(item.event);
  }
  signal.throwIfAborted();
}
