// --- reconnect: a tab whose server was started anew comes back by itself ----------------------------------

import { isAway, scriptState, STREAMLIT } from '../streamlit_inside.js';

const AGAIN = 300; // ms between two looks at a server that is away
const KEPT = 'explainer-kept'; // across a reload
const LOOK = /\/_stcore\/(health|host-config)$/;

// Streamlit looks ever more rarely, up to every four seconds, and soon says so in a window of its own.
export function lookOften() {
  const { fetch } = window;
  window.fetch = async (address, options) => {
    if (!LOOK.test(String(address))) return fetch(address, options);
    for (;;) {
      const answer = await fetch(address, options).catch((error) => {
        if (options?.signal?.aborted) throw error;
      });
      if (answer && answer.status < 500) return answer;
      await new Promise((resolve) => setTimeout(resolve, AGAIN * (1 + Math.random())));
    }
  };
}

// A new server knows none of the parts that this page would run: it is asked for all of them.
export function comeBack(app) {
  let [away, asked] = [isAway(), null];
  new MutationObserver(() => {
    if (away && !isAway()) asked = ask();
    away = isAway();
    if (asked?.begun && scriptState() === 'notRunning') asked = see(asked);
    if (asked && scriptState() === 'running') asked.begun = true;
  }).observe(app, { attributeFilter: STREAMLIT.states });
  const { [KEPT]: kept } = tab();
  delete tab()[KEPT];
  if (kept) window.__clicker.setTriggerValue('back', JSON.parse(kept));
}

function ask() {
  const { kept = {} } = window.__deck?.here ?? {};
  Object.assign(window.__deck ?? {}, { asked: null, arriving: null, presses: [] }); // nobody answers them now
  window.__clicker.setTriggerValue('back', kept);
  return { kept, drawn: document.querySelector('.st-key-frame'), path: window.location.pathname, begun: false };
}

// From a server in another place Streamlit draws all anew, controls as they are at first: the address knows better.
// Who has gone on to another chapter meanwhile has another frame for that reason alone.
function see({ kept, drawn, path }) {
  if (!drawn || drawn.isConnected || path !== window.location.pathname) return;
  tab()[KEPT] = JSON.stringify(kept);
  window.location.reload();
}

function tab() {
  try {
    return window.sessionStorage;
  } catch { // the browser's settings forbid it
    return {};
  }
}
