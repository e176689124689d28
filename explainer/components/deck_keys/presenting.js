// --- presenting: no navigation, larger type, the same dice as at the rehearsal; by key, or by ?present=1 --

const PRESENT = 'present'; // of the address, and what the tab remembers of it

export const presenting = () => sessionStorage[PRESENT] === '1';

// What the loaded address said counts; the server takes it from there, so the tab remembers.
export function remember() {
  const [{ name }] = performance.getEntriesByType('navigation');
  const said = new URL(name).searchParams.get(PRESENT);
  if (said !== null) sessionStorage[PRESENT] = said === '1' ? '1' : '0';
}

// Shown at once; told to the server, which pins its dice.
export function present(is = !presenting()) {
  sessionStorage[PRESENT] = is ? '1' : '0';
  document.documentElement.classList.toggle('presenting', is);
  window.__clicker.setStateValue('presenting', is);
}
