// --- heat: the pixels of every head, and one head large ---------------------------------------------------

import { css, SHADES } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { HALVES } from './payload.js';
import { Slides } from './slides.js';
import { percent } from './story.js';

const ROOMS = [8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 192, 256]; // characters that a picture has room for
const LEAST = 12; // css pixels of a cell that one can point at
const LABELLED = 0.64; // rem of a cell that has room for its character at the side
export const room = (size, most) => Math.min(most, ROOMS.find((r) => r >= size) ?? most);

// One pixel a cell, all heads of a window side by side; every row is painted once, as soon as it is there, and
// anew when the room grows.
// It is as small as it can be, because the browser copies it for every picture that it is drawn into.
export class Atlas {
  /** @type {any} */ story;
  /** @type {number} */ window;
  /** @type {number} */ size;

  constructor() {
    this.canvas = document.createElement('canvas');
    this.pen = this.canvas.getContext('2d', { willReadFrequently: true });
    this.painted = [];
  }

  setTheme({ sequential }) {
    this.colors = Uint32Array.from(sequential.rgb, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r);
    this.painted = [];
  }

  forget(rows) { this.painted.length = Math.min(this.painted.length, rows); }

  // Makes sure that the rows of a window up to a character are painted.
  show(story, window, character) {
    const { n_layer, n_head, block_size } = story.stream;
    const same = story === this.story && window === this.window;
    const size = Math.max(same ? this.size : 0, room(character - window + 1, block_size));
    if (!same || size !== this.size) {
      Object.assign(this, { story, window, size, painted: [] });
      Object.assign(this.canvas, { width: n_head * size, height: n_layer * size }); // clears it
    }
    const rows = story.rows.get(window) ?? [];
    for (let i = 0; i <= character - window; i += 1) {
      if (this.painted[i] || !rows[i]) continue;
      for (let layer = 0; layer < n_layer; layer += 1) this.paint(rows[i], layer, n_head, i + 1);
      this.painted[i] = true;
    }
  }

  paint(row, layer, heads, length) {
    const image = new ImageData(heads * this.size, 1);
    const pixels = new Uint32Array(image.data.buffer);
    for (let head = 0; head < heads; head += 1) {
      const from = (layer * heads + head) * length;
      for (let col = 0; col < length; col += 1) {
        pixels[head * this.size + col] = this.colors[shadeOf(HALVES[row[from + col]])];
      }
    }
    this.pen.putImageData(image, 0, layer * this.size + length - 1);
  }

  // Draws one head's rows into a square of another canvas: all of them, or so many from a row and a column on.
  draw(pen, layer, head, rows, x, y, cell, top = 0, left = 0) {
    pen.imageSmoothingEnabled = cell < 1;
    pen.drawImage(this.canvas, head * this.size + left, layer * this.size + top, rows, rows, x, y, rows * cell, rows * cell);
  }
}

// Small shares are told apart better when the scale follows the square root.
const shadeOf = (share) => Math.round((SHADES - 1) * Math.sqrt(Math.min(1, share)));

export class Heat {
  /** @type {string} */ mono;

