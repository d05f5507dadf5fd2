import type { Command } from 'commander';
import { defined } from '../../../base/defined.ts';
import { NautesError } from '../../../errors/errors.ts';
import { clientFor } from '../../contexts/connect.ts';
import { accessOf, type Invocation } from '../../invocation/invocation.ts';
import { interruption } from '../../invocation/process-end.ts';

/** A server that does not answer must not keep anybody waiting who asks for a version. */
const ANSWER_LIMIT = 5_000;

export interface ServerVersion {
  readonly server?: { readonly version: string; readonly address: string; readonly installation?: string };
  readonly problem?: unknown;
}

/** Nothing when no server is named: that is no mistake here. */
export async function serverVersion(invocation: Invocation, command: Command): Promise<ServerVersion> {
  try {
    const access = await accessOf(invocation, command);
    const client = clientFor(access, invocation);
    const signal = AbortSignal.any([interruption(), AbortSignal.timeout(ANSWER_LIMIT)]);
    try {
      const { server_version: version, installation } = await client.caller(signal);
      return { server: { version, address: access.server, ...defined({ installation }) } };
    } finally {
      client.close();
    }
  } catch (error) {
    const isUnnamed = error instanceof NautesError && error.reason === 'ServerNotChosen';
    return isUnnamed ? {} : { problem: error };
  }
}
