// The versions that the environments are tried in: exact, so that a row means the same tomorrow. What these packages
// depend on themselves is the registry's choice of the day.
export const vite = ['5.4.21', '6.4.6', '7.3.8', '8.3.8'];
export const node = ['20.20.2', '22.23.5', '24.22.3', '26.12.1'];
export const typescript = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3'];

export const pinned = {
  '@rollup/plugin-node-resolve': '16.0.3',
  '@rspack/cli': '2.2.8',
  '@rspack/core': '2.3.3',
  '@sveltejs/vite-plugin-svelte': '7.3.1',
  '@types/node': '20.19.43',
  '@vitejs/plugin-react': '6.3.0',
  '@vitejs/plugin-vue': '6.0.11',
  bun: '1.4.5',
  deno: '2.9.6',
  esbuild: '0.28.2',
  'happy-dom': '20.14.6',
  jest: '30.5.2',
  'jest-environment-jsdom': '30.5.2',
  jsdom: '26.1.0',
  next: '16.4.6',
  parcel: '2.16.4',
  react: '19.3.1',
  'react-dom': '19.3.1',
  rollup: '4.68.8',
  svelte: '5.57.3',
  vite: '8.3.8',
  vitest: '4.1.12', // the last for Node 20
  vue: '3.5.45',
  webpack: '5.112.2',
  'webpack-cli': '7.3.1',
  workerd: '1.20261117.1',
};

/**
 * The packages to install, each with its exact version.
 * @param {...keyof typeof pinned} names
 * @returns {Record<string, string>}
 */
export function pins(...names) {
  return Object.fromEntries(names.map((name) => [name, pinned[name]]));
}
