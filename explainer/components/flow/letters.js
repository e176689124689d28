// --- letters: the text, one of whose characters is followed; its shades say whom that one looks at ------------

import { contrast, css, mix } from '../grid/theme.js';
import { element } from '../player/stage.js';

const READABLE = 7.1; // contrast of a character with its shade
const SHADES = 32;

export class Letters {
  constructor(view) {
    this.view = view;
    this.node = element('div', 'letters');
    this.node.setAttribute('role', 'slider');
    this.node.tabIndex = 0;
    this.node.onclick = ({ target }) => { if (target.dataset.at) view.follow(Number(target.dataset.at)); };
    this.node.onkeydown = (event) => this.key(event);
  }

  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const { T, position } = this.view.passed;
    if (!by || position + by < 0 || position + by >= T) return;
    event.preventDefault();
    event.stopPropagation();
    this.view.follow(position + by);
  }

  // The darkest shade of probabilities on which the ink can still be read.
  dress({ ink, ground, role }) {
    let most = 0.9;
    while (contrast(ink, mix(ground, role.probabilities, most)) < READABLE) most -= 0.02;
    this.shades = Array.from({ length: SHADES + 1 }, (_, i) => (i ? css(mix(ground, role.probabilities, (most * i) / SHADES)) : ''));
  }

  // `looks` are shares for every character, or none while nobody looks; `written` is what the die has brought.
  show({ text, position }, looks, written) {
    const told = { ariaValueMin: 1, ariaValueMax: text.length, ariaValueNow: position + 1, ariaLabel: 'The character that is followed', ariaValueText: `${text[position]}, ${position + 1} of ${text.length}` };
    Object.assign(this.node, told);
    const wanted = text.length + (written ? 1 : 0);
    while (this.node.childElementCount > wanted) this.node.lastChild.remove();
    while (this.node.childElementCount < wanted) this.node.append(element('span'));
    [...this.node.children].forEach((span, i) => {
      const given = i < text.length;
      const glyph = given ? text[i] : written;
      if (span.textContent !== glyph) span.textContent = glyph;
      if (given) span.dataset.at = i; else delete span.dataset.at;
      span.className = !given ? 'written' : i === position ? 'followed' : i > position ? 'later' : '';
      span.style.background = looks && given ? this.shades[Math.round(SHADES * Math.sqrt(looks[i]))] : '';
    });
  }
}
