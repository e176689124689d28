// --- kept: what was made once stands at once when one returns to it ---------------------------------------

// Returns a function that makes what it is asked for, and remembers so many of them, the oldest least.
export function keeper(most) {
  const known = new Map();
  return (key, make) => {
    if (!known.has(key)) known.set(key, make());
    if (known.size > most) known.delete(known.keys().next().value);
    return known.get(key);
  };
}
