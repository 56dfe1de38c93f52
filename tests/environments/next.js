// Next.js: a server component, a route handler and a client component, with Turbopack and with webpack, in development
// and in production.
import { attempt } from './program.js';
import { freePort } from './processes.js';
import { pins, pinned } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./program.js').Outcome} Outcome */

const files = {
  'next.config.mjs': `/** @type {import('next').NextConfig} */
const nextConfig = {};

export default nextConfig;
`,
  'app/layout.js': `export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
  'app/attempt.js': attempt(),
  'app/page.js': `import { attempt } from './attempt.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return <p id="outcome">{JSON.stringify(await attempt())}</p>;
}
`,
  'app/api/attempt/route.js': `import { attempt } from '../../attempt.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  return Response.json(await attempt());
}
`,
  'app/client/page.js': `'use client';
import { useEffect } from 'react';
import { attempt } from '../attempt.js';

export default function Page() {
  useEffect(() => {
    attempt().then((outcome) => {
      document.title = 'OUTCOME ' + JSON.stringify(outcome);
    });
  }, []);
  return <p>an attempt in the browser</p>;
}
`,
};

/** @param {Project} project */
async function prepare(project) {
  await project.install(pins('next', 'react', 'react-dom'), { type: undefined });
  await project.write(files);
}

/** Which bundler production was last built with: `next start` serves that. @type {WeakMap<Project, string>} */
const built = new WeakMap();

/** @param {Project} project @param {string} bundler @param {'dev' | 'start'} mode @returns {Promise<string>} an address */
async function serverOf(project, bundler, mode) {
  const ready = /(http:\/\/localhost:\d+)[\s\S]*Ready/;
  if (mode === 'dev') return project.server('next', ['dev', bundler, '--port', await portOf(project)], ready);
  if (built.get(project) !== bundler) {
    await project.stopServers();
    await project.tool('next', ['build', bundler], { seconds: 300 });
    built.set(project, bundler);
  }
  return project.server('next', ['start', '--port', await portOf(project)], ready);
}

/** @type {WeakMap<Project, string>} */
const ports = new WeakMap();

/** @param {Project} project */
async function portOf(project) {
  if (!ports.has(project)) ports.set(project, String(await freePort()));
  return /** @type {string} */ (ports.get(project));
}

/** @param {string} url */
async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(150_000) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.replace(/<[^>]+>/g, ' ').slice(0, 300)}`);
  return body;
}

/** @param {string} text of HTML */
function unescaped(text) {
  return text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** @type {Array<[string, (url: string, project: Project) => Promise<Outcome>]>} */
const places = [
  ['server component', async (url) => {
    const [, found] = /<p id="outcome">(.*?)<\/p>/s.exec(await get(url)) ?? [];
    if (!found) throw new Error('the server component rendered nothing');
    return JSON.parse(unescaped(found));
  }],
  ['route handler', async (url) => JSON.parse(await get(`${url}api/attempt`))],
  ['client component', (url, project) => project.visit(`${url}client`, { seconds: 150 })],
];

/** @type {Array<[string, string]>} */
const bundlers = [['Turbopack', '--turbopack'], ['webpack', '--webpack']];
/** @type {Array<[string, 'dev' | 'start']>} */
const modes = [['dev', 'dev'], ['production', 'start']];

/** @type {import('./families.js').Environment[]} */
export default [
  {
    name: 'Next.js',
    version: pinned.next,
    prepare,
    rows: bundlers.flatMap(([bundler, flag]) =>
      modes.flatMap(([name, mode]) =>
        places.map(([place, run]) => ({
          name: `${place}, ${bundler}, ${name}`,
          seconds: 500,
          run: async (/** @type {Project} */ project) => run(await serverOf(project, flag, mode), project),
        })))),
  },
];
