// --- link: the address always says what is seen -----------------------------------------------------------

const OFTEN = 400; // ms between two changes of the address; browsers allow about three a second

export class Link {
  constructor(view) {
    this.view = view;
  }

  soon() {
    this.due ??= setTimeout(() => { this.due = null; this.write(); }, OFTEN);
  }

  write() {
    const { story, position, head, prefix, root } = this.view;
    if (!story || !root.isConnected) return;
    const address = new URL(window.location.href);
    const kept = story.kept(position).map((id) => story.stream.symbols[id]).join('');
    const told = { text: kept, at: position ? String(position) : '', head: `${head[0] + 1}.${head[1] + 1}` };
    for (const [name, value] of Object.entries(told)) {
      if (value) address.searchParams.set(`${prefix}_${name}`, value);
      else address.searchParams.delete(`${prefix}_${name}`);
    }
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  }
}
