// --- slides: which part of a long text's heatmap is seen ------------------------------------------------------

import { element } from '../player/stage.js';

// Two rails, for the rows and for the columns, with what they show; they come when a text has grown out of its place.
export class Slides {
  constructor(heat) {
    this.heat = heat;
    this.node = element('div', 'slides');
    this.rails = ['rows', 'columns'].map((name) => this.rail(name));
  }

  rail(name) {
    const label = element('label');
    const told = element('span', 'told');
    const input = Object.assign(document.createElement('input'), { type: 'range', min: 0, step: 1 });
    input.oninput = () => this.heat.slide(...this.rails.map((rail) => Number(rail.input.value)));
    label.append(told, input);
    this.node.append(label);
    return { name, told, input };
  }

  show({ seen, rows, end, top, left }) {
    this.node.classList.toggle('idle', !end);
    [top, left].forEach((from, i) => {
      const { name, told, input } = this.rails[i];
      const words = `${name} ${from + 1}–${from + seen} of ${rows}`;
      if (told.textContent !== words) told.textContent = words;
      Object.assign(input, { max: end, value: from, disabled: !end });
      input.setAttribute('aria-label', `${name} that are seen`);
      input.setAttribute('aria-valuetext', words);
    });
  }
}
