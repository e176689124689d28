import { scriptState, silence, STREAMLIT, streamlitApp } from '../streamlit_inside.js';
import { following, onStage, openPresenter } from './follow.js';
import { keepHistory } from './history.js';
import { present, presenting, remember } from './presenting.js';
import { comeBack, lookOften } from './reconnect.js';
import { choosing, swiping } from './touch.js';

const SOON = 100; // ms of quiet after which what Streamlit has drawn is mended
const SLOW = 500; // ms after which what is no longer true fades
const TURN_ALWAYS = { PageDown: 1, PageUp: -1 };
const TURN_WHEN_FREE = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const ONE_LINE = 'input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]):not([readonly])';
const PRESSED = 'button, a[href], summary, select, textarea, input:not([type=range]), [contenteditable=true], [role=button], [role=radio], [role=checkbox], [role=switch], [role=option], [role=menuitem], [role=combobox]';
const SPELLED = '[data-letters], [role=combobox], [role=menu], [role=listbox]';
const OVER = '[role=dialog], [role=menu], [role=listbox]'; // Streamlit's dialogs and popovers, menus, open lists

let hand = false; // whether the mouse or a finger was used last to get somewhere, and not the keyboard
let escaped = false; // whether Escape was the last key

function isTyping(element) {
  if (!element.matches || element.matches('[role=combobox][aria-expanded=false]')) return false;
  return element.isContentEditable || element.matches(`textarea, select, ${ONE_LINE}`);
}

// Whether keys have nothing else to do than to turn.
function isFree(element) {
  return !element.matches || element.matches(`body, html, main, ${STREAMLIT.main}`);
}

// Whether single letters, or the space bar, mean something where the focus is.
const takesLetters = (event) => event.composedPath().some((node) => isTyping(node) || node.matches?.(SPELLED));
const takesSpace = (event) => event.composedPath().some((node) => node.matches?.(PRESSED));

function turnOf({ key }, target) {
  if (key in TURN_ALWAYS) return TURN_ALWAYS[key];
  return isFree(target) && !document.querySelector(OVER) ? TURN_WHEN_FREE[key] ?? 0 : 0;
}

// What lies over the stage goes, as it does for Escape.
function clear() {
  black(false);
  document.querySelectorAll(OVER).forEach((over) => {
    over.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }));
  });
  window.__deck?.keys.close();
}

// --- what a key does ---

function turn(by, scrolls = false) {
  clear();
  window.__deck?.turn(by, scrolls);
}

// The screen goes black, and comes back; everyone looks at who speaks.
function black(is = !document.querySelector('.blackened')) {
  document.querySelector('.blackened')?.remove();
  if (!is) return;
  const cover = Object.assign(document.createElement('div'), { className: 'blackened', onclick: () => black(false) });
  document.body.append(cover);
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.(); // a phone may know none
}

const blacken = onStage('black', () => black());
// All scenes at a glance, and back.
function overlook() {
  if (document.querySelector(OVER)) clear();
  else window.__deck?.tell('scenes', true);
}

const LETTERS = { o: onStage('scenes', overlook), b: blacken, '.': blacken, f: fill, p: () => present(), s: openPresenter, '?': () => window.__deck?.keys.toggle() };

// Returns what a key does here; nothing if it is somebody else's.
function act(event, target) {
  const by = event.shiftKey ? 0 : turnOf(event, target);
  if (by) return onStage(by > 0 ? 'next' : 'back', () => turn(by, true));
  const free = !takesSpace(event) && !document.querySelector(OVER); // what lies over the stage may be scrolled
  if (event.key === ' ' && !event.shiftKey) return free ? (window.__remote ? onStage('toggle') : window.__deck?.toggle()) : null;
  return takesLetters(event) ? null : LETTERS[event.key?.toLowerCase()]; // what the browser fills in comes without a key
}

function press(event) {
  if (event.key === 'Tab') hand = false;
  escaped = event.key === 'Escape';
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const target = event.composedPath()[0];
  if (event.key === 'Enter' && target.matches?.(`${ONE_LINE}:not([role=combobox])`)) setTimeout(() => target.blur()); // it has been taken
  const does = act(event, target);
  if (!does) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (hand || isTyping(target)) target.blur?.(); // what is typed is taken, as it is for Enter
  does();
}

// Who uses the mouse sees no focus: what Escape gives it back to lets go.
function rest(event) {
  const path = event.composedPath();
  const elsewhere = path.some((node) => node.matches?.(OVER)) || takesLetters(event);
  if (hand && escaped && !elsewhere && path[0].matches(':focus-visible')) path[0].blur();
}

// Streamlit names a slider by its label as it is written; colours are not for the ear.
function plainly() {
  document.querySelectorAll('[aria-label*="["]').forEach((named) => {
    const plain = named.ariaLabel.replace(/:[a-z]+\[([^\]]*)\]/g, '$1');
    if (plain !== named.ariaLabel) named.ariaLabel = plain;
  });
}

// A formula that is wider than its place is scrolled by key, too.
function reachable() {
  document.querySelectorAll('.st-key-stage .katex-display').forEach((/** @type {HTMLElement} */ formula) => {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute('tabindex');
  });
}

// In the chapters' menu of a phone Streamlit puts groups between a list and what it lists: they are groups of links.
function grouped() {
  document.querySelectorAll(STREAMLIT.menuLists).forEach((node) => { node.role = 'none'; });
}

// Mends what Streamlit draws, soon after it has.
function mend() {
  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => { plainly(); reachable(); grouped(); }, SOON); };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  window.addEventListener('resize', soon);
  soon();
}

// Marks the page while a run that draws the stage anew takes long.
function watch(app) {
  let timer = 0;
  const slow = (is) => document.documentElement.classList.toggle('slow', is);
  const mark = () => slow(Boolean(document.querySelector(`.st-key-stage ${STREAMLIT.stale}`)));
  new MutationObserver(() => {
    clearTimeout(timer);
    if (scriptState() === 'running') timer = setTimeout(mark, SLOW);
    else slow(false);
  }).observe(app, { attributeFilter: STREAMLIT.states });
}

// Charts are drawn with what comes while nothing else does: the first of them stands at once.
function fetchAhead(address) {
  const link = Object.assign(document.createElement('link'), { rel: 'modulepreload', href: new URL(address, document.baseURI) });
  (window.requestIdleCallback ?? setTimeout)(() => document.head.append(link));
}

export default function (component) {
  // The listeners outlive a rerun; they must speak through the newest component.
  const first = !window.__clicker;
  window.__clicker = component;
  if (!first) return;
  document.addEventListener('keydown', press, true);
  document.addEventListener('pointerdown', () => { hand = true; }, true);
  document.addEventListener('focusin', rest);
  fetchAhead(component.data.ahead);
  const app = streamlitApp();
  silence();
  watch(app);
  mend();
  keepHistory();
  lookOften();
  comeBack(app);
  const narrow = window.matchMedia('(max-width: 700px)');
  const report = () => window.__clicker.setStateValue('narrow', narrow.matches);
  narrow.addEventListener('change', report);
  if (narrow.matches !== component.data.narrow) report();
  swiping(turn);
  choosing(narrow);
  following({ scenes: overlook, next: () => turn(1), back: () => turn(-1), black: () => black(), toggle: () => window.__deck?.toggle()?.() });
  remember();
  if (presenting()) present(true);
}
