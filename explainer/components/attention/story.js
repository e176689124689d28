// --- story: the text, how every character was chosen, and who looks at whom -----------------------------

import { visible } from '../grid/numbers.js';
import { HALVES } from './payload.js';

// Where the window begins when so many characters have been read; when it is full its older half is dropped.
function windowStart(prompt, length, size) {
  const first = Math.max(0, prompt - size);
  const stride = size - Math.floor(size / 2) + 1;
  return first + stride * Math.ceil(Math.max(0, length - first - size) / stride);
}

export class Story {
  constructor(message) {
    this.stream = message.stream;
    this.V = this.stream.symbols.length;
    this.pairs = this.stream.n_layer * this.stream.n_head;
    this.tokens = []; // ids after the prompt
    this.draws = []; // how each of them was chosen
    this.rows = new Map(); // window -> rows by place in the window, each (n_layer, n_head, S)
    this.add(message);
  }

  // Takes in what was sent if it goes on from what is here; tells whether it does.
  add(message) {
    const first = message.kept.length;
    const differs = (id, i) => i < this.tokens.length && id !== this.tokens[i];
    if (first > this.tokens.length || [...message.kept, ...message.tokens].some(differs)) return false;
    this.addRows(message);
    for (let n = Math.max(0, this.tokens.length - first); n < message.tokens.length; n += 1) {
      const part = (array) => array.subarray(n * this.V, (n + 1) * this.V);
      this.draws.push({
        probabilities: part(message.probabilities), chances: part(message.chances),
        roll: message.rolls[n], fallen: message.fallen[n],
      });
      this.tokens.push(message.tokens[n]);
    }
    return true;
  }

  addRows({ rows, shares }) {
    let at = 0;
    for (const [character, window] of rows) {
      const size = this.pairs * (character - window + 1);
      if (!this.rows.has(window)) this.rows.set(window, []);
      this.rows.get(window)[character - window] ??= shares.subarray(at, at + size);
      at += size;
    }
  }

  get prompt() { return this.stream.prompt.length; }
  get last() { return this.tokens.length; } // the furthest position that is known
  get ended() { return this.tokens.at(-1) === this.stream.stop || this.last >= this.stream.limit; }

  id(place) { return place < this.prompt ? this.stream.prompt[place] : this.tokens[place - this.prompt]; }

  // The character that asks: the last one that was read at a position.
  current(position) { return this.prompt - 1 + Math.max(0, position - 1); }

  window(position) { return windowStart(this.prompt, this.current(position) + 1, this.stream.block_size); }

  draw(position) { return this.draws[Math.max(0, position - 1)]; }

  // What a character of a window looks at, in one head.
  looks(window, character, layer, head) {
    const row = this.rows.get(window)?.[character - window];
    if (!row) return null;
    const size = character - window + 1;
    const from = (layer * this.stream.n_head + head) * size;
    return Float32Array.from(row.subarray(from, from + size), (bits) => HALVES[bits]);
  }

  // The place behind the last character up to one whose row a window lacks; 0 if it lacks none.
  missing(window, character) {
    const rows = this.rows.get(window) ?? [];
    let place = character;
    while (place >= window && rows[place - window]) place -= 1;
    return place < window ? 0 : place + 1;
  }

  // Replaces the character at a position, and forgets what came after it.
  take(position, token) {
    this.tokens = [...this.tokens.slice(0, position - 1), token];
    this.draws = this.draws.slice(0, position);
    const read = this.prompt + position - 1; // characters whose rows still hold
    for (const [window, rows] of this.rows) {
      if (read <= window || window > windowStart(this.prompt, read, this.stream.block_size)) this.rows.delete(window);
      else rows.length = Math.min(rows.length, read - window);
    }
  }

  // The characters that must be kept for the picture at a position: all but a newest one that the dice gave.
  kept(position) {
    const byHand = position > 0 && this.tokens[position - 1] !== this.draws[position - 1].fallen;
    return this.tokens.slice(0, byHand ? position : Math.max(0, position - 1));
  }

  glyph(id) {
    const symbol = this.stream.symbols[id];
    return id === this.stream.stop ? '·' : visible(symbol);
  }

  spoken(id) {
    return { ' ': 'space', '\n': 'line break' }[this.stream.symbols[id]] ?? this.glyph(id);
  }
}

export const percent = (share, digits = 1) => (share > 0 && share < 0.5 * 10 ** -(digits + 2) ? `< ${10 ** -digits} %` : `${(100 * share).toFixed(digits)} %`);
