// --- cloud: symbols in a plane or a space, the chosen one's neighbours beside it -----------------------------------

import { floats } from '../coded.js';
import { mounted } from '../grid/mount.js';
import { css, readTheme, themeKey } from '../grid/theme.js';
import { apart as spread } from '../plot/apart.js';
import { Moment } from '../player/moment.js';
import { Player } from '../player/player.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { apart, nearest } from './neighbours.js';

const ROLES = ['probabilities', 'input', 'weights'];
const WAYS = ['cosine', 'distance'];
const LISTED = 6; // neighbours in a list
const TIED = 3; // of them, those that a line leads to
const NEAR = 1.6; // rem around a symbol in which it is taken
const LARGE = [1.15, 0.95]; // rem of a symbol, on a phone
const ROOM = 0.95; // of its size that a symbol takes of a plane
const LOW = 0.68; // height of a phone's map, of its width: what plays it stands below
const TURN = 0.012; // radians a pixel

const GAVE_WAY = 'A line leads a character that gave way to its true place.';

const visible = (symbol) => ({ ' ': '\u2423', '\n': '\u21b5' })[symbol] ?? symbol;

// About the middle of all.
function enlarged(places, zoom) {
  if (zoom === 1) return places;
  const count = places.length / 3;
  const middle = [0, 1, 2].map((axis) => places.reduce((sum, value, i) => sum + (i % 3 === axis ? value : 0), 0) / count);
  return places.map((value, i) => (value - middle[i % 3]) * zoom);
}

class Cloud {
  /** @type {any} */ spec;
  /** @type {any} */ moment;
  /** @type {any} */ theme;
  /** @type {string} */ sent;
  /** @type {string} */ size;
  /** @type {boolean} */ flat;
  /** @type {number} */ width;
  /** @type {number} */ height;
  /** @type {number} */ rem;
  /** @type {number} */ letter;
  /** @type {{ x: number, y: number, deep: number }[]} */ true;

  constructor(parent) {
    this.root = element('div', 'grid cloud');
    this.root.setAttribute('role', 'group');
    this.canvas = element('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.pen = this.canvas.getContext('2d');
    this.box = element('div', 'box');
    this.box.append(this.canvas);
    this.aside = element('section', 'aside');
    this.scene = element('div', 'scene');
    this.scene.append(this.box, this.aside);
    this.player = new Player(this.root, () => this.show());
    this.root.append(this.scene, this.player.transport.node);
    parent.append(this.root);
    this.root.__cloud = this;
    this.asideParts();
    this.hear();
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.root);
    this.resizing.observe(this.box);
  }

  asideParts() {
    const label = element('label', '', 'find ');
    this.search = Object.assign(document.createElement('input'), { type: 'search', maxLength: 2, autocomplete: 'off' });
    this.search.oninput = () => this.find(this.search.value);
    label.append(this.search);
    this.heading = element('h2');
    this.lists = Object.fromEntries(WAYS.map((way) => [way, element('ol')]));
    this.key = element('p', 'key');
    const parts = WAYS.flatMap((way) => {
      const heading = element('h3', '', way === 'cosine' ? 'by the angle: cosine' : 'by distance');
      heading.append(element('i', way));
      return [heading, this.lists[way]];
    });
    this.aside.append(label, this.heading, ...parts, this.key);
  }

