// --- points: the arrow keys lead from one to the next ------------------------------------------------------

export const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
export const axisOf = (id) => `${id[0]}axis${id.slice(1)}`;
const together = (chart) => String(chart._fullLayout.hovermode).startsWith('x'); // curves are read at one place

function inView({ x, y, trace }, { _fullLayout: layout }) {
  return [[trace.xaxis, x], [trace.yaxis, y]].every(([id, value]) => {
    const axis = layout[axisOf(id)];
    const at = axis.c2p(value);
    return at >= -1 && at <= axis._length + 1;
  });
}

// Where a point is read: of a bar, at its end.
function placeOf({ x, y, p: row, s: length, b: base = 0 }, { type, orientation }) {
  if (type !== 'bar') return { x, y };
  return orientation === 'h' ? { x: base + length, y: row } : { x: row, y: base + length };
}

// Where the keys lead to: every point in view, or one above each place where curves are read together.
function stops(chart) {
  const answering = chart.calcdata.filter(([{ trace }]) => trace.visible === true && trace.hoverinfo !== 'skip' && trace.type !== 'contour');
  const points = answering.flatMap((ofTrace) => ofTrace.map((point, i) => ({ ...placeOf(point, ofTrace[0].trace), i, trace: ofTrace[0].trace })));
  const seen = points.filter((point) => inView(point, chart));
  if (!together(chart)) return seen;
  const columns = [...new Map(seen.map((point) => [`${point.trace.xaxis} ${point.x}`, point])).values()];
  return columns.sort((a, b) => a.trace.xaxis.localeCompare(b.trace.xaxis) || a.x - b.x);
}

export class Points {
  /** @type {any} */ chart;
  /** @type {any} */ Plotly;

  constructor(chart, Plotly) { Object.assign(this, { chart, Plotly, at: -1 }); }

  get chosen() { return this.list?.[this.at]; }

  // After a drawing there may be other points.
  renew() { this.list = null; }

  move(by) {
    this.list ??= stops(this.chart);
    const last = this.list.length - 1;
    if (last < 0) return;
    const from = this.at < 0 && by < 0 ? last + 1 : this.at;
    this.at = Math.max(0, Math.min(last, from + by));
    const { trace, x, i } = this.chosen;
    const place = together(this.chart) ? { xval: x } : [{ curveNumber: trace.index, pointNumber: i }];
    this.Plotly.Fx.hover(this.chart, place, trace.xaxis + trace.yaxis);
  }

  leave() {
    if (this.at < 0) return;
    this.at = -1;
    this.Plotly.Fx.unhover(this.chart);
  }
}
