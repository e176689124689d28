// --- touch: a swipe turns as a key does, and the chapters' menu is gone once one is chosen ------------------

import { STREAMLIT } from '../streamlit_inside.js';

const SWIPED = 60; // px from side to side that are meant
const SWIPE = 700; // ms that a swipe takes at most
const DRAGGED = `input, textarea, select, [contenteditable=true], [role=slider], ${STREAMLIT.slider}, [role=dialog], dialog, ${STREAMLIT.menu}`;

// What is dragged, or scrolls sideways, has a use of its own for a finger.
function isDragged(element) {
  if (element.matches(DRAGGED)) return true;
  const { touchAction, overflowX } = getComputedStyle(element);
  return touchAction === 'none' || (element.scrollWidth > element.clientWidth && /auto|scroll/.test(overflowX));
}

// Calls `turn` with 1 for a swipe to the left, −1 for one to the right.
export function swiping(turn) {
  let from = null;
  const place = ({ clientX, clientY }) => ({ x: clientX, y: clientY, at: performance.now() });
  const start = (event) => {
    const own = event.composedPath().some((node) => node instanceof Element && isDragged(node));
    from = event.touches.length === 1 && !own ? place(event.touches[0]) : null;
  };
  const end = (event) => {
    const [begun, to] = [from, place(event.changedTouches[0])];
    from = null;
    if (!begun || to.at - begun.at > SWIPE) return;
    const [across, down] = [to.x - begun.x, to.y - begun.y];
    if (Math.abs(across) >= SWIPED && Math.abs(across) > 2 * Math.abs(down)) turn(across < 0 ? 1 : -1);
  };
  document.addEventListener('touchstart', start, { passive: true });
  document.addEventListener('touchend', end, { passive: true });
  document.addEventListener('touchcancel', () => { from = null; }, { passive: true });
}

// Where the menu lies over the page, as on a phone, it goes when a chapter is chosen.
export function choosing(narrow) {
  document.addEventListener('click', ({ target }) => {
    const chosen = narrow.matches && target.closest?.(STREAMLIT.menuLinks);
    /** @type {HTMLElement} */
    const button = document.querySelector(STREAMLIT.closesMenu);
    if (chosen) button?.click();
  });
}
