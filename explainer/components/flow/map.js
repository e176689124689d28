// --- map: the whole way on one canvas ----------------------------------------------------------------------

import { sized } from '../attention/heat.js';
import { exact } from '../grid/numbers.js';
import { css, mix } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { layOut } from './layout.js';

const DOTS = 26; // that run along one connection
const THIN = 3; // px: what is thinner is not drawn
const SHOWN = 0.85; // how far a section must be open for the words in it
const FAINT = 0.28; // opacity of the heads that are not followed
const signed = (value) => `${value < 0 ? '' : '+'}${exact(value, 2)}`;

// Whole pixels for every number of a vector, where there is room for them.
function snapped(room, { widths }) {
  const unit = widths.ln_f / (window.devicePixelRatio || 1);
  return room >= unit ? Math.floor(room / unit) * unit : room;
}

export class FlowMap {
  /** @type {Map<string, any>} */ boxes;
  /** @type {boolean} */ narrow;
  /** @type {any} */ moment;
  /** @type {number} */ font;
  /** @type {number} */ rem;
  /** @type {any[]} */ sections;
  /** @type {HTMLCanvasElement} */ still;
  /** @type {number | null} */ kept;

  constructor(view) {
    this.view = view;
    this.node = element('div', 'map');
    this.canvas = element('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.pen = this.canvas.getContext('2d');
    this.label = element('p', 'pointed');
    this.label.hidden = true;
    this.node.append(this.canvas, this.label);
    this.canvas.onpointermove = (event) => this.point(event);
    this.canvas.onpointerleave = () => { this.label.hidden = true; };
    this.canvas.onclick = (event) => this.click(event);
    this.canvas.onkeydown = (event) => this.key(event);
  }

  // A phone has the way from the top down: its length is what the strips need.
  resize(width, height, rem, narrow) {
    Object.assign(this, { rem, narrow, font: narrow ? 14 : Math.round(0.84 * rem) });
    const { sections, strips } = this.view.passed;
    const most = Math.max(...sections.map((_, s) => strips.filter((strip) => strip.section === s).length));
    this.width = Math.floor(width);
    this.height = narrow ? Math.round((most * 2.6 + sections.length * 2.6) * rem) : Math.floor(height);
    sized(this.canvas, this.width, this.height, this.pen);
    const { from, below } = { from: 2.4 * rem, below: 8.4 * rem };
    this.area = narrow
      ? { along: this.height, gap: 1.5 * rem, lead: 1.4 * rem, folded: 1.1 * rem, from: 0.2 * rem, size: this.width - 0.4 * rem }
      : { along: this.width, gap: 0.9 * rem, lead: 0.3 * rem, folded: 2.6 * rem, from, size: snapped(this.height - from - below, this.view.passed) };
    const bottom = from + this.area.size + 1.5 * rem;
    this.track = { title: bottom + 0.55 * rem, middle: (bottom + 1.1 * rem + this.height) / 2, half: 2.5 * rem };
  }

  // --- painting ---

  show(moment) {
    const { pen, view } = this;
    const key = moment.opened === 1 ? moment.i : null;
    if (key === null || key !== this.kept) Object.assign(this, layOut(view.passed, this.area, moment));
    this.moment = moment;
    pen.clearRect(0, 0, this.width, this.height);
    pen.lineJoin = 'round';
    const moving = new Set(view.film.stages[moment.i].strips);
    if (key !== null && key === this.kept) pen.drawImage(this.still, 0, 0, this.width, this.height);
    else this.paintStill(moving, key);
    this.paintStreams();
    for (const name of moving) this.paintBox(this.boxes.get(name));
    this.paintDots();
    if (!this.narrow) this.paintAdded();
  }

  // What stays as it is while a stage is made is painted once for all of its ticks.
  paintStill(moving, key) {
    this.paintSections();
    for (const box of this.boxes.values()) if (box.size >= THIN && !moving.has(box.strip.name)) this.paintBox(box);
    this.kept = key;
    if (key === null) return;
    const { width, height } = this.canvas;
    this.still ??= document.createElement('canvas');
    Object.assign(this.still, { width, height });
    this.still.getContext('2d').drawImage(this.canvas, 0, 0);
  }

  // Where a box lies on the canvas.
  rect({ at, size }) {
    const { from, size: across } = this.area;
    return this.narrow ? { x: from, y: at, w: across, h: size } : { x: at, y: from, w: size, h: across };
  }

  // How much of a strip has been made.
  made(name) {
    const { film } = this.view;
    const stage = film.made.get(name);
    const { i, made } = this.moment;
    if (stage !== i) return stage < i ? 1 : 0;
    const { strips } = film.stages[i];
    return Math.max(0, Math.min(1, made * strips.length - strips.indexOf(name)));
  }

  words(text, x, y, color, align = 'center', size = this.font, weight = 400) {
    const { pen } = this;
    pen.font = `${weight} ${size}px ${this.view.theme.font}`;
    pen.fillStyle = css(color);
    pen.textAlign = align;
    pen.textBaseline = 'middle';
    pen.fillText(text, x, y);
  }

  fits(text, room, size = this.font) {
    this.pen.font = `400 ${size}px ${this.view.theme.font}`;
    return this.pen.measureText(text).width <= room;
  }

  paintSections() {
    const { theme, passed } = this.view;
    this.sections.forEach(({ from, size, open }, s) => {
      const name = passed.sections[s];
      const color = s === this.moment.section ? theme.ink : theme.soft;
      if (this.narrow) {
        this.words(name, this.area.from + this.area.size, from - 0.65 * this.rem, color, 'right');
        return;
      }
      const told = this.fits(name, size + this.area.gap * 0.8) ? name : name.replace(/\D+/, '');
      this.words(told, from + size / 2, 0.6 * this.rem, color, 'center', this.font, open > 0.5 ? 600 : 400);
    });
  }

  // The residual stream passes what reads it by, and meets what was written at the sum.
  paintStreams() {
    if (this.narrow) return;
    const { pen, rem } = this;
    const { theme, film } = this.view;
    for (const [from, to] of film.streams) {
      const [a, b] = [this.boxes.get(from), this.boxes.get(to)];
      if (b.open < SHOWN) continue;
      const [x0, x1, y, top] = [a.at + a.size / 2, b.at + b.size / 2, 1.55 * rem, this.area.from - 2];
      const done = this.made(to);
      pen.strokeStyle = css(done > 0 ? theme.ink : theme.line, done > 0 ? 0.75 : 1);
      pen.lineWidth = 0.09 * rem;
      pen.beginPath();
      pen.moveTo(x0, top);
      pen.lineTo(x0, y);
      pen.lineTo(x1, y);
      pen.lineTo(x1, top);
      pen.stroke();
    }
    for (const [, to] of film.streams) {
      const { at, size, open } = this.boxes.get(to);
      if (open >= SHOWN) this.plus(at + size / 2, 1.55 * rem, this.made(to) > 0);
    }
  }

  plus(x, y, lit) {
    const { pen, rem } = this;
    const { theme } = this.view;
    const r = 0.32 * rem;
    pen.fillStyle = css(theme.ground);
    pen.strokeStyle = css(lit ? theme.ink : theme.soft);
    pen.lineWidth = 0.07 * rem;
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.fill();
    pen.moveTo(x - r, y);
    pen.lineTo(x + r, y);
    pen.moveTo(x, y - r);
    pen.lineTo(x, y + r);
    pen.stroke();
  }

  paintBox(box) {
    const { pen, view } = this;
    const { strip } = box;
    const { theme, images } = view;
    const { x, y, w, h } = this.rect(box);
    const made = images ? this.made(strip.name) : 0;
    if (made > 0) {
      pen.save();
      pen.beginPath();
      if (this.narrow) pen.rect(x, y - 3, w * made, h + 6);
      else pen.rect(x - 3, y, w + 6, h * made);
      pen.clip();
      pen.imageSmoothingEnabled = false;
      pen.drawImage(images.of(strip.name), x, y, w, h);
      this.paintFollowed(images.one(strip.name), x, y, w, h);
      if (strip.parts > 1 && box.open > 0.5) this.paintHeads(strip.parts, x, y, w, h);
      pen.restore();
    }
    pen.strokeStyle = css(made > 0 ? mix(theme.ink, theme.ground, 0.55) : theme.line);
    pen.lineWidth = strip.name === view.pointedAt ? 3 : 1;
    pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    if (box.open > SHOWN) this.paintTitle(strip, { x, y, w, h });
  }

  paintTitle({ title, role }, { x, y, w, h }) {
    const { theme } = this.view;
    const color = theme.text[role];
    if (this.narrow) this.words(title, x, y - 0.65 * this.rem, color, 'left');
    else this.words(title, x + w / 2, y + h + 0.8 * this.rem, color);
  }

  // The character that is followed is wider than the others, and has an edge.
  paintFollowed(image, x, y, w, h) {
    const { pen, rem } = this;
    const { T, position } = this.view.passed;
    const across = this.narrow ? h : w;
    const size = Math.min(across, Math.max(across / T, (this.narrow ? 0.5 : 0.38) * rem));
    const from = Math.max(0, Math.min(across - size, (across * (position + 0.5)) / T - size / 2));
    const [fx, fy, fw, fh] = this.narrow ? [x, y + from, w, size] : [x + from, y, size, h];
    pen.drawImage(image, fx, fy, fw, fh);
    if (T === 1) return;
    pen.strokeStyle = css(this.view.theme.ink);
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (this.narrow) { pen.moveTo(fx, fy); pen.lineTo(fx + fw, fy); pen.moveTo(fx, fy + fh); pen.lineTo(fx + fw, fy + fh); }
    else { pen.moveTo(fx, fy); pen.lineTo(fx, fy + fh); pen.moveTo(fx + fw, fy); pen.lineTo(fx + fw, fy + fh); }
    pen.stroke();
  }

  paintHeads(parts, x, y, w, h) {
    const { pen, view } = this;
    const { head, theme } = view;
    for (let i = 0; i < parts; i += 1) {
      const [px, py, pw, ph] = this.narrow ? [x + (w * i) / parts, y, w / parts, h] : [x, y + (h * i) / parts, w, h / parts];
      pen.fillStyle = css(theme.ground, 1 - FAINT);
      if (head && head !== i + 1) pen.fillRect(px, py, pw, ph);
      pen.fillStyle = css(theme.ground);
      if (i && this.narrow) pen.fillRect(px - 1, py, 2, ph);
      else if (i) pen.fillRect(px, py - 1, pw, 2);
    }
  }

  // What is under way: dots run from what is read to what is made of it.
  paintDots() {
    const { pen, view, moment, rem } = this;
    const { strips, sources } = view.film.stages[moment.i];
    if (moment.made <= 0 || moment.made >= 1) return;
    for (const to of strips) {
      const part = this.made(to);
      if (part <= 0 || part >= 1) continue;
      const target = this.rect(this.boxes.get(to));
      pen.fillStyle = css(view.theme.role[view.passed.byName.get(to).role], 0.9);
      for (const from of sources) this.dots(this.rect(this.boxes.get(from)), target, part, 0.11 * rem);
    }
  }

  dots(a, b, part, radius) {
    const { pen } = this;
    pen.beginPath();
    for (let i = 0; i < DOTS; i += 1) {
      const t = (2 * part + i / DOTS) % 1;
      const lane = ((i * 7) % DOTS) / DOTS;
      const [x, y] = this.narrow
        ? [a.x + a.w * lane, a.y + a.h + (b.y - a.y - a.h) * t]
        : [a.x + a.w + (b.x - a.x - a.w) * t, a.y + a.h * lane];
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
    pen.fill();
  }

  // Below the strips: what each stage added to the logit of the candidate that is followed.
  paintAdded() {
    const { pen, rem, track, view } = this;
    const { theme, passed, film } = view;
    pen.fillStyle = css(theme.line);
    pen.fillRect(0, track.middle, this.width, 1);
    this.words(`added to the logit of \u201c${passed.symbols[view.candidate]}\u201d, part by part`, 0.3 * rem, track.title, theme.soft, 'left');
    if (!view.images) return;
    const parts = film.added.map(({ part }) => passed.addedBy(part, view.candidate));
    const most = Math.max(...parts.map(Math.abs), 1e-9);
    const width = 0.55 * rem;
    film.added.forEach(({ part, strip }, k) => {
      const done = this.made(strip);
      if (done <= 0) return;
      const [x, open] = this.placeOf(part, strip);
      this.bar(x, width, (parts[k] / most) * done);
      if (view.head && part.startsWith('heads')) this.bar(x, width / 2.5, (passed.addedBy(part, view.candidate, view.head) / most) * done, true);
      if (open > SHOWN && done === 1) this.words(signed(parts[k]), x + width, track.middle + (parts[k] < 0 ? 1 : -1) * 0.62 * rem, theme.ink, 'left');
    });
    const last = this.boxes.get('logits');
    if (last.open > SHOWN && this.made('logits') === 1) {
      const logit = passed.vector('logits')[view.candidate];
      this.words(`= ${exact(logit, 2)}`, last.at + last.size / 2, track.middle - 0.62 * rem, theme.ink, 'center', this.font, 600);
    }
  }

  // Where a section is folded its bars stand side by side.
  placeOf(part, strip) {
    const box = this.boxes.get(strip);
    const { from, size } = this.sections[box.strip.section];
    const folded = from + size * (/^(heads|token)/.test(part) ? 0.28 : 0.72);
    const center = box.at + box.size / 2 - 0.5 * this.rem;
    return [folded + (center - folded) * box.open, box.open];
  }

  bar(x, width, share, marked = false) {
    const { pen, track } = this;
    const { theme } = this.view;
    const { rgb } = theme.diverging;
    pen.fillStyle = css(share < 0 ? rgb[24] : rgb[rgb.length - 25]);
    if (marked) pen.fillStyle = css(theme.ink);
    pen.fillRect(x - width / 2, track.middle, width, -share * track.half);
  }

  // --- what is pointed at, and what a click does ---

  hit({ offsetX, offsetY }) {
    for (const box of this.boxes?.values() ?? []) {
      const { x, y, w, h } = this.rect(box);
      if (w < THIN || h < THIN || offsetX < x || offsetX > x + w || offsetY < y || offsetY > y + h) continue;
      const share = this.narrow ? (offsetX - x) / w : (offsetY - y) / h;
      const number = Math.min(this.view.passed.width(box.strip.name) - 1, Math.floor(share * this.view.passed.width(box.strip.name)));
      return { box, number };
    }
    return null;
  }

  point(event) {
    const found = event.pointerType === 'touch' ? null : this.hit(event);
    this.canvas.style.cursor = found ? 'pointer' : '';
    const told = found && this.made(found.box.strip.name) === 1 && this.view.images ? this.view.tellNumber(found.box.strip.name, found.number) : '';
    this.label.hidden = !told;
    if (!told) return;
    this.label.textContent = told;
    const left = Math.max(0, Math.min(event.offsetX + 14, this.width - this.label.offsetWidth));
    Object.assign(this.label.style, { left: `${left}px`, top: `${Math.max(0, event.offsetY - this.label.offsetHeight - 6)}px` });
  }

  // A folded section opens; a strip of an open one opens to the multiplications of the number under the hand.
  click(event) {
    const found = this.hit(event);
    if (!found) return;
    const { strip, open } = found.box;
    if (open < SHOWN) this.view.goTo(strip.section);
    else this.view.open(strip.name, found.number);
  }

  key(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const names = [...this.boxes.values()].filter(({ open }) => open > SHOWN).map(({ strip }) => strip.name);
    if (by) this.view.pointTo(names[(names.indexOf(this.view.pointedAt) + by + names.length) % names.length]);
    else if (event.key === 'Enter' && names.includes(this.view.pointedAt)) this.view.open(this.view.pointedAt);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
