// --- planes: what is drawn over two axes: the contour, a curve, the losses -----------------------------------

import { css, mix } from '../grid/theme.js';
import { between, Board, inside, kept, LOOKS, written } from './board.js';
import { Grip, NEAR } from './grip.js';
import { ticks } from './ticks.js';

class Plane extends Board {
  /** @type {number[]} */ xRange;
  /** @type {number[]} */ yRange;

  constructor(className, role) {
    super(className, role);
    this.margin = [0.6, 0.7, 2.9, 3.2]; // top, right, bottom, left, in letters
    this.about = [6, 4];
  }

  frame(xRange, yRange) {
    const [top, right, bottom, left] = this.margin.map((letters) => letters * this.font);
    this.box = { left, top, width: this.width - left - right, height: this.height - top - bottom };
    [this.xRange, this.yRange] = [xRange, yRange];
  }

  x(value) { return this.box.left + ((value - this.xRange[0]) / (this.xRange[1] - this.xRange[0])) * this.box.width; }

  y(value) { return this.box.top + ((this.yRange[1] - value) / (this.yRange[1] - this.yRange[0])) * this.box.height; }

  axes(xTitle, yTitle, rules = true) {
    const { left, top, width, height } = this.box;
    const rule = css(this.theme.line);
    for (const value of ticks(...this.xRange, this.about[0])) {
      if (rules) this.line([[this.x(value), top], [this.x(value), top + height]], 1, rule);
      this.text(written(value), this.x(value), top + height + 0.85 * this.font);
    }
    for (const value of ticks(...this.yRange, this.about[1])) {
      if (rules) this.line([[left, this.y(value)], [left + width, this.y(value)]], 1, rule);
      this.text(written(value), left - 0.4 * this.font, this.y(value), 'right');
    }
    this.text(xTitle, left + width / 2, top + height + 2.15 * this.font);
    this.upright(yTitle, this.font * 0.6, top + height / 2);
  }

  // A way over this plane up to a step: its line, its steps and its ball, cut where it leaves the picture.
  way(places, index, position, { dots = false, rim = true } = {}) {
    const { ctx, box } = this;
    const look = LOOKS[index];
    const width = this.font * 0.15;
    const color = look.color(this.theme);
    const reached = places.slice(0, position + 1);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left - 1, box.top - 1, box.width + 2, box.height + 2);
    ctx.clip();
    if (rim) this.line(reached, width * 2.2, css(this.theme.ground, 0.85));
    this.line(reached, width, css(color), look.dash.map((part) => part * width));
    if (dots) for (const [x, y] of reached) { ctx.beginPath(); ctx.arc(x, y, width * 1.15, 0, 7); ctx.fillStyle = css(color); ctx.fill(); }
    ctx.restore();
    const end = this.exit(reached);
    if (end) this.mark(end.gone ? 'cross' : look.mark, ...end.place, this.font * (end.gone ? 0.36 : 0.42), color);
  }

  // Draws what must not reach beyond the axes.
  within(draw) {
    const { ctx, box } = this;
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left - 1, box.top - 1, box.width + 2, box.height + 2);
    ctx.clip();
    draw();
    ctx.restore();
  }

  // Where the ball is, or where it was last seen.
  exit(reached) {
    const { left, top, width, height } = this.box;
    const [low, high] = [[left - 0.5, top - 0.5], [left + width + 0.5, top + height + 0.5]];
    const last = reached.at(-1);
    if (last.every((value, i) => value >= low[i] && value <= high[i])) return { place: last, gone: false };
    for (let i = reached.length - 1; i > 0; i -= 1) {
      const parts = inside(reached[i - 1], reached[i], low, high);
      if (parts) return { place: between(reached[i - 1], reached[i], parts[1]), gone: true };
    }
    return null;
  }
}

export class Contour extends Plane {
  /** @type {(place: number[]) => void} */ tell;
  /** @type {(place: number[]) => void} */ pick;

  constructor({ tell, hold, pick }) {
    super('contour', 'application');
    Object.assign(this, { tell, hold, pick });
    this.about = [5, 5];
    this.canvas.tabIndex = 0;
    this.grip = new Grip(this, true, { hold, drop: (place) => this.choose(place) });
    this.canvas.onpointermove = (event) => { if (event.pointerType !== 'touch' && !this.grip.held) this.point(this.data(event)); };
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onkeydown = (event) => this.key(event);
    this.canvas.onblur = () => this.point(null);
  }

