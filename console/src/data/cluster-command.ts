/** What the page of a cluster is asked to do from elsewhere, as by its own buttons. */
export type ClusterCommand = 'sync' | 'pause' | 'resume' | 'rotate';

export interface CommandTarget {
  readonly name: string;
  readonly isPaused: boolean;
  readonly isBeingRemoved: boolean;
  readonly run: (command: ClusterCommand) => void;
}

let target: CommandTarget | undefined;

/** The cluster whose page is open, if it takes commands. */
export function commandTarget(): CommandTarget | undefined {
  return target;
}

/** Takes commands for as long as the page is open. @returns ends it */
export function takeCommands(taken: CommandTarget): () => void {
  target = taken;
  return () => {
    if (target === taken) target = undefined;
  };
}
