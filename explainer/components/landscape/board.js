// --- board: a canvas in its place, and what all pictures share --------------------------------------------

import { keeper } from '../grid/kept.js';
import { exact, minus } from '../grid/numbers.js';
import { css } from '../grid/theme.js';
import { element } from '../player/stage.js';

// Ways are told apart by dash and mark as well as by colour; dashes in units of the line's width.
export const LOOKS = [
  { color: (theme) => theme.ink, text: (theme) => theme.ink, dash: [], mark: 'circle' },
  { color: (theme) => theme.role.weights, text: (theme) => theme.text.weights, dash: [3, 1.8], mark: 'diamond' },
  { color: (theme) => theme.role.input, text: (theme) => theme.text.input, dash: [0.9, 1.4], mark: 'square' },
  { color: (theme) => theme.role.activations, text: (theme) => theme.text.activations, dash: [3, 1, 0.9, 1], mark: 'triangle' },
];

export const kept = keeper(8); // pictures without the ways

export class Board {
  /** @type {number} */ width;
  /** @type {number} */ height;
  /** @type {number} */ ratio;
  /** @type {number} */ font;
  /** @type {any} */ theme;
  /** @type {any} */ spec;
  /** @type {any} */ heights;
  /** @type {any} */ held;

  constructor(className, role) {
    this.node = element('div', `board ${className}`);
    this.canvas = element('canvas');
    this.canvas.setAttribute('role', role);
    this.ctx = this.canvas.getContext('2d');
    this.node.append(this.canvas);
  }

  // Takes the size of its place; says whether there is any.
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.node.clientWidth, this.node.clientHeight];
    if (width !== this.width || height !== this.height || ratio !== this.ratio) {
      Object.assign(this, { width, height, ratio });
      Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    }
    return width > 40 && height > 40;
  }

  begin() {
    this.ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.ctx.clearRect(0, 0, this.width, this.height);
    this.ctx.lineJoin = 'round';
    this.write();
  }

  write(size = this.font, weight = 400) { this.ctx.font = `${weight} ${size}px ${this.theme.font}`; }

  text(words, x, y, align = 'center', base = 'middle') {
    const { ctx } = this;
    ctx.textAlign = align;
    ctx.textBaseline = base;
    ctx.fillStyle = css(this.theme.ink);
    ctx.fillText(words, x, y);
  }

  // Stands on colour: the ground around the letters keeps them readable.
  haloed(words, x, y, align = 'center') {
    const { ctx } = this;
    ctx.lineWidth = this.font * 0.42;
    ctx.strokeStyle = css(this.theme.ground);
    ctx.textAlign = align;
    ctx.textBaseline = 'middle';
    ctx.strokeText(words, x, y);
    this.text(words, x, y, align);
  }

  upright(words, x, y) {
    const { ctx } = this;
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(-Math.PI / 2);
    this.text(words, 0, 0);
    ctx.restore();
  }

  line(points, width, color, dash = [], offset = 0) {
    const { ctx } = this;
    ctx.beginPath();
    points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.setLineDash(dash);
    ctx.lineDashOffset = offset;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  // From a place to another, with a head; nothing where it would be all head.
  arrow(from, to, width, color, dash = []) {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    const head = 3.4 * width;
    if (length < head) return;
    const [ux, uy] = [dx / length, dy / length];
    const neck = [to[0] - ux * head, to[1] - uy * head];
    const tip = [[neck[0] - uy * head * 0.55, neck[1] + ux * head * 0.55], to, [neck[0] + uy * head * 0.55, neck[1] - ux * head * 0.55]];
    for (const [thick, shade] of [[width * 2, css(this.theme.ground, 0.85)], [width, color]]) {
      this.line([from, neck], thick, shade, dash);
      this.ctx.beginPath();
      tip.forEach(([x, y], i) => (i ? this.ctx.lineTo(x, y) : this.ctx.moveTo(x, y)));
      this.ctx.closePath();
      this.ctx.fillStyle = shade;
      this.ctx.fill();
    }
  }

  // A ball, or the mark in place of one, with a rim of the ground that sets it off from any colour.
  mark(kind, x, y, radius, color) {
    const { ctx } = this;
    outline(ctx, kind, x, y, radius);
    ctx.fillStyle = ctx.strokeStyle = css(this.theme.ground);
    ctx.lineWidth = radius * (kind === 'cross' ? 0.9 : 0.5);
    ctx.stroke();
    if (kind === 'cross') {
      ctx.lineWidth = radius * 0.42;
      ctx.strokeStyle = css(color);
      ctx.stroke();
    } else {
      ctx.fillStyle = css(color);
      ctx.fill();
    }
  }
}

function outline(ctx, kind, x, y, r) {
  ctx.beginPath();
  if (kind === 'circle') ctx.arc(x, y, r, 0, 7);
  else if (kind === 'square') ctx.rect(x - 0.86 * r, y - 0.86 * r, 1.72 * r, 1.72 * r);
  else if (kind === 'triangle') [[0, -1.15], [1.05, 0.8], [-1.05, 0.8], [0, -1.15]].forEach(([dx, dy]) => ctx.lineTo(x + dx * r, y + dy * r));
  else if (kind === 'diamond') [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0], [0, -1.2]].forEach(([dx, dy]) => ctx.lineTo(x + dx * r, y + dy * r));
  else [[-1, -1, 1, 1], [-1, 1, 1, -1]].forEach(([a, b, c, d]) => { ctx.moveTo(x + a * r, y + b * r); ctx.lineTo(x + c * r, y + d * r); });
}

export const written = (value) => minus(String(Number(value.toPrecision(6)) + 0));
export const fine = (value, span) => exact(value, Math.max(2, 2 - Math.floor(Math.log10(span))));

// The part of a straight line inside a box around the middle, as shares of its length; null if there is none.
export function inside(from, to, low, high) {
  let [begin, end] = [0, 1];
  for (let i = 0; i < from.length; i += 1) {
    const run = to[i] - from[i];
    if (run === 0) {
      if (from[i] < low[i] || from[i] > high[i]) return null;
      continue;
    }
    const [a, b] = [(low[i] - from[i]) / run, (high[i] - from[i]) / run];
    begin = Math.max(begin, Math.min(a, b));
    end = Math.min(end, Math.max(a, b));
  }
  return begin <= end ? [begin, end] : null;
}

export const between = (from, to, part) => from.map((value, i) => value + (to[i] - value) * part);
