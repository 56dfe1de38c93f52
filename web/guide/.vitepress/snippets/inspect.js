/** As wide as Node prints objects on one line. */
const WIDTH = 72;

/**
 * A value as Node's console writes it, for the output below a snippet.
 * @param {unknown} value
 * @param {number} [depth] how far inside another value
 * @returns {string}
 */
export function inspect(value, depth = 0) {
  if (typeof value === 'string') return depth === 0 ? value : quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return `[${/^class\b/.test(String(value)) ? 'class' : 'Function'}: ${value.name || '(anonymous)'}]`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return String(value.stack?.includes(value.message) ? `${value.name}: ${value.message}` : value);
  if (value instanceof Date) return value.toISOString();
  return composite(value, depth);
}

/** @param {string} text */
function quoted(text) {
  const quote = ["'", '"', '`'].find((each) => !text.includes(each)) ?? "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

/**
 * Arrays, maps, sets and objects.
 * @param {object} value
 * @param {number} depth
 */
function composite(value, depth) {
  const name = value.constructor?.name ?? '[Object: null prototype]';
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
  const size = isList ? /** @type {{ length: number }} */ (value).length : 0;
  let prefix = isList && name === 'Array' ? '' : name === 'Object' ? '' : `${name}${isList ? `(${size})` : ''} `;
  const [open, close] = isList ? '[]' : '{}';
  if (depth > 2) return `[${name}]`;

  /** @type {string[]} */
  let items;
  const inside = (/** @type {unknown} */ each) => inspect(each, depth + 1);
  if (isList) {
    const list = /** @type {ArrayLike<unknown>} */ (value);
    items = Array.from({ length: Math.min(size, 100) }, (_, k) => inside(list[k]));
    if (size > 100) items.push(`... ${size - 100} more item${size > 101 ? 's' : ''}`);
  } else if (value instanceof Map) {
    prefix = `Map(${value.size}) `;
    items = [...value].map(([key, each]) => `${inside(key)} => ${inside(each)}`);
  } else if (value instanceof Set) {
    prefix = `Set(${value.size}) `;
    items = [...value].map(inside);
  } else {
    items = Object.entries(value).map(([key, each]) => `${/^[\w$]+$/.test(key) ? key : quoted(key)}: ${inside(each)}`);
  }

  if (items.length === 0) return `${prefix}${open}${close}`;
  const line = `${prefix}${open} ${items.join(', ')} ${close}`;
  if (line.length <= WIDTH && !line.includes('\n')) return line;
  return `${prefix}${open}\n${items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}
