export {
  type GiteaAnswer,
  GiteaApi,
  type GiteaProtection,
  type GiteaRefusal,
  type GiteaRepository,
  type PushAnswer,
} from './gitea-api.ts';
export {
  type GitLabAnswer,
  GitLabApi,
  type GitLabBranch,
  type GitLabMember,
  type GitLabProject,
  type GitLabRefusal,
  type GitLabUser,
} from './gitlab-api.ts';
export {
  describeRule,
  DEVELOPER,
  MAINTAINER,
  type PushRule,
  pushRule,
  REPORTER,
  roleName,
  ruleMatches,
} from './gitlab-push-rule.ts';
export { HostClient, type HostClientLimits, type HostClientOptions } from './host-client.ts';