  hear() {
    const { canvas } = this;
    canvas.onpointerdown = (event) => {
      this.held = { x: event.offsetX, y: event.offsetY, moved: false };
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.onpointermove = (event) => this.drag(event);
    canvas.onpointerup = (event) => {
      if (this.held && !this.held.moved) this.choose(this.symbolAt(event));
      this.held = null;
    };
    canvas.onkeydown = (event) => this.turnByKey(event);
  }

  update({ data }) {
    const sent = JSON.stringify(data);
    if (sent === this.sent) { this.resize(true); return; }
    const same = this.spec && JSON.stringify(this.spec.symbols) === JSON.stringify(data.symbols);
    const chosen = same ? this.chosen : data.symbols.indexOf(data.chosen);
    Object.assign(this, { sent, spec: data, flat: data.axes.length < 3, chosen: Math.max(0, chosen) });
    this.vectors = floats(data.vectors);
    this.places = floats(data.places);
    this.count = data.symbols.length;
    this.camera ??= { yaw: 0.5, pitch: 0.35 };
    this.moment ??= new Moment(this.root);
    this.reach = Math.max(...this.places.map(Math.abs)) * 1.08; // of the largest moment
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    this.player.describe(this.canvas, data.alt);
    const last = data.moments.length - 1;
    this.player.load(last ? { last, speed: Math.max(1, last / 6), speedUnit: data.unit, steps: ['\u2039 Back', 'Step \u203a'], counter: (i) => data.moments[i], captions: data.captions } : null, last);
    this.player.transport.node.hidden = !last;
    this.resize(true);
  }

  // --- what the visitor does ---

  drag({ offsetX, offsetY }) {
    if (!this.held) return;
    const [dx, dy] = [offsetX - this.held.x, offsetY - this.held.y];
    if (Math.abs(dx) + Math.abs(dy) < 4 && !this.held.moved) return;
    Object.assign(this.held, { x: offsetX, y: offsetY, moved: true });
    this.turn(dx * TURN, dy * TURN);
  }

  turn(yaw, pitch) {
    if (this.flat) return;
    this.camera = { yaw: this.camera.yaw + yaw, pitch: Math.max(-1.5, Math.min(1.5, this.camera.pitch + pitch)) };
    this.paint();
  }

  turnByKey(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || this.flat) return;
    this.turn(way[0] * 0.12, way[1] * 0.12);
    event.preventDefault();
    event.stopPropagation();
  }

  // What was typed is a symbol, or one as whitespace is shown.
  find(typed) {
    const { symbols } = this.spec;
    const found = [typed, typed.toUpperCase(), typed.toLowerCase()].map((one) => symbols.findIndex((s) => s === one || visible(s) === one));
    this.choose(found.find((i) => i >= 0) ?? null);
  }

  choose(i) {
    if (i === null || i === undefined) return;
    this.chosen = i;
    this.show();
  }

  symbolAt({ offsetX, offsetY }) {
    const far = this.seen.map(({ x, y }) => Math.hypot(x - offsetX, y - offsetY));
    const best = far.indexOf(Math.min(...far));
    return far[best] < NEAR * this.rem ? best : null;
  }

  // --- size and painting ---

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', narrow);
    const [width, height] = [this.box.clientWidth, narrow ? LOW * this.box.clientWidth : this.box.clientHeight];
    const size = `${width} ${height} ${rem} ${themeKey(this.root)}`;
    if (!force && size === this.size) return;
    const scale = window.devicePixelRatio || 1;
    Object.assign(this, { size, rem, width, height, theme: readTheme(this.root), letter: LARGE[Number(narrow)] * rem });
    Object.assign(this.canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.show();
  }

  show() {
    if (!this.spec || !this.theme) return;
    const at = Math.min(this.player.position, this.spec.moments.length - 1);
    const part = (array, size) => array.subarray(at * this.count * size, (at + 1) * this.count * size);
    this.now = enlarged(part(this.places, 3), this.spec.zooms[at]);
    this.found = apart(part(this.vectors, this.spec.size), this.spec.size, this.chosen);
    this.tell();
    this.paint();
  }

  tell() {
    const { symbols, names } = this.spec;
    this.heading.textContent = `Nearest to ${visible(symbols[this.chosen])}`;
    for (const way of WAYS) {
      this.lists[way].replaceChildren(...nearest(this.found, this.chosen, way, LISTED).map((i) => {
        const button = Object.assign(document.createElement('button'), { type: 'button' });
        button.append(element('b', '', visible(symbols[i])), element('span', '', this.found[i][way].toFixed(2).replace('-', '\u2212')));
        button.onclick = () => this.choose(i);
        const line = element('li');
        line.append(button);
        return line;
      }));
    }
    this.key.replaceChildren(...names.map((name, i) => element('span', ROLES[i], name)), element('small', '', this.flat ? GAVE_WAY : ''));
  }

