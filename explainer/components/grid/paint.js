// --- paint: two canvases, the numbers below and the lights above ----------------------------------------

import { UNKNOWN } from './frames.js';
import { all, areaBox, cellBox, clamp, one, sum } from './layout.js';
import { clipped, FEW_COUNTS, legend, lensHeadings, seenOf } from './lens.js';
import { spoken } from './numbers.js';
import { contrast, css, mix, READABLE, SHADES } from './theme.js';

const TINY = 5; // below this many pixels a matrix is drawn as an image, one pixel a cell, and enlarged

export class Painter {
  /** @type {(m: any, text: string, px: number) => void} */ note;

  constructor(cells, lights) {
    this.cells = cells.getContext('2d');
    this.lights = lights.getContext('2d');
    this.ruler = document.createElement('canvas').getContext('2d');
    this.widths = new Map();
  }

  resize(width, height) {
    this.ratio = window.devicePixelRatio || 1;
    this.size = [width, height];
    const { canvas } = this.lights;
    if (this.pixels.some((count, i) => count !== [canvas.width, canvas.height][i])) canvas.width = 0;
    else this.lay(this.lights); // is emptied
    this.lay(this.cells);
  }

  get pixels() { return this.size.map((side) => Math.round(side * this.ratio)); }

  // The browser empties a canvas that keeps its size; another size is as long in coming as all that is drawn.
  lay({ canvas }) {
    const [width, height] = this.size;
    [canvas.width, canvas.height] = this.pixels;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.getContext('2d').scale(this.ratio, this.ratio);
  }

  setTheme(theme) {
    this.theme = theme;
    this.ink = css(theme.ink);
    this.widths.clear();
  }

  // What costs is red, as losses are everywhere.
  scale({ tone, role }) { return this.theme[tone === 'sequential' && role === 'loss' ? 'loss' : tone]; }

  font(size, weight = 500) { return `${weight} ${size}px ${this.theme.font}`; }

  // Width of a text, from glyph widths that are measured once.
  measure(text, size, weight = 500) {
    let width = 0;
    for (const glyph of text) {
      const key = weight + glyph;
      if (!this.widths.has(key)) {
        this.ruler.font = this.font(100, weight);
        this.widths.set(key, this.ruler.measureText(glyph).width / 100);
      }
      width += this.widths.get(key);
    }
    return width * size;
  }

  paint(matrices) {
    const ctx = this.cells;
    ctx.clearRect(0, 0, ...this.size);
    for (const m of matrices.filter((m) => !m.hidden)) {
      this.title(ctx, m);
      this.labels(ctx, m);
      this.matrix(ctx, m);
    }
  }

  // Repaints some cells of a matrix, or all of them.
  matrix(ctx, m, indexes = null) {
    if (m.hidden) return;
    if (m.cw < TINY || m.ch < TINY) { this.image(ctx, m); return; }
    this.begin(ctx, m);
    if (!indexes) ctx.clearRect(m.x, m.y, m.width * m.cw, m.height * m.ch);
    if (indexes) for (const i of indexes) this.again(ctx, m, Math.floor(i / m.width), i % m.width);
    else for (let row = 0; row < m.height; row += 1) for (let col = 0; col < m.width; col += 1) this.cell(ctx, m, row, col);
  }

  begin(ctx, m) {
    ctx.font = this.font(m.font || 10);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    ctx.lineWidth = m.shade === 'none' ? Math.max(1, m.cw / 90) : 1;
  }

  again(ctx, m, row, col) {
    ctx.clearRect(m.x + col * m.cw, m.y + row * m.ch, m.cw, m.ch);
    this.cell(ctx, m, row, col);
  }

  cell(ctx, m, row, col) {
    const box = cellBox(m, row, col);
    const value = m.at(row, col);
    const shaded = m.tone !== 'none' && !Number.isNaN(value) && !m.covers(row, col);
    let [ink, plate] = [this.ink, ''];
    if (shaded) {
      const step = Math.round(m.shadeOf(value) * (SHADES - 1));
      const { fill, text, plate: behind } = this.scale(m);
      ctx.fillStyle = fill[step];
      ctx.fillRect(box.x, box.y, box.w, box.h);
      [ink, plate] = [text[step], behind[step]];
    } else if (m.shade === 'none') this.outline(ctx, m, box);
    else this.frame(ctx, grow(box, -0.5), css(this.theme.line), 1, 0);
    if (Number.isNaN(value) && m.instead.size && this.sign(ctx, m, m.text(row, col), box)) return;
    this.number(ctx, m, m.text(row, col), box, ink, 500, plate);
    if (m.marked(row, col)) this.mark(ctx, box);
  }

