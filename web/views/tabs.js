/**
 * Tabs that choose what one panel shows; the arrow keys, Home and End go from one to the next.
 *
 * @param {HTMLElement[]} tabs
 * @param {HTMLElement} panel
 * @param {() => void} choose is called after another was chosen
 */
export function makeTabs(tabs, panel, choose) {
  let chosen = tabs[0];

  /** @param {HTMLElement} tab */
  function pick(tab) {
    chosen = tab;
    for (const one of tabs) {
      one.setAttribute('aria-selected', String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', tab.id);
    choose();
  }

  tabs.forEach((tab, k) => {
    tab.addEventListener('click', () => pick(tab));
    tab.addEventListener('keydown', (event) => {
      const to = { ArrowLeft: k - 1, ArrowRight: k + 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      next.focus();
      pick(next);
    });
  });
  return { pick, get chosen() { return chosen; } };
}
