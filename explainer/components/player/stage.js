// --- stage: what every picture on it needs ------------------------------------------------------------------

import { STREAMLIT } from '../streamlit_inside.js';

export const NARROW = 700; // css pixels of a window below which a scene stacks
export const STACKED = 600; // css pixels of a picture below which its transport takes several rows
export const STAGE_HEIGHT = 'var(--stage-height, 62vh)'; // what the scene leaves

const DESIGNED = { wide: 24, narrow: 16 }; // px of a rem where the sizes of figures were chosen

// How large a pixel of a figure is here: figures grow with the page.
export function pixel() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return rem / (window.innerWidth < NARROW ? DESIGNED.narrow : DESIGNED.wide);
}

export function element(tag, className = '', text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

// Calls what fits a picture to its place when that has another size; not of a scene that is about to go.
export function sizes(fit) {
  let waiting = 0;
  const look = (place) => {
    cancelAnimationFrame(waiting);
    if (!place.isConnected) return;
    if (place.getRootNode().host?.closest(STREAMLIT.stale)) waiting = requestAnimationFrame(() => look(place));
    else fit();
  };
  return new ResizeObserver(([{ target }]) => look(target));
}