  update(spec, heights) {
    if (heights !== this.heights) this.banded = null;
    Object.assign(this, { spec, heights, wanted: null });
    this.content = [heights.values, ...spec.ways.map((way) => way.points)].map((numbers) => numbers.join()).join(' ');
    this.reach = [spec.x[0], spec.x.at(-1)];
    this.lengths = lengthsOf(spec.ways);
    const how = spec.pickable ? ' Move with the arrow keys, Enter starts there.' : '';
    this.canvas.setAttribute('aria-label', `The contour, seen from above.${how}`);
    this.canvas.classList.toggle('pickable', spec.pickable);
  }

  // --- choosing a start ---

  // The place under the pointer, to a hundredth; null outside.
  data({ offsetX, offsetY }) {
    const { left, top, width, height } = this.box;
    const [low, high] = this.reach;
    const place = [(offsetX - left) / width, (top + height - offsetY) / height];
    if (place.some((part) => part < -0.01 || part > 1.01)) return null;
    return place.map((part) => rounded(Math.max(low, Math.min(high, low + part * (high - low)))));
  }

  point(place) {
    this.pointed = place;
    this.tell(place);
  }

  pickable() { return this.spec.pickable; }

  near({ offsetX, offsetY }) {
    return this.balls.some(([x, y]) => Math.hypot(x - offsetX, y - offsetY) < NEAR * this.font);
  }

  choose(place) {
    if (!place || !this.spec.pickable) return;
    this.wanted = place;
    this.pick(place);
  }

  start() { return [...this.spec.ways[0].points.slice(0, 2)]; }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (by) this.point(this.moved(by));
    else if (event.key === 'Enter' && this.pointed) this.choose(this.pointed);
    else if (event.key === 'Escape') this.point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  moved(by) {
    const [low, high] = this.reach;
    const from = this.pointed ?? this.start();
    return from.map((value, axis) => rounded(Math.max(low, Math.min(high, value + (by[axis] * (high - low)) / 60))));
  }

  // --- painting ---

  fit() {
    if (!super.fit()) return false;
    const side = Math.min(this.width - 3.9 * this.font, this.height - 3.5 * this.font);
    this.margin[1] = (this.width - side) / this.font - 3.2;
    this.margin[2] = (this.height - side) / this.font - 0.6;
    this.frame(this.reach, this.reach);
    return true;
  }

  paint(position) {
    this.begin();
    this.relief();
    this.axes(...this.spec.names, false);
    const { ways } = this.spec;
    this.balls = ways.map((way) => this.places(way)[Math.min(position, way.last)]);
    this.ctx.globalAlpha = this.held ? 0.25 : 1;
    ways.forEach((way, index) => this.way(this.places(way), index, Math.min(position, way.last), { dots: true }));
    if (!this.held) ways.forEach((way, index) => this.arrows(way, index, position));
    this.ctx.globalAlpha = 1;
    const place = this.held ?? this.wanted ?? this.pointed;
    if (place) this.aim(place);
    if (this.held) this.mark('circle', this.x(this.held[0]), this.y(this.held[1]), this.font * 0.42, LOOKS[0].color(this.theme));
  }

  // Where the slope points downhill, what is carried along, and the step that is taken: the step as long as it is.
  arrows(way, index, step) {
    if (step >= way.last) return;
    const from = this.balls[index];
    const [x, y] = [0, 1].map((axis) => way.points[2 * step + axis]);
    const width = this.font * 0.13;
    const to = (numbers, length) => {
      const unit = (0.2 * (this.reach[1] - this.reach[0])) / (length || 1);
      return [this.x(x - numbers[2 * step] * unit), this.y(y - numbers[2 * step + 1] * unit)];
    };
    const { slope, velocity } = this.lengths[index];
    this.within(() => {
      this.arrow(from, to(way.gradients, slope), width, css(this.theme.role.loss));
      if (velocity) this.arrow(from, to(way.velocities, velocity), width, css(LOOKS[index].color(this.theme)), [2.5 * width, 1.6 * width]);
      this.arrow(from, this.places(way)[step + 1], 1.25 * width, css(LOOKS[index].color(this.theme)));
    });
    this.mark(LOOKS[index].mark, ...from, this.font * 0.42, LOOKS[index].color(this.theme));
  }

  places(way) { return Array.from(way.losses, (_, i) => [this.x(way.points[2 * i]), this.y(way.points[2 * i + 1])]); }

  aim([x, y]) {
    const { left, top, width, height } = this.box;
    const color = css(this.theme.ink);
    this.line([[left, this.y(y)], [left + width, this.y(y)]], 1, color, [4, 4]);
    this.line([[this.x(x), top], [this.x(x), top + height]], 1, color, [4, 4]);
    this.ctx.beginPath();
    this.ctx.arc(this.x(x), this.y(y), this.font * 0.5, 0, 7);
    this.ctx.lineWidth = 2;
    this.ctx.strokeStyle = color;
    this.ctx.stroke();
  }

