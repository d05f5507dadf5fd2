import type { Catalog } from '../../catalog/catalog.ts';
import type { ApiServerReading } from '../../resources/cluster/api-server.ts';
import type { ClusterSpec } from '../../resources/cluster/cluster.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { NODE_PORTS } from '../../resources/cluster/node-port.ts';
import type { Action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { Violation } from '../../errors/violation.ts';

/** What completing a draft needs. */
export interface CompletionContext {
  readonly name: string;
  readonly draft: ClusterDraft;
  /** As it is registered; absent when it is not. What the draft does not speak of stays as it is there. */
  readonly before: ClusterSpec | undefined;
  /** The address of the draft, or what is wrong with it. */
  readonly address: ApiServerReading;
  readonly catalog: Catalog;
  /** IP address of the API server's host where it is known, for default host names. */
  readonly ipAddress: string | undefined;
  /** Facts that hold for all clusters: a component whose `when` is empty among them is left out. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A draft that is being completed, and what is found on the way. */
export class Completion {
  readonly context: CompletionContext;
  readonly violations: Violation[] = [];
  /** What is accepted and has no effect. */
  readonly warnings: Message[] = [];

  constructor(context: CompletionContext) {
    this.context = context;
  }

  report(field: string, said: Message, action?: Action): void {
    this.violations.push({ field, said, action });
  }
}

export function outsideNodePorts(): Message {
  return message('ClusterInvalid.nodePort', NODE_PORTS);
}
