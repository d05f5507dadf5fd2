export { ArgoCdPublication, type ArgoCdSettings } from './argocd/argocd-publication.ts';
export { ClusterObjectPublication, type ClusterObjectSettings } from './cluster-object/publication.ts';
export { ClusterProfilePublication, type ClusterProfileSettings } from './cluster-profile/publication.ts';
export { KubeconfigSecretPublication, type KubeconfigSecretSettings } from './kubeconfig-secret/publication.ts';
export {
  type PublicationGroup,
  publicationGroups,
  type PublicationPlace,
  foreignTo,
  usersOf,
  withdrawable,
} from './groups.ts';
export type {
  Publication,
  PublicationChange,
  PublicationReport,
  PublicationScope,
  PublishedCluster,
  PublishedName,
  Users,
} from './publication.ts';
export { placeOf, type Publishing } from './publishing.ts';
export { TargetAccount } from './target-account.ts';