  // Bands, level lines and their numbers: painted once, then copied.
  relief() {
    const key = [this.width, this.height, this.ratio, this.font, css(this.theme.ground), this.content].join(' ');
    this.ctx.drawImage(kept(`relief ${key}`, () => this.repaint()), 0, 0, this.width, this.height);
  }

  repaint() {
    const [screen, { left, top, width, height }] = [this.ctx, this.box];
    const { width: across, height: up } = this.canvas;
    const under = Object.assign(document.createElement('canvas'), { width: across, height: up });
    this.ctx = under.getContext('2d');
    const bands = this.bands(Math.round(width * Math.min(this.ratio, 2)));
    this.begin();
    this.ctx.drawImage(bands, left, top, width, height);
    this.levelLines();
    this.ctx.lineWidth = 1.2;
    this.ctx.strokeStyle = css(mix(this.theme.ground, this.theme.ink, 0.45));
    this.ctx.strokeRect(left, top, width, height);
    this.numbers();
    this.ctx = screen;
    return under;
  }

  bands(size) {
    const { heights } = this;
    const key = `${size} ${css(this.theme.ground)}`;
    if (this.banded?.key === key) return this.banded.canvas;
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
    const image = new ImageData(size, size);
    const edges = [heights.low, ...heights.levels, heights.high];
    const colors = edges.slice(1).map((edge, i) => heights.color((edge + edges[i]) / 2));
    const last = heights.side - 1;
    for (let row = 0, at = 0; row < size; row += 1) {
      const v = (1 - (row + 0.5) / size) * last;
      for (let column = 0; column < size; column += 1, at += 4) {
        const z = heights.between(((column + 0.5) / size) * last, v);
        let band = 0;
        while (band < heights.levels.length && z >= heights.levels[band]) band += 1;
        image.data.set(colors[band], at);
        image.data[at + 3] = 255;
      }
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
    this.banded = { key, canvas };
    return canvas;
  }

  spot([u, v]) {
    const last = this.heights.side - 1;
    return [this.box.left + (u / last) * this.box.width, this.box.top + (1 - v / last) * this.box.height];
  }

  levelLines() {
    const { ctx } = this;
    ctx.beginPath();
    for (const { from, to } of this.heights.cells.flat()) {
      ctx.moveTo(...this.spot(from));
      ctx.lineTo(...this.spot(to));
    }
    ctx.lineWidth = 1.1;
    ctx.strokeStyle = css(this.theme.ink, 0.55);
    ctx.stroke();
  }

  // One number a level, as far from the others and from the ways as its line allows.
  numbers() {
    const taken = this.spec.ways.flatMap((way) => this.places(way)).map((place) => [place, 0.7]);
    const { left, top, width, height } = this.box;
    const room = this.font * 1.1;
    for (const level of this.heights.levels) {
      const words = written(level);
      const free = this.heights.cells.flat().filter((piece) => piece.level === level).map(({ from }) => this.spot(from))
        .filter(([x, y]) => x > left + room && x < left + width - room && y > top + room && y < top + height - room)
        .map((spot) => ({ spot, room: Math.min(...taken.map(([[x, y], weight]) => Math.hypot(x - spot[0], y - spot[1]) / weight), 12 * this.font) }));
      const best = free.sort((a, b) => b.room - a.room)[0];
      if (!best || best.room < 1.5 * this.font) continue;
      taken.push([best.spot, 1]);
      this.haloed(words, ...best.spot);
    }
  }
}

// The longest slope and the longest velocity of every way: arrows are drawn as shares of them.
function lengthsOf(ways) {
  const most = (numbers) => numbers.reduce((found, _, i) => (i % 2 ? found : Math.max(found, Math.hypot(numbers[i], numbers[i + 1]))), 0);
  return ways.map(({ gradients, velocities }) => ({ slope: most(gradients), velocity: most(velocities) }));
}

export const rounded = (value) => Math.round(value * 100) / 100 + 0;

// A click on a loss leads to its step.
export class Losses extends Plane {
  constructor({ seek }) {
    super('losses', 'img');
    this.canvas.onclick = ({ offsetX }) => seek(this.stepAt(offsetX));
    this.margin = [0.8, 1, 2.7, 3.9];
    this.about = [6, 3];
  }

  update(spec) {
    this.spec = spec;
    const all = spec.ways.flatMap((way) => Array.from(way.losses));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = 0.12 * Math.max(high - low, 1e-6);
    this.reach = [[-0.02 * spec.last, 1.03 * Math.max(spec.last, 1)], [low - room, high + room]];
    this.canvas.setAttribute('aria-label', 'The loss at every step.');
  }

