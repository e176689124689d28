let offered = null; // what the server does not know at first it will not know later

function store() {
  try {
    return window.sessionStorage;
  } catch { // the browser's settings forbid it
    return null;
  }
}

export default function ({ data: { name, value, none }, setStateValue }) {
  const tab = store();
  if (value) tab?.setItem(name, value);
  const found = tab?.getItem(name) ?? none;
  if (!found || found === value || found === offered) return;
  offered = found;
  setStateValue('value', found);
}
