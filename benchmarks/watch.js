// Times one act of the visitor: from its event to the last change in the page once the script has run.
() => {
  const QUIET = 250; // ms without a change or a message that end a repaint
  const LIMIT = 5000; // ms after which an act counts as without effect
  const armed = performance.now();
  const app = document.querySelector('[data-testid=stApp]');
  window.__took = new Promise((resolve) => {
    let began = null;
    let last = 0;
    const begin = (event) => { if (event.isTrusted) began ??= performance.now(); };
    for (const kind of ['keydown', 'pointerdown']) window.addEventListener(kind, begin, { capture: true });
    const state = () => app.getAttribute('data-test-script-state');
    const changes = new MutationObserver((made) => { if (made.some(window.__seen)) last = performance.now(); });
    changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const look = () => {
      const now = performance.now();
      if (began !== null && window.__drawn > began) last = Math.max(last, window.__drawn);
      const answered = began !== null && window.__heard > began;
      const done = answered && state() === 'notRunning' && now - Math.max(last, window.__heard) > QUIET;
      const lost = now - armed > LIMIT;
      if (!done && !lost) return requestAnimationFrame(look);
      changes.disconnect();
      for (const kind of ['keydown', 'pointerdown']) window.removeEventListener(kind, begin, { capture: true });
      resolve(done ? last - began : null);
    };
    requestAnimationFrame(look);
  });
}
