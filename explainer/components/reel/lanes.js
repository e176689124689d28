// --- lanes: a text as tiles, as joined bytes, or a page for every frame ---------------------------------

import { element } from '../player/stage.js';

// Whitespace as it is written on every scene.
const visible = (text) => text.replaceAll(' ', '\u2423').replaceAll('\n', '\u21b5').replaceAll('\t', '\u21e5');
const decoder = new TextDecoder('utf-8');
const hex = (bytes) => bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

export function lane(spec) {
  return new { tiles: TilesLane, joins: JoinsLane, pages: PagesLane }[spec.kind](spec);
}

class Lane {
  /** @type {string[]} */ facts;
  /** @type {string[]} */ texts;
  /** @type {any[]} */ tiles;
  /** @type {number[]} */ bytes;
  /** @type {number[]} */ joined;
  /** @type {number[]} */ shown;
  /** @type {boolean} */ ids;

  constructor(spec) {
    Object.assign(this, spec);
    this.node = element('section', `lane ${spec.kind}`);
    this.factsNode = element('p', 'facts');
    this.body = element('div', 'body');
    if (spec.title) this.node.append(element('h2', '', spec.title));
    if (spec.facts.length) this.node.append(this.factsNode);
    this.node.append(this.body);
  }

  build() {}

  // The frame that takes the most room, by which the size of the type is chosen.
  fullest(last) { return last; }

  say(position) { this.factsNode.textContent = this.facts[Math.min(position, this.facts.length - 1)] ?? ''; }
}

function tileNode(text, below, kind) {
  const node = element('span', `tile ${kind}`);
  node.append(element('b', '', visible(text)));
  if (below) node.append(element('i', '', below));
  return node;
}

// Tiles that are given once; growing texts show so many of them.
class TilesLane extends Lane {
  build() {
    this.nodes = this.tiles.map(([text, below, told, shade, kind, bars]) => {
      const node = tileNode(text, below, kind);
      node.told = told;
      if (shade) {
        node.style.setProperty('--part', Math.min(1, Math.abs(shade)));
        node.classList.add(shade > 0 ? 'more' : 'less');
      }
      if (bars) {
        node.classList.add('barred');
        node.style.setProperty('--before', bars[0]);
        node.style.setProperty('--after', bars[1]);
      }
      return node;
    });
    const labelled = this.tiles.some((tile) => tile[1]);
    this.body.classList.toggle('labelled', labelled);
    this.body.replaceChildren(...(labelled ? this.nodes : this.words()));
  }

  // The tiles of a word stay on one line; a line that ends in the text ends here too.
  words() {
    const parts = [];
    let word = null;
    this.nodes.forEach((node, i) => {
      if (!word) parts.push(word = element('span', 'word'));
      word.append(node);
      const [text] = this.tiles[i];
      if (text === '\n') parts.push(element('br'));
      if (/\s/.test(text)) word = null;
    });
    return parts;
  }

  show(position) {
    this.say(position);
    if (!this.shown.length) return;
    const until = this.shown[position];
    this.nodes.forEach((node, i) => {
      node.classList.toggle('ahead', i >= until);
      node.classList.toggle('newest', i === until - 1);
    });
  }
}

// Bytes whose boundaries vanish, merge after merge: the last merge inside a token is the one that made it.
class JoinsLane extends Lane {
  fullest() { return 0; }

  tokens(position) {
    const tokens = [];
    let [start, last] = [0, 0];
    for (let i = 0; i < this.bytes.length; i += 1) {
      const merge = this.joined[i] ?? 0;
      if (i < this.bytes.length - 1 && merge && merge <= position) { last = Math.max(last, merge); continue; }
      const bytes = this.bytes.slice(start, i + 1);
      tokens.push({ bytes, id: last ? 255 + last : bytes[0], merge: last });
      [start, last] = [i + 1, 0];
    }
    return tokens;
  }

  show(position) {
    this.say(position);
    const parts = this.tokens(position).flatMap((token) => {
      const text = readable(token.bytes);
      const kind = [token.merge && token.merge === position ? 'newest' : '', text.includes('\u27e8') ? 'broken' : ''].join(' ');
      const node = tileNode(this.ids ? String(token.id) : text, '', `token ${kind}`);
      const origin = token.merge ? `made by merge ${token.merge}` : 'a single byte';
      node.told = `${visible(text)}: token ${token.id}, bytes ${hex(token.bytes)}, ${origin}`;
      return text.endsWith('\n') ? [node, element('br')] : [node];
    });
    this.body.replaceChildren(...parts);
  }
}

// A token as text; bytes that are only a part of a letter stand as numbers.
function readable(bytes) {
  const parts = [];
  for (let i = 0; i < bytes.length;) {
    const size = letterAt(bytes, i);
    parts.push(size ? decoder.decode(new Uint8Array(bytes.slice(i, i + size))) : `\u27e8${hex([bytes[i]])}\u27e9`);
    i += size || 1;
  }
  return parts.join('');
}

// How many bytes the letter at a place has; 0 if it is not whole.
function letterAt(bytes, i) {
  const size = [[0x80, 1], [0xc0, 0], [0xe0, 2], [0xf0, 3], [0xf8, 4]].find(([limit]) => bytes[i] < limit)?.[1] ?? 0;
  const rest = bytes.slice(i + 1, i + size);
  return rest.length === size - 1 && rest.every((byte) => byte >> 6 === 2) ? size : 0;
}

class PagesLane extends Lane {
  show(position) {
    this.say(position);
    this.body.textContent = this.texts[position];
  }

  fullest() {
    const lines = (text) => text.split('\n').reduce((sum, line) => sum + Math.ceil((line.length + 1) / 40), 0);
    return this.texts.reduce((best, text, i) => (lines(text) > lines(this.texts[best]) ? i : best), 0);
  }
}