  constructor(view) {
    this.view = view;
    this.node = element('section', 'heat');
    this.heading = element('h2');
    this.box = element('div', 'box');
    this.canvas = element('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.pen = this.canvas.getContext('2d');
    this.box.append(this.canvas);
    this.slides = new Slides(this);
    Object.assign(this, { top: 0, left: 0 });
    this.node.append(this.heading, this.box, this.slides.node);
    this.canvas.onpointermove = (event) => view.point(this.cellAt(event));
    this.canvas.onpointerleave = () => view.point(null);
    this.canvas.onclick = (event) => view.lockAt(this.cellAt(event));
    this.canvas.onkeydown = (event) => this.key(event);
    this.canvas.onblur = () => view.point(null);
  }

  resize(width, height, rem) {
    this.rem = rem;
    this.side = Math.max(120, Math.floor(Math.min(width, height)));
    sized(this.canvas, this.side, this.side, this.pen);
  }

  say({ stream }, layer, head) {
    const parts = [text('layer '), element('b', '', layer + 1), text(', head '), element('b', '', head + 1)];
    const habit = stream.heads[layer]?.[head];
    if (habit?.name) parts.push(text(` · ${habit.name}${habit.share ? ` ${percent(habit.share, 0)}` : ''}`));
    this.heading.replaceChildren(...parts, element('span', 'how', ' — row looks at column'));
  }

  show(story, position, layer, head, { row, col }, theme) {
    this.story = story;
    this.window = story.window(position);
    this.rows = story.current(position) - this.window + 1;
    this.gutter = Math.round(1.25 * this.rem);
    this.fit(story.stream.block_size);
    if (col !== null || row !== story.current(position)) this.reach(row - this.window, col === null ? null : col - this.window);
    this.pen.clearRect(0, 0, this.side, this.side);
    this.view.atlas.draw(this.pen, layer, head, this.seen, this.gutter, this.gutter, this.cell, this.top, this.left);
    this.lines(theme);
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(this.gutter - 2, this.gutter - 2, this.seen * this.cell + 4, this.seen * this.cell + 4);
    this.pen.clip();
    if (col !== null || row !== this.rows - 1 + this.window) this.lit(row - this.window, col === null ? row - this.window : col - this.window, theme);
    this.frame(this.rows - 1, theme);
    this.pen.restore();
    this.labels(row, col, theme);
    this.slides.show(this);
  }

  // A cell is never smaller than can be pointed at: of a longer text a part is seen, which slides.
  fit(most) {
    const size = this.side - this.gutter - 2;
    this.seen = Math.min(this.rows, Math.floor(size / LEAST));
    const cell = size / (this.seen < this.rows ? this.seen : room(this.rows, most));
    this.cell = Math.max(LEAST, cell > 3 ? Math.floor(cell) : cell);
    const end = this.rows - this.seen;
    if (this.end !== end) { // what is new is seen
      this.top += end - (this.end ?? 0);
      this.left += end - (this.end ?? 0);
      this.end = end;
    }
    this.top = Math.max(0, Math.min(end, this.top));
    this.left = Math.max(0, Math.min(end, this.left));
  }

  // What is pointed at elsewhere comes into view.
  reach(row, col) {
    if (row < this.top || row >= this.top + this.seen) this.top = Math.max(0, Math.min(this.end, row - Math.floor(this.seen / 2)));
    if (col !== null && (col < this.left || col >= this.left + this.seen)) this.left = Math.max(0, Math.min(this.end, col - Math.floor(this.seen / 2)));
  }

  slide(top, left) {
    Object.assign(this, { top, left });
    this.view.show();
  }

  at(i) { return this.gutter + i * this.cell; }

  across(i) { return this.at(i - this.left); }

  down(i) { return this.at(i - this.top); }

  // A thread of ground between cells that have room for it.
  lines({ ground }) {
    if (this.cell < 9) return;
    this.pen.fillStyle = css(ground);
    for (let i = 1; i <= this.seen; i += 1) {
      this.pen.fillRect(this.at(i) - 1, this.gutter, 1, this.seen * this.cell);
      this.pen.fillRect(this.gutter, this.at(i) - 1, this.seen * this.cell, 1);
    }
  }

  // All but a row and a column steps back.
  lit(row, col, { ground, ink }) {
    const { pen, cell } = this;
    pen.fillStyle = css(ground, 0.62);
    const end = this.at(this.seen);
    const [x, y] = [this.across(col), this.down(row)];
    for (const [top, bottom] of [[this.gutter, y], [y + cell, end]]) {
      pen.fillRect(this.gutter, top, x - this.gutter, bottom - top);
      pen.fillRect(x + cell, top, end - x - cell, bottom - top);
    }
    pen.strokeStyle = css(ink);
    pen.lineWidth = 2;
    pen.strokeRect(this.across(0), y, (row + 1) * cell, cell);
    pen.strokeRect(x, this.down(col), cell, this.down(this.rows) - this.down(col));
  }

  // The row of the character that asks now.
  frame(row, { role }) {
    this.pen.strokeStyle = css(role.input);
    this.pen.lineWidth = 3;
    this.pen.strokeRect(this.across(0), this.down(row), Math.max(this.cell, (row + 1) * this.cell), this.cell);
  }

  labels(row, col, { ink, soft, text: shades }) {
    const { pen, rem, cell } = this;
    const size = 0.86 * rem;
    const all = cell >= LABELLED * rem;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    const current = this.window + this.rows - 1;
    const write = (i, down, strong, color) => {
      const from = down ? this.top : this.left;
      if (i < from || i >= from + this.seen) return;
      pen.font = `${strong ? 700 : 400} ${size}px ${this.mono}`;
      pen.fillStyle = css(color);
      const along = this.at(i - from) + cell / 2;
      const glyph = this.story.glyph(this.story.id(i + this.window));
      if (down) pen.fillText(glyph, this.gutter / 2, along); else pen.fillText(glyph, along, this.gutter / 2);
    };
    const close = (a, b) => Math.abs(a - b) * cell < LABELLED * rem && a !== b;
    for (let place = this.window; place <= current; place += 1) {
      const i = place - this.window;
      const [asks, asked] = [place === row, place === (col ?? row)];
      if (all || asks || (place === current && !close(place, row))) {
        write(i, true, asks || place === current, place === current ? shades.input : asks ? ink : soft);
      }
      if (all || asked) write(i, false, asked, asked ? ink : soft);
    }
  }

  cellAt({ offsetX, offsetY }) {
    const [x, y] = [offsetX, offsetY].map((v) => Math.floor((v - this.gutter) / this.cell));
    const [col, row] = [x + this.left, y + this.top];
    if (x < 0 || y < 0 || y >= this.seen || x >= this.seen || row >= this.rows || col > row) return null;
    return { row: row + this.window, col: col + this.window };
  }

  key(event) {
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const last = this.window + this.rows - 1;
    const at = this.view.pointed ?? { row: last, col: last };
    if (way) {
      const row = Math.max(this.window, Math.min(last, at.row + way[0]));
      this.view.point({ row, col: Math.max(this.window, Math.min(row, (at.col ?? at.row) + way[1])) });
    } else if (event.key === 'Enter') this.view.lockAt(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export const text = (words) => document.createTextNode(words);

export function sized(canvas, width, height, pen) {
  const scale = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  pen.setTransform(scale, 0, 0, scale, 0, 0);
}
