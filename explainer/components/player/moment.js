// --- moment: what is seen now stands in the address, and in what this visit remembers, so that it comes back ---

const EVERY = 400; // ms between two changes of the address; browsers allow about three a second

const placeNow = () => `${location.pathname}?${new URLSearchParams(location.search).get('scene') ?? ''}`;

/* One for the page: what every scene was left with, and what is still to be written into the address. */
class Moments {
  /** @type {Map<string, Map<string, string>>} */ known;
  /** @type {Map<string, { place: string, text: string }>} */ due;

  constructor() {
    Object.assign(this, { known: new Map(), due: new Map(), timer: null });
    // An entry of the history says itself what was seen there.
    window.addEventListener('popstate', () => this.known.delete(placeNow()));
  }

  at(place) {
    if (!this.known.has(place)) this.known.set(place, new Map());
    return this.known.get(place);
  }

  keep(place, name, text) {
    this.at(place).set(name, text);
    this.due.set(name, { place, text });
    this.timer ??= setTimeout(() => this.write(), EVERY);
  }

  // What belongs to a scene that has gone stays out of the address of the one that came.
  write() {
    clearTimeout(this.timer);
    this.timer = null;
    const address = new URL(window.location.href);
    for (const [name, { place, text }] of this.due) {
      if (place !== placeNow()) continue;
      if (text) address.searchParams.set(name, text);
      else address.searchParams.delete(name);
    }
    this.due.clear();
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  }
}

const MOMENTS = (window.__moments ??= new Moments());

// What one picture is left with; its parameters are named after its key, as those of controls are.
export class Moment {
  /** @type {string} */ name;
  /** @type {string} */ place;

  constructor(root) { this.root = root; }

  get key() {
    const { host } = this.root.getRootNode();
    return host?.closest('[class*="st-key-"]')?.className.match(/st-key-([\w-]+)/)[1];
  }

  // Whether the picture has come into another scene since this was asked last: then it is to recall.
  arrives() {
    const place = placeNow();
    if (!this.key || place === this.place) return false;
    Object.assign(this, { place, name: this.key });
    return true;
  }

  // What the address says, else how the picture was left in this visit; by key a scene is entered at its ends.
  recall(kind) {
    const name = `${this.name}_${kind}`;
    const told = new URLSearchParams(window.location.search).get(name);
    const { asked, arriving } = window.__deck ?? {};
    const byKey = kind === 'at' && (asked ?? arriving)?.by;
    return told ?? (byKey ? '' : MOMENTS.at(this.place).get(name) ?? '');
  }

  keep(kind, text) {
    if (this.place) MOMENTS.keep(this.place, `${this.name}_${kind}`, String(text));
  }
}

// Whole numbers between dots, so many of them; null if the text is none.
export function wholes(text, count) {
  const parts = text.split('.');
  return parts.length === count && parts.every((part) => /^-?\d{1,7}$/.test(part)) ? parts.map(Number) : null;
}
