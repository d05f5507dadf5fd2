import { graphlib, layout } from '@dagrejs/dagre';
import type { ComponentView } from '../../../../src/contract/views.ts';
import { t, textOfName } from '../../texts/index.ts';
import { toneOf } from '../../parts/phase.tsx';
import classes from './cluster.module.css';
import { type ComponentEdge, sentenceOf } from './component-order.ts';

const NODE = { width: 190, height: 48 };

/** The components in the order they are installed. Beside it the same stands as a table. */
export function ComponentGraph({
  components,
  edges,
}: {
  readonly components: readonly ComponentView[];
  readonly edges: readonly ComponentEdge[];
}) {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, marginx: 2, marginy: 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of components) graph.setNode(name, { ...NODE });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return (
    <div
      className={classes.scroll}
      tabIndex={0}
      role="img"
      aria-label={t('graph.label', { text: sentenceOf(components, edges) })}
    >
      <div className={classes.graph} style={{ width, height }} aria-hidden>
        <svg width={width} height={height} style={{ position: 'absolute' }}>
          {edges.map(({ from, to }) => (
            <path key={`${from} ${to}`} className={classes.edge} d={curve(graph.node(from), graph.node(to))} />
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
              style={{ ...NODE, left: x - NODE.width / 2, top: y - NODE.height / 2 }}
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

interface Place {
  readonly x: number;
  readonly y: number;
}

/** From the right side of one box to the left side of the other. */
function curve(from: Place, to: Place): string {
  const [x1, x2] = [from.x + NODE.width / 2, to.x - NODE.width / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1},${from.y} C${middle},${from.y} ${middle},${to.y} ${x2},${to.y}`;
}
