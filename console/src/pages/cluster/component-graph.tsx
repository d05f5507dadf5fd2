import { graphlib, layout } from '@dagrejs/dagre';
import { useRef } from 'react';
import type { ComponentView } from '../../../../src/contract/views.ts';
import type { ComponentEdge } from '../../data/component-order.ts';
import { t, textOfName } from '../../texts/index.ts';
import { toneOf } from '../../parts/phase.tsx';
import { useWidth } from '../../parts/use-width.ts';
import classes from './cluster.module.css';

interface Shape {
  readonly node: { readonly width: number; readonly height: number };
  /** Between two steps, in CSS pixels. */
  readonly gap: number;
}

const WIDE: Shape = { node: { width: 190, height: 48 }, gap: 56 };
const NARROW_GAP = 20;
const MINIMUM_NODE = 116;
const MARGIN = 2;

/** The components in the order they are installed. Beside it the same stands as a table. */
export function ComponentGraph({
  components,
  edges,
}: {
  readonly components: readonly ComponentView[];
  readonly edges: readonly ComponentEdge[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const { graph, node } = placed(components, edges, useWidth(frame));
  const { width = 0, height = 0 } = graph.graph();
  return (
    <div
      ref={frame}
      className={classes.scroll}
      tabIndex={0}
      role="img"
      aria-label={t('graph.label', { text: sentenceOf(components, edges) })}
    >
      <div className={classes.graph} style={{ width, height }} aria-hidden>
        <svg width={width} height={height} style={{ position: 'absolute' }}>
          {edges.map(({ from, to }) => (
            <path
              key={`${from} ${to}`}
              className={classes.edge}
              d={curve(graph.node(from), graph.node(to), node.width)}
            />
          ))}
        </svg>
        {components.map((component) => {
          const { x = 0, y = 0 } = graph.node(component.name) as Partial<Place>;
          const { ready, total } = component.objects;
          const amount = total === 0 ? '' : ` ${ready}/${total}`;
          return (
            <div
              key={component.name}
              className={`${classes.node} tone-${toneOf(component.phase)}`}
              style={{ ...node, left: x - node.width / 2, top: y - node.height / 2 }}
              title={component.message}
            >
              <span>
                <strong>{component.name}</strong>
                {textOfName('phase', component.phase)}
                {amount}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Places for all components; boxes are narrower where there is not the width (CSS pixels) for wide ones. */
function placed(components: readonly ComponentView[], edges: readonly ComponentEdge[], available: number) {
  const wide = placedAs(WIDE, components, edges);
  if (available === 0 || (wide.graph().width ?? 0) <= available) return { graph: wide, node: WIDE.node };
  const steps = new Set(components.map(({ name }) => wide.node(name).x)).size;
  const share = Math.floor((available - 2 * MARGIN - (steps - 1) * NARROW_GAP) / steps);
  const node = { ...WIDE.node, width: Math.min(WIDE.node.width, Math.max(MINIMUM_NODE, share)) };
  return { graph: placedAs({ node, gap: NARROW_GAP }, components, edges), node };
}

function placedAs({ node, gap }: Shape, components: readonly ComponentView[], edges: readonly ComponentEdge[]) {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: gap, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of components) graph.setNode(name, { ...node });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return graph;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** From the right side of one box to the left side of the other. */
function curve(from: Place, to: Place, width: number): string {
  const [x1, x2] = [from.x + width / 2, to.x - width / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1},${from.y} C${middle},${from.y} ${middle},${to.y} ${x2},${to.y}`;
}

/** The graph as a sentence. */
function sentenceOf(components: readonly ComponentView[], edges: readonly ComponentEdge[]): string {
  return components
    .map(({ name, phase }) => {
      const sources = edges.filter(({ to }) => to === name).map(({ from }) => from);
      const state = textOfName('phase', phase);
      const node = t('graph.node', { name, state });
      return sources.length === 0 ? node : `${node} (${t('component.waits', { names: sources.join(', ') })})`;
    })
    .join('; ');
}
