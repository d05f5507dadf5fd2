import {
  CLUSTER_NAME_LABEL,
  COMPONENT_LABEL,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
} from '../../kube-objects/kube-object.ts';

/** Labels that only objects of ours carry. */
export const OWN_LABELS = [COMPONENT_LABEL, INSTALLATION_LABEL, CLUSTER_NAME_LABEL, INCARNATION_LABEL];
