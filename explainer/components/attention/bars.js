// --- bars: what may come next, what is cut off, what was drawn --------------------------------------------

import { css, mix } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { sized } from './heat.js';
import { percent } from './story.js';

export class Bars {
  constructor(view) {
    this.view = view;
    this.node = element('section', 'next');
    this.heading = element('h2', '', 'next character');
    this.list = element('div', 'candidates');
    this.strip = element('canvas', 'strip');
    this.strip.setAttribute('role', 'img');
    this.pen = this.strip.getContext('2d');
    this.caption = element('p', 'caption');
    this.node.append(this.heading, this.list, this.strip, this.caption);
    this.lines = [];
  }

  resize(width, height, rem) {
    this.rem = rem;
    const below = (width < 23 * rem ? 6 : 4.5) * rem; // what was drawn, told in three lines where two do not hold it
    this.count = Math.max(5, Math.min(14, Math.floor((height - this.heading.offsetHeight - below) / (1.56 * rem))));
    this.width = Math.floor(width);
    sized(this.strip, this.width, Math.round(0.7 * rem), this.pen);
  }

  show(story, position, theme) {
    const draw = story.draw(position);
    const token = position ? story.tokens[position - 1] : null;
    this.fill(Math.min(this.count, story.V));
    const order = this.order(draw, token);
    const changed = !same(draw, story.stream);
    const most = Math.max(...order.map((id) => Math.max(draw.probabilities[id], draw.chances[id])));
    order.forEach((id, i) => this.say(this.lines[i], story, draw, id, most, changed, id === token));
    this.caption.textContent = this.words(story, draw, token);
    this.dice(draw, token, theme);
  }

  // The likeliest, and at the end the one that was taken if it is not among them.
  order(draw, token) {
    if (!draw.order) draw.order = [...draw.probabilities.keys()].sort((a, b) => draw.probabilities[b] - draw.probabilities[a]);
    const shown = draw.order.slice(0, this.lines.length);
    if (token !== null && !shown.includes(token)) shown[shown.length - 1] = token;
    return shown;
  }

  fill(count) {
    while (this.lines.length > count) this.lines.pop().node.remove();
    while (this.lines.length < count) this.lines.push(this.line());
  }

  line() {
    const node = element('div', 'candidate');
    const take = element('button', 'take');
    const [glyph, track, model, chance, share, then] = ['glyph', 'track', 'model', 'chance', '', 'then'].map((name) => element('span', name));
    const receipt = element('button', 'share');
    receipt.append(share);
    receipt.title = 'how this number comes about';
    take.title = 'take this one';
    for (const button of [take, receipt]) button.type = 'button';
    track.append(model, chance);
    take.append(glyph, track);
    node.append(take, receipt, then);
    this.list.append(node);
    const line = { node, take, glyph, model, chance, share, receipt, then, id: null };
    take.onclick = () => this.view.take(line.id);
    receipt.onclick = () => this.view.receipt(line.id);
    return line;
  }

  say(line, story, draw, id, most, changed, taken) {
    const [p, chance] = [draw.probabilities[id], draw.chances[id]];
    const cut = chance === 0;
    line.id = id;
    line.glyph.textContent = story.glyph(id);
    line.model.style.width = `${(100 * p) / most}%`;
    line.chance.style.width = changed ? `${(100 * chance) / most}%` : '0';
    line.share.textContent = percent(p);
    line.then.textContent = cut ? 'cut off' : changed ? `→ ${percent(chance)}` : '';
    line.node.className = `candidate${cut ? ' cut' : ''}${taken ? ' taken' : ''}`;
    const end = `${cut ? ', cut off' : changed ? `, drawn with ${percent(chance)}` : ''}${taken ? ', taken' : ''}`;
    line.take.setAttribute('aria-label', `${story.spoken(id)}, ${percent(p)}${end}; take this one`);
    line.receipt.setAttribute('aria-label', `how the ${percent(p)} of ${story.spoken(id)} come about`);
  }

  words(story, { roll, fallen }, token) {
    const { temperature, top_k, top_p } = story.stream;
    const dice = `the dice rolled ${roll.toFixed(3)}`;
    const limits = [top_k ? `top-k ${top_k}` : '', top_p < 1 ? `top-p ${top_p}` : ''].filter(Boolean).join(' and ');
    const cut = limits ? ` · ${limits} cut off the rest` : '';
    if (token === null) return `Nothing is drawn yet: sample one, or take one by a click.${cut}`;
    if (token !== fallen) return `“${story.glyph(token)}” was kept; ${dice}, which now means “${story.glyph(fallen)}”${cut}`;
    if (temperature === 0) return `temperature 0 always takes the likeliest: “${story.glyph(token)}”`;
    return `${dice}: that is “${story.glyph(token)}”${cut}`;
  }

  // All chances side by side, as the dice see them, and where the roll fell.
  dice(draw, token, { role, ink, ground }) {
    const { pen, width } = this;
    const height = Math.round(0.7 * this.rem);
    pen.clearRect(0, 0, width, height);
    let [from, lot] = [0, 0];
    for (let id = 0; id < draw.chances.length; id += 1) {
      const part = draw.chances[id];
      if (!part) continue;
      const on = token !== null && id === draw.fallen;
      pen.fillStyle = css(on ? role.probabilities : mix(ground, role.probabilities, lot % 2 ? 0.38 : 0.22));
      pen.fillRect(from * width, on ? 0 : height * 0.25, Math.max(1, part * width - 1), on ? height : height * 0.5);
      from += part;
      lot += 1;
    }
    this.strip.setAttribute('aria-label', 'All chances side by side; the roll falls on one of them.');
    if (token === null) return;
    pen.fillStyle = css(ink);
    pen.fillRect(Math.min(width - 3, draw.roll * width - 1), 0, 3, height);
  }
}

// Whether every character is drawn with the model's own probability.
const same = (draw, { temperature, top_k, top_p }) => temperature === 1 && !top_k && top_p === 1 && draw.chances.length > 0;
