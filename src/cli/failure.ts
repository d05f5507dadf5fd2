import { NautesError } from '../base/errors.ts';

/** Says on standard error what failed and what can be done; the exit code to end with. */
export function reportFailure(error: unknown): number {
  if (error instanceof NautesError) {
    console.error(`nautes: ${error.message}`);
    if (error.remedy !== '') console.error(`        ${error.remedy}`);
    if (error.reason === 'Internal') console.error(error.cause);
  } else {
    console.error('nautes: unexpected error');
    console.error(error);
  }
  return 1;
}
