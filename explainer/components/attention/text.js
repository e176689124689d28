// --- text: every character, shaded by how much it is looked at ------------------------------------------

import { contrast, css, mix } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { Threads } from './threads.js';

const READABLE = 7.1; // contrast of a character with its shade

export class TextLine {
  constructor(view) {
    this.view = view;
    this.node = element('div', 'text');
    this.node.setAttribute('role', 'group');
    this.node.onpointermove = (event) => view.point(this.place(event));
    this.node.onpointerleave = () => view.point(null);
    this.node.onclick = (event) => view.lockAt(this.place(event));
    this.flow = element('div');
    this.threads = new Threads();
    this.flow.append(this.threads.canvas);
    this.node.append(this.flow);
    this.spans = [];
  }

  place(event) {
    const at = event.target.dataset?.at;
    return at === undefined || Number(at) > this.current || Number(at) < this.window ? null : { row: Number(at), col: null };
  }

  // The darkest shade of probabilities on which the ink can still be read.
  setTheme({ ink, ground, role }) {
    let most = 0.9;
    while (contrast(ink, mix(ground, role.probabilities, most)) < READABLE) most -= 0.02;
    this.shades = Array.from({ length: 65 }, (_, i) => (i ? css(mix(ground, role.probabilities, (most * i) / 64)) : ''));
  }

  show(story, position, active, strands, theme, rem) {
    const { row, shares } = active;
    const length = story.prompt + position;
    this.current = story.current(position);
    this.window = story.window(position);
    while (this.spans.length > length) this.drop();
    while (this.spans.length < length) {
      const span = element('span');
      span.dataset.at = this.spans.length;
      this.spans.push(span);
      this.flow.append(span);
    }
    this.node.setAttribute('aria-label', `The text so far, ${length} characters; the shade says how much each is looked at`);
    for (let i = 0; i < length; i += 1) this.dress(this.spans[i], i, story, row, shares, i === length - 1 && position > 0);
    this.node.classList.toggle('long', length > 150);
    this.threads.show(this, active, strands, theme, rem);
  }

  drop() {
    const span = this.spans.pop();
    if (span.nextSibling?.nodeName === 'BR') span.nextSibling.remove();
    span.remove();
  }

  // A line ends where it ends in the text.
  break(span, ends) {
    const there = span.nextSibling?.nodeName === 'BR';
    if (ends && !there) span.after(element('br'));
    else if (!ends && there) span.nextSibling.remove();
  }

  dress(span, i, story, row, shares, newest) {
    const glyph = story.glyph(story.id(i));
    if (span.textContent !== glyph) {
      span.textContent = glyph;
      this.break(span, story.stream.symbols[story.id(i)] === '\n');
    }
    const name = newest ? 'newest' : i === this.current ? 'current' : i < this.window ? 'gone' : i === row ? 'asking' : '';
    if (span.className !== name) span.className = name;
    const share = shares && i >= this.window && i <= row ? shares[i - this.window] : 0;
    const shade = this.shades[Math.round(64 * Math.sqrt(share))];
    if (span.shade !== shade) span.style.background = span.shade = shade;
  }
}
