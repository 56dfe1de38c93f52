// What public declarations need of the platform, for projects without the DOM's library: whatever has these members is taken,
// so those of the DOM, of Node's types and of Deno, Bun and workerd are. See RollUp.js.

/** Ends a call that takes long. */
export interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: any;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number): unknown;
}

export interface Response {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface URL {
  readonly href: string;
  readonly searchParams: object;
}

/** A Worker of a page or of Node. */
export interface Worker {
  postMessage(message: any, transfer?: any): void;
  terminate(): unknown;
}

export type BufferSource = ArrayBuffer | ArrayBufferView;

/** A compiled module. Its type has no members, as in the DOM: anything with members is something else. */
export interface WebAssemblyModule {
  readonly 'a WebAssembly.Module'?: never;
}

export interface ErrorOptions {
  cause?: unknown;
}

// In TypeScript 5.7 and later the type of an array says what buffer it lies in, and some calls of the DOM take only arrays of
// an ArrayBuffer. These are such arrays, and plain ones before.
export type Float32ArrayOfItsOwn = ReturnType<Float32ArrayConstructor['of']>;
export type Float64ArrayOfItsOwn = ReturnType<Float64ArrayConstructor['of']>;
export type Uint8ArrayOfItsOwn = ReturnType<Uint8ArrayConstructor['of']>;
export type Int32ArrayOfItsOwn = ReturnType<Int32ArrayConstructor['of']>;
export type Uint32ArrayOfItsOwn = ReturnType<Uint32ArrayConstructor['of']>;
