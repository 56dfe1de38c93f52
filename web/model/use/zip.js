import { zipSync } from 'fflate';

/**
 * @param {Record<string, Uint8Array>} files by their paths
 * @param {string} folder that they lie in
 */
export function zip(files, folder) {
  // Stored as they are: deflating would hold the page up, and little of it is text.
  return zipSync({ [folder]: files }, { level: 0 });
}
