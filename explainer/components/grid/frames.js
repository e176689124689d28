// --- frames: what plays; position 0 is the first picture ------------------------------------------------

import { all, one } from './layout.js';
import { light, LIGHTS, productWords } from './links.js';
import { grouped } from './numbers.js';

export function framesOf(grid, specs, captions) {
  if (!specs.length) return null;
  const kinds = { increments: Increments, walk: Walk, values: Values, stages: Stages };
  const frames = new kinds[specs[0].kind](grid, specs);
  return Object.assign(frames, { captions: captions.flatMap(([from, words], i) => Array((captions[i + 1]?.[0] ?? frames.last + 1) - from).fill(words)) });
}

// A matrix of counts: forward adds, back subtracts, a long way is counted anew.
export class Increments {
  /** @type {any} */ cells;
  /** @type {any} */ starts;
  /** @type {any} */ weights;
  /** @type {any} */ within;
  /** @type {number} */ matrix;
  /** @type {string} */ unit;
  /** @type {string[]} */ titles;

  constructor(grid, [spec]) {
    Object.assign(this, spec);
    this.grid = grid;
    this.m = grid.matrices[spec.matrix];
    this.frames = spec.starts.length - 1;
    this.last = spec.within ? spec.cells.shape[0] : this.frames;
    this.final = this.count(spec.cells.shape[0]);
    this.m.range(this.final);
    this.m.values = new Float64Array(this.m.height * this.m.width);
    this.done = 0; // cells counted so far
  }

  index(cell) { return this.cells[2 * cell] * this.m.width + this.cells[2 * cell + 1]; }

  weight(frame) { return this.weights ? this.weights[frame] : 1; }

  frameOf(cell) {
    let [low, high] = [0, this.frames - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= cell) low = middle; else high = middle - 1;
    }
    return low;
  }

  count(end) {
    const counts = new Float64Array(this.m.height * this.m.width);
    for (let frame = 0; frame < this.frames && this.starts[frame] < end; frame += 1) {
      const stop = Math.min(end, this.starts[frame + 1]);
      for (let cell = this.starts[frame]; cell < stop; cell += 1) counts[this.index(cell)] += this.weight(frame);
    }
    return counts;
  }

  // Returns the indexes of the cells that changed by matrix (null: all its cells), or null for everything.
  show(position) {
    const target = this.within ? position : this.starts[position];
    const way = target - this.done;
    if (Math.abs(way) > 2000) {
      this.m.values = this.count(target);
      this.done = target;
      return null;
    }
    const changed = new Set();
    const [from, to, sign] = way > 0 ? [this.done, target, 1] : [target, this.done, -1];
    for (let cell = from; cell < to; cell += 1) {
      this.m.values[this.index(cell)] += sign * this.weight(this.frameOf(cell));
      changed.add(this.index(cell));
    }
    this.done = target;
    return new Map([[this.m.index, changed]]);
  }

  // The frame that was counted last and its cells; nothing at the start.
  now(position) {
    if (!position) return null;
    const frame = this.within ? this.frameOf(position - 1) : position - 1;
    const from = this.starts[frame];
    const to = this.within ? position : this.starts[frame + 1];
    return { frame, title: this.titles[frame], from, to, end: this.starts[frame + 1], weight: this.weight(frame) };
  }

  pair(cell) { return [this.m.rows[this.cells[2 * cell]] ?? '', this.m.cols[this.cells[2 * cell + 1]] ?? '']; }

  most(count) {
    const order = [];
    for (let i = 0; i < this.m.values.length; i += 1) {
      const value = this.m.values[i];
      if (value <= 0 || (order.length === count && value <= this.m.values[order.at(-1)])) continue;
      let at = order.length;
      while (at > 0 && this.m.values[order[at - 1]] < value) at -= 1;
      order.splice(at, 0, i);
      order.length = Math.min(order.length, count);
    }
    return order.map((i) => ({
      pair: [this.m.rows[Math.floor(i / this.m.width)] ?? '', this.m.cols[i % this.m.width] ?? ''],
      value: this.m.values[i],
    }));
  }

  counter(position) {
    const now = this.now(position);
    const frame = now ? now.frame + 1 : 0;
    const names = `${this.unit} ${grouped(frame)} of ${grouped(this.frames)}`;
    if (!this.within) return names;
    const pairs = now ? `pair ${now.to - now.from} of ${now.end - now.from}` : '';
    return [this.frames > 1 || !now ? names : '', pairs].filter(Boolean).join(' · ');
  }

  // The cells of the frame, the last one with its row and column, unless a visitor points elsewhere.
  lights(position, pointed) {
    const now = this.now(position);
    if (!now) return [];
    const lights = [];
    for (let cell = now.from; cell < now.to; cell += 1) {
      const [row, col] = [this.cells[2 * cell], this.cells[2 * cell + 1]];
      if (cell < now.to - 1 || pointed) lights.push(light(this.m, one(row), one(col), 'mark'));
      else lights.push(...LIGHTS.cross(this.grid, { matrix: this.matrix }, { matrix: this.matrix, row, col }));
    }
    return lights;
  }

  get steps() { return this.within ? ['‹ One pair', 'One pair ›'] : [`‹ One ${this.unit}`, `One ${this.unit} ›`]; }
  get speedUnit() { return this.within ? 'pair' : this.unit; }
}

export const UNKNOWN = '?'; // a number whose products are still being added

