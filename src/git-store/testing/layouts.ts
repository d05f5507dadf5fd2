import type { Message } from '../../messages/text.ts';
import { verbatim } from '../../messages/message.ts';
import { parseYaml, stringifyYaml, YamlError } from '../../base/yaml.ts';
import { NautesError } from '../../errors/errors.ts';
import type { FileLayout, ResourceSet } from '../../resources/repository-layout.ts';

/** A resource of the tests. */
export interface Widget {
  readonly name: string;
  /** E.g. `v1`. */
  readonly revision: string;
  readonly color?: string;
  readonly owner?: string;
}

export type WidgetIndex = 'color' | 'owner';
export type WidgetSet = ResourceSet<Widget, WidgetIndex>;

type Labels = Readonly<Record<string, unknown>>;

const MAXIMUM_BYTES = 64 * 1024;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function layout(kind: string, directory: string, prefix: string, kustomization?: string) {
  const nameProblem = (name: string) =>
    NAME.test(name) && name !== 'kustomization' ? undefined : verbatim('it is not a name');
  const invalid = (name: string, problem: Message) =>
    new NautesError('ClusterFileInvalid', { name, file: 'x.yaml', problem });
  const made: FileLayout<Widget, WidgetIndex, Labels> = {
    kind,
    directory,
    ...(kustomization !== undefined && { kustomization }),
    maximumBytes: MAXIMUM_BYTES,
    nameProblem,
    invalid,
    fileOf: (name) => `${prefix}${name}.yaml`,
    nameOf(file) {
      if (!file.startsWith(prefix) || !file.endsWith('.yaml')) return undefined;
      const name = file.slice(prefix.length, -'.yaml'.length);
      return nameProblem(name) === undefined ? name : undefined;
    },
    encode({ name, revision, color, owner }, { namespace, kept }) {
      const metadata = { name, namespace, ...(kept !== undefined && { labels: kept }) };
      return stringifyYaml({ kind, metadata, spec: { revision, color, owner } });
    },
    decode(name, text) {
      try {
        return decodeObject(kind, name, parseYaml(text));
      } catch (error) {
        if (!(error instanceof YamlError)) throw error;
        throw invalid(name, verbatim(error.message));
      }
    },
    indexKeys: ({ color, owner }) => ({ color, owner }),
  };
  const decodeObject = (expected: string, name: string, document: unknown) => {
    const {
      kind: found,
      metadata,
      spec,
    } = document as { kind: string; metadata: { name: string; labels?: Labels }; spec: Widget };
    if (found !== expected) throw invalid(name, verbatim(`kind must be ${expected}`));
    if (metadata.name !== name) throw invalid(name, verbatim('metadata.name must be the name of the file'));
    const { revision, color, owner } = spec;
    const resource = { name, revision, ...(color !== undefined && { color }), ...(owner !== undefined && { owner }) };
    return { resource, kept: metadata.labels };
  };
  return made;
}

/** A kind that a kustomization lists. */
export const widgets = layout('Widget', 'things/production/widgets', '', 'kustomization.yaml');

/** A kind beside it, whose files have names of their own and that nothing lists. */
export const gadgets = layout('Gadget', 'things/production/gadgets', 'gadget-');

/** The text of the file of a widget. */
export function widgetFile(widget: Widget): string {
  return widgets.encode(widget, { namespace: 'nautes' });
}

/** The widget of a file. */
export function decodeWidget(name: string, text: string): Widget {
  return widgets.decode(name, text).resource;
}
