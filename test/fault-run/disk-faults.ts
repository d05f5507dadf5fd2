/**
 * Loaded into the server before anything else: lets operations on the files of the secret store fail, as those of a
 * full or dying disk do. What fails, and how often, stands in a file, so that it can be changed while the server runs.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from './random.ts';

const file = process.env['FAULT_RUN_DISK_FAULTS'] ?? '';
const directory = process.env['FAULT_RUN_SECRETS'] ?? '';
const random = new Random(`${process.env['FAULT_RUN_SEED'] ?? ''}/disk/${countStart()}`);
const CODES = ['EIO', 'ENOSPC'] as const;
const OPERATIONS = ['open', 'rename', 'mkdir', 'utimes', 'rm'] as const;

/** Which start this is: one that fails in the same operation every time would never be one that succeeds. */
function countStart(): number {
  fs.appendFileSync(`${file}.starts`, '.');
  return fs.statSync(`${file}.starts`).size;
}

/** Share of the operations that fail at the moment. */
function failing(): number {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function failure(operation: string, path: string): Error {
  const code = random.pick(CODES);
  return Object.assign(new Error(`${code}: made to fail, ${operation} '${path}'`), { code, syscall: operation, path });
}

const promises = fs.promises as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
for (const operation of OPERATIONS) {
  const original = promises[operation];
  if (original === undefined) continue;
  promises[operation] = async (...args) => {
    const path = String(args[0]);
    if (path.startsWith(directory) && random.chance(failing())) throw failure(operation, path);
    return original.apply(fs.promises, args);
  };
}
syncBuiltinESMExports();
