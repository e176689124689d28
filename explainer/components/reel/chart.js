// --- chart: losses over a logarithmic axis, with a marker at the frame ----------------------------------

import { element } from '../player/stage.js';

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag, attributes, text = '') {
  const node = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  node.textContent = text;
  return node;
}

const grouped = (value) => new Intl.NumberFormat('en-US').format(value);

// Two lines of names above, numbers at the left, powers of ten below; step 0 stands at the left edge.
export class LossChart {
  /** @type {{ x: number[], y: number[], name: string, dash: string }[]} */ lines;
  /** @type {number[]} */ marks;
  /** @type {number} */ low;
  /** @type {number} */ high;
  /** @type {string} */ x_title;
  /** @type {string} */ y_title;
  /** @type {number | null} */ ceiling;

  constructor(spec, seek) {
    Object.assign(this, spec);
    this.node = element('figure', 'losses');
    this.node.classList.toggle('answers', this.marks.length > 1);
    this.node.onclick = ({ clientX }) => {
      if (this.box && this.marks.length) seek(nearest(this.marks, this.stepAt(clientX - this.node.getBoundingClientRect().left)));
    };
    this.xs = this.lines.flatMap((line) => line.x).filter((x) => x > 0);
    this.ys = this.lines.flatMap((line) => line.y);
    const [least, most] = [Math.min(...this.ys), Math.max(...this.ys)];
    const room = 0.06 * (most - least || 1);
    [this.low, this.high] = [least - room, most + room];
    if (this.ceiling !== null) [this.low, this.high] = [least - 0.06 * (this.ceiling - least), this.ceiling];
    this.last = Math.log10(Math.max(...this.xs) * 1.1);
  }

  draw(rem) {
    const [width, height] = [this.node.clientWidth, this.node.clientHeight];
    if (width < 40 || height < 40) return;
    const font = 0.86 * rem;
    this.box = { left: 2.6 * rem, right: width - 0.8 * rem, top: (1.5 * this.lines.length + 0.8) * rem, bottom: height - 3.1 * rem };
    const picture = svg('svg', { width, height, 'font-size': font, 'aria-hidden': 'true' });
    picture.append(this.window(), ...this.axes(font), ...this.lines.flatMap((line, i) => this.curve(line, i, font)));
    this.marker = this.marks.length ? [svg('line', { class: 'marker' }), ...this.lines.map(() => svg('circle', { class: 'dot', r: 0.32 * rem }))] : [];
    picture.append(...this.marker);
    this.node.replaceChildren(picture);
  }

  x(step) { return this.box.left + (Math.log10(Math.max(step, 0.8)) - Math.log10(0.8)) / (this.last - Math.log10(0.8)) * (this.box.right - this.box.left); }

  stepAt(x) { return 0.8 * 10 ** ((x - this.box.left) / (this.box.right - this.box.left) * (this.last - Math.log10(0.8))); }

  y(loss) { return this.box.bottom - (loss - this.low) / (this.high - this.low) * (this.box.bottom - this.box.top); }

  axes(font) {
    const { left, right, top, bottom } = this.box;
    const steps = Array.from({ length: Math.floor(this.last) + 1 }, (_, power) => 10 ** power);
    const across = steps.flatMap((step) => [
      svg('line', { class: 'rule', x1: this.x(step), x2: this.x(step), y1: top, y2: bottom }),
      svg('text', { x: this.x(step), y: bottom + 1.3 * font, 'text-anchor': 'middle' }, grouped(step)),
    ]);
    const up = this.ticks().flatMap((loss) => [
      svg('line', { class: 'rule', x1: left, x2: right, y1: this.y(loss), y2: this.y(loss) }),
      svg('text', { x: left - 0.4 * font, y: this.y(loss) + 0.35 * font, 'text-anchor': 'end' }, String(loss)),
    ]);
    const titles = [
      svg('text', { x: right, y: bottom + 2.8 * font, 'text-anchor': 'end' }, this.x_title),
      svg('text', { x: left, y: 0.95 * font }, this.y_title),
    ];
    return [...across, ...up, ...titles];
  }

  ticks() {
    const every = [0.05, 0.1, 0.2, 0.5, 1, 2].find((step) => (this.high - this.low) / step <= 5) ?? 5;
    const first = Math.ceil(this.low / every);
    return Array.from({ length: Math.floor(this.high / every) - first + 1 }, (_, i) => Number(((first + i) * every).toFixed(2)));
  }

  curve(line, i, font) {
    const points = line.x.map((step, k) => `${this.x(step)},${this.y(line.y[k])}`).join(' ');
    const place = (1.55 * i + 2.4) * font;
    const { left } = this.box;
    return [
      svg('polyline', { class: 'curve', points, 'stroke-dasharray': line.dash, 'clip-path': 'url(#losses)' }),
      svg('line', { class: 'curve', x1: left, x2: left + 2.4 * font, y1: place - 0.3 * font, y2: place - 0.3 * font, 'stroke-dasharray': line.dash }),
      svg('text', { x: left + 2.9 * font, y: place }, line.name),
    ];
  }

  // What of the curves is seen: below the ceiling.
  window() {
    const { left, right, top, bottom } = this.box;
    const seen = svg('clipPath', { id: 'losses' });
    seen.append(svg('rect', { x: left, y: top, width: right - left, height: bottom - top }));
    return seen;
  }

  show(position) {
    if (!this.marker?.length) return;
    const step = this.marks[position];
    const [rule, ...dots] = this.marker;
    Object.entries({ x1: this.x(step), x2: this.x(step), y1: this.box.top, y2: this.box.bottom }).forEach(([k, v]) => rule.setAttribute(k, v));
    dots.forEach((dot, i) => {
      dot.setAttribute('cx', this.x(step));
      dot.setAttribute('cy', this.y(at(this.lines[i], step)));
    });
  }
}

// Which of some steps stands closest to one on the axis, where powers of ten are equally far apart.
export function nearest(steps, step) {
  const off = steps.map((one) => Math.abs(Math.log(Math.max(one, 0.8) / Math.max(step, 0.8))));
  return off.indexOf(Math.min(...off));
}

// The loss at a step, between two measured ones on a straight line.
function at({ x, y }, step) {
  const next = x.findIndex((value) => value >= step);
  if (next <= 0) return next < 0 ? y.at(-1) : y[0];
  const part = (step - x[next - 1]) / (x[next] - x[next - 1]);
  return y[next - 1] + part * (y[next] - y[next - 1]);
}
