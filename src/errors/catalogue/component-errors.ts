import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of the catalog and of rendering components. Part of the one catalogue. */
export const componentErrors = {
  CatalogInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue file {file} is not valid: {problem}',
    remedy: 'Correct the file named; the form is described in docs/catalogue.md.',
  },
  ComponentUnknown: {
    status: 400,
    next: 'stalled',
    message: 'the catalogue has no component {component}',
    remedy: 'Choose one that `GET /api/v1/catalog` lists or add it to the catalogue.',
  },
  SourceUnavailable: {
    status: 502,
    next: 'transient',
    message: 'the source of {component} could not be fetched: {problem}',
    remedy: 'Check the address and the network, or name a mirror with catalog.mirror.',
  },
  SourceDigestMismatch: {
    status: 502,
    next: 'stalled',
    message: 'the source of {component} has another content than {promise}',
    remedy: 'Find out who changed it; only then put the new SHA-256 there.',
  },
  SourceLockDamaged: {
    status: 500,
    next: 'stalled',
    message: 'the lock file {file} is damaged',
    remedy: 'Restore it from a backup, or remove it: digests are then recorded anew at the next download.',
  },
  SourceInvalid: {
    status: 502,
    next: 'stalled',
    message: 'the source of {component} is not what it should be: {problem}',
    remedy: 'Check the address in the catalogue.',
  },
  PatchUnmatched: {
    status: 500,
    next: 'stalled',
    message: 'a patch of {component} finds no {target} in its source',
    remedy: 'Adapt the patch in the catalogue to the version of the component.',
  },
  FactInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue needs {fact} as a number for {component}, which it is not',
    remedy: 'Correct the setting of the cluster, or the catalogue.',
  },
  FactUnknown: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue uses {fact} for {component}, which is not known here',
    remedy: 'Correct the name in the catalogue; docs/catalogue.md lists what there is.',
  },
  HelmFailed: {
    status: 502,
    next: 'stalled',
    message: 'helm could not render {component}: {problem}',
    remedy: 'Check the chart and the values in the catalogue.',
  },
  ChartNotReproducible: {
    status: 502,
    next: 'stalled',
    message: 'two renderings of the chart of {component} with the same values differ',
    remedy: 'Give in its values what the chart makes up itself (passwords, certificates, dates).',
  },
  HelmMissing: {
    status: 500,
    next: 'stalled',
    message: 'helm is needed to render {component} and was not found',
    remedy: 'Run `make setup`, or name the program with the configuration key helm.path.',
  },
} as const satisfies Record<string, CatalogueEntry>;
