import type { CatalogueEntry } from './catalogue/catalogue-entry.ts';
import { clientErrors } from './catalogue/client-errors.ts';
import { componentErrors } from './catalogue/component-errors.ts';
import { configRepoErrors } from './catalogue/config-repo-errors.ts';
import { connectionErrors } from './catalogue/connection-errors.ts';
import { kubeconfigErrors } from './catalogue/kubeconfig-errors.ts';
import { objectErrors } from './catalogue/object-errors.ts';
import { registrationErrors } from './catalogue/registration-errors.ts';
import { secretErrors } from './catalogue/secret-errors.ts';
import { serverErrors } from './catalogue/server-errors.ts';

export type { CatalogueEntry, NextStep } from './catalogue/catalogue-entry.ts';

/** Every error that leaves a part of the system, by its stable reason. */
export const errorCatalogue = {
  ...serverErrors,
  ...configRepoErrors,
  ...secretErrors,
  ...kubeconfigErrors,
  ...connectionErrors,
  ...objectErrors,
  ...componentErrors,
  ...registrationErrors,
  ...clientErrors,
} as const satisfies Record<string, CatalogueEntry>;

/** The stable name of an error. */
export type ErrorReason = keyof typeof errorCatalogue;
