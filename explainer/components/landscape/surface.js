// --- surface: three dimensions on a flat canvas, from far to near -------------------------------------------

import { css, mix } from '../grid/theme.js';
import { Moment, wholes } from '../player/moment.js';
import { between, Board, inside, kept, LOOKS, written } from './board.js';
import { Grip, NEAR } from './grip.js';
import { rounded } from './planes.js';
import { ticks } from './ticks.js';

const TALL = 0.95; // height of the picture's box; its sides are 2
const FLOOR = -0.22; // the axes lie a little below the lowest ground
const EYE = 6.5; // how far away the eye is
const LIGHT = [-0.35, 0.45, 0.82]; // from the left, from above, from the eye
const TURN = 5; // degrees a key
const MESH = 6; // cells between two lines of the mesh
const LIFT = 0.03; // a way lies so much above its ground, so that this does not hide it

const held = (above) => Math.max(8, Math.min(85, above)); // neither from below nor from right above

const radians = (degrees) => (degrees * Math.PI) / 180;
const cameras = new Map(); // as they were turned, by the name of the surface

export class Surface extends Board {
  constructor({ soon, hold, pick }, root) {
    super('surface', 'application');
    this.turned = soon;
    this.moment = new Moment(root);
    this.own = document.createElement('canvas');
    this.canvas.tabIndex = 0;
    this.grip = new Grip(this, false, { hold, drop: pick, otherwise: (event) => this.grab(event) });
    this.canvas.onpointermove = (event) => this.drag(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => { this.grabbed = null; };
    this.canvas.ondblclick = () => this.reset();
    this.canvas.onkeydown = (event) => this.key(event);
  }

  update(spec, heights) {
    if (heights !== this.heights) this.normals = this.drawn = null;
    Object.assign(this, { spec, heights, lines: null });
    const told = this.moment.arrives() && wholes(this.moment.recall('camera'), 2);
    if (told) cameras.set(spec.title, [told[0], held(told[1])]);
    [this.around, this.above] = cameras.get(spec.title) ?? spec.camera;
    this.keep();
    this.canvas.setAttribute('aria-label', `The surface in three dimensions. Turn it with the arrow keys.`);
  }

  // --- turning ---

  grab(event) {
    this.grabbed = [event.clientX, event.clientY, this.around, this.above];
    this.canvas.setPointerCapture(event.pointerId);
  }

  drag({ clientX, clientY, offsetX, offsetY }) {
    this.canvas.classList.toggle('grips', this.pickable() && this.near({ offsetX, offsetY }));
    if (!this.grabbed) return;
    const [x, y, around, above] = this.grabbed;
    const degrees = 220 / Math.max(this.width, 300);
    this.turn(around - (clientX - x) * degrees, above + (clientY - y) * degrees);
  }

  turn(around, above) {
    this.around = around;
    this.above = held(above);
    cameras.set(this.spec.title, [this.around, this.above]);
    this.keep();
    this.turned();
  }

  // The address holds whole degrees; as it was at first, the camera needs no telling.
  keep() {
    const told = [this.around % 360, this.above].map((angle) => Math.round(angle)).join('.');
    const first = this.spec.camera.every((angle, i) => angle === [this.around, this.above][i]);
    this.moment.keep('camera', first ? '' : told);
  }

  reset() { this.turn(...this.spec.camera); }

  key(event) {
    const by = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, TURN], ArrowDown: [0, -TURN] }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey || (!by && event.key !== 'Home')) return;
    if (by) this.turn(this.around + by[0], this.above + by[1]);
    else this.reset();
    event.preventDefault();
    event.stopPropagation();
  }

  // --- from a place to the canvas ---

  aim() {
    const [a, e] = [radians(this.around), radians(this.above)];
    this.right = [-Math.sin(a), Math.cos(a), 0];
    this.up = [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)];
    this.toEye = [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
    this.fill();
  }

  // As large as there is room for from where it is looked at, with the numbers and names around it.
  fill() {
    Object.assign(this, { scale: 1, middle: [0, 0] });
    const { side, values } = this.heights;
    const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => this.at([x, y, FLOOR]));
    const ground = Array.from(values, (z, k) => this.at(this.box(k % side, Math.floor(k / side), z)));
    const left = Math.min(...corners.map(([x]) => x));
    const all = [...corners, ...ground, [left, this.at([0, 0, TALL])[1]]];
    const [low, high] = [Math.min, Math.max].map((most) => [0, 1].map((axis) => most(...all.map((place) => place[axis]))));
    const [before, above, after, below] = [3.2, 1.8, 2, 2.2].map((letters) => letters * this.font);
    const room = [this.width - before - after, this.height - above - below];
    this.scale = Math.min(...room.map((length, axis) => length / (high[axis] - low[axis])));
    const start = [before, above];
    this.middle = start.map((edge, axis) => edge + (room[axis] - this.scale * (high[axis] + low[axis])) / 2);
  }

  // A place of the box, -1..1 along both inputs and 0..TALL up, on the canvas.
  /** @param {number[]} place */
  at([x, y, z]) {
    const lifted = z - (TALL + FLOOR) / 2;
    const along = (axis) => x * axis[0] + y * axis[1] + lifted * axis[2];
    const size = (this.scale * EYE) / (EYE - along(this.toEye));
    return [this.middle[0] + along(this.right) * size, this.middle[1] - along(this.up) * size];
  }

  box(u, v, z) {
    const last = this.heights.side - 1;
    return [(2 * u) / last - 1, (2 * v) / last - 1, ((z - this.heights.low) / this.heights.span) * TALL];
  }

  // --- taking a ball ---

  pickable() { return this.spec.pickable; }

  near({ offsetX, offsetY }) { return (this.balls ?? []).some(([x, y]) => Math.hypot(x - offsetX, y - offsetY) < NEAR * this.font); }

  // The place of the ground that lies under the pointer, the nearest one if none does.
  data({ offsetX, offsetY }) {
    const { side, values } = this.heights;
    const { x } = this.spec;
    let [best, found] = [Infinity, null];
    const look = (u, v, z) => {
      const place = this.box(u, v, z);
      const [left, top] = this.at(place);
      const far = Math.hypot(left - offsetX, top - offsetY);
      if (far < best && this.seen(place)) [best, found] = [far, [u, v]];
    };
    for (let k = 0; k < side * side; k += 1) look(k % side, Math.floor(k / side), values[k]);
    if (!found) return null;
    const [i, j] = found;
    for (let du = -1; du <= 1; du += 0.125) {
      for (let dv = -1; dv <= 1; dv += 0.125) {
        const [u, v] = [i + du, j + dv].map((value) => Math.max(0, Math.min(side - 1, value)));
        look(u, v, this.heights.between(u, v));
      }
    }
    return found.map((part) => rounded(x[0] + (part / (side - 1)) * (x.at(-1) - x[0])));
  }

  // --- painting ---

  paint(position) {
    const key = [this.around, this.above, this.width, this.height, this.ratio].join(' ');
    if (this.drawn !== key) { this.drawn = key; this.under = this.ready(); }
    this.lines ??= this.spec.ways.map((way) => this.spans(way));
    this.begin();
    this.ctx.drawImage(this.under, 0, 0, this.width, this.height);
    this.balls = [];
    this.ctx.globalAlpha = this.held ? 0.25 : 1;
    this.spec.ways.forEach((_, index) => this.way(index, position));
    this.spec.ways.forEach((way, index) => this.ball(way, index, Math.min(position, way.last)));
    this.ctx.globalAlpha = 1;
    if (this.held) this.heldBall();
  }

  heldBall() {
    const { x } = this.spec;
    const [u, v] = this.held.map((value) => ((value - x[0]) / (x.at(-1) - x[0])) * (this.heights.side - 1));
    const [left, top] = this.at(this.box(u, v, this.heights.between(u, v)));
    this.mark('circle', left, top - this.font * 0.3, this.font * 0.44, LOOKS[0].color(this.theme));
  }

  // What a step does not change is painted once, then copied.
  ready() {
    this.aim();
    this.lines = null;
    const turned = [this.around, this.above].some((angle, i) => angle !== this.spec.camera[i]);
    if (turned) return this.repaint(this.own);
    const key = [this.drawn, this.font, css(this.theme.ground), this.heights.values.join()].join(' ');
    return kept(`surface ${key}`, () => this.repaint(document.createElement('canvas')));
  }

  repaint(under) {
    const screen = this.ctx;
    Object.assign(under, { width: this.canvas.width, height: this.canvas.height });
    this.ctx = under.getContext('2d');
    this.begin();
    this.floor();
    this.ground();
    this.axes();
    this.ctx = screen;
    return under;
  }

  // Cells from the farthest to the nearest along both axes: so nothing near is painted over.
  order() {
    const n = this.heights.side - 1;
    const eye = [this.toEye[0] * EYE, this.toEye[1] * EYE];
    const sorted = (where) => Array.from({ length: n }, (_, i) => i)
      .sort((a, b) => Math.abs((2 * b + 1) / n - 1 - where) - Math.abs((2 * a + 1) / n - 1 - where));
    return eye.map(sorted);
  }

  ground() {
    const { ctx, heights } = this;
    const { side } = heights;
    const n = side - 1;
    this.normals ??= this.slopes();
    const places = Array.from({ length: side * side }, (_, k) => this.at(this.box(k % side, Math.floor(k / side), heights.values[k])));
    const light = this.lightFrom();
    const thread = css(this.theme.ink, 0.16);
    const level = css(this.theme.ink, 0.6);
    const [columns, rows] = this.order();
    ctx.lineCap = 'butt';
    for (const i of columns) {
      for (const j of rows) {
        const k = j * side + i;
        const [a, b, c, d] = [places[k], places[k + 1], places[k + side + 1], places[k + side]];
        ctx.fillStyle = this.shade(i, j, light);
        tile(ctx, a, b, c, d);
        if (i % MESH === 0) this.line([a, d], 1, thread);
        if (j % MESH === 0) this.line([a, b], 1, thread);
        if (i === n - 1) this.line([b, c], 1, thread);
        if (j === n - 1) this.line([d, c], 1, thread);
        for (const { level: height, from, to } of heights.cells[j * n + i]) {
          this.line([from, to].map(([u, v]) => this.at(this.box(u, v, height))), 1.1, level);
        }
      }
    }
  }

  // The upward normal of every cell.
  slopes() {
    const { heights } = this;
    const n = heights.side - 1;
    const run = 2 / n;
    const rise = TALL / heights.span;
    const normals = new Float32Array(3 * n * n);
    for (let j = 0; j < n; j += 1) {
      for (let i = 0; i < n; i += 1) {
        const [a, b, c, d] = [heights.at(i, j), heights.at(i + 1, j), heights.at(i, j + 1), heights.at(i + 1, j + 1)];
        const [x, y] = [((b + d - a - c) / 2) * rise / run, ((c + d - a - b) / 2) * rise / run];
        const length = Math.hypot(x, y, 1);
        normals.set([-x / length, -y / length, 1 / length], 3 * (j * n + i));
      }
    }
    return normals;
  }

  lightFrom() { return this.right.map((_, i) => LIGHT[0] * this.right[i] + LIGHT[1] * this.up[i] + LIGHT[2] * this.toEye[i]); }

  shade(i, j, light) {
    const { heights, normals } = this;
    const k = 3 * (j * (heights.side - 1) + i);
    const height = (heights.at(i, j) + heights.at(i + 1, j + 1)) / 2;
    const [r, g, b] = heights.color(height);
    const dot = normals[k] * light[0] + normals[k + 1] * light[1] + normals[k + 2] * light[2];
    const lit = dot > 0 ? 0.72 + 0.33 * dot : 0.72 + 0.2 * dot;
    return `rgb(${r * lit | 0}, ${g * lit | 0}, ${b * lit | 0})`;
  }

  // --- axes ---

  floor() {
    const rule = css(this.theme.line);
    const flat = (a, b) => this.at([a, b, FLOOR]);
    for (const [, part] of this.numbers()) {
      this.line([flat(part, -1), flat(part, 1)], 1, rule);
      this.line([flat(-1, part), flat(1, part)], 1, rule);
    }
    this.line([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([a, b]) => flat(a, b)), 1.2, this.edge());
  }

  // What the inputs' axes say, and where on them: [value, -1..1].
  numbers() {
    const { x } = this.spec;
    const [low, high] = [x[0], x.at(-1)];
    return ticks(low, high, 4).filter((value) => value > low && value < high).map((value) => [value, (2 * (value - low)) / (high - low) - 1]);
  }

  edge() { return css(mix(this.theme.ground, this.theme.ink, 0.45)); }

  // Numbers and names along the two edges of the floor that are nearest, and upwards.
  axes() {
    const [nearX, nearY] = [Math.sign(this.toEye[0]) || 1, Math.sign(this.toEye[1]) || 1];
    for (const [value, part] of this.numbers()) {
      this.beside([part, nearY], [part, nearY * 1.1], written(value));
      this.beside([nearX, part], [nearX * 1.1, part], written(value));
    }
    this.beside([0.36, nearY], [0.36, nearY * 1.26], this.spec.names[0]);
    this.beside([nearX, 0.36], [nearX * 1.26, 0.36], this.spec.names[1]);
    this.upwards();
  }

  // A text off an edge of the floor.
  beside([x, y], [outX, outY], words) {
    const [from, out] = [this.at([x, y, FLOOR]), this.at([outX, outY, FLOOR])];
    const [dx, dy] = [out[0] - from[0], out[1] - from[1]];
    const length = Math.hypot(dx, dy) || 1;
    const away = Math.max(length, this.font * (Math.abs(outX) > 1.2 || Math.abs(outY) > 1.2 ? 1.7 : 0.85));
    this.haloed(words, from[0] + (dx / length) * away, from[1] + (dy / length) * away);
  }

  // The axis of losses, at the corner that stands farthest to the left.
  upwards() {
    const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
    const [x, y] = corners.reduce((a, b) => (this.at([...b, FLOOR])[0] < this.at([...a, FLOOR])[0] ? b : a));
    const { low, span, high } = this.heights;
    const top = this.at([x, y, TALL]);
    this.line([this.at([x, y, FLOOR]), top], 1.2, this.edge());
    for (const value of ticks(low, high, 4)) {
      const [left, level] = this.at([x, y, ((value - low) / span) * TALL]);
      this.line([[left - 0.3 * this.font, level], [left, level]], 1.2, this.edge());
      this.haloed(written(value), left - 0.55 * this.font, level, 'right');
    }
    this.haloed('loss', top[0], top[1] - 0.9 * this.font);
  }

  // --- ways ---

  // A way up to a step; what the surface hides shines through a little.
  way(index, position) {
    const { ctx } = this;
    const look = LOOKS[index];
    const color = look.color(this.theme);
    const width = this.font * 0.19;
    const dash = look.dash.map((part) => part * width);
    ctx.lineCap = 'butt';
    for (const { points, along, seen } of joined(this.lines[index].filter((span) => span.step <= position))) {
      if (seen) this.line(points, width * 1.9, css(this.theme.ground, 0.85));
      this.line(points, seen ? width : width * 0.7, css(color, seen ? 1 : 0.4), dash, along);
    }
  }

  raised(place) {
    const [x, y] = this.at(place);
    return [x, y - this.font * 0.12];
  }

  // The lines of a way in pieces no longer than a cell: {step, from, to, along, seen}.
  spans(way) {
    const found = [];
    let along = 0;
    for (let step = 1; step <= way.last; step += 1) {
      const chord = this.chord(way, step);
      if (!chord) continue;
      const [start, end] = chord;
      const count = Math.max(1, Math.ceil((Math.hypot(end[0] - start[0], end[1] - start[1]) * (this.heights.side - 1)) / 2));
      for (let k = 0; k < count; k += 1) {
        const places = [between(start, end, k / count), between(start, end, (k + 1) / count)];
        const [from, to] = places.map((place) => this.raised(place));
        found.push({ step, from, to, along, seen: this.seen(between(...places, 0.5)) });
        along += Math.hypot(to[0] - from[0], to[1] - from[1]);
      }
    }
    return found;
  }

  // Whether nothing of the surface stands between a place and the eye.
  /** @param {number[]} place */
  seen([x, y, z]) {
    const { heights } = this;
    const last = heights.side - 1;
    const eye = [this.toEye[0] * EYE, this.toEye[1] * EYE, this.toEye[2] * EYE + (TALL + FLOOR) / 2];
    const way = [eye[0] - x, eye[1] - y, eye[2] - z];
    const stride = 2 / last / Math.hypot(way[0], way[1]);
    for (let t = stride; t < 1; t += stride) {
      const [u, v, up] = [x + way[0] * t, y + way[1] * t, z + LIFT + way[2] * t];
      if (Math.abs(u) > 1 || Math.abs(v) > 1 || up > TALL) return true;
      const ground = heights.between(((u + 1) / 2) * last, ((v + 1) / 2) * last);
      if (((ground - heights.low) / heights.span) * TALL > up) return false;
    }
    return true;
  }

  // From one step to the next, cut where it leaves the box; null outside.
  chord(way, step) {
    const [from, to] = [this.place(way, step - 1), this.place(way, step)];
    const parts = inside(from, to, [-1, -1, -0.01], [1, 1, TALL * 1.01]);
    return parts && parts.map((part) => between(from, to, part));
  }

  place(way, step) {
    const { x } = this.spec;
    const scaled = [0, 1].map((axis) => (2 * (way.points[2 * step + axis] - x[0])) / (x.at(-1) - x[0]) - 1);
    return [...scaled, ((way.losses[step] - this.heights.low) / this.heights.span) * TALL];
  }

  ball(way, index, step) {
    const place = this.place(way, step);
    const gone = place.some((value, axis) => (axis < 2 ? Math.abs(value) > 1 : value > TALL * 1.01));
    const [end, mark, radius, lift] = gone ? [this.exit(way, step), 'cross', 0.4, 0.12] : [place, LOOKS[index].mark, 0.44, 0.3];
    if (!end) return;
    const [x, y] = this.at(end);
    this.balls.push([x, y - this.font * lift]);
    this.mark(mark, x, y - this.font * lift, this.font * radius, LOOKS[index].color(this.theme));
  }

  exit(way, position) {
    for (let step = position; step > 0; step -= 1) {
      const chord = this.chord(way, step);
      if (chord) return chord[1];
    }
    return null;
  }
}

// A little larger than it is, so that no seam is left to the neighbours.
function tile(ctx, a, b, c, d) {
  const [x, y] = [(a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4];
  const grow = 1.1;
  ctx.beginPath();
  ctx.moveTo(x + (a[0] - x) * grow, y + (a[1] - y) * grow);
  ctx.lineTo(x + (b[0] - x) * grow, y + (b[1] - y) * grow);
  ctx.lineTo(x + (c[0] - x) * grow, y + (c[1] - y) * grow);
  ctx.lineTo(x + (d[0] - x) * grow, y + (d[1] - y) * grow);
  ctx.fill();
}

// Pieces that follow each other and are both seen, or both hidden, as one line.
function joined(spans) {
  const lines = [];
  for (const { from, to, along, seen } of spans) {
    const last = lines.at(-1);
    const follows = last && last.seen === seen && Math.hypot(last.points.at(-1)[0] - from[0], last.points.at(-1)[1] - from[1]) < 0.01;
    if (follows) last.points.push(to);
    else lines.push({ points: [from, to], along, seen });
  }
  return lines;
}
