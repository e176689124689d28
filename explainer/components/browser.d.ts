// What our scripts and tests keep in the page, for the editor and `tsc`.
interface Window {
  __clicker: any; // the newest component of the clicker
  __deck: any; // the frame on the screen
  __keyed: { [parameter: string]: { [shown: string]: string } }; // what the address calls options
  __remote: { lead(does: string): void }; // in the presenter's window
  __players: Set<any>;
  __moments: any;
  __moved(): void;
  __entitling: any;
  navigation: any; // not in every browser
  __took: Promise<number>; // of benchmarks/watch.js
  __seen(change: MutationRecord): boolean;
  __drawn: number;
  __heard: number;
}

interface EventTarget {
  closest?(selectors: string): HTMLElement | null; // an event may come from the document, too
}
