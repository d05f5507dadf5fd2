import type { CatalogueEntry } from './error-catalogue/catalogue-entry.ts';
import { clientErrors } from './error-catalogue/client-errors.ts';
import { componentErrors } from './error-catalogue/component-errors.ts';
import { configRepoErrors } from './error-catalogue/config-repo-errors.ts';
import { connectionErrors } from './error-catalogue/connection-errors.ts';
import { kubeconfigErrors } from './error-catalogue/kubeconfig-errors.ts';
import { objectErrors } from './error-catalogue/object-errors.ts';
import { registrationErrors } from './error-catalogue/registration-errors.ts';
import { secretErrors } from './error-catalogue/secret-errors.ts';
import { serverErrors } from './error-catalogue/server-errors.ts';

export type { CatalogueEntry, NextStep } from './error-catalogue/catalogue-entry.ts';

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
