import { isRecord } from './values.ts';
import type { VaultReply } from './transport.ts';

/** Phrases in Vault's errors that tell apart what the status does not. They are matched, never passed on. */
const WORDS = {
  sealed: /\bsealed\b/i,
  noActiveNode: /not active|no active|standby/i,
  auditFailed: /audit|^internal error$/i,
  conflict: /check-and-set/i,
  noRoute: /no handler for route|unsupported path|no secret engine mount/i,
  tooLarge: /too large/i,
} as const;

/** True when one of the error texts of the answer has the meaning. */
export function says(reply: VaultReply, meaning: keyof typeof WORDS): boolean {
  return errorTexts(reply).some((text) => WORDS[meaning].test(text));
}

function errorTexts({ body }: VaultReply): readonly string[] {
  const errors = isRecord(body) ? body['errors'] : undefined;
  return Array.isArray(errors) ? errors.filter((text) => typeof text === 'string') : [];
}