  // What stands in the place of a number, in the colour of what went wrong; true if there is such a thing.
  sign(ctx, m, text, box) {
    if (!text) return false;
    ctx.fillStyle = css(mix(this.theme.ground, this.theme.role.loss, 0.18));
    ctx.fillRect(box.x, box.y, box.w, box.h);
    ctx.font = this.font(Math.min(box.h * 0.8, (0.9 * box.w) / this.measure(text, 1, 700), 1.2 * (m.font || box.h)), 700);
    ctx.fillStyle = css(this.theme.text.loss);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(text, box.x + box.w / 2, box.y + box.h / 2);
    this.begin(ctx, m);
    return true;
  }

  // A dash below the number.
  mark(ctx, { x, y, w, h }) {
    const thick = Math.max(1.5, h * 0.09);
    ctx.fillStyle = css(this.theme.role.loss);
    ctx.fillRect(x + w * 0.28, y + h - thick, w * 0.44, thick);
  }

  outline(ctx, m, box) {
    ctx.strokeStyle = css(this.theme.role[m.role], 0.9);
    this.round(ctx, m, box);
    ctx.stroke();
  }

  round(ctx, m, { x, y, w, h }) {
    ctx.beginPath();
    ctx.roundRect(x, y, w, h, m.gap > 1 ? Math.min(w, h) * 0.12 : 0);
  }

  number(ctx, m, text, { x, y, w, h }, ink, weight = 500, plate = '') {
    const wanted = m.font || (text === UNKNOWN ? m.ch * 0.6 : 0);
    if (!text || !wanted) return;
    const size = Math.min(wanted, w / this.measure(text, 1, weight));
    if (size < m.least) return;
    const own = size !== m.font || weight !== 500;
    if (own) ctx.font = this.font(size, weight);
    if (plate) this.plate(ctx, { x, y, w, h }, size * this.measure(text, 1, weight), size, plate);
    ctx.fillStyle = ink;
    ctx.fillText(text, x + w / 2, y + h / 2 + size * 0.34);
    if (this.note) this.note(m, text, size);
    if (own) ctx.font = this.font(m.font || 10);
  }

  // A plate under a number that would not be read on its cell's colour.
  plate(ctx, { x, y, w, h }, wide, size, color) {
    const [width, height] = [Math.min(w, wide + size * 0.5), Math.min(h, size * 1.3)];
    ctx.fillStyle = color;
    ctx.beginPath();
    ctx.roundRect(x + (w - width) / 2, y + (h - height) / 2, width, height, size * 0.3);
    ctx.fill();
  }

