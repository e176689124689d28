import { scriptState } from '../streamlit_inside.js';

const WHILE_LEAVING = 10_000; // ms
const timers = new WeakMap();
let left = -Infinity; // when another page was asked for

// A run that is asked for between the turn to another page and its arrival is told as one of the page before:
// Streamlit would clear the new one.
const leave = () => { left = performance.now(); };
window.addEventListener('popstate', leave, true);
document.addEventListener('click', ({ target }) => { if (target.closest?.('a')) leave(); }, true);

const rests = () => scriptState() === 'notRunning';

// A page that nobody sees asks nothing.
const quiet = () => document.hidden || !rests() || performance.now() - left < WHILE_LEAVING;

export default function ({ parentElement, data: { seconds }, setTriggerValue }) {
  const stop = () => clearInterval(timers.get(parentElement));
  stop();
  const beat = () => { if (!quiet()) setTriggerValue('beat', true); };
  if (seconds) timers.set(parentElement, setInterval(beat, 1000 * seconds));
  return stop;
}
