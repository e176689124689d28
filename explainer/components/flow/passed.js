// --- passed: a text that has passed the model, as Python sent it -------------------------------------------

const WHOLE = 255; // a share of one

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The place of a number among the shades of its scale, 0 to 1; half for zero where both signs occur.
export const place = (share, role) => (role === 'probabilities' ? Math.sqrt(Math.max(0, share)) : 0.5 + 0.5 * Math.sign(share) * Math.sqrt(Math.abs(share)));

export class Passed {
  /** @type {string} */ id;
  /** @type {string} */ text;
  /** @type {string[]} */ symbols;
  /** @type {any} */ widths;
  /** @type {any} */ peaks;
  /** @type {any} */ levels;
  /** @type {any[]} */ strips;
  /** @type {any} */ shades;
  /** @type {any} */ looks;
  /** @type {any} */ exact;
  /** @type {any} */ added;
  /** @type {number} */ n_layer;
  /** @type {number} */ n_head;

  constructor(message) {
    Object.assign(this, message);
    this.T = this.text.length;
    this.V = this.symbols.length;
    this.names = Object.keys(this.widths);
    this.byName = new Map(this.strips.map((strip) => [strip.name, strip]));
    this.offsets = new Map();
    let at = 0;
    for (const name of this.names) {
      this.offsets.set(name, at);
      at += this.widths[name];
    }
    this.total = at;
  }

  // What all characters have as shades: sent once for a text, deflated.
  async unfold() {
    const bytes = await inflated(this.shades);
    const looks = this.n_layer * this.n_head * this.T * this.T;
    return { looks: bytes.subarray(0, looks), halves: bytes.subarray(looks) };
  }

  // The numbers of the character that is followed.
  vector(name) {
    if (name.startsWith('pattern.')) {
      const size = this.n_head * this.T;
      return this.looks.subarray(Number(name.slice(8)) * size, (Number(name.slice(8)) + 1) * size);
    }
    const from = this.offsets.get(name);
    return this.exact.subarray(from, from + this.widths[name]);
  }

  peak(name) { return name.startsWith('pattern.') ? 1 : this.peaks[name] || 1; }

  width(name) { return name.startsWith('pattern.') ? this.n_head * this.T : this.widths[name]; }

  // Where every number of every character lies among the shades of its scale, 0 to 1: (T, width).
  places(name, { looks, halves }) {
    const { T, levels } = this;
    const width = this.width(name);
    const found = new Float32Array(T * width);
    if (name.startsWith('pattern.')) {
      const from = Number(name.slice(8)) * this.n_head * T * T;
      for (let h = 0; h < this.n_head; h += 1) {
        for (let i = 0; i < T; i += 1) for (let j = 0; j < T; j += 1) found[i * width + h * T + j] = looks[from + (h * T + i) * T + j] / WHOLE;
      }
      return found;
    }
    const [from, positive] = [this.offsets.get(name) * T, this.byName.get(name).role === 'probabilities'];
    for (let k = 0; k < found.length; k += 1) {
      const level = ((halves[(from + k) >> 1] >> (4 * ((from + k) & 1))) & 15) - levels;
      found[k] = positive ? Math.max(0, level) / levels : 0.5 + (0.5 * level) / levels;
    }
    return found;
  }

  // What one stage added to the logit of a character: "token", "position", "heads.0", "mlp.0"; of one head alone if asked.
  addedBy(part, candidate, head = 0) {
    const row = (i) => this.added[i * this.V + candidate];
    if (part === 'token') return row(0);
    if (part === 'position') return row(1);
    const [kind, layer] = part.split('.');
    const first = 2 + Number(layer) * (this.n_head + 1);
    if (kind === 'mlp') return row(first + this.n_head);
    if (head) return row(first + head - 1);
    return Array.from({ length: this.n_head }, (_, h) => row(first + h)).reduce((a, b) => a + b, 0);
  }

  get probabilities() { return this.vector('probabilities'); }

  get best() {
    const { probabilities } = this;
    return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  }
}
