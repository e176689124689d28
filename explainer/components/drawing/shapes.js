// --- shapes: a primitive as a node of the picture ---------------------------------------------------------

import { drawField, tellField } from './field.js';
import { node, path, set } from './svg.js';

const ROUND = 0.5523; // of a radius: how far a curve of a circle reaches out
const TAGS = { line: 'path', box: 'rect', field: 'g', mark: 'g', text: 'text' };

// Neighbours of one kind travel together: what they share, and what each has of its own.
export function specsOf(groups, defaults) {
  return groups.flatMap(({ kind, count, shared, own }) => Array.from({ length: count }, (_, i) => {
    const mine = Object.fromEntries(Object.entries(own).map(([name, values]) => [name, values[i]]));
    return { kind, ...defaults[kind], ...shared, ...mine };
  }));
}

export class Shape {
  constructor(spec) {
    this.node = node(TAGS[spec.kind]);
    this.node.__shape = this;
    this.load(spec);
  }

  load(spec) {
    this.spec = spec;
    this.byHand = null;
    this.moving = Object.keys(spec).filter((name) => spec[name]?.each);
  }

  // What is true of it now: where there is a value for each frame, the frame's.
  show(frame) {
    this.now = { ...this.spec };
    this.moving.forEach((name) => { this.now[name] = this.spec[name].each[frame]; });
    Object.assign(this.now, this.byHand);
  }

  // What is said of it; of a field, what is said of one place.
  told(place) { return this.now.name && place ? tellField(this.node, this.now, place) : this.now.title ?? ''; }

  draw(frame, view) {
    this.show(frame);
    DRAW[this.spec.kind](this.node, this.now, view);
  }

  // Only what stands in the picture has a length.
  fit(view) { if (this.now.room && this.now.shown) fitted(this.node, this.now, view); }
}

const painted = ({ fill, color, width }, { paint, px }) => ({ fill: paint(fill), stroke: paint(color), 'stroke-width': width * px });
const moved = ([x, y], { dx, dy }, { px }) => [x + dx * px, y + dy * px];

const spike = (r, i) => [r * Math.sin((i * Math.PI) / 5), -r * Math.cos((i * Math.PI) / 5)];

const OUTLINES = {
  square: (r) => path([[-r, -r], [r, -r], [r, r], [-r, r]]) + 'Z',
  diamond: (r) => path([[0, -1.3 * r], [1.3 * r, 0], [0, 1.3 * r], [-1.3 * r, 0]]) + 'Z',
  down: (r) => path([[-r, -0.8 * r], [r, -0.8 * r], [0, 0.8 * r]]) + 'Z',
  star: (r) => path(Array.from({ length: 10 }, (_, i) => spike((i % 2 ? 0.62 : 1.5) * r, i))) + 'Z',
  circle: (r) => {
    const c = ROUND * r;
    return `M0 ${-r}C${c} ${-r} ${r} ${-c} ${r} 0S${c} ${r} 0 ${r}S${-r} ${c} ${-r} 0S${-c} ${-r} 0 ${-r}Z`;
  },
};

// A text that has no room is put shorter; one that has no room even then is not shown.
function fitted(element, { x, y, room, short, color }, { at, paint }) {
  const width = 0.94 * Math.abs(at(x + room, y)[0] - at(x, y)[0]);
  if (element.getComputedTextLength() <= width) return;
  element.replaceChildren(node('tspan', { fill: paint(color) }, short));
  element.__written = null;
  if (!short || element.getComputedTextLength() > width) set(element, { display: 'none' });
}

const DRAW = {
  line(element, { x, y, color, width, dash, opacity }, { at, paint, px }) {
    const points = x.map((value, i) => at(value, y[i]));
    const d = path(points);
    const dashes = dash.split(' ').map((length) => length * px).join(' ');
    set(element, { d, fill: 'none', stroke: paint(color), 'stroke-width': width * px, 'stroke-dasharray': dash && dashes, opacity });
  },
  box(element, now, view) {
    const [[left, low], [right, high]] = [view.at(now.x0, now.y0), view.at(now.x1, now.y1)];
    const place = { x: Math.min(left, right), y: Math.min(low, high), width: Math.abs(right - left), height: Math.abs(high - low) };
    set(element, { ...painted(now, view), ...place, 'fill-opacity': now.opacity });
  },
  field: drawField,
  mark(element, now, view) {
    const [x, y] = moved(view.at(now.x, now.y), now, view);
    const size = view.font * view.px;
    if (!element.firstChild) element.append(node('path'));
    if (now.label && !element.children[1]) element.append(node('text', { 'text-anchor': 'middle' }));
    const [outline, label] = element.children;
    set(outline, { ...painted(now, view), d: OUTLINES[now.shape]((now.size / 2) * view.px), opacity: now.opacity });
    if (label) {
      set(label, { fill: view.paint('#000037'), 'font-size': size, y: 0.36 * size });
      if (label.textContent !== now.label) label.textContent = now.label;
    }
    set(element, { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  },
  text(element, now, view) {
    const { at, paint, px, font } = view;
    const [x, y] = moved(at(now.x, now.y), now, view);
    const size = (now.size ?? font) * px;
    const parts = (Array.isArray(now.text) ? now.text : [[now.text, now.color, false]])
      .map(([text, color, bold]) => [text, { fill: paint(color), ...(bold && { 'font-weight': 700 }) }]);
    const written = JSON.stringify(parts);
    if (element.__written !== written) element.replaceChildren(...parts.map(([text, look]) => node('tspan', look, text)));
    element.__written = written;
    set(element, {
      x, y: y + 0.36 * size, 'font-size': size, 'text-anchor': now.anchor,
      'font-weight': now.bold ? 700 : 400, display: now.shown ? 'inline' : 'none',
      class: now.halo ? 'halo' : '', stroke: now.halo ? paint('#000038') : 'none', 'stroke-width': 0.7 * size,
    });
  },
};
