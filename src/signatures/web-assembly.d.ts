/** What window-scanner.ts uses of WebAssembly's JavaScript interface, whose types come with TypeScript's DOM library only. */
declare namespace WebAssembly {
  class Memory {
    /** @param options.initial size in pages of 64 KiB */
    constructor(options: { initial: number })
    readonly buffer: ArrayBuffer
  }
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
}
