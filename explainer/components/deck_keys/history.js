// --- history: one turn is one entry; what else changes the address changes it in place --------------------
// The address holds options by their keys, where Streamlit would write what is shown of them: so no rewording and
// no translation breaks a link. The server understands both.

import { isAway, STREAMLIT } from '../streamlit_inside.js';

const ENTRANCES = ['first', 'last']; // how the keys name a scene of the next chapter; it tells its name then

export function keepHistory() {
  const { pushState, replaceState } = window.history;
  window.history.pushState = (state, unused, address) => {
    const write = isTurn(address) ? pushState : replaceState;
    write.call(window.history, state, unused, keyed(address));
  };
  window.history.replaceState = (state, unused, address) => replaceState.call(window.history, state, unused, keyed(address));
  cleanFirst();
  // Streamlit would first take the old chapter's parameters along, and then write the new ones to the old path.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.(STREAMLIT.pageLinks);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isAway()) return;
    // A link to the first page is told as nothing at all: beside this page, not on it.
    const told = link.getAttribute('href');
    const { href } = new URL(told.includes('://') ? told : `./${told}`, window.location.href);
    if (href !== window.location.href) pushState.call(window.history, {}, '', href);
  }, true);
}

/* Take the keys that come with a scene; what was written before they came, or stands so in an old link, is
   written again. */
export function takeKeys(keys) {
  window.__keyed = keys;
  const { history, location: { href } } = window;
  if (keyed(href) !== href) history.replaceState(history.state, '', href);
}

function keyed(address) {
  if (!address) return address;
  const told = new URL(address, window.location.href);
  const search = byKeys(told.search, window.__keyed ?? {});
  if (search === told.search) return address;
  told.search = search;
  return told.href;
}

// What an address says after the question mark, with the keys of what is shown; untouched if it shows nothing.
export function byKeys(search, keys) {
  const told = [...new URLSearchParams(search)];
  const written = told.map(([name, value]) => [name, own(own(keys, name) ?? {}, value) ?? value]);
  return written.every(([, value], i) => value === told[i][1]) ? search : `?${new URLSearchParams(written)}`;
}

const own = (of, name) => (Object.hasOwn(of, name) ? of[name] : undefined);

// What Streamlit cleaned before this stood became entries on top of the one that was loaded.
function cleanFirst() {
  const [{ name: loaded }] = performance.getEntriesByType('navigation');
  const { navigation, location: { href: clean } } = window;
  const first = clean !== loaded && navigation?.entries().slice(0, navigation.currentEntry.index).findLast(({ url }) => url === loaded);
  if (!first) return;
  window.addEventListener('popstate', (event) => {
    event.stopImmediatePropagation();
    window.history.replaceState({}, '', clean);
  }, { capture: true, once: true });
  navigation.traverseTo(first.key);
}

function isTurn(address) {
  const [now, next] = [window.location, new URL(address, window.location.href)];
  const scene = ({ search }) => new URLSearchParams(search).get('scene');
  return next.pathname !== now.pathname || (scene(next) !== scene(now) && !ENTRANCES.includes(scene(now)));
}
