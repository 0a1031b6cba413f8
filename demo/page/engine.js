// The library in WebAssembly: calls in, numbers and sentences out.

/** What there is to say when the page cannot compute. */
export class Unusable extends Error {}

/** Unpacks, compiles and starts the library from its compressed bytes in base64. `make` wraps what it exports. */
export async function startEngine(base64, make = (exports) => new Engine(exports)) {
  if (typeof WebAssembly === "undefined" || typeof DecompressionStream === "undefined") {
    throw new Unusable("This page computes with WebAssembly, which this browser does not have or has switched off; any browser since 2023 will do.");
  }
  try {
    const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bytes = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    const { instance } = await WebAssembly.instantiate(bytes, {});
    return make(instance.exports);
  } catch (error) {
    throw new Unusable(`The library in this page could not be started (${error.message}). Any browser since 2023 should do; if this is one, please build the page again.`);
  }
}

/** One instance of the library. */
export class Engine {
  constructor(exports) {
    this.exports = exports;
    exports.hook_panics();
    exports.describe();
    this.has = JSON.parse(this.#text("text", "text_length"));
  }

  /** Calls an export. A panic becomes an error with its message. */
  call(name, ...args) {
    try {
      return this.exports[name](...args);
    } catch (error) {
      const panic = this.#text("panic_text", "panic_length");
      throw new Error(`The computation stopped in ${name}: ${panic || error.message}`);
    }
  }

  /** Calls an export that can refuse: null if all is well, else its sentence. */
  ask(name, ...args) {
    return this.call(name, ...args) ? null : this.#text("text", "text_length");
  }

  /** Hands numbers over. The view is made after the call that may have moved the memory. */
  give(numbers) {
    const place = this.call("input", numbers.length);
    new Float64Array(this.exports.memory.buffer, place, numbers.length).set(numbers);
  }

  /** The numbers of the last answer, as a copy. */
  numbers() {
    const length = this.call("output_length");
    return new Float64Array(this.exports.memory.buffer, this.call("output"), length).slice();
  }

  /** The text of the last answer. */
  text() {
    return this.#text("text", "text_length");
  }

  #text(place, length) {
    const { memory } = this.exports;
    const [at, bytes] = [this.exports[place](), this.exports[length]()];
    return new TextDecoder().decode(new Uint8Array(memory.buffer, at, bytes));
  }
}
