import { clientErrors } from './client-errors.ts';
import { commandErrors } from './command-errors.ts';
import { componentErrors } from './component-errors.ts';
import { configRepoErrors } from './config-repo-errors.ts';
import { connectionErrors } from './connection-errors.ts';
import { kubeconfigErrors } from './kubeconfig-errors.ts';
import { kubernetesStateErrors } from './kubernetes-state-errors.ts';
import { managementErrors } from './management-errors.ts';
import { objectErrors } from './object-errors.ts';
import { registrationErrors } from './registration-errors.ts';
import { secretErrors } from './secret-errors.ts';
import { serverErrors } from './server-errors.ts';

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
  ...commandErrors,
  ...managementErrors,
  ...kubernetesStateErrors,
} as const;

/** The stable name of an error. */
export type ErrorReason = keyof typeof errorCatalogue;
