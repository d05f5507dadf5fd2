import { Command } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import type { StatusView } from '../../../contract/views.ts';
import { clientFor } from '../../contexts/connect.ts';
import { describeError } from '../../invocation/failure.ts';
import { interruption } from '../../invocation/process-end.ts';
import { accessOf, type Invocation } from '../../invocation/invocation.ts';
import { safeJson } from '../../output/clean.ts';
import { formatTable } from '../../output/table.ts';
import { outputOption } from './output-option.ts';
import { remedyText } from '../../texts/remedy.ts';
import { phaseText } from './cluster-rows.ts';
import { findClusters } from './get-clusters.ts';

type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

interface Finding {
  readonly verdict: Verdict;
  readonly subject: string;
  readonly message: string;
  /** What to do; empty when nothing. */
  readonly remedy: string;
}

const SIGNS: Readonly<Record<Verdict, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '–' };
/** A credential is renewed at half its life: one with less than this part of it left should have been. */
const LEFT_PART = 0.25;

export function doctorCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('doctor').description(help.doctor).addOption(outputOption(invocation.texts, ['json']));
  return command.action((flags: { readonly output?: string }) => runDoctor(invocation, command, flags.output));
}

async function runDoctor(invocation: Invocation, command: Command, output: string | undefined): Promise<void> {
  const { terminal, texts } = invocation;
  const findings = await examine(invocation, command);
  if (output === 'json') terminal.data(`${safeJson(findings, 2)}\n`);
  else {
    const rows = findings.map(({ verdict, subject, message, remedy }) => [
      SIGNS[verdict],
      subject,
      [message, remedy].filter(Boolean).join(texts.output.sentenceGap),
    ]);
    terminal.print(formatTable(rows, { width: terminal.dataColumns }));
  }
  const failed = findings.filter(({ verdict }) => verdict === 'failed').length;
  const warned = findings.filter(({ verdict }) => verdict === 'warning').length;
  terminal.say(texts.output.doctorSummary(failed, warned));
  if (failed > 0) process.exitCode = 1;
}

async function examine(invocation: Invocation, command: Command): Promise<readonly Finding[]> {
  const { doctor } = invocation.texts.output;
  const access = await accessOf(invocation, command);
  const client = clientFor(access, invocation);
  const signal = interruption();
  try {
    const server = await serverFindings(invocation, client, signal);
    if (server.some(({ subject, verdict }) => subject === doctor.server && verdict === 'failed')) return server;
    const token = await tokenFindings(invocation, client, signal);
    if (token.some(({ verdict }) => verdict === 'failed')) return [...server, ...token];
    return [...server, ...token, ...(await clusterFindings(invocation, client, signal))];
  } finally {
    client.close();
  }
}

/** The server itself, and what it says of its parts. */
async function serverFindings(
  invocation: Invocation,
  client: NautesClient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { doctor } = invocation.texts.output;
  const subject = doctor.server;
  try {
    const { status, checks } = await client.readiness(signal);
    const isSecure = client.server.startsWith('https:') || /^http:\/\/(127\.|localhost|\[::1\])/.test(client.server);
    const tls: Finding = isSecure
      ? {
          verdict: 'ok',
          subject: 'TLS',
          message: client.server.startsWith('https:') ? doctor.tlsOk : doctor.tlsLocal,
          remedy: '',
        }
      : { verdict: 'warning', subject: 'TLS', message: doctor.tlsMissing, remedy: doctor.tlsRemedy };
    const verdict = status === 'ready' ? 'ok' : 'failed';
    const message = status === 'ready' ? doctor.serverReady(client.server) : doctor.serverNotReady(client.server);
    const parts = Object.entries(checks).map(([part, state]) => partFinding(invocation, part, state));
    return [{ verdict, subject, message, remedy: '' }, tls, ...parts];
  } catch (error) {
    signal.throwIfAborted();
    const { message, remedy } = describeError(error, invocation.texts);
    return [{ verdict: 'failed', subject, message, remedy }];
  }
}

const PART_VERDICTS: Readonly<Record<string, Verdict>> = {
  ok: 'ok',
  off: 'skipped',
  degraded: 'warning',
  failed: 'failed',
};