  stepAt(offsetX) {
    const [low, high] = this.reach[0];
    return Math.max(0, Math.min(this.spec.last, Math.round(low + ((offsetX - this.box.left) / this.box.width) * (high - low))));
  }

  fit() {
    if (!super.fit()) return false;
    this.frame(...this.reach);
    return true;
  }

  paint(position) {
    this.begin();
    this.frame(...this.reach);
    this.axes('step', 'loss');
    this.ctx.globalAlpha = this.held ? 0.25 : 1;
    this.spec.ways.forEach((way, index) => {
      const places = Array.from(way.losses, (loss, step) => [this.x(step), this.y(loss)]);
      this.way(places, index, Math.min(position, way.last), { rim: false });
    });
  }
}

// A curve with the ball on it, the slope under the ball and the next step.
export class CurvePlane extends Plane {
  constructor({ hold, pick }) {
    super('curve', 'application');
    this.margin = [0.6, 0.8, 2.9, 3.2];
    this.about = [8, 6];
    this.canvas.tabIndex = 0;
    this.grip = new Grip(this, true, { hold, drop: pick });
    this.canvas.onkeydown = (event) => this.key(event, pick);
  }

  pickable() { return this.spec.pickable; }

  data({ offsetX }) {
    const [low, high] = this.reach[0];
    const part = (offsetX - this.box.left) / this.box.width;
    return part < -0.01 || part > 1.01 ? null : [rounded(Math.max(low, Math.min(high, low + part * (high - low))))];
  }

  near({ offsetX, offsetY }) { return Math.hypot(this.ball[0] - offsetX, this.ball[1] - offsetY) < NEAR * this.font; }

  // The start moves by key, too.
  key(event, pick) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.spec.pickable || event.ctrlKey || event.altKey || event.metaKey) return;
    const [low, high] = this.reach[0];
    pick([rounded(Math.max(low, Math.min(high, this.spec.ways[0].points[0] + (by * (high - low)) / 60)))]);
    event.preventDefault();
    event.stopPropagation();
  }

  // Height and slope of the drawn curve between its points.
  under(x) {
    const { x: xs, heights } = this.spec;
    const wide = xs[1] - xs[0];
    const i = Math.max(0, Math.min(xs.length - 2, Math.floor((x - xs[0]) / wide)));
    const slope = (heights[i + 1] - heights[i]) / wide;
    return [heights[i] + slope * (x - xs[i]), slope];
  }

  update(spec) {
    this.spec = spec;
    const [low, high] = [Math.min(...spec.heights), Math.max(...spec.heights)];
    const room = 0.1 * (high - low || 1);
    this.reach = [[spec.x[0], spec.x.at(-1)], [low - room, high + room]];
    const how = spec.pickable ? ' The left and right arrow keys move the start.' : '';
    this.canvas.setAttribute('aria-label', `The curve, the ball on it, the slope under the ball and its next step.${how}`);
    this.canvas.classList.toggle('pickable', spec.pickable);
  }

  paint(position) {
    const { ctx, spec, font, theme } = this;
    const [way] = spec.ways;
    const step = Math.min(position, way.last);
    this.begin();
    this.frame(...this.reach);
    this.axes('x', 'f(x)');
    const held = this.held && [this.held[0], ...this.under(this.held[0])];
    const [x0, y0, slope] = held ?? [way.points[step], way.losses[step], way.gradients[step]];
    this.ball = [this.x(x0), this.y(y0)];
    const reach = 0.12 * (spec.x.at(-1) - spec.x[0]);
    this.within(() => {
      this.line(Array.from(spec.x, (x, i) => [this.x(x), this.y(spec.heights[i])]), font * 0.17, css(theme.role.loss));
      this.line([-reach, reach].map((dx) => [this.x(x0 + dx), this.y(y0 + slope * dx)]), font * 0.14, css(theme.ink), [8, 5]);
    });
    ctx.globalAlpha = held ? 0.25 : 1;
    this.way(Array.from(way.losses, (loss, i) => [this.x(way.points[i]), this.y(loss)]), 0, step, { dots: true });
    ctx.globalAlpha = 1;
    this.within(() => this.next(x0, y0, held ? x0 - way.rate * slope : way.points[step + 1]));
    if (held || step < way.last) this.mark('circle', ...this.ball, font * 0.42, LOOKS[0].color(theme));
  }

  // The step, level along the axis: as long as it is.
  next(x, y, to) {
    if (to !== undefined) this.arrow([this.x(x), this.y(y)], [this.x(to), this.y(y)], this.font * 0.17, css(LOOKS[0].color(this.theme)));
  }
}
