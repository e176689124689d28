// --- reconnect: a tab whose server was started anew comes back by itself ----------------------------------

const AGAIN = 300; // ms between two looks at a server that is away
const LOOK = /\/_stcore\/(health|host-config)$/;

// Streamlit looks ever more rarely, up to every four seconds, and soon says so in a window of its own.
function lookOften() {
  const { fetch } = window;
  window.fetch = async (address, options) => {
    if (!LOOK.test(address)) return fetch(address, options);
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
function comeBack(app) {
  let away = isAway();
  new MutationObserver(() => {
    if (away && !isAway()) ask();
    away = isAway();
  }).observe(app, { attributeFilter: ['data-test-connection-state'] });
}

function ask() {
  const { kept = {} } = window.__deck?.here ?? {};
  Object.assign(window.__deck ?? {}, { asked: null, arriving: null, presses: [] }); // nobody answers them now
  window.__clicker.setTriggerValue('back', kept);
}
