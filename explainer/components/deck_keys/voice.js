// --- where the page is longer than the window, as enlarged, keys go through it before they turn ---

import { STREAMLIT } from '../streamlit_inside.js';
import { made } from './keys.js';

const page = () => document.querySelector(STREAMLIT.main);

// Where the page stands at its top already, to be asked for it again would cost a layout of all that is new.
let moved = true;
document.addEventListener('scroll', ({ target }) => { moved ||= target === page(); }, { capture: true, passive: true });

export function toTop() {
  if (moved) page().scrollTo(0, 0);
  moved = false;
}

const MOST = 0.85; // of a window that is scrolled at once

// Returns whether there was something to scroll.
export function scrolled(by) {
  const main = page();
  const left = by > 0 ? main.scrollHeight - main.clientHeight - main.scrollTop : main.scrollTop;
  if (left < 8) return false;
  main.scrollBy(0, by * Math.min(left, MOST * main.clientHeight));
  return true;
}

// --- voice: a turn, a step and a scrub are told to those who hear the page ---

const QUIET = 300; // ms without another word, before the last one is said

export class Voice {
  constructor() {
    this.node = made('p', { className: 'visually-hidden', role: 'status' });
  }

  say(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.node.textContent = text; }, QUIET);
  }
}
