// --- tables: the numbers of a figure as a table that is taken along -----------------------------------------

import { axisOf } from './points.js';

const SET_APART = 'paper'; // what a title above the vertical axis stands on
const plain = (text) => (text ?? '').replace(/<[^>]*>/g, '').replaceAll('\u00a0', ' ').trim();
const measure = (title) => title.replace(/ \(.*\)$/, '');

// What stands over other marks, leads to them or says their text has no numbers of its own.
const told = ({ name, text, hoverinfo, opacity, mode }) => opacity !== 0 && mode !== 'text'
  && (hoverinfo !== 'skip' || Boolean(name) || [text ?? []].flat().some(Boolean));

const tableOf = (title, columns) => ({ title, columns: Object.entries(columns).map(([name, values]) => ({ title: name, values })) });

// What a horizontal axis is called, and the vertical one.
const titlesOf = (layout, axis) => [
  plain(layout[axis].title?.text) || 'x', plain(layout.annotations?.find(({ yref }) => yref === SET_APART)?.text) || 'y',
];

// Bars hold what they stand for beside how long they are drawn.
const barsOf = ({ meta: { labels, values, title } }) => tableOf(title || 'Bars', { name: labels, [title || 'value']: values });

// All curves and points over one horizontal axis, below each other: which one, where, how much.
function curvesOf(traces, layout, alone) {
  const [across, up] = titlesOf(layout, axisOf(traces[0].xaxis ?? 'x'));
  const rows = traces.flatMap(({ name, text, x, y }) => Array.from(x, (value, i) => [plain(name || text?.[i]), value, y[i]]));
  const column = (place) => rows.map((row) => row[place]);
  const named = rows.some(([name]) => name) ? { name: column(0) } : {};
  return tableOf(alone ? measure(up === 'y' ? across : up) : across, { ...named, [across]: column(1), [up]: column(2) });
}

// Where the letters of a plane stand, those that are hidden left out.
export function lettersOf(names, places, layout) {
  const [across, up] = titlesOf(layout, 'xaxis');
  return tableOf('Letters', { letter: names, [across]: places.map(([x]) => x), [up]: places.map(([, y]) => y) });
}

/**
 * The tables of traces that are seen, their numbers in lists, over the axes of a layout.
 * @param {any[]} traces
 * @param {any} layout
 */
export function tablesOf(traces, layout) {
  const seen = traces.filter((trace) => trace.visible !== 'legendonly' && told(trace));
  const bars = seen.filter(({ meta }) => meta?.values);
  const rest = seen.filter((trace) => !bars.includes(trace) && trace.x?.length);
  const axes = [...new Set(rest.map(({ xaxis = 'x' }) => xaxis))];
  const curves = axes.map((axis) => curvesOf(rest.filter(({ xaxis = 'x' }) => xaxis === axis), layout, axes.length === 1));
  return [...bars.map(barsOf), ...curves];
}
