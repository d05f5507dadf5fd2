import {
  type DocumentField,
  field,
  flag,
  list,
  map,
  number,
  object,
  objectOrText,
  optionalField,
  text,
  wholeObject,
} from '../../resources/document-field.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { productKind } from '../../resources/product/product-kind.ts';
import { documentFields } from '../../resources/kind-documents.ts';

/** What can be written into a file and sent to the server. The names are those of the original's command line. */
export interface Kind {
  /** As in the field `kind` of a document. */
  readonly name: string;
  /** What people type for it, besides the name in lower case and its plural. */
  readonly short: readonly string[];
  /** Segments of the path below `/api/v1`: `{name}` and `{product}` stand for the document's. */
  readonly path: readonly string[];
  /** Key of the spec that names the product in the path; absent where there is none. */
  readonly productKey?: string;
  /** Fields of the spec. */
  readonly fields: readonly DocumentField[];
  /** Columns of `-o wide`: those after the first are shown in a second line below it, as in the original. */
  readonly columns: readonly (readonly [heading: string, path: string][])[];
}

const cluster: Kind = {
  name: clusterKind.kind,
  short: clusterKind.short,
  path: clusterKind.path,
  fields: documentFields(clusterKind),
  columns: [
    [['NAME', 'name']],
    [
      ['APISERVER', 'api_server'],
      ['USAGE', 'usage'],
      ['CT', 'cluster_type'],
      ['WT', 'worker_type'],
    ],
    [['PRIMARYDOMAIN', 'primary_domain']],
    [['COMPONENTSLIST', 'components_list']],
    [
      ['KUBERNETES', 'status.kubernetes_version'],
      ['READY', 'status.ready'],
      ['AGE', 'status.age'],
    ],
    [
      ['PHASE', 'status.phase'],
      ['REASON', 'status.reason'],
      ['SINCE', 'status.state_age'],
    ],
    [
      ['CHECKED', 'status.last_checked_at'],
      ['PAUSED', 'status.paused.since'],
    ],
    [['PUBLISHED', 'status.published']],
    [['MESSAGE', 'status.message']],
  ],
};

const gitProject = [field('name', text), field('path', text), field('visibility', text), field('description', text)];

const product: Kind = {
  name: productKind.kind,
  short: productKind.short,
  path: productKind.path,
  fields: [
    field('name', text),
    field('git', object(field('gitlab', object(...gitProject, field('parentID', number, 'parent_id'))))),
  ],
  columns: [
    [['NAME', 'name']],
    [['PATH', 'git.gitlab.path']],
    [['VISIBILITY', 'git.gitlab.visibility']],
    [['DESCRIPTION', 'git.gitlab.description']],
  ],
};

/** The path of what belongs to a product. */
const ofProduct = (plural: string): readonly string[] => ['products', '{product}', plural, '{name}'];

const environment: Kind = {
  name: 'Environment',
  short: ['env', 'envs'],
  path: ofProduct('environments'),
  productKey: 'product',
  fields: [field('name', text), field('product', text), field('cluster', text), field('envType', text)],
  columns: [[['NAME', 'name']], [['PRODUCT', 'product']], [['CLUSTER', 'cluster']], [['ENV_TYPE', 'env_type']]],
};

const project: Kind = {
  name: 'Project',
  short: ['pro', 'proj', 'pros'],
  path: ofProduct('projects'),
  productKey: 'product',
  fields: [field('name', text), field('product', text), field('language', text)],
  columns: [[['NAME', 'name']], [['PRODUCT', 'product']], [['LANGUAGE', 'language']]],
};

const codeRepo: Kind = {
  name: 'CodeRepo',
  short: ['cr', 'crs'],
  path: ofProduct('coderepos'),
  productKey: 'product',
  fields: [
    field('name', text),
    field('product', text),
    field('project', text),
    field(
      'git',
      object(field('gitlab', object(...gitProject, field('sshUrlToRepo', text), field('httpUrlToRepo', text)))),
    ),
    field('webhook', object(field('events', list(text)))),
    field('deploymentRuntime', flag),
    field('projectPipelineRuntime', flag, 'pipeline_runtime'),
  ],
  columns: [
    [['NAME', 'name']],
    [
      ['PRODUCT', 'product'],
      ['PROJECT', 'project'],
    ],
    [
      ['PATH', 'git.gitlab.path'],
      ['VISIBILITY', 'git.gitlab.visibility'],
    ],
    [
      ['SSH_URL_TO_REPO', 'git.gitlab.ssh_url_to_repo'],
      ['HTTP_URL_TO_REPO', 'git.gitlab.http_url_to_repo'],
    ],
  ],
};