function partFinding({ texts }: Invocation, part: string, state: string): Finding {
  const { parts, states } = texts.output.doctor;
  const words = parts[part as keyof typeof parts] ?? { name: part, degraded: state, remedy: '' };
  const verdict = PART_VERDICTS[state] ?? 'failed';
  const message = state === 'degraded' ? words.degraded : (states[state as keyof typeof states] ?? state);
  const remedy = verdict === 'warning' || verdict === 'failed' ? words.remedy : '';
  return { verdict, subject: words.name, message, remedy };
}

/** Whose the token is, and which installation the server belongs to. */
async function tokenFindings(
  invocation: Invocation,
  client: NautesClient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { output, words } = invocation.texts;
  const subject = output.doctor.token;
  try {
    const { name, role, server_version: version, installation } = await client.caller(signal);
    const message = output.doctor.tokenOf(name, words.role(role), version);
    const isReader = role === 'reader';
    const remedy = isReader ? output.readerOnly : '';
    const token: Finding = { verdict: isReader ? 'warning' : 'ok', subject, message, remedy };
    if (installation === undefined) return [token];
    return [token, { verdict: 'ok', subject: output.doctor.installation, message: installation, remedy: '' }];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiRefusal && error.status === 404) {
      return [{ verdict: 'warning', subject, message: output.doctor.serverOlder, remedy: '' }];
    }
    const { message, remedy } = describeError(error, invocation.texts);
    return [{ verdict: 'failed', subject, message, remedy }];
  }
}

const CONCURRENCY = 8;

async function clusterFindings(
  invocation: Invocation,
  client: NautesClient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { doctor } = invocation.texts.output;
  const listed = (await findClusters(client, [], undefined, signal)).map(({ name }) => name);
  const observed = (await client.statuses(signal)).map(({ name }) => name);
  const names = [...new Set([...listed, ...observed])].sort();
  if (names.length === 0)
    return [{ verdict: 'skipped', subject: doctor.clusters, message: doctor.noClusters, remedy: '' }];
  const findings: Finding[] = [];
  for (let at = 0; at < names.length; at += CONCURRENCY) {
    const some = names.slice(at, at + CONCURRENCY);
    findings.push(...(await Promise.all(some.map((name) => clusterFinding(invocation, client, name, signal)))));
  }
  return findings;
}

async function clusterFinding(
  invocation: Invocation,
  client: NautesClient,
  name: string,
  signal: AbortSignal,
): Promise<Finding> {
  const { texts } = invocation;
  const subject = `cluster/${name}`;
  let status: StatusView;
  try {
    status = await client.status(name, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ApiRefusal || error instanceof NautesError)) throw error;
    const { message, remedy } = describeError(error, texts);
    return { verdict: 'failed', subject, message, remedy };
  }
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const said = ready?.message ?? '';
  const phase = texts.words.phase(status.phase);
  const remedy = ready === undefined ? '' : remedyText(ready, texts.language);
  const needsSomebody = remedy !== '' || status.phase === 'Failed' || status.phase === 'Degraded';
  if (needsSomebody) {
    return { verdict: 'failed', subject, message: [phase, said].filter(Boolean).join(texts.output.colon), remedy };
  }
  if (status.phase !== 'Ready')
    return { verdict: 'warning', subject, message: [phase, said].filter(Boolean).join(texts.output.colon), remedy };
  const { expiresAt, rotatedAt } = status.credential;
  const left = Date.parse(expiresAt) - Date.now();
  if (left < LEFT_PART * (Date.parse(expiresAt) - Date.parse(rotatedAt))) {
    const message = texts.output.doctor.credentialEnds(phase, expiresAt);
    return { verdict: 'warning', subject, message, remedy: texts.output.doctor.credentialRemedy(name) };
  }
  if (status.paused !== undefined) {
    const { by, since, until, reason } = status.paused;
    const message = [phaseText(texts, status), texts.output.pausedBy(by, since, until, reason)].join(
      texts.output.colon,
    );
    return { verdict: 'warning', subject, message, remedy: `nautes resume ${name}` };
  }
  const message = texts.output.doctor.clusterWorks(phase, status.kubernetes.version);
  return { verdict: 'ok', subject, message, remedy: '' };
}