  image(ctx, m) {
    const picture = new ImageData(m.width, m.height);
    const table = this.scale(m).rgb;
    for (let i = 0; i < m.values.length; i += 1) {
      const value = m.values[i];
      if (Number.isNaN(value)) continue;
      const [r, g, b] = table[Math.round(m.shadeOf(value) * (SHADES - 1))];
      picture.data.set([r, g, b, 255], 4 * i);
    }
    const small = new OffscreenCanvas(m.width, m.height);
    small.getContext('2d').putImageData(picture, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(small, m.x, m.y, m.width * m.cw, m.height * m.ch);
  }

  title(ctx, m) {
    if (m.titleAt === 'none') return;
    const { x, y, w, h } = areaBox(m, all(m.height), all(m.width));
    const above = y - (m.cols.length ? m.labelSize * 1.45 : 0) - m.titleSize * 0.5;
    const [tx, ty, align] = {
      above: [x, above, 'left'],
      below: [x, y + h + m.titleSize * 1.1, 'left'],
      left: [x - m.inset.left - m.titleSize * 0.8, y + h / 2 + m.titleSize * 0.34, 'right'],
      right: [x + w + m.titleSize * 0.8, y + h / 2 + m.titleSize * 0.34, 'left'],
    }[m.titleAt];
    ctx.font = this.font(m.titleSize, 700);
    ctx.fillStyle = css(this.theme.text[m.role]);
    ctx.textAlign = align;
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(m.label, tx, ty);
  }

  labels(ctx, m) {
    const color = css(this.theme.soft);
    const widest = Math.max(0, ...m.cols.map((text) => this.measure(text, m.labelSize, 700)));
    m.every = [every(m.labelSize * 1.05, m.ch), every(widest * 1.15, m.cw)];
    for (let row = 0; row < m.rows.length; row += m.every[0]) this.rowLabel(ctx, m, row, color);
    for (let col = 0; col < m.cols.length; col += m.every[1]) this.colLabel(ctx, m, col, color);
  }

  rowLabel(ctx, m, row, color) {
    ctx.font = this.font(m.labelSize, 700);
    ctx.fillStyle = color;
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'right';
    ctx.fillText(m.rows[row], (m.left ?? m.x) - m.labelSize * 0.4, m.y + (row + 0.5) * m.ch + m.labelSize * 0.34);
  }

  colLabel(ctx, m, col, color) {
    ctx.font = this.font(m.labelSize, 700);
    ctx.fillStyle = color;
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'center';
    ctx.fillText(m.cols[col], m.x + (col + 0.5) * m.cw - m.gap / 2, (m.top ?? m.y) - m.labelSize * 0.4);
  }

  // --- lights ---

  shine(matrices, lights, focus, locked, lenses) {
    const ctx = this.lights;
    const shown = lights.filter((l) => !matrices[l.matrix].hidden);
    if (ctx.canvas.width) ctx.clearRect(0, 0, ...this.size);
    else if (shown.length || focus || lenses.length) this.lay(ctx); // its pixels cost time: only once there is light
    const order = ['soft', 'mark', 'band', 'row', 'column', 'term', 'cell'];
    this.named = [];
    for (const l of shown.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      const m = matrices[l.matrix];
      this[`light_${l.kind}`](ctx, m, l, locked);
    }
    for (const m of matrices.filter((one) => !one.hidden)) this.name(ctx, m, shown, lenses.find((lens) => lens.of === m));
    if (focus) this.focusRing(ctx, matrices[focus.matrix], focus);
    for (const lens of lenses.filter((l) => !l.hidden)) this.lens(lens, shown, locked);
  }

  // The window of a lens with its numbers, what is lit of it, and where it lies on the map.
  lens(lens, lights, locked) {
    const [rows, cols] = seenOf(lens);
    this.window(this.cells, lens, rows, cols);
    for (const l of lights.filter((one) => one.matrix === lens.index && one.kind !== 'band')) {
      const seen = clipped(lens, l);
      if (seen) this[`light_${l.kind}`](this.lights, lens, seen, locked);
    }
    if (!pointsOut(lens.of, lights)) this.aimed(lens, rows, cols);
    this.name(this.lights, lens, lights.map((l) => l.matrix === lens.index && clipped(lens, l)).filter(Boolean), lens);
    this.frame(this.lights, grow(areaBox(lens.of, rows, cols), 1), this.ink, 1.5, 2);
  }

  // The cell that the heading is about, in the lens and, where it can be seen, on the map.
  aimed(lens, rows, cols) {
    const [row, col] = lens.aimed;
    if (row < rows[0] || row > rows[1] || col < cols[0] || col > cols[1]) return;
    for (const m of lens.of.cw >= TINY ? [lens, lens.of] : [lens]) this.frame(this.lights, cellBox(m, row, col), this.ink, 2, 2);
  }

  window(ctx, lens, rows, cols) {
    const { x, y, w, h } = lens.box;
    ctx.clearRect(x, y, Math.max(w, lens.left + lens.room - x), h); // its words may be wider than its cells
    this.begin(ctx, lens);
    for (let row = rows[0]; row <= rows[1]; row += 1) for (let col = cols[0]; col <= cols[1]; col += 1) this.cell(ctx, lens, row, col);
    const soft = css(this.theme.soft);
    if (lens.rows.length) for (let row = rows[0]; row <= rows[1]; row += 1) this.rowLabel(ctx, lens, row, soft);
    if (lens.cols.length) for (let col = cols[0]; col <= cols[1]; col += 1) this.colLabel(ctx, lens, col, soft);
    this.lensWords(ctx, lens, rows[1] - rows[0] + 1);
  }

  lensWords(ctx, lens, rows) {
    const size = 1.15 * lens.rem;
    const heads = lensHeadings(lens);
    const head = heads.find((text) => this.measure(text, size, 700) <= lens.room) ?? heads.at(-1);
    ctx.font = this.font(size, 700);
    ctx.fillStyle = css(this.theme.text[lens.role]);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(head, lens.left, lens.box.y + 1.25 * lens.rem - lens.tight / 2);
    if (this.note) this.note(lens, head, size);
    const told = lens.of.tone === 'none' ? null : legend(lens.of); // numbers that wear no shade have no scale
    lens.told = { head, ...told };
    if (told) this.legend(ctx, lens, told, lens.top + rows * lens.ch + 0.5 * lens.rem - lens.tight / 2);
  }

  // "0 ▭▭▭ 2,387 logarithmic scale": the shades from end to end, as many as there is room for.
  legend(ctx, lens, { from, to, beyond, named, steps }, y) {
    const size = 0.85 * lens.rem;
    const over = beyond ? ['\u2264 ', '\u2265 '] : ['', '']; // the last shade is that of all beyond, too
    const [ends, gap] = [[(from ? over[0] : '') + spoken(from), (to ? over[1] : '') + spoken(to)], 0.4 * lens.rem];
    const words = ends.map((text) => this.measure(text, size));
    const leftOver = (text) => lens.room - sum(words) - this.measure(text, size) - 3 * gap;
    const scale = [named, named.replace(' scale', '')].find((text) => leftOver(text) >= 1.5 * lens.rem) ?? '';
    const width = clamp(leftOver(scale), 1.5 * lens.rem, 6 * lens.rem);
    ctx.font = this.font(size);
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'left';
    const write = (text, x) => { ctx.fillStyle = css(this.theme.soft); ctx.fillText(text, x, y + 0.72 * lens.rem); };
    const left = lens.left + words[0] + gap;
    write(ends[0], lens.left);
    for (let i = 0; i < steps; i += 1) {
      const value = from + ((to - from) * i) / (steps - 1);
      ctx.fillStyle = this.scale(lens.of).fill[Math.round(lens.of.shadeOf(value) * (SHADES - 1))];
      ctx.fillRect(left + (width * i) / steps, y, width / steps + (steps > FEW_COUNTS + 1 ? 0.5 : -1), 0.8 * lens.rem);
    }
    this.frame(ctx, { x: left, y, w: width, h: 0.8 * lens.rem }, css(this.theme.line), 1, 0);
    write(ends[1], left + width + gap);
    if (scale) write(scale, left + width + words[1] + 2 * gap);
  }

  outlined(m) { return m.shade === 'none' && m.cw >= TINY; }

  light_soft(ctx, m, l) { this.lightCells(ctx, m, l, 0.16, css(this.theme.role[l.role]), 2.5); }

  light_term(ctx, m, l) { this.lightCells(ctx, m, l, 0.42, css(this.theme.ink), 3); }

  light_cell(ctx, m, l, locked) { this.lightCells(ctx, m, l, 0.22, css(this.theme.ink), locked ? 4.5 : 3, 3); }

  light_mark(ctx, m, l) { this.frame(ctx, areaBox(m, l.rows, l.cols), css(this.theme.text[l.role]), 2, 3); }

  light_row(ctx, m, l) { this.frame(ctx, areaBox(m, l.rows, l.cols), css(this.theme.role[l.role]), 2); }

  light_column(ctx, m, l) { this.frame(ctx, areaBox(m, l.rows, l.cols), css(this.theme.role[l.role]), 2); }

  // A dotted band from a row or column to the cell it helps to make, where they stand in line.
  light_band(ctx, m, l) {
    const area = areaBox(m, l.rows, l.cols);
    const [out, row, col] = l.to;
    const target = cellBox(out, row, col);
    const inRow = Math.abs(area.y - target.y) < 1 && target.x > area.x && l.rows[0] === l.rows[1];
    const inColumn = Math.abs(area.x - target.x) < 1 && target.y > area.y && l.cols[0] === l.cols[1];
    if (!inRow && !inColumn) return;
    if (inRow) area.w = target.x + target.w - area.x;
    else area.h = target.y + target.h - area.y;
    const room = 2 + m.gap / 2;
    ctx.setLineDash([2.5, 4.5]);
    this.frame(ctx, grow(area, room), css(this.theme.role[l.role]), 2, room + 4);
    ctx.setLineDash([]);
  }

  // Outlined cells are tinted one by one; shaded ones keep their shade inside a frame.
  lightCells(ctx, m, l, strength, color, width, radius = 1) {
    if (!this.outlined(m)) { this.frame(ctx, areaBox(m, l.rows, l.cols), color, width, radius); return; }
    for (let row = l.rows[0]; row <= l.rows[1]; row += 1) {
      for (let col = l.cols[0]; col <= l.cols[1]; col += 1) this.tinted(ctx, m, row, col, l.role, strength, width / 2.5);
    }
  }

  // A cell of an outlined matrix in the tint of its role, its number bold.
  tinted(ctx, m, row, col, role, strength, stroke, text = m.text(row, col)) {
    const box = cellBox(m, row, col);
    const color = this.theme.role[role];
    const tint = mix(this.theme.ground, color, strength);
    this.round(ctx, m, box);
    ctx.fillStyle = css(tint);
    ctx.fill();
    ctx.lineWidth = Math.max(1.5, m.cw / 40) * stroke;
    ctx.strokeStyle = css(color);
    ctx.stroke();
    const ink = contrast(this.theme.text[role], tint) >= READABLE ? this.theme.text[role] : this.theme.ink;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    this.number(ctx, m, text, box, css(ink), 700);
  }

  // A number that has left its cell.
  travelling(ctx, m, box, text) {
    this.round(ctx, m, box);
    ctx.fillStyle = css(mix(this.theme.ground, this.theme.role[m.role], 0.3), 0.85);
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = css(this.theme.role[m.role]);
    ctx.stroke();
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    this.number(ctx, m, text, box, this.ink, 700);
  }

  frame(ctx, { x, y, w, h }, color, width, radius = 1) {
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.beginPath();
    ctx.roundRect(x, y, w, h, radius);
    ctx.stroke();
  }

  // What is lit has its labels, also where there was no room for every one: those that they would run into go.
  name(ctx, m, lights, lens) {
    const own = lights.filter((l) => l.matrix === m.index && l.kind !== 'mark' && l.kind !== 'band');
    if (lens && !pointsOut(m, lights)) own.push({ rows: one(lens.aimed[0]), cols: one(lens.aimed[1]), role: m.role });
    const chosen = (side) => {
      const roles = new Map();
      for (const l of own) if (l[side][0] === l[side][1] && !roles.has(l[side][0])) roles.set(l[side][0], l.role);
      return [...roles].reverse();
    };
    this.lit(ctx, m, 'row', m.rows, chosen('rows'), (a, b) => Math.abs(a - b) * m.ch < m.labelSize * 1.05);
    const half = (col) => this.measure(m.cols[col], m.labelSize, 700) / 2;
    this.lit(ctx, m, 'col', m.cols, chosen('cols'), (a, b) => Math.abs(a - b) * m.cw < 1.1 * (half(a) + half(b)));
  }

  // Labels in their colours, the most important first; others that are too near are wiped out or left out.
  lit(ctx, m, side, texts, chosen, near) {
    const [place, label] = side === 'row' ? [0, this.rowLabel] : [1, this.colLabel];
    const drawn = [];
    for (const [at, role] of chosen.filter(([at]) => texts[at] && !hiddenIn(m, place, at))) {
      if (drawn.some((other) => near(at, other))) continue;
      drawn.push(at);
      for (let other = 0; other < texts.length; other += m.every[place]) {
        if ((other === at || near(at, other)) && !hiddenIn(m, place, other)) this.wipe(ctx, m, side, other);
      }
      label.call(this, ctx, m, at, css(this.theme.text[role]));
      this.named.push({ matrix: m.index, lens: Boolean(m.of), side, at });
    }
  }

  wipe(ctx, m, side, at) {
    const size = m.labelSize;
    const width = this.measure((side === 'row' ? m.rows : m.cols)[at], size, 700) + 2;
    ctx.fillStyle = css(this.theme.ground);
    const below = Math.min(0.64 * size, m.every[0] * m.ch - 0.5 * size); // with the tail of an Ą
    if (side === 'row') ctx.fillRect((m.left ?? m.x) - size * 0.4 - width, m.y + (at + 0.5) * m.ch - size * 0.55, width + 1, size * 0.55 + below);
    else ctx.fillRect(m.x + (at + 0.5) * m.cw - m.gap / 2 - width / 2, (m.top ?? m.y) - size * 1.3, width, size * 1.2);
  }

  // Two rings, so that one of them shows on any shade.
  focusRing(ctx, m, { row, col }) {
    const box = cellBox(m, row, col);
    this.frame(ctx, grow(box, 2), css(this.theme.ground), 2, 3);
    this.frame(ctx, grow(box, 4), css(this.theme.ink), 2, 4);
  }
}

// Whether the lights of a matrix say themselves which cell is meant.
const pointsOut = (m, lights) => lights.some((l) => l.matrix === m.index && (l.kind === 'cell' || l.kind === 'term'));

// A row or a column of a lens that is not in its window.
const hiddenIn = (m, place, at) => Boolean(m.of) && (at < m.first[place] || at >= m.first[place] + m.seen[place]);

// Of labels that would run into each other only every second, third … is written.
const every = (size, room) => Math.max(1, Math.ceil(size / room));

const grow = ({ x, y, w, h }, by) => ({ x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by });
