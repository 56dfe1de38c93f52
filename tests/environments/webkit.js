// WebKitGTK, driven by its own WebDriver (Debian: webkit2gtk-driver) on a screen of its own (Debian: xvfb).
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, NotHere, Started, wait } from './processes.js';

/** @param {string} name */
function find(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this folder
    }
  }
  throw new NotHere(`WebKitGTK is driven by ${name}, which is not on this machine`);
}

/**
 * Opens a page.
 * @param {string} url
 * @returns {Promise<{ title: () => Promise<string>, close: () => Promise<void> }>}
 */
export async function openWebKit(url) {
  const driver = find('WebKitWebDriver');
  const screen = find('xvfb-run');
  const port = await freePort();
  // Its own sandbox needs rights that a container does not give.
  const env = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' };
  const started = new Started(screen, ['-a', driver, '--host=127.0.0.1', `--port=${port}`], { cwd: tmpdir(), env });

  /** @param {string} method @param {string} path @param {unknown} [body] */
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, body: body ? JSON.stringify(body) : undefined, signal: AbortSignal.timeout(60_000),
    });
    const { value } = /** @type {{ value: any }} */ (await response.json());
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value?.error}: ${value?.message}`);
    return value;
  };

  try {
    for (let left = 100; left > 0; left--) {
      if (await call('GET', '/status').catch(() => undefined)) break;
      await wait(0.2);
    }
    const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: {} } });
    await call('POST', `/session/${sessionId}/url`, { url });
    return {
      title: () => call('GET', `/session/${sessionId}/title`),
      close: async () => {
        await call('DELETE', `/session/${sessionId}`).catch(() => undefined);
        await started.stop();
      },
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}
