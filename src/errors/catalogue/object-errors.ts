import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of the objects and rights within a cluster. Part of the one catalogue. */
export const objectErrors = {
  ManifestInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the manifest is not usable: {problem}',
    remedy: "Correct the component's source in the catalogue.",
  },
  KindNotServed: {
    status: 500,
    next: 'waiting',
    message: 'the cluster does not serve {kind} of {apiVersion}',
    remedy: 'It is tried again; check that the CRD or the Kubernetes version is the right one.',
  },
  ApiGroupUnavailable: {
    status: 500,
    next: 'waiting',
    message: 'the API group of {apiVersion} does not answer: its APIService is not available',
    remedy: 'Mend or delete the APIService: kubectl get apiservices.',
  },
  DefinitionNamesConflict: {
    status: 500,
    next: 'stalled',
    message: 'the names of {object} are taken by another CRD',
    remedy: 'Remove the other CRD or leave this component out.',
  },
  ObjectTerminating: {
    status: 500,
    next: 'waiting',
    message: '{object} is being deleted',
    remedy: 'It is created again once it is gone; see what holds it: kubectl get {object} -o yaml (finalizers).',
  },
  NamespaceTerminating: {
    status: 500,
    next: 'waiting',
    message: 'the namespace of {object} is being deleted',
    remedy: 'It is created again once it is gone; see kubectl get namespace -o yaml.',
  },
  ObjectInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the API server does not accept {object}: {detail}',
    remedy: "Correct the component's source or its settings.",
  },
  ObjectImmutable: {
    status: 500,
    next: 'stalled',
    message: '{object} cannot be changed in place: {fields}',
    remedy: 'Delete it ({command}); it is created anew at the next run.',
  },
  ObjectChanging: {
    status: 500,
    next: 'transient',
    message: '{object} was changed by somebody else at the same moment',
    remedy: 'It is tried again by itself.',
  },
  ObjectForbidden: {
    status: 500,
    next: 'stalled',
    message: '{object} is not allowed: {detail}',
    remedy: 'Lift what forbids it (admission policy, quota, rights) or leave the component out.',
  },
  ObjectWebhookFailed: {
    status: 500,
    next: 'transient',
    message: 'an admission webhook does not answer for {object}: {detail}',
    remedy: 'Mend or delete the webhook configuration that is named.',
  },
  ObjectForeign: {
    status: 500,
    next: 'stalled',
    message: '{object} exists and is not ours',
    remedy: 'Delete it, or let the component take over what is there (adopt).',
  },
  ObjectOfOtherComponent: {
    status: 500,
    next: 'stalled',
    message: '{object} belongs to component {owner}',
    remedy: 'Two components must not bring the same object: leave one of them out.',
  },
  ObjectWaitsForOthers: {
    status: 500,
    next: 'waiting',
    message: '{object} is applied once the objects before it are there',
    remedy: 'Mend the failures of the others.',
  },
  FieldContested: {
    status: 500,
    next: 'stalled',
    message: '{manager} and this system set {field} of {object} in turn',
    remedy: 'Stop the other from setting it, or declare it as shared in the catalogue.',
  },
  KubernetesVersionUnsupported: {
    status: 400,
    next: 'stalled',
    message: 'the cluster runs Kubernetes {version}, at least {minimum} is needed',
    remedy: 'Upgrade the cluster.',
  },
  CredentialRightsMissing: {
    status: 400,
    next: 'stalled',
    message: 'the credential may not do everything on the cluster',
    remedy: 'Use a credential with the ClusterRole cluster-admin.',
  },
  CredentialExpiresSoon: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} expires at {notAfter}, within {minimum}',
    remedy: 'Use a credential that is valid for longer.',
  },
  NodePortTaken: {
    status: 400,
    next: 'stalled',
    message: 'node port {port} is taken by {holder}',
    remedy: 'Choose another port or remove that Service.',
  },
  NodePortOutOfRange: {
    status: 400,
    next: 'stalled',
    message: '{port} is not a node port',
    remedy: 'Choose one from 30000 to 32767.',
  },
} as const satisfies Record<string, CatalogueEntry>;
