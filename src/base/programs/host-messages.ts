import type { ProgramLimits } from './limits.ts';

/** Messages between this process and its program host. Ids are those of programs. */

export type ToHost =
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly program: string;
      readonly args: readonly string[];
      readonly directory: string | undefined;
      readonly environment: Readonly<Record<string, string | undefined>>;
      readonly limits: ProgramLimits | undefined;
    }
  | { readonly kind: 'write'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly kind: 'endInput'; readonly id: number }
  | { readonly kind: 'kill'; readonly id: number; readonly signal: 'SIGTERM' | 'SIGKILL' };

export type FromHost =
  | { readonly kind: 'output'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly kind: 'error'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly kind: 'end'; readonly id: number; readonly code: number }
  /** With Node's error code, e.g. `ENOENT`. */
  | { readonly kind: 'failure'; readonly id: number; readonly message: string; readonly code: string };
