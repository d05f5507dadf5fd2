export { ArgoCdPublication, type ArgoCdSettings } from './argocd/argocd-publication.ts';
export type {
  NeededRight,
  Publication,
  PublicationChange,
  PublicationReport,
  PublicationScope,
  PublishedCluster,
  PublishedName,
  Users,
} from './publication.ts';
export { describeRight, missingRights } from './rights.ts';
export { TargetAccount } from './target-account.ts';
