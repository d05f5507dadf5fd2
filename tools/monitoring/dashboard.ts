import type { Language, Text } from '../../src/messages/text.ts';
import { type Panel, type Row, rows } from './panels.ts';

/** Grafana's grid has 24 columns. */
const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 7;
/** Version of Grafana's dashboard schema that the fields follow (Grafana 11). */
const SCHEMA_VERSION = 39;
const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Which installation is looked at. */
const SELECTOR = 'namespace=~"$namespace", job=~"$job"';

const TITLE: Text = { en: 'Nautes', zh: 'Nautes' };
const NAMES: Readonly<Record<'datasource' | 'namespace' | 'job', Text>> = {
  datasource: { en: 'Data source', zh: '数据源' },
  namespace: { en: 'Namespace', zh: 'Namespace' },
  job: { en: 'Job', zh: 'Job' },
};

/** The Grafana dashboard as JSON, to be imported or found by Grafana's sidecar. */
export function dashboard(language: Language): string {
  let y = 0;
  let id = 0;
  const panels: object[] = [];
  for (const row of rows) {
    id += 1;
    panels.push({
      id,
      type: 'row',
      title: row.title[language],
      collapsed: false,
      gridPos: position(0, y, COLUMNS, 1),
      panels: [],
    });
    y += 1;
    for (const [index, panel] of row.panels.entries()) {
      id += 1;
      const x = (index * WIDTH) % COLUMNS;
      panels.push({
        id,
        ...panelOf(panel, language),
        gridPos: position(x, y + HEIGHT * rowsAbove(index), WIDTH, HEIGHT),
      });
    }
    y += HEIGHT * linesOf(row);
  }
  const whole = {
    uid: language === 'en' ? 'nautes' : `nautes-${language}`,
    title: TITLE[language],
    tags: ['nautes'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: variables(language) },
    panels,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Every expression of the dashboard with the variables filled in, for tests. */
export function dashboardExpressions(): readonly string[] {
  const expressions = rows.flatMap(({ panels }) => panels).flatMap(({ queries }) => queries);
  return expressions.map(({ expression }) =>
    expression.replaceAll('$selector', 'namespace=~".*", job=~".*"').replaceAll('$__rate_interval', '5m'),
  );
}

function rowsAbove(index: number): number {
  return Math.floor((index * WIDTH) / COLUMNS);
}

function linesOf({ panels }: Row): number {
  return Math.ceil((panels.length * WIDTH) / COLUMNS);
}

function position(x: number, y: number, w: number, h: number) {
  return { x, y, w, h };
}

function panelOf({ title, queries, type = 'timeseries', unit = 'none', isStacked = false }: Panel, language: Language) {
  return {
    type,
    title: title[language],
    datasource: DATA_SOURCE,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: { fillOpacity: isStacked ? 30 : 0, stacking: { mode: isStacked ? 'normal' : 'none' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' } },
    targets: queries.map(({ expression, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      expr: expression.replaceAll('$selector', SELECTOR),
      legendFormat: typeof legend === 'string' ? legend : legend[language],
    })),
  };
}

function variables(language: Language): readonly object[] {
  const ofLabel = (name: 'namespace' | 'job') => ({
    name,
    label: NAMES[name][language],
    type: 'query',
    datasource: DATA_SOURCE,
    query: `label_values(nautes_build_info, ${name})`,
    refresh: 2,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  });
  return [
    { name: 'datasource', label: NAMES.datasource[language], type: 'datasource', query: 'prometheus' },
    ofLabel('namespace'),
    ofLabel('job'),
  ];
}
