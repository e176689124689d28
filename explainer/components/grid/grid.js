// --- grid: brings the parts together ----------------------------------------------------------------------

import { Moment, wholes } from '../player/moment.js';
import { Player } from '../player/player.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { openEditor, showNotes } from './edit.js';
import { Flight } from './flight.js';
import { framesOf, Increments, Stages } from './frames.js';
import { cellAt, cellBox, EDGE, freeCorner, leastNumber } from './layout.js';
import { beginAt, cellInLens, follow, layOutAll, seenOf, strongest, turned } from './lens.js';
import { lend, lit } from './links.js';
import { Matrix } from './model.js';
import { mounted } from './mount.js';
import { Painter } from './paint.js';
import { inWords, Ledger, Script, Tally } from './panel.js';
import { unpack } from './payload.js';
import { css, readTheme, themeKey } from './theme.js';

// Canvases of scenes that have gone: new ones of that size take longer than all that is drawn on them.
const SPARE = { cells: [], lights: [] };
const KEY = 1.8; // letters below a picture in which its key has room
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Grid {
  /** @type {any} */ spec;
  /** @type {string} */ signature;
  /** @type {any[]} */ links;

  constructor(parent) {
    this.root = element('div', 'grid');
    this.scene = element('div', 'scene');
    this.picture = element('div', 'picture');
    this.canvas = SPARE.cells.pop() ?? element('canvas', 'cells');
    this.glow = SPARE.lights.pop() ?? element('canvas', 'lights');
    this.over = element('div', 'over');
    this.signs = element('p', 'signs');
    this.signs.append(element('span', '', 'negative'), element('span', 'scale'), element('span', '', 'positive'));
    this.side = element('div', 'panel');
    this.readout = element('p', 'readout');
    this.words = element('div', 'visually-hidden');
    this.readout.setAttribute('role', 'status');
    this.readout.setAttribute('aria-live', 'polite');
    this.glow.setAttribute('aria-hidden', 'true');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-roledescription', 'matrices');
    this.picture.append(this.canvas, this.glow, this.over, this.signs);
    this.scene.append(this.picture, this.side);
    this.player = new Player(this.root, (position) => this.turn(position), (playing) => this.hush(playing));
    this.root.append(this.scene, this.player.transport.node, this.words);
    parent.append(this.root);
    this.painter = new Painter(this.canvas, this.glow);
    this.hover = this.lock = this.focus = this.editing = null;
    this.moment = new Moment(this.root);
    this.lenses = [];
    this.flight = new Flight(this);
    this.listen();
    this.canvas.__grid = this.report();
  }

  // --- data ---

  update({ data, setStateValue, setTriggerValue }) {
    this.send = { setStateValue, setTriggerValue };
    const spec = unpack(data);
    const signature = signatureOf(spec);
    const same = signature === this.signature;
    const typed = same ? this.matrices.map((m) => m.typed) : null;
    Object.assign(this, { spec, signature, links: spec.links });
    this.matrices = spec.matrices.map((m, i) => new Matrix(m, i));
    lend(this.matrices, this.links);
    if (typed) this.keepTyped(typed);
    this.frames = framesOf(this, spec.frames, spec.captions);
    if (!same) this.reset();
    if (this.moment.arrives()) this.recall();
    this.player.load(this.frames, spec.start, same);
    this.flight.stop();
    this.flight.position = this.position;
    this.frames?.show(this.position);
    this.build();
    this.resize(true);
  }

  // What was typed stays where Python has answered with a message.
  keepTyped(old) {
    old.forEach((typed, i) => typed.forEach((text, index) => {
      if (this.matrices[i].notes.has(index)) this.matrices[i].typed.set(index, text);
    }));
  }

  reset() {
    this.editing?.remove();
    if (this.lock) this.told(null);
    this.hover = this.lock = this.focus = this.editing = null;
  }

  // The cell that was locked when this was seen last, if it is in these matrices.
  recall() {
    const text = this.moment.recall('cell');
    const [matrix, row, col] = wholes(text, 3) ?? [];
    const m = this.spec.press ? null : this.matrices[matrix];
    const inside = m && !m.hidden && row >= 0 && row < m.height && col >= 0 && col < m.width;
    if (inside) this.lock = { matrix, row, col };
    if (text) this.told(this.lock);
  }

  told(cell) {
    if (this.spec.report) this.send.setStateValue('lock', cell);
    this.moment.keep('cell', cell ? `${cell.matrix}.${cell.row}.${cell.col}` : '');
  }

  get position() { return this.player.position; }

  build() {
    this.root.style.setProperty('--height', this.spec.height === 'stage' ? STAGE_HEIGHT : `${this.spec.height}px`);
    this.ledger = this.links.some((l) => l.kind === 'product') ? new Ledger(this) : null;
    this.part = null;
    if (this.frames instanceof Increments) this.part = new Tally(this.frames);
    if (this.frames instanceof Stages) this.part = new Script(this.frames);
    const beside = this.spec.panel && (this.ledger || this.part);
    this.side.replaceChildren(...(beside ? [this.part?.node, this.ledger?.node, this.readout].filter(Boolean) : []));
    this.side.hidden = !beside;
    this.root.classList.toggle('captioned', this.part instanceof Script && !this.ledger);
    if (!beside) this.scene.after(this.readout);
    this.player.describe(this.canvas, this.spec.press ? `${this.spec.alt} The arrow keys lead from cell to cell, Enter opens one.` : this.spec.alt);
    this.canvas.toggleAttribute('data-letters', this.matrices.some((m) => m.editable)); // the deck leaves them to it
  }

  // What is seen of the matrices now, each as a table.
  tables() {
    return this.matrices.filter((m) => !m.hidden && m.width).map((m) => ({ title: m.name || m.title || 'Matrix', columns: m.columns() }));
  }

  // --- size and painting ---

  panelHeight() { return this.narrow ? 40 * this.rem : this.side.clientHeight; }

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    this.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', this.narrow);
    this.root.classList.toggle('tallied', this.part instanceof Tally && !this.side.hidden);
    this.root.classList.toggle('stacked', this.root.clientWidth < NARROW);
    const [width, height] = [this.picture.clientWidth, this.picture.clientHeight];
    if (!width || (!force && width === this.width && (this.narrow || height === this.available))) return;
    this.width = width;
    this.height = this.available = height;
    this.dress();
    const { total, lenses } = this.lay(width, height);
    this.lenses = lenses;
    lenses.forEach((lens) => { lens.least = leastNumber(this); });
    if (lenses.length) beginAt(this);
    if (this.narrow) this.height = Math.ceil(total + (this.signs.hidden ? 0 : KEY * this.rem));
    this.picture.style.height = this.narrow ? `${this.height}px` : '';
    this.painter.resize(width, this.height);
    this.paint();
  }

  // Lays all out; where shades tell signs and no lens has a legend, a free corner, or a line below, has a key.
  lay(width, height) {
    const measure = (...args) => this.painter.measure(...args);
    const page = { width, height, rem: this.rem, measure, narrow: this.narrow, wide: this.spec.wide };
    let found = layOutAll(this.matrices, this.links, page);
    const signed = !found.lenses.length && this.matrices.some((m) => m.shade === 'diverging' && m.ends[0] < 0);
    this.signs.hidden = !signed;
    if (!signed) return found;
    const [wide, high] = [this.signs.offsetWidth + 2 * EDGE, KEY * this.rem];
    const corner = this.narrow ? null : freeCorner(this.matrices, [width, height], [wide, high]);
    if (!corner && !this.narrow) {
      const lower = layOutAll(this.matrices, this.links, { ...page, height: height - high });
      if (!lower.lenses.length) found = lower;
      else { found = layOutAll(this.matrices, this.links, page); this.signs.hidden = true; }
    }
    this.signs.className = `signs ${corner ?? 'bottom left'}`;
    return found;
  }

  // Reads the theme's colours anew when they have changed: light, dark.
  dress() {
    const key = themeKey(this.root);
    if (this.theme === key) return;
    this.theme = key;
    const theme = readTheme(this.root);
    this.painter.setTheme(theme);
    const { fill } = theme.diverging;
    this.root.style.setProperty('--signs', `linear-gradient(to right, ${[0, 1, 2, 3, 4].map((i) => fill[Math.round((i * (fill.length - 1)) / 4)]).join(', ')})`);
    Object.entries(theme.role).forEach(([role, color]) => this.root.style.setProperty(`--role-${role}`, css(color)));
  }

  paint() {
    const begin = performance.now();
    this.painter.paint(this.matrices);
    this.drawMs = performance.now() - begin;
    showNotes(this);
    this.shine();
    this.describe();
  }

  // Lights, readout and panel of what is locked, pointed at, focused or played.
  shine() {
    const cell = this.active();
    const found = cell ? lit(this, cell) : null;
    this.lights = [...(this.frames?.lights(this.position, Boolean(found)) ?? []), ...(found?.lights ?? [])];
    if (this.lenses.length) {
      const seen = [...this.lights, ...strongest(this, cell ?? made(this.frames?.ledger?.(this.position)))];
      const measure = (...args) => this.painter.measure(...args);
      this.lenses = turned(this.lenses, this.matrices, seen, { rem: this.rem, measure });
      this.lenses.forEach((lens) => follow(lens, seen, this.within));
    }
    this.relight();
    const words = found?.words ?? this.frames?.words?.() ?? '';
    if (this.readout.textContent !== words) this.readout.textContent = words;
    this.readout.classList.toggle('locked', Boolean(this.lock));
    this.showLedger(found ? found.ledger : this.frames?.ledger?.(this.position) ?? null);
    this.part?.show(this.position);
  }

  relight() {
    this.painter.shine(this.matrices, this.lights, this.byKeys ? this.focus : null, Boolean(this.lock), this.lenses);
    this.flight.paint(this.painter, this.painter.lights);
  }

  sentence() { return this.frames instanceof Stages ? this.frames.now(this.position).title : ''; }

  // Beside a script the ledger waits without a word until there is a product to show.
  showLedger(now) {
    if (!this.ledger) return;
    this.ledger.node.hidden = !now && Boolean(this.part);
    this.ledger.show(now);
  }

  active() { return this.lock ?? this.hover ?? (this.byKeys ? this.focus : null) ?? this.spec.opens; }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.shine(); });
  }

  describe() {
    clearTimeout(this.describing);
    this.describing = setTimeout(() => { if (!this.player.playing) this.words.replaceChildren(...this.matrices.map(inWords)); }, 300);
  }

  // --- playing ---

  turn(position) {
    const begin = performance.now();
    const changed = this.frames.show(position);
    if (!this.width) return; // it is painted once it has a size
    if (!changed) this.painter.paint(this.matrices);
    else changed.forEach((cells, index) => this.painter.matrix(this.painter.cells, this.matrices[index], cells));
    this.drawMs = performance.now() - begin;
    this.flight.stop(); // what was on its way is not to be drawn where it no longer belongs
    this.shine();
    this.flight.turn(position);
    this.describe();
  }

  hush(playing) {
    this.readout.setAttribute('aria-live', playing ? 'off' : 'polite');
    if (!playing) this.describe();
  }

  // --- pointing, clicking, keys ---

  listen() {
    const { canvas } = this;
    canvas.onpointermove = (event) => { if (event.pointerType !== 'touch') this.point(this.under(event)); };
    canvas.onpointerdown = () => this.byKey(false);
    canvas.onpointerleave = () => { this.within = false; this.point(null); };
    canvas.onclick = (event) => this.click(this.under(event), event.pointerType === 'touch');
    canvas.ondblclick = (event) => this.edit(this.under(event));
    canvas.onkeydown = (event) => this.key(event);
    canvas.onfocus = () => this.byKey(canvas.matches(':focus-visible'));
    canvas.onblur = () => this.byKey(false);
    canvas.onpaste = (event) => this.paste(event);
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.root);
    this.resizing.observe(this.picture);
    this.restyle = () => { this.theme = null; this.resize(true); };
    document.fonts.addEventListener('loadingdone', this.restyle);
  }

  // In a lens, too, a cell is pointed at; the window then stays where it is.
  under(event) {
    const inLens = cellInLens(this.lenses, event.offsetX, event.offsetY);
    this.within = Boolean(inLens);
    return inLens ?? cellAt(this.matrices, event.offsetX, event.offsetY);
  }

  point(cell) {
    if (sameCell(cell, this.hover)) return;
    this.hover = cell;
    this.soon();
  }

  // Whether the visitor moves by keys: only then does the focused cell light up by itself.
  byKey(byKeys) {
    this.byKeys = byKeys;
    this.focus ??= { matrix: 0, row: 0, col: 0 };
    this.soon();
  }

  click(cell, touch) {
    if (!cell) { this.setLock(null); return; }
    this.focus = cell;
    if (this.spec.press) { this.send.setTriggerValue('press', cell); return; }
    if (touch && sameCell(cell, this.lock) && this.edit(cell)) return;
    this.setLock(sameCell(cell, this.lock) ? null : cell);
  }

  setLock(cell) {
    if (sameCell(cell, this.lock)) return;
    this.lock = cell;
    this.told(cell);
    this.soon();
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const editable = this.matrices[this.focus?.matrix ?? 0].editable;
    if (arrow) this.moveFocus(...arrow);
    else if (event.key === 'Escape' && this.lock) this.setLock(null);
    else if (event.key === 'Enter' && editable) this.edit(this.focus);
    else if (event.key === 'Enter' || event.key === ' ') this.click(this.focus, false);
    else if (editable && /^[\d.,+\-\u2212]$/.test(event.key)) this.edit(this.focus, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  moveFocus(down, right) {
    const from = this.focus ?? { matrix: 0, row: 0, col: 0 };
    const m = this.matrices[from.matrix];
    const [row, col] = [from.row + down, from.col + right];
    this.byKeys = true;
    const inside = row >= 0 && row < m.height && col >= 0 && col < m.width;
    this.focus = inside ? { matrix: from.matrix, row, col } : this.across(m, from, down, right) ?? from;
    this.soon();
  }

  // The cell of the next matrix in that direction.
  across(m, from, down, right) {
    const { x, y, w, h } = cellBox(m, from.row, from.col);
    const [cx, cy] = [x + w / 2, y + h / 2];
    const ahead = this.matrices.filter((o) => o !== m && !o.hidden).map((o) => {
      const col = Math.max(0, Math.min(o.width - 1, Math.floor((cx - o.x) / o.cw)));
      const row = Math.max(0, Math.min(o.height - 1, Math.floor((cy - o.y) / o.ch)));
      const to = cellBox(o, row, col);
      const [dx, dy] = [to.x + to.w / 2 - cx, to.y + to.h / 2 - cy];
      return { cell: { matrix: o.index, row, col }, along: dx * right + dy * down, aside: Math.abs(dx * down) + Math.abs(dy * right) };
    }).filter((a) => a.along > 0 && a.aside <= a.along);
    return ahead.sort((a, b) => a.along + 2 * a.aside - b.along - 2 * b.aside)[0]?.cell;
  }

  // --- editing ---

  edit(cell, first = null) {
    if (!cell || !this.matrices[cell.matrix].editable) return false;
    this.setLock(null);
    this.focus = cell;
    openEditor(this, cell, first);
    return true;
  }

  edited(cell, text) {
    const m = this.matrices[cell.matrix];
    if (!/[\t\n]/.test(text)) m.typed.set(cell.row * m.width + cell.col, text);
    this.painter.matrix(this.painter.cells, m);
    this.send.setTriggerValue('edit', { ...cell, text });
    setTimeout(() => this.forget(), 5000);
  }

  // An edit that changed nothing brings no answer; the cell then shows its number again.
  forget() {
    for (const m of this.matrices) for (const index of m.typed.keys()) if (!m.notes.has(index)) m.typed.delete(index);
    this.painter.paint(this.matrices);
  }

  paste(event) {
    const text = event.clipboardData.getData('text/plain').trimEnd();
    if (!this.focus || !this.matrices[this.focus.matrix].editable || !text) return;
    event.preventDefault();
    this.edited(this.focus, text);
  }

  // --- for tests ---

  report() {
    const grid = this;
    return {
      get drawMs() { return grid.drawMs; },
      get scales() { return [grid.painter.theme.sequential, grid.painter.theme.loss, grid.painter.theme.diverging]; },
      get frame() { return grid.position; },
      get last() { return grid.player.last; },
      get playing() { return grid.player.playing; },
      get flying() { return grid.flight.at ?? null; },
      get lit() { return grid.lights.map(({ matrix, rows, cols, kind, role }) => ({ matrix, rows, cols, kind, role })); },
      get named() { return grid.painter.named; }, // labels of what is lit
      get matrices() {
        return grid.matrices.map((m) => ({
          name: m.name, rows: m.height, cols: m.width, values: Array.from(m.values), font: m.font,
          x: m.x, y: m.y, cw: m.cw, ch: m.ch, texts: Array.from(m.values, (_, i) => m.text(Math.floor(i / m.width), i % m.width)),
        }));
      },
      get lenses() {
        return grid.lenses.map((l) => ({ matrix: l.index, seen: seenOf(l), at: l.aimed, font: l.font, left: l.left, top: l.top, cw: l.cw, ch: l.ch, box: l.box, told: l.told, rows: l.rows, cols: l.cols }));
      },
      // Every number that painting it all draws now, with its size in pixels.
      get painted() {
        const drawn = [];
        grid.painter.note = (m, text, px) => drawn.push({ matrix: m.index, text, px });
        grid.paint();
        grid.painter.note = null;
        return drawn;
      },
      // What pointing at a cell says.
      words(matrix, row, col) { return lit(grid, { matrix, row, col }).words; },
      redraw() { grid.paint(); return grid.drawMs; },
    };
  }

  close() {
    this.player.close();
    this.flight.stop();
    this.resizing.disconnect();
    document.fonts.removeEventListener('loadingdone', this.restyle);
    this.root.remove();
    for (const canvas of [this.canvas, this.glow]) spare(canvas);
  }
}

function spare(canvas) {
  canvas.remove();
  const kept = SPARE[canvas.className];
  if (kept.length < 2) kept.push(canvas);
  else canvas.width = 0;
}

const made = (ledger) => ledger && { matrix: ledger.link.out, row: ledger.row, col: ledger.col };
const sameCell = (a, b) => a === b || (a && b && a.matrix === b.matrix && a.row === b.row && a.col === b.col);

// What must stay the same for position, lock and focus to be kept.
function signatureOf({ matrices, links, frames, start }) {
  return JSON.stringify([
    matrices.map((m) => [m.name, m.values.shape, m.place]),
    links.map((l) => [l.kind, l.matrix, l.matrices, l.left, l.right, l.out]),
    frames.map((f) => [f.kind, f.matrix, f.starts?.length, f.order?.length, f.values?.shape, f.stages?.length, f.within && f.titles]),
    start,
  ]);
}

export default mounted(Grid);
