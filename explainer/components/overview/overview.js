import { mounted } from '../grid/mount.js';

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// Whether the theme's ground is nearer to black than to white.
function isDark(element) {
  const [r, g, b] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
  return r + g + b < 383;
}

/* Cards by chapter; the arrow keys walk over those that a search leaves, Enter takes the first of them. */
class Overview {
  constructor(parent) {
    this.search = make('input', { type: 'search', placeholder: 'Search', ariaLabel: 'Search scenes', oninput: () => this.sift() });
    this.found = make('p', { className: 'found', ariaLive: 'polite' });
    this.list = make('div', { className: 'chapters' });
    this.root = make('section', { className: 'overview', onkeydown: (event) => this.press(event) }, this.search, this.found, this.list);
    parent.append(this.root);
    requestAnimationFrame(() => this.search.focus({ focusVisible: false }));
  }

  update({ data, setTriggerValue }) {
    this.pick = (index) => setTriggerValue('scene', index);
    this.entries = data.entries;
    const theme = isDark(this.root) ? 'dark' : 'light';
    this.cards = data.entries.map((entry, index) => this.card(entry, index, theme));
    this.list.replaceChildren(...[...grouped(this.cards, data.entries)].map(([title, cards]) => make('section', {}, make('h2', { textContent: title }), make('div', { className: 'cards' }, ...cards))));
    this.sift();
    this.cards[data.entries.findIndex(({ here }) => here)]?.scrollIntoView({ block: 'center' });
  }

  card({ title, sentence, picture, here }, index, theme) {
    const src = new URL(`app/static/scenes/${picture}-${theme}.webp`, document.baseURI);
    const image = make('img', { src, alt: '', loading: 'lazy', width: 320, height: 180 });
    const card = make('button', { type: 'button', title: sentence, onclick: () => this.pick(index) }, image, make('span', { textContent: title }));
    if (here) card.ariaCurrent = 'page';
    return card;
  }

  get left() { return this.cards.filter(({ hidden }) => !hidden); }

  sift() {
    const words = plain(this.search.value).split(/\s+/);
    this.entries.forEach(({ chapter, title, sentence }, i) => {
      const said = plain(`${chapter} ${title} ${sentence}`);
      this.cards[i].hidden = !words.every((word) => said.includes(word));
    });
    for (const section of this.list.children) section.hidden = !section.querySelector('button:not([hidden])');
    const { length } = this.left;
    this.found.textContent = length === this.cards.length ? '' : length ? `${length} of ${this.cards.length} scenes` : 'No scene has these words.';
  }

  press(event) {
    const { left } = this;
    const at = left.indexOf(this.root.getRootNode().activeElement);
    const by = { ArrowRight: 1, ArrowDown: this.columns, ArrowLeft: -1, ArrowUp: -this.columns }[event.key];
    const typing = at < 0 && (event.key === 'ArrowLeft' || event.key === 'ArrowRight');
    if (by && !typing) (left[Math.min(at < 0 ? 0 : at + by, left.length - 1)] ?? this.search).focus();
    else if (event.key === 'Enter' && at < 0 && left.length) left[0].click();
    else return;
    event.preventDefault();
  }

  get columns() {
    const { left } = this;
    return Math.max(1, left.findIndex(({ offsetTop }) => offsetTop > left[0].offsetTop));
  }

  close() {}
}

function grouped(cards, entries) {
  const chapters = new Map();
  cards.forEach((card, i) => chapters.set(entries[i].chapter, [...(chapters.get(entries[i].chapter) ?? []), card]));
  return chapters;
}

export default mounted(Overview);
