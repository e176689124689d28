// --- model: a matrix and what it shows now -------------------------------------------------------------

import { digits, spoken, visible } from './numbers.js';

const range = (length) => Array.from({ length }, (_, i) => i);
const SAMPLES = 1200;
const MANY = 100;
const DECADES = 100; // the largest count above which shades are logarithmic

export class Matrix {
  /** @type {ArrayLike<number>} */ values;
  /** @type {number} */ height;
  /** @type {number} */ width;
  /** @type {number} */ decimals;
  /** @type {number} */ first;
  /** @type {number} */ scale_max;
  /** @type {string} */ name;
  /** @type {string} */ role;
  /** @type {string} */ shade;
  /** @type {string} */ title;
  /** @type {string} */ spot;
  /** @type {string} */ unit;
  /** @type {string[][]} */ called;
  /** @type {boolean} */ show_shape;
  /** @type {any[]} */ marks;
  /** @type {(value: number) => string} */ write;

  constructor(spec, index) {
    Object.assign(this, spec);
    this.index = index;
    [this.height, this.width] = spec.values.shape;
    this.hidden = false;
    this.cover = null; // (row, col) -> text in place of a value that is not reached yet
    this.typed = new Map(); // what a visitor typed, until Python has answered
    this.notes = new Map(spec.notes.map(([row, col, text]) => [row * this.width + col, text]));
    this.instead = new Map(spec.instead.map(([row, col, text]) => [row * this.width + col, text]));
    this.rows = spec.rows.map(visible);
    this.cols = spec.cols.map(visible);
    this.lent = { rows: [], cols: [] }; // labels of a matrix that it is multiplied with or stands beside: said, not drawn
    this.texts = spec.texts?.map(visible) ?? null;
    // In a large table of counts or probabilities what never occurs is left white.
    this.sparse = spec.role === 'counts' || (spec.shade === 'sequential' && spec.values.length > MANY);
    this.map = false; // whether its numbers would be too small, so that only shades are drawn
    this.range(spec.values);
  }

  get label() { return this.title ?? [this.name, this.show_shape ? `${this.height} × ${this.width}` : ''].join(' ').trim(); }

  // What the colour scale and the size of the numbers are chosen by: all values that will ever be shown.
  range(values) {
    let peak = 0;
    let low = Infinity;
    let high = -Infinity;
    this.whole = true;
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      peak = Math.max(peak, Math.abs(value));
      low = Math.min(low, value);
      high = Math.max(high, value);
      if (this.whole && !Number.isInteger(value)) this.whole = false;
    }
    this.peak = this.scale_max ?? (peak || 1);
    this.ends = [low, high];
    const step = Math.max(1, Math.floor(values.length / SAMPLES));
    this.samples = [low, high].filter(Number.isFinite);
    for (let i = 0; i < values.length; i += step) if (!Number.isNaN(values[i])) this.samples.push(values[i]);
  }

  at(row, col) { return this.values[row * this.width + col]; }

  // As a table: the labels of the rows, then a column for each of its own; what is not computed yet is missing.
  columns() {
    const labels = range(this.height).map((row) => this.rows[row] || String(row + 1));
    return [{ title: '', values: labels }, ...range(this.width).map((col) => ({
      title: this.cols[col] || String(col + 1), values: range(this.height).map((row) => this.written(row, col)),
    }))];
  }

  // A number with all the digits that it has, or the text that stands in its place.
  written(row, col) {
    const [value, text] = [this.at(row, col), this.texts?.[row * this.width + col]];
    if (this.covers(row, col) || (Number.isNaN(value) && !text)) return null;
    return text || digits(value, this.values);
  }

  get tone() { return this.map && this.shade === 'none' ? 'diverging' : this.shade; }

  // Counts that span decades: on a root, all but a few cells of a finished table looked empty.
  get logarithmic() { return this.role === 'counts' && this.peak > DECADES; }

  // Position on the colour scale, 0 to 1; a root or a logarithm keeps small counts and probabilities apart from none.
  shadeOf(value) {
    const part = Math.max(-1, Math.min(1, value / this.peak));
    if (this.shade === 'sequential' && this.logarithmic) return Math.log1p(Math.max(0, part) * this.peak) / Math.log1p(this.peak);
    return this.shade === 'sequential' ? Math.sqrt(Math.max(0, part)) : (part + 1) / 2;
  }

  marked(row, col) { return Boolean(this.marks?.[row * this.width + col]); }

  covers(row, col) { return (this.cover?.(row, col) ?? null) !== null; }

  text(row, col) {
    const typed = this.typed.get(row * this.width + col);
    if (typed !== undefined) return typed;
    const covered = this.cover?.(row, col);
    if (covered !== undefined && covered !== null) return covered;
    if (this.texts) return this.write ? this.texts[row * this.width + col] : '';
    const value = this.at(row, col);
    if (Number.isNaN(value)) return this.instead.get(row * this.width + col) ?? '';
    if (value === 0 && this.sparse) return '';
    return this.write ? this.write(value) : '';
  }

  rowLabel(row) { return this.called[0][row] ?? this.rows[row] ?? this.lent.rows[row] ?? String(row + this.first); }

  colLabel(col) { return this.called[1][col] ?? this.cols[col] ?? this.lent.cols[col] ?? String(col + this.first); }

  // "row N, column A", by labels where there are any, otherwise by numbers.
  where(row, col) {
    const names = { '{row}': this.rowLabel(row), '{col}': this.colLabel(col), '{place}': row * this.width + col, '{number}': row * this.width + col + 1 };
    if (this.spot) return this.spot.replace(/\{(row|col|place|number)\}/g, (name) => names[name]);
    const parts = [];
    if (this.height > 1 || this.rows.length) parts.push(`row ${this.rowLabel(row)}`);
    if (this.width > 1 || this.cols.length) parts.push(`column ${this.colLabel(col)}`);
    return parts.join(', ');
  }

  // "C[22, 5]" or "counts, row N, column A"; a cell that is called in words of its own needs no name.
  cellName(row, col, alone = false) {
    const where = this.where(row, col);
    if (this.spot.startsWith('[')) return `${this.name}${where}`;
    return [this.spot || alone ? '' : this.name, where].filter(Boolean).join(', ');
  }

  say(row, col) {
    if (this.covers(row, col)) return 'not computed yet';
    const value = this.instead.get(row * this.width + col) ?? `${spoken(this.at(row, col), this.decimals)}${this.unit && ` ${this.unit}`}`;
    const text = this.texts?.[row * this.width + col];
    return text && !`${value} `.startsWith(`${text} `) ? `${text} · ${value}` : value;
  }
}