  // Turned about the upright axis, then tilted towards the viewer.
  project(i) {
    const [x, y, z] = this.now.subarray(3 * i, 3 * i + 3);
    const { yaw, pitch } = this.flat ? { yaw: 0, pitch: 0 } : this.camera;
    const [right, away] = [x * Math.cos(yaw) + z * Math.sin(yaw), z * Math.cos(yaw) - x * Math.sin(yaw)];
    const [up, deep] = [y * Math.cos(pitch) - away * Math.sin(pitch), away * Math.cos(pitch) + y * Math.sin(pitch)];
    const half = Math.min(this.width, this.height) / 2 - this.rem;
    const wide = this.flat ? this.width / 2 - 1.5 * this.rem : half;
    return { x: this.width / 2 + (right / this.reach) * wide, y: this.height / 2 - (up / this.reach) * half, deep: deep / this.reach };
  }

  paint() {
    const { pen, theme } = this;
    pen.clearRect(0, 0, this.width, this.height);
    this.true = Array.from({ length: this.count }, (_, i) => this.project(i));
    this.seen = this.flat ? this.besides() : this.true;
    this.axes();
    this.leads();
    this.ties();
    const order = this.seen.map((_, i) => i).sort((a, b) => this.seen[b].deep - this.seen[a].deep);
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    for (const i of order) {
      const { x, y, deep } = this.seen[i];
      const strong = i === this.chosen;
      pen.font = `${strong ? 800 : 600} ${(strong ? 1.5 : 1) * this.letter * (this.flat ? 1 : 1 - 0.18 * deep)}px ${theme.font}`;
      pen.fillStyle = css(theme.text[ROLES[this.spec.kinds[i]]], this.flat || strong ? 1 : Math.max(0.55, 0.9 - 0.35 * deep));
      pen.fillText(visible(this.spec.symbols[i]), x, y);
    }
  }

  // In a plane no symbol covers another: where two would, they stand beside each other, on a line to their places.
  besides() {
    const places = this.true.map(({ x, y }) => [x, y]);
    const seats = spread(places, ROOM * this.letter, [this.width, this.height]);
    return seats.map(([x, y], i) => ({ ...this.true[i], x, y }));
  }

  leads() {
    const { pen, theme } = this;
    pen.strokeStyle = css(theme.soft, 0.7);
    pen.fillStyle = css(theme.soft);
    pen.lineWidth = 1;
    this.seen.forEach((seat, i) => {
      const { x, y } = this.true[i];
      if (Math.hypot(seat.x - x, seat.y - y) < 0.6 * this.letter) return;
      pen.beginPath();
      pen.moveTo(seat.x, seat.y);
      pen.lineTo(x, y);
      pen.stroke();
      pen.fillRect(x - 1.5, y - 1.5, 3, 3);
    });
  }

  // Through the middle of all, each with its name at its end.
  axes() {
    const { pen, theme, rem } = this;
    pen.strokeStyle = css(theme.line);
    pen.fillStyle = css(theme.soft);
    pen.lineWidth = 1.5;
    pen.font = `${0.86 * rem}px ${theme.font}`;
    const own = this.now;
    this.spec.axes.forEach((name, axis) => {
      const [from, to] = [-1, 1].map((side) => {
        this.now = Float32Array.from([0, 1, 2], (i) => (i === axis ? side * this.reach : 0));
        return this.project(0);
      });
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x, to.y);
      pen.stroke();
      pen.textAlign = to.x > 0.6 * this.width ? 'right' : 'left';
      pen.textBaseline = 'bottom';
      pen.fillText(name, to.x + (pen.textAlign === 'left' ? 0.3 * rem : 0), Math.max(1.1 * rem, to.y - 0.2 * rem));
    });
    this.now = own;
  }

  ties() {
    const { pen, theme } = this;
    const { x, y } = this.seen[this.chosen];
    WAYS.forEach((way) => {
      pen.setLineDash(way === 'cosine' ? [] : [6, 5]);
      pen.strokeStyle = css(theme.ink, 0.55);
      pen.lineWidth = 2;
      for (const i of nearest(this.found, this.chosen, way, TIED)) {
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(this.seen[i].x, this.seen[i].y);
        pen.stroke();
      }
    });
    pen.setLineDash([]);
  }

  close() {
    this.player.close();
    this.resizing.disconnect();
    this.root.remove();
  }
}

export default mounted(Cloud);