const codeRepoBinding: Kind = {
  name: 'CodeRepoBinding',
  short: ['crb', 'crbs'],
  path: ofProduct('coderepobindings'),
  productKey: 'productName',
  fields: [
    field('name', text),
    field('productName', text),
    field('product', text),
    field('coderepo', text),
    field('permissions', text),
    field('projects', list(text)),
  ],
  columns: [
    [['NAME', 'name']],
    [['PRODUCT', 'product']],
    [['CODEREPO', 'coderepo']],
    [['PERMISSIONS', 'permissions']],
    [['PROJECTS', 'projects']],
  ],
};

const hook = object(field('name', text), optionalField('alias', text), optionalField('vars', map(text)));

const projectPipelineRuntime: Kind = {
  name: 'ProjectPipelineRuntime',
  short: ['ppr', 'pprs'],
  path: ofProduct('projectpipelineruntimes'),
  productKey: 'product',
  fields: [
    field('name', text),
    field('account', text),
    field('project', text),
    field('destination', objectOrText(field('environment', text), field('namespace', text))),
    field('isolation', text),
    field('pipelines', list(object(field('name', text), field('label', text), field('path', text)))),
    field('product', text),
    field('pipelineSource', text),
    field(
      'eventSources',
      list(
        object(
          field('name', text),
          field('gitlab', object(field('repoName', text), field('revision', text), field('events', list(text)))),
          field(
            'calendar',
            object(
              field('schedule', text),
              field('interval', text),
              field('exclusionDates', list(text)),
              field('timezone', text),
            ),
          ),
        ),
      ),
    ),
    field(
      'pipelineTriggers',
      list(
        object(
          field('eventSource', text),
          field('pipeline', text),
          field('revision', text),
          optionalField(
            'inputs',
            list(
              object(
                field('source', wholeObject(optionalField('builtInVar', text), optionalField('fromEvent', text))),
                field('transmissionMethod', wholeObject(optionalField('kustomization', object(field('path', text))))),
              ),
            ),
          ),
        ),
      ),
    ),
    field(
      'additionalResources',
      object(
        field(
          'git',
          wholeObject(
            field('codeRepo', text, 'coderepo'),
            field('url', text),
            field('revision', text),
            field('path', text),
          ),
        ),
      ),
    ),
    optionalField('hooks', object(optionalField('preHooks', list(hook)), optionalField('postHooks', list(hook)))),
  ],
  columns: [
    [
      ['NAME', 'name'],
      ['ACCOUNT', 'account'],
    ],
    [['PROJECT', 'project']],
    [
      ['ENVIRONMENT', 'destination.environment'],
      ['NAMESPACE', 'destination.namespace'],
    ],
    [['PIPELINESOURCE', 'pipeline_source']],
    [
      ['REPONAME', 'event_sources.gitlab.repo_name'],
      ['EVENTSOURCE', 'pipeline_triggers.event_source'],
    ],
  ],
};

const deploymentRuntime: Kind = {
  name: 'DeploymentRuntime',
  short: ['dr', 'drs'],
  path: ofProduct('deploymentruntimes'),
  productKey: 'product',
  fields: [
    field('name', text),
    field('account', text),
    field('product', text),
    field(
      'manifestsource',
      object(field('codeRepo', text), field('targetRevision', text), field('path', text)),
      'manifest_source',
    ),
    field('projectsRef', list(text)),
    field('destination', objectOrText(field('environment', text), field('namespaces', list(text)))),
  ],
  columns: [
    [
      ['NAME', 'name'],
      ['ACCOUNT', 'account'],
    ],
    [['PRODUCT', 'product']],
    [
      ['CODEREPO', 'manifest_source.code_repo'],
      ['TARGETREVISION', 'manifest_source.target_revision'],
      ['PATH', 'manifest_source.path'],
    ],
    [['PROJECTSREF', 'projects_ref']],
    [
      ['ENVIRONMENT', 'destination.environment'],
      ['NAMESPACES', 'destination.namespaces'],
    ],
  ],
};

/** Every kind, in the order in which documents are applied; they are removed in the reverse. */
export const kinds: readonly Kind[] = [
  cluster,
  product,
  environment,
  project,
  codeRepo,
  codeRepoBinding,
  projectPipelineRuntime,
  deploymentRuntime,
];

export const clusterDocuments = cluster;

/** The kind that somebody means by a word on the command line: its name, a plural or a short name. */
export function kindOfWord(word: string): Kind | undefined {
  const wanted = word.toLowerCase();
  return kinds.find(({ name, short }) => {
    const lower = name.toLowerCase();
    return wanted === lower || wanted === `${lower}s` || short.includes(wanted);
  });
}
