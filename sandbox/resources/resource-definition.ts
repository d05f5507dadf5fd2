import type { MergeSchema } from '../apply/schema.ts';
import type { JsonObject } from '../base/json.ts';

/** What a CustomResourceDefinition adds to a resource. */
export interface CustomResourceSource {
  /** Name of the CustomResourceDefinition. */
  readonly definition: string;
  readonly openApiSchema: JsonObject | undefined;
  readonly printerColumns: readonly { readonly name: string; readonly jsonPath: string; readonly type: string }[];
}

/** One resource in one version, as discovery describes it. */
export interface ResourceDefinition {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: ReadonlySet<string>;
  /** Whether `metadata.generation` counts changes of the desired state. */
  readonly hasGeneration: boolean;
  readonly schema: MergeSchema;
  readonly custom: CustomResourceSource | undefined;
}

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
