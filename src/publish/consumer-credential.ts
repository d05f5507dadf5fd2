import type { StoredCredential } from '../resources/credential.ts';

/** A credential of a consumer's own account on the cluster. */
export type ConsumerCredential = Pick<StoredCredential, 'binding' | 'material'>;

/** Key of a kubeconfig in a Secret, as Cluster API has it. */
export const KUBECONFIG_KEY = 'value';
