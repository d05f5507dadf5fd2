import type { Catalog } from '../../catalog/catalog.ts';
import type { ApiServerAddress } from '../../resources/cluster/api-server.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { NODE_PORT_RANGE } from '../../resources/cluster/node-port.ts';
import type { Violation } from '../../resources/violation.ts';

/** What completing a draft needs. */
export interface CompletionContext {
  readonly name: string;
  readonly draft: ClusterDraft;
  /** The address of the draft, or what is wrong with it. */
  readonly address: ApiServerAddress | string;
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
  readonly warnings: string[] = [];

  constructor(context: CompletionContext) {
    this.context = context;
  }

  report(field: string, message: string, remedy = ''): void {
    this.violations.push({ field, message, remedy });
  }
}

export function outsideNodePorts(): string {
  return `this is not a node port between ${NODE_PORT_RANGE.first} and ${NODE_PORT_RANGE.last}`;
}
