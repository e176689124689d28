// --- heads: all of them as small multiples, to choose from ------------------------------------------------

import { css } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { room, sized } from './heat.js';

export class Heads {
  constructor(view) {
    this.view = view;
    this.node = element('section', 'heads');
    this.heading = element('h2');
    this.box = element('div', 'box');
    this.canvas = element('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-roledescription', 'heads');
    this.pen = this.canvas.getContext('2d');
    this.box.append(this.canvas);
    this.node.append(this.heading, this.box, view.readout);
    this.canvas.onclick = (event) => this.pick(event);
    this.canvas.onpointermove = (event) => this.point(this.headAt(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onkeydown = (event) => this.key(event);
  }

  resize(width, height, rem, { n_layer, n_head }) {
    this.gap = Math.round(0.28 * rem);
    this.side = Math.max(24, Math.floor(Math.min(width / n_head, height / n_layer)) - this.gap);
    sized(this.canvas, n_head * (this.side + this.gap), n_layer * (this.side + this.gap), this.pen);
    this.map = element('span', 'map');
    this.map.setAttribute('aria-hidden', 'true'); // the canvas says in words which layer is chosen
    this.heading.replaceChildren(this.map, `all ${n_layer * n_head} heads, a layer a row`);
    this.shape = [n_layer, n_head];
  }

  corner(layer, head) { return [head, layer].map((i) => i * (this.side + this.gap) + this.gap / 2); }

  show(story, position, chosen, theme) {
    const rows = story.current(position) - story.window(position) + 1;
    const cell = this.side / room(rows, story.stream.block_size);
    const [layers, heads] = this.shape;
    for (let layer = 0; layer < layers; layer += 1) {
      for (let head = 0; head < heads; head += 1) {
        const [x, y] = this.corner(layer, head);
        this.pen.fillStyle = css(theme.panel);
        this.pen.fillRect(x, y, this.side, this.side);
        this.view.atlas.draw(this.pen, layer, head, rows, x, y, cell);
      }
    }
    this.mark(chosen, theme);
    this.locate(chosen[0], layers);
    const habit = story.stream.heads[chosen[0]]?.[chosen[1]]?.name;
    this.canvas.setAttribute('aria-label', `Layer ${chosen[0] + 1}, head ${chosen[1] + 1}${habit ? `, ${habit}` : ''}, of ${layers} layers with ${heads} heads; choose with the arrow keys.`);
  }

  // The whole model, a sign a part: embeddings, layers, what follows; the chosen layer is filled.
  locate(layer, layers) {
    if (this.map.dataset.layer === String(layer)) return;
    this.map.dataset.layer = layer;
    this.map.replaceChildren(`text ${'□'.repeat(layer + 1)}`, element('b', '', '■'), `${'□'.repeat(layers - layer)} next`);
  }

  // Frames: the one that is pointed at, and above all others the chosen one.
  mark(chosen, { brand, ground, soft }) {
    const frame = ([layer, head], color) => {
      const [x, y] = this.corner(layer, head).map((v) => v - this.gap / 2 + 0.5);
      this.pen.strokeStyle = css(color);
      this.pen.strokeRect(x, y, this.side + this.gap - 1, this.side + this.gap - 1);
    };
    this.pen.lineWidth = this.gap;
    for (let i = 0; i < this.shape[0] * this.shape[1]; i += 1) frame([Math.floor(i / this.shape[1]), i % this.shape[1]], ground);
    if (this.pointed) frame(this.pointed, soft);
    frame(chosen, brand);
  }

  headAt({ offsetX, offsetY }) {
    const [head, layer] = [offsetX, offsetY].map((v) => Math.floor(v / (this.side + this.gap)));
    return layer >= 0 && head >= 0 && layer < this.shape[0] && head < this.shape[1] ? [layer, head] : null;
  }

  point(head) {
    if (String(head) === String(this.pointed)) return;
    this.pointed = head;
    this.canvas.title = head ? this.view.nameOf(head) : '';
    this.mark(this.view.head, this.view.theme);
  }

  pick(event) {
    const head = this.headAt(event);
    if (head) this.view.choose(head);
  }

  key(event) {
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!way) return;
    this.view.choose(this.view.head.map((v, i) => Math.max(0, Math.min(this.shape[i] - 1, v + way[i]))));
    event.preventDefault();
    event.stopPropagation();
  }
}
