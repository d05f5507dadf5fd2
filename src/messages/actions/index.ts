import { commandLineActions } from './command-line-actions.ts';
import { componentActions } from './component-actions.ts';
import { configRepoActions } from './config-repo-actions.ts';
import { connectionActions } from './connection-actions.ts';
import { generalActions } from './general-actions.ts';
import { kubeconfigActions } from './kubeconfig-actions.ts';
import { kubernetesStateActions } from './kubernetes-state-actions.ts';
import { managementActions } from './management-actions.ts';
import { objectActions } from './object-actions.ts';
import { offboardingActions } from './offboarding-actions.ts';
import { registrationActions } from './registration-actions.ts';
import { secretActions } from './secret-actions.ts';
import { serverActions } from './server-actions.ts';
import { violationActions } from './violation-actions.ts';

/**
 * Everything that people can be told to do, by its id, which says what to do (`DeleteWithForce`). To add one: write an
 * entry into the file of its subject, with wordings for each reader where they differ; see `ActionTexts`.
 */
export const actions = {
  ...commandLineActions,
  ...componentActions,
  ...configRepoActions,
  ...connectionActions,
  ...generalActions,
  ...kubeconfigActions,
  ...kubernetesStateActions,
  ...managementActions,
  ...objectActions,
  ...offboardingActions,
  ...registrationActions,
  ...secretActions,
  ...serverActions,
  ...violationActions,
} as const;

/** The id of something that people can do. */
export type ActionId = keyof typeof actions;
