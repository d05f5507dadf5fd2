import { renderAction } from '../../messages/action.ts';
import { reasonOfWire } from './reasons.ts';
import type { Words } from './texts.ts';

/**
 * What to do about an error when it is met on the command line. The server's own remedies speak of HTTP where a flag or
 * a command does the same here.
 */
const remedies: Readonly<Record<string, string>> = {
  Unauthenticated: 'Log in again: nautes login, or put a valid token into GIT_TOKEN; `nautes token create` makes one.',
  TooManyStreams: 'Close some and try again.',
  ClusterInvalid: 'Correct all fields that are named above and try again.',
  PreflightFailed: 'Each finding says what to do about it; -i (--insecure) saves without asking the cluster.',
  KubeconfigRequired: 'Give the kubeconfig of the cluster with --kubeconfig.',
  ClusterInUse: 'Remove them first, or delete with --force to lose them.',
  ClusterNotFound: 'Check the name; `nautes get clusters` lists the clusters.',
  ComponentUnknown: 'Choose one that `nautes catalog` lists, or add it to the catalogue.',
  TooManyRestarts: 'Try again.',
};

export const englishWords: Words = {
  subject: (subject) => subject.replace(/^components\//, ''),
  phase: (phase) => phase,
  role: (role) => role,
  action: (action) => action,
  message: (_reason, message) => message,
  remedy: (reason, remedy) => remedies[reasonOfWire(reason)] ?? remedy,
  violation: (_subject, text) => text,
  error: ({ message, action }) => ({
    message,
    remedy: action === undefined ? '' : (renderAction(action, 'cli', 'en') ?? ''),
  }),
};