// A product, one multiplication after the other.
export class Walk {
  constructor(grid, [spec]) {
    this.grid = grid;
    this.link = grid.links[spec.link];
    this.speed = spec.speed;
    const [left, out] = [grid.matrices[this.link.left], grid.matrices[this.link.out]];
    this.K = left.width;
    this.out = out;
    this.order = spec.order ?? rowByRow(out.height, out.width, this.K);
    this.last = this.order.length / 3;
    this.done = new Uint32Array(out.height * out.width); // products so far, by cell
    this.at = 0;
    out.cover = (row, col) => this.covered(row, col);
  }

  step(s) { return Array.from(this.order.slice(3 * s, 3 * s + 3)); }

  covered(row, col) {
    if (this.done[row * this.out.width + col] >= this.K) return null;
    const now = this.at ? this.step(this.at - 1) : [-1, -1];
    return now[0] === row && now[1] === col ? UNKNOWN : '';
  }

  show(position) {
    const changed = new Set();
    const mark = (s) => { const [i, j] = this.step(s); changed.add(i * this.out.width + j); return i * this.out.width + j; };
    if (this.at) mark(this.at - 1);
    for (; this.at < position; this.at += 1) this.done[mark(this.at)] += 1;
    for (; this.at > position; this.at -= 1) this.done[mark(this.at - 1)] -= 1;
    if (this.at) mark(this.at - 1);
    return new Map([[this.out.index, changed]]);
  }

  ledger() {
    if (!this.at) return null;
    const [row, col, k] = this.step(this.at - 1);
    return { link: this.link, row, col, current: k, done: this.done[row * this.out.width + col] };
  }

  lights(position, pointed) {
    if (!this.at || pointed) return [];
    const [row, col, k] = this.step(this.at - 1);
    const left = this.grid.matrices[this.link.left];
    const right = this.grid.matrices[this.link.right];
    return [
      ...LIGHTS.product(this.grid, this.link, { matrix: this.link.out, row, col }),
      light(left, one(row), one(k), 'term'),
      light(right, one(k), one(col), 'term'),
    ];
  }

  words() {
    const ledger = this.ledger();
    return ledger ? productWords(this.grid, ledger, ledger.done) : '';
  }

  counter(position) { return `${grouped(position)} of ${grouped(this.last)} multiplications`; }

  get steps() { return ['‹ Back', 'Next product ›']; }
  get speedUnit() { return 'product'; }
}

function rowByRow(n, m, K) {
  const order = [];
  for (let i = 0; i < n; i += 1) for (let j = 0; j < m; j += 1) for (let k = 0; k < K; k += 1) order.push(i, j, k);
  return order;
}

// Matrices whose values change from frame to frame, all together.
class Values {
  constructor(grid, specs) {
    this.specs = specs;
    this.matrices = specs.map((s) => grid.matrices[s.matrix]);
    this.speed = specs[0].speed;
    this.titles = specs.find((s) => s.titles.length)?.titles ?? [];
    this.last = specs[0].values.shape[0] - 1;
    this.matrices.forEach((m, i) => m.range(specs[i].values));
  }

  show(position) {
    this.matrices.forEach((m, i) => {
      const size = m.height * m.width;
      m.values = this.specs[i].values.subarray(position * size, (position + 1) * size);
    });
    return new Map(this.matrices.map((m) => [m.index, null]));
  }

  counter(position) { return this.titles[position] ?? `${grouped(position + 1)} of ${grouped(this.last + 1)}`; }

  lights() { return []; }
  get steps() { return ['‹ Back', 'Next ›']; }
  get speedUnit() { return 'frame'; }
}

// A script: what is lit, what is not shown yet, one sentence.
export class Stages {
  constructor(grid, [spec]) {
    this.grid = grid;
    this.stages = spec.stages;
    this.speed = spec.speed;
    this.last = spec.stages.length - 1;
  }

  show(position) {
    const hidden = new Set(this.stages[position].hidden);
    this.grid.matrices.forEach((m) => { m.hidden = hidden.has(m.index); });
    for (const [index, values] of this.stages[position].values) this.put(this.grid.matrices[index], values);
    return null;
  }

  // What is not there yet is no number that is missing.
  put(m, values) {
    m.values = Float64Array.from(values, (value) => value ?? NaN);
    m.cover = (row, col) => (Number.isNaN(m.at(row, col)) ? '' : null);
  }

  now(position) { return this.stages[position]; }

  lights(position) {
    const lights = this.stages[position].lit.map(([index, row, col]) => {
      const m = this.grid.matrices[index];
      const kind = row !== null && col !== null ? 'cell' : 'soft';
      return light(m, row === null ? all(m.height) : one(row), col === null ? all(m.width) : one(col), kind);
    });
    return [...lights, ...this.bands(position)];
  }

  bands(position) {
    const ledger = this.ledger(position);
    if (!ledger) return [];
    const cell = { matrix: ledger.link.out, row: ledger.row, col: ledger.col };
    return LIGHTS.product(this.grid, ledger.link, cell).filter((l) => l.kind === 'band');
  }

  // The cell of a product that the stage lights, if there is exactly one.
  ledger(position) {
    for (const link of this.grid.links.filter((l) => l.kind === 'product')) {
      const cells = this.stages[position].lit.filter(([m, row, col]) => m === link.out && row !== null && col !== null);
      if (cells.length === 1) return { link, row: cells[0][1], col: cells[0][2] };
    }
    return null;
  }

  counter(position) { return `step ${position + 1} of ${this.last + 1}`; }

  get steps() { return ['‹ Back', 'Next ›']; }
  get speedUnit() { return 'step'; }
}
