// --- opened: one stage in place of the way, down to the multiplications of one of its numbers ----------------

import { sized } from '../attention/heat.js';
import { exact } from '../grid/numbers.js';
import { css } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { stepOf } from '../receipt/receipt.js';
import { place } from './passed.js';

const LENS = 13; // numbers that are read beside the one that is opened

export class Opened {
  /** @type {string} */ name;
  /** @type {number} */ number;
  /** @type {any} */ values;

  constructor(view) {
    this.view = view;
    this.node = element('section', 'opened receipt page');
    this.node.tabIndex = -1;
    this.heading = element('h2');
    this.close = element('button', 'close', 'Back to the flow');
    this.close.type = 'button';
    this.close.onclick = () => view.shut();
    const top = element('div', 'top');
    top.append(this.heading, this.close);
    this.strip = element('canvas', 'strip');
    this.strip.onclick = ({ offsetX }) => this.pick(Math.floor((offsetX / this.strip.clientWidth) * this.values.length));
    this.pen = this.strip.getContext('2d');
    this.lens = element('div', 'lens');
    this.step = element('div', 'step');
    this.node.append(top, this.strip, this.lens, this.step);
    this.node.hidden = true;
    this.node.onkeydown = (event) => this.key(event);
  }

  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.target !== this.node) return;
    this.pick(this.number + by);
    event.preventDefault();
    event.stopPropagation();
  }

  pick(number) {
    if (number >= 0 && number < this.values.length && number !== this.number) this.view.open(this.name, number);
  }

  // `step` is what the server answered, if it belongs to the number that is open.
  show(name, number, step) {
    const { passed, rem, theme } = this.view;
    Object.assign(this, { name, number, values: passed.vector(name) });
    const strip = passed.byName.get(name);
    this.node.hidden = false;
    const where = passed.sections[strip.section];
    const letter = passed.text[passed.position];
    this.heading.textContent = `${where} · ${strip.title} of “${letter}”: ${this.values.length} numbers${strip.parts > 1 ? ` in ${strip.parts} heads` : ''}`;
    this.paint(strip, this.node.clientWidth, rem, theme);
    this.read(number, strip);
    this.node.setAttribute('aria-label', this.heading.textContent);
    const focused = this.node.contains(this.node.getRootNode().activeElement);
    if (step) this.step.replaceChildren(...stepOf(step, (path) => this.view.openPath(path), () => this.view.more()));
    else this.step.replaceChildren(element('p', 'waiting', strip.steps ? '' : 'These numbers were learned: nothing made them but training.'));
    if (focused) this.node.focus({ preventScroll: true });
  }

  paint(strip, width, rem, theme) {
    const { pen, values } = this;
    const height = Math.round(1.6 * rem);
    sized(this.strip, width, height + Math.round(0.5 * rem), pen);
    const table = (strip.role === 'probabilities' ? theme.sequential : theme.diverging).fill;
    const peak = this.view.passed.peak(this.name);
    const size = width / values.length;
    values.forEach((value, i) => {
      pen.fillStyle = table[Math.round(place(value / peak, strip.role) * (table.length - 1))];
      pen.fillRect(Math.floor(i * size), 0, Math.ceil(size), height);
    });
    pen.fillStyle = css(theme.ink);
    const x = (this.number + 0.5) * size;
    pen.beginPath();
    pen.moveTo(x, height + 2);
    pen.lineTo(x - 0.3 * rem, height + 0.5 * rem);
    pen.lineTo(x + 0.3 * rem, height + 0.5 * rem);
    pen.fill();
    pen.strokeStyle = css(theme.ink);
    pen.lineWidth = 2;
    pen.strokeRect(this.number * size - 1, 1, size + 2, height - 2);
  }

  // Some numbers around the one that is opened; a click opens another.
  read(number, strip) {
    const { values } = this;
    const few = Math.min(this.view.narrow ? 5 : LENS, values.length);
    const from = Math.max(0, Math.min(values.length - few, number - (few >> 1)));
    this.lens.replaceChildren(...Array.from({ length: few }, (_, k) => {
      const node = element('button', from + k === number ? 'here' : '');
      node.type = 'button';
      node.append(element('i', '', this.view.nameOf(strip, from + k)), element('b', '', exact(values[from + k], 3)));
      node.onclick = () => this.pick(from + k);
      return node;
    }));
  }
}
