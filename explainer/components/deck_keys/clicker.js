const SLOW = 500; // ms after which what is no longer true fades
const TURN_ALWAYS = { PageDown: 1, PageUp: -1 };
const TURN_WHEN_FREE = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const TYPING = 'input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]):not([readonly])';

function isTyping(element) {
  if (!element.matches) return false;
  if (element.matches('[role=combobox][aria-expanded=false]')) return false;
  return element.isContentEditable || element.matches(`textarea, select, ${TYPING}`);
}

function isFree(element) {
  return !element || element === document.body || element === document.documentElement || element.matches?.('main, [data-testid=stMain]');
}

function turnOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return 0;
  if (document.querySelector('[role=dialog]')) return 0;
  const target = event.composedPath()[0];
  if (isTyping(target)) return 0;
  if (event.key in TURN_ALWAYS) return TURN_ALWAYS[event.key];
  return isFree(target) ? TURN_WHEN_FREE[event.key] ?? 0 : 0;
}

// Marks the page while a run that draws the stage anew takes long.
function watch(app) {
  let timer = 0;
  const slow = (is) => document.documentElement.classList.toggle('slow', is);
  const mark = () => slow(Boolean(document.querySelector('.st-key-stage [data-stale="true"]')));
  new MutationObserver(() => {
    clearTimeout(timer);
    if (app.dataset.testScriptState === 'running') timer = setTimeout(mark, SLOW);
    else slow(false);
  }).observe(app, { attributeFilter: ['data-test-script-state'] });
}

export default function (component) {
  // The listeners outlive a rerun; they must speak through the newest component.
  const first = !window.__clicker;
  window.__clicker = component;
  if (!first) return;
  document.addEventListener('keydown', (event) => {
    const by = turnOf(event);
    if (!by) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    window.__deck?.turn(by);
  }, true);
  watch(document.querySelector('[data-testid=stApp]'));
  const narrow = window.matchMedia('(max-width: 700px)');
  const report = () => window.__clicker.setStateValue('narrow', narrow.matches);
  narrow.addEventListener('change', report);
  if (narrow.matches) report();
}
