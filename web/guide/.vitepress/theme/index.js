import { withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

/** @type {Record<string, string>} the package's modules, by their public names */
const addresses = import.meta.env.PACKAGE_ADDRESSES;

/** Snippets add their buttons to what Vue has taken over from the build, so they wait for it. */
async function defineSnippets() {
  if (customElements.get('runnable-snippet')) return;
  const { RunnableSnippet } = await import('../snippets/RunnableSnippet.js');
  RunnableSnippet.addressOf = (name) => addresses[name] && new URL(withBase(addresses[name]), location.href).href;
  if (!customElements.get('runnable-snippet')) customElements.define('runnable-snippet', RunnableSnippet);
}

/** @type {import('vitepress').Theme} */
export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (import.meta.env.SSR) return;
    router.onAfterPageLoad = defineSnippets;
  },
};
