// --- keys: what they do, in a small window that a key or a button opens ---------------------------------

const KEYS = [
  ['Page_Down → ↓', 'what comes next: play, to its end, the next stage, the next scene'],
  ['Page_Up ← ↑', 'take it back'],
  ['Space', 'play, pause'],
  ['O', 'all scenes'],
  ['B .', 'black screen, and back'],
  ['F', 'full screen, and back'],
  ['P', 'as on stage, and back: no navigation, larger type, the same dice'],
  ['S', 'what to say: a window for who speaks, which follows this one'],
  ['?', 'these keys'],
];

export class Keys {
  constructor() {
    this.button = made('button', { type: 'button', className: 'keys', title: 'Keys', ariaLabel: 'Keys', textContent: '?' });
    this.window = made('dialog', { className: 'keys', ariaLabel: 'Keys' }, made('dl', {}, ...KEYS.flatMap(line)));
    this.button.onclick = ({ detail }) => { release(this.button, detail); this.toggle(); };
    this.window.onclick = () => this.close();
  }

  toggle() {
    if (this.window.open) this.close();
    else this.window.showModal();
  }

  close() { this.window.close(); }
}

function line([keys, does]) {
  const caps = keys.split(' ').map((key) => made('kbd', { textContent: key.replace('_', ' ') }));
  return [made('dt', {}, ...caps), made('dd', { textContent: does })];
}

export function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// What was clicked by hand lets go of the focus: no ring stays where one no longer is, and the arrow keys turn again.
export function release(button, clicks) { if (clicks) button.blur(); }
